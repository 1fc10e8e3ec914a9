"""Nested settings of a resource, which the plugin has as one object or as a list, depending on its version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

_NOTHING: Final[Mapping[str, Any]] = {}


def items(value: object) -> list[Any]:
    """A value that may be one thing or a list of them, as a list; empty for None."""
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(cast("Sequence[Any]", value))
    return [value]


def first(value: object) -> Mapping[str, Any]:
    """The one object, or the first of a list; an empty one for none."""
    found = items(value)
    return found[0] if found else _NOTHING
