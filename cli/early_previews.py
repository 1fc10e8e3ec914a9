"""The process that imports the program begins before the module of a command is imported, where stacks are planned.

Both take about as long, and neither needs the other. A whole mesh is planned by processes that share what was read:
it begins none.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.runs.prepared_previews import PreparedPreviews

_BEGUN: Final[ContextVar[PreparedPreviews | None]] = ContextVar("_BEGUN", default=None)
_ELSEWISE: Final = frozenset({"--help", "--sizes", "--costs", "--removal", "--against"})
"""Options with which `mesh plan` previews nothing, or needs more of a run than is sent."""


def begun() -> PreparedPreviews | None:
    """The process that has begun for this command; None where there is none."""
    return _BEGUN.get()


@contextmanager
def begun_for(words: Sequence[str]) -> Generator[None]:
    """Inside, the process is there if the words ask for some stacks; at the end it is gone."""
    if not plans_some_stacks(words):
        yield
        return
    from sandbox.runs.prepared_previews import PreparedPreviews

    with PreparedPreviews() as prepared:
        token = _BEGUN.set(prepared)
        try:
            yield
        finally:
            _BEGUN.reset(token)


def plans_some_stacks(words: Sequence[str]) -> bool:
    """Whether the words are those of `mesh plan --stack`; what is wrong in them, the command says."""
    if not words or words[0] != "plan" or any(word.partition("=")[0] in _ELSEWISE for word in words):
        return False
    return any(word.startswith("-s") or word.partition("=")[0] == "--stack" for word in words)
