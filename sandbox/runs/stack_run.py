"""A run of one stack: its task, its result, and the engine that is asked, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from mesh.folder import PlannedMesh
from sandbox.engine.driver import RunResult
from sandbox.engine.interruption import Interruption
from sandbox.engine.steps import Step

PROJECT: Final = "mesh"
ENTRY_POINT: Final = Path(__file__).resolve().parents[2] / "__main__.py"

EngineName = Literal["embedded", "pulumi"]
Verb = Literal["up", "refresh", "destroy"]
OnStep = Callable[[str, Step], None]
"""Is told of each step of the engine, with the stack's name."""


def stack_config(mesh: PlannedMesh, *, emulated: bool) -> dict[str, str]:
    """The stack configuration that `__main__.py` reads; with the day where AWS is emulated, or not there at all."""
    values = {f"{PROJECT}:directory": str(mesh.directory.resolve())}
    if not emulated:
        return values
    return {**values, f"{PROJECT}:as-of": mesh.as_of.isoformat(), f"{PROJECT}:emulated": "true"}


@dataclass(frozen=True, slots=True)
class StackTask:
    """One of Pulumi's verbs for one stack of a mesh; with `preview`, what it would do.

    An `interruption` that comes meanwhile ends it in order.
    """

    verb: Verb
    mesh: PlannedMesh
    stack: str
    on_step: OnStep | None = None
    preview: bool = False
    interruption: Interruption | None = None

    def step(self, step: Step) -> None:
        """Tells who listens of a step."""
        if self.on_step:
            self.on_step(self.stack, step)


@dataclass(frozen=True, slots=True)
class StackRun:
    """A task with its result; `preview` when nothing was made."""

    stack: str
    account_id: str
    preview: bool
    result: RunResult

    @staticmethod
    def of(task: StackTask, result: RunResult) -> StackRun:
        """The result of a task, with the stack's account."""
        return StackRun(task.stack, task.mesh.plan.access[task.stack].account_id, task.preview, result)

    @property
    def operations(self) -> dict[str, int]:
        """Numbers of AWS resources created, updated, ...; neither components nor providers are counted."""
        counts: dict[str, int] = {}
        for step in self.result.steps:
            if step.type.startswith("aws:"):
                counts[step.operation] = counts.get(step.operation, 0) + 1
        return counts


class StackEngine(Protocol):
    """An engine, with the states that it has of the stacks of one emulated organisation."""

    @property
    def reviews(self) -> bool:
        """Whether policies are asked, so that a new stack is previewed, too, before anything of it is made."""
        ...

    @property
    def exports(self) -> Sequence[str]:
        """Export lines of a shell in which Pulumi's own commands work on the stacks; none where they do not."""
        ...

    def typed(self, stack: str) -> str:
        """A preview of a stack by Pulumi's own command, in such a shell; empty where they do not work."""
        ...

    def knows(self, stack: str) -> bool:
        """Whether there is a state of the stack."""
        ...

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Inside, nobody else changes the stack; raises NotPossibleError when somebody does."""
        ...

    def run(self, task: StackTask) -> RunResult:
        """Does the task; an interruption is a failure in the result."""
        ...
