"""A run over the stacks of a mesh, whichever engine does it: what is run, in which order, what one stack came to."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from mesh.plan import Plan
from mesh.plan.build import by_stack
from sandbox.engine.driver import RunResult
from sandbox.engine.interruption import Interruption
from sandbox.engine.steps import Step

PROJECT: Final = "mesh"
ENTRY_POINT: Final = Path(__file__).resolve().parents[2] / "__main__.py"

OnStep = Callable[[str, Step], None]
Verb = Literal["up", "refresh", "destroy"]


@dataclass(frozen=True, slots=True)
class StackRun:
    """What one stack came to; `preview` when nothing was made."""

    stack: str
    account_id: str
    preview: bool
    result: RunResult

    @property
    def operations(self) -> dict[str, int]:
        """How many AWS resources were created, updated, ...: neither components nor providers are counted."""
        counts: dict[str, int] = {}
        for step in self.result.steps:
            if step.type.startswith("aws:"):
                counts[step.operation] = counts.get(step.operation, 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class RunInput:
    """What is run: a mesh folder, its plan, and the day."""

    directory: Path
    plan: Plan
    as_of: datetime.date

    def config(self, emulated: bool) -> dict[str, str]:
        """The stack configuration that `__main__.py` reads."""
        values = {
            f"{PROJECT}:directory": str(self.directory.resolve()),
            f"{PROJECT}:as-of": self.as_of.isoformat(),
        }
        return {**values, f"{PROJECT}:emulated": "true"} if emulated else values


def told(on_step: OnStep | None, stack: str) -> Callable[[Step], None] | None:
    """Who listens to the steps of a stack."""
    return (lambda step: on_step(stack, step)) if on_step else None


class StackEngine(Protocol):
    """An engine, with the states that it keeps of the stacks of one emulated organisation."""

    @property
    def reviews(self) -> bool:
        """Whether policies are asked, so that a new stack is previewed, too, before anything of it is made."""
        ...

    def knows(self, stack: str) -> bool:
        """Whether there is a state of the stack."""
        ...

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Inside, nobody else changes the stack; raises NotPossibleError when somebody does."""
        ...

    def run(
        self,
        verb: Verb,
        mesh: RunInput,
        stack: str,
        on_step: OnStep | None,
        *,
        preview: bool = False,
        until: Interruption | None = None,
    ) -> RunResult:
        """Do it to one stack, or (`refresh` aside) say what it would come to; an interruption is a failure."""
        ...


class Run:
    """What is done to the stacks of a mesh, one after the other, under either engine.

    It stops behind the first stack that fails, with what was done in the result. What exists is previewed first, as
    `pulumi up` does, and what is new where policies are asked: what the preview refuses, such as deleting something
    protected or a bucket that is open, leaves everything as it was.
    Ctrl-C and SIGTERM end it in order; `interrupted` is then the signal's number.
    """

    def __init__(self, engine: StackEngine, told: Callable[[str], None] | None = None) -> None:
        self.engine = engine
        self._interruption = Interruption(told)

    @property
    def interrupted(self) -> int:
        """The signal that ended the last run, 0 when none did."""
        return self._interruption.signal

    def up(self, mesh: RunInput, stacks: Iterable[str] | None = None, on_step: OnStep | None = None) -> list[StackRun]:
        """Deploy every stack (or those named), in order."""
        return self._each("up", mesh, stacks if stacks is not None else mesh.plan.stacks, on_step)

    def refresh(
        self, mesh: RunInput, stacks: Iterable[str] | None = None, on_step: OnStep | None = None
    ) -> list[StackRun]:
        """Read what is there into the states; the steps are the drift."""
        return self._each("refresh", mesh, stacks if stacks is not None else mesh.plan.stacks, on_step)

    def destroy(
        self, mesh: RunInput, stacks: Iterable[str] | None = None, on_step: OnStep | None = None
    ) -> list[StackRun]:
        """Delete what is in the states, the last stack first."""
        named = list(stacks if stacks is not None else mesh.plan.stacks)
        known = [stack for stack in mesh.plan.stacks if stack in named and self.engine.knows(stack)]
        return self._each("destroy", mesh, reversed(known), on_step)

    def _each(self, verb: Verb, mesh: RunInput, stacks: Iterable[str], on_step: OnStep | None) -> list[StackRun]:
        runs: list[StackRun] = []
        with self._interruption:
            for stack in stacks:
                with self.engine.locked(stack):
                    runs.append(self._one(verb, mesh, stack, on_step))
                if runs[-1].result.failures or self.interrupted:
                    break
        return runs

    def _one(self, verb: Verb, mesh: RunInput, stack: str, on_step: OnStep | None) -> StackRun:
        account, until = by_stack(mesh.plan)[stack].account_id, self._interruption
        if verb != "refresh" and (self.engine.reviews or self.engine.knows(stack)):
            seen = self.engine.run(verb, mesh, stack, None, preview=True, until=until)
            if seen.failures:
                return StackRun(stack, account, True, seen)
        return StackRun(stack, account, False, self.engine.run(verb, mesh, stack, on_step, until=until))
