"""Request and decision: what is asked of the evaluator, what it answers, and the statement that made the answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

Layer = Literal["scp", "rcp", "resource", "identity", "boundary", "session", "endpoint", "lake-formation"]


NO_KEYS: Final[Mapping[str, Any]] = MappingProxyType({})


class Request(NamedTuple):
    """A request of `principal` for `action` on `resource`, with other keys that it carries as `context`."""

    principal: str
    action: str
    resource: str
    context: Mapping[str, Any] = NO_KEYS


class Cause(NamedTuple):
    """A statement that made a decision, by its document."""

    document: str
    sid: str


class Decision(NamedTuple):
    """A decision; `layer` is the one that denied, lacks an Allow, or had the Allow.

    `assumed` says what the world does not list and was assumed to be at its worst.
    """

    allowed: bool
    layer: Layer
    because: tuple[Cause, ...]
    assumed: tuple[str, ...] = ()
