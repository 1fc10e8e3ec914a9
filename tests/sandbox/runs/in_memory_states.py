"""States of stacks in memory, for tests that need no second process."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from sandbox.engine.state import StackState


class InMemoryStates:
    """States that no other process reads."""

    def __init__(self) -> None:
        self._states: dict[str, StackState] = {}

    def load(self, stack: str) -> StackState:
        """The state of a stack, empty before its first run."""
        return self._states.setdefault(stack, StackState())

    def save(self, stack: str, state: StackState) -> None:
        """Stores the state."""
        self._states[stack] = state

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Nobody else can."""
        return nullcontext()
