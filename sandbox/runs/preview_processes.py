"""Stacks planned side by side, each process one after the other, with the results as one process would give them.

The processes are forked: what was read and planned is there, and nothing of it is sent. That is safe in a process
without other threads alone, so they begin before anything else does. Each plans its first stack itself, unless what
that imports and caches is there, and forks for the others, so that the garbage of a program goes with its process.
"""

from __future__ import annotations

import gc
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast

from sandbox.engine.steps import Step
from sandbox.runs.forked_process import answer_signals, begin, do_in_a_fork
from sandbox.runs.stack_run import OnStep, StackRun

R = TypeVar("R")
PlanStack = Callable[[str, OnStep | None], StackRun]
Lost = Callable[[str, str], StackRun]
"""The run of a stack whose process is gone, of the stack's name and a sentence."""


@dataclass(slots=True)
class _Planner:
    """A process that plans stacks; `stack` is the one that it is at."""

    process: ForkProcess
    connection: Connection
    stack: str = ""


class _Sent(NamedTuple):
    """A result as a process sent it, which needs less memory than the result."""

    result: bytes


class _Answer(NamedTuple):
    """The answer for a stack: its result with the steps of its run, or what was raised."""

    stack: str
    result: Any
    steps: Sequence[Step] = ()


@dataclass(slots=True)
class PreviewProcesses(Generic[R]):
    """A context manager: inside, `runs` plans the stacks; at its end, also an early one, no process is left."""

    plan: PlanStack
    result: Callable[[StackRun], R]
    """Makes of a run what is asked for, in the process that has planned it."""
    lost: Lost
    prepare: Callable[[], None]
    """Called before they begin, for what each of them would do."""
    stacks: Sequence[str]
    processes: int
    begin_with: Sequence[str] = ()
    """Stacks that come first, whose order makes no other difference: of those that each process plans itself."""
    title: Callable[[str], str] = str
    """What `on_step` is told of a stack: its name, also where several meshes have one of that name."""
    forks_at_once: bool = False
    """Whether `prepare` leaves nothing that a process would import or cache with its first stack."""
    _planners: list[_Planner] = field(default_factory=list[_Planner])

    def __enter__(self) -> Self:
        number = min(self.processes, len(self.stacks))
        if number > 1:
            try:
                self.prepare()
                gc.freeze()  # a collection would write to every object, and so copy the pages that the processes share
                for _ in range(number):
                    self._planners.append(self._begin())
            except BaseException:
                self._end()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        """End the processes, also those that are at a stack: nobody waits for it."""
        for planner in self._planners:
            planner.process.terminate()
            planner.connection.close()
        for planner in self._planners:
            planner.process.join()
        self._planners.clear()
        gc.unfreeze()

    def runs(self, on_step: OnStep | None = None) -> list[R]:
        """Every stack's result, in the order of the stacks, in which `on_step` is told of the steps, too."""
        if not self._planners:
            return [self.result(self.plan(stack, on_step)) for stack in self.stacks]
        answers = list(self._in_order(on_step))
        self._end()
        return [_received(answer.result) if isinstance(answer, _Sent) else answer for answer in answers]

    def _begin(self) -> _Planner:
        ours, theirs = cast("tuple[Connection, Connection]", Pipe())
        # Its copies of our ends are closed: a process whose parent is gone then reads an end of file, and goes, too.
        inherited = [ours, *(planner.connection for planner in self._planners)]
        process = begin(_serve, (self._plans, theirs, inherited, self.forks_at_once), daemon=True)
        theirs.close()
        return _Planner(process, ours)

    def _plans(self, stack: str) -> tuple[Sequence[Step], R]:
        """The steps and the result of a stack that is planned in this process."""
        run = self.plan(stack, None)
        return run.result.steps, self.result(run)

    def _here(self, stack: str) -> _Answer:
        steps, result = self._plans(stack)
        return _Answer(stack, result, steps)

    def _in_order(self, on_step: OnStep | None) -> Iterator[Any]:
        """The result of each stack; it stays as it was sent while processes that need the memory are there."""
        done: dict[str, _Answer] = {}
        answers = self._answers()
        for stack in self.stacks:
            while stack not in done:
                answer = next(answers, None) or self._here(stack)  # where no process is left
                done[answer.stack] = answer
            answer = done.pop(stack)
            if isinstance(answer.result, Exception):
                raise answer.result
            if on_step:
                for step in answer.steps:
                    on_step(self.title(stack), step)
            yield answer.result

    def _answers(self) -> Iterator[_Answer]:
        """The answers as they come."""
        waiting = [*reversed([each for each in self.stacks if each not in self.begin_with]), *self.begin_with]
        for planner in self._planners:
            _send(planner, waiting)
        while busy := {planner.connection: planner for planner in self._planners if planner.stack}:
            for connection in wait(list(busy)):
                planner = busy[connection]  # pyright: ignore[reportArgumentType] (one of those that were given)
                yield self._answer(planner)
                _send(planner, waiting)

    def _answer(self, planner: _Planner) -> _Answer:
        stack, planner.stack = planner.stack, ""
        try:
            error, steps = planner.connection.recv()
            return _Answer(stack, error or _Sent(planner.connection.recv_bytes()), steps)
        except (EOFError, ConnectionResetError):
            planner.process.join()
            run = self.lost(stack, _ended(planner.process.exitcode or 0))
            return _Answer(stack, self.result(run), run.result.steps)


def _send(planner: _Planner, waiting: list[str]) -> None:
    """Give a process the next stack, unless it is gone."""
    if waiting and planner.process.is_alive():
        with suppress(BrokenPipeError):
            planner.connection.send(waiting[-1])
            planner.stack = waiting.pop()


def _ended(code: int) -> str:
    how = f"signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"code {code}"
    return f"the process that planned it ended with {how}, and said nothing; plan it alone with --stack to see why"


def _serve(
    plan: Callable[[str], tuple[Sequence[Step], object]],
    connection: Connection,
    inherited: Sequence[Connection],
    forks_at_once: bool,
) -> None:
    """Plan what is asked for, until nobody asks any more; a signal to all processes is the first one's to answer."""
    answer_signals()
    gc.disable()
    for other in inherited:
        other.close()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        if not forks_at_once:
            _tell(connection, plan, connection.recv())
        while True:
            do_in_a_fork(partial(_tell, connection, plan, connection.recv()))


def _tell(connection: Connection, plan: Callable[[str], tuple[Sequence[Step], object]], stack: str) -> None:
    """Send the steps, then the result as it is stored; or what was raised, which is raised again there."""
    try:
        steps, result = plan(stack)
        sent = pickle.dumps(result)
    except Exception as error:  # noqa: BLE001 (whatever it is)
        error.add_note(traceback.format_exc())
        connection.send((portable(error), ()))
        return
    connection.send((None, steps))
    connection.send_bytes(sent)


def _received(sent: bytes) -> Any:
    return pickle.loads(sent)  # noqa: S301 (a process of our own sent it)


def portable(error: Exception) -> Exception:
    """The error as another process can be sent it, with its notes."""
    try:
        return _received(pickle.dumps(error))
    except Exception:  # noqa: BLE001 (an exception's constructor is anybody's)
        return RuntimeError("\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]))
