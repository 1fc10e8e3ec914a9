"""A process that imports the program while meshes are still being read, and then plans their stacks.

To read two sides and to import what the program needs take about as long, and neither needs the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import TYPE_CHECKING, Final, NoReturn, Self, cast

from mesh.folder import PlannedMesh
from sandbox.runs.forked_process import answer_signals, begin
from sandbox.runs.free_cores import cores

if TYPE_CHECKING:
    from sandbox.runs.preview_processes import PreviewProcesses
    from sandbox.runs.stack_run import OnStep, StackRun

MeshStacks = Sequence[tuple[PlannedMesh, Sequence[str]]]
"""Meshes, and of each the stacks that are planned."""
LARGEST: Final = 64
"""Stacks of a mesh up to which it is sent: a larger one takes longer to send than the program to import."""
MOST: Final = 16
"""Stacks that are planned there at the most: each is sent whole, and of many the memory is needed."""


@dataclass(slots=True)
class PreparedPreviews:
    """A context manager; where there is one core or another thread it does nothing, and `runs` begins anew."""

    _process: ForkProcess | None = None
    _connection: Connection | None = None

    def __enter__(self) -> Self:
        if cores() > 1:
            self._connection, theirs = cast("tuple[Connection, Connection]", Pipe())
            self._process = begin(_serve, (theirs, self._connection))
            theirs.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._process is not None and self._connection is not None:
            self._process.terminate()
            self._connection.close()
            self._process.join()
        self._process = self._connection = None

    def takes(self, meshes: MeshStacks) -> bool:
        """Whether the process is there, and it is worth the while to send it these meshes."""
        is_small = all(len(mesh.plan.stacks) <= LARGEST for mesh, _ in meshes)
        few = 0 < sum(len(stacks) for _, stacks in meshes) <= MOST
        return self._process is not None and self._process.is_alive() and is_small and few

    def runs(self, meshes: MeshStacks, on_step: OnStep) -> list[StackRun] | None:
        """Each stack's run, mesh by mesh, as `previews_of_meshes` has them; None where the process is gone."""
        assert self._connection is not None
        try:
            self._connection.send(meshes)
            while True:
                kind, told = self._connection.recv()
                if kind == "step":
                    on_step(*told)
                elif kind == "error":
                    raise told
                else:
                    return told
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self._end()
            return None


def _serve(connection: Connection, theirs: Connection) -> None:
    """Import the program, wait for meshes, plan them. Ctrl-C is answered by the command, which ends this process."""
    answer_signals(_unwind)
    theirs.close()
    from sandbox.runs import preview

    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        preview.load_program()
        _tell(connection, connection.recv(), preview.previews_of_meshes)


def _tell(
    connection: Connection, meshes: MeshStacks, previews: Callable[[MeshStacks], PreviewProcesses[StackRun]]
) -> None:
    """Send every step, then the runs; or what was raised, which is raised again there."""
    from sandbox.runs.preview_processes import portable

    try:
        with previews(meshes) as running:
            runs = running.runs(lambda stack, step: connection.send(("step", (stack, step))))
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:  # noqa: BLE001 (whatever it is)
        connection.send(("error", portable(error)))
    else:
        connection.send(("runs", runs))


def _unwind(number: int, _frame: object) -> NoReturn:
    """Ends by unwinding, so that no process that plans is left."""
    raise SystemExit(128 + number)
