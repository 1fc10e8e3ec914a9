"""Progress on standard error: a moving line on a terminal, a line a stack elsewhere, with the time since the last."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cli.console import margin, say

if TYPE_CHECKING:
    from rich.status import Status

    from sandbox.engine.steps import Step


class Progress:
    """A context manager; `step(stack, step)` is called for every step of the engine, from any thread."""

    def __init__(self, verb: str, stacks: int) -> None:
        self._verb, self._stacks = verb, stacks
        self._stack, self._number, self._steps = "", 0, 0
        self._started = time.perf_counter()
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._status = margin().status(f"{self._verb} …")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done()
        if self._status:
            self._status.stop()

    def step(self, stack: str, step: Step) -> None:
        """One more step of a stack."""
        if stack != self._stack:
            self._done()
            self._stack, self._number, self._steps = stack, self._number + 1, 0
        self._steps += 1
        if self._status:
            self._status.update(f"{self._verb} {self._number}/{self._stacks} {stack}: {self._steps} {step.name}")

    def _done(self) -> None:
        if not self._stack:
            return
        now = time.perf_counter()
        seconds, self._started = now - self._started, now
        if not self._status:
            say(f"{self._verb} {self._number}/{self._stacks} {self._stack}: {self._steps} steps, {seconds:.1f} s")
