"""Actions that a gate is asked for: those of calls that take effect, noted while somebody listens, and others by name.

The emulator knows no policies. Where some are enforced, the gate notes here what it decides of a call under way, and
answers what is only asked.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Protocol

from mesh.aws.plugin_types import AskedAction

_READS: Final = ("Describe", "Get", "List", "View", "Lookup")


def changes(action: str) -> bool:
    """Whether an action changes anything, as its name says."""
    return not action.partition(":")[2].startswith(_READS)


class AnsweringGate(Protocol):
    """A gate as far as it answers what nobody calls."""

    def refusals(self, key: str, region: str, asked: Sequence[AskedAction]) -> Sequence[str]:
        """For each action a refusal of the caller with an access key, in AWS's words; empty where it is allowed."""
        ...


Decides = Callable[[str, Sequence[AskedAction]], Sequence[str]]
"""From a region and actions, for each the refusal of one caller; empty where it is allowed."""

_listening: ContextVar[list[AskedAction] | None] = ContextVar("actions decided for the calls under way", default=None)


@contextmanager
def listening() -> Generator[list[AskedAction]]:
    """Inside, the list has what is decided for calls of this thread."""
    noted: list[AskedAction] = []
    token = _listening.set(noted)
    try:
        yield noted
    finally:
        _listening.reset(token)


@contextmanager
def unheard() -> Generator[None]:
    """Inside, nothing is noted: what follows from a call, in somebody else's name, is no part of it."""
    token = _listening.set(None)
    try:
        yield
    finally:
        _listening.reset(token)


def note(action: str, resource: str, keys: Mapping[str, Any]) -> None:
    """Note an action that is decided for a call."""
    noted = _listening.get()
    if noted is not None:
        noted.append(AskedAction(action, resource, keys))
