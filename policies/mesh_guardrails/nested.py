"""Nested settings of a resource, which the plugin has as one object or as a list, depending on its version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from pulumi_policy.proxy import UnknownValueError

from mesh_guardrails.document_reading import UNKNOWN_TEXT

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


def values_at(value: Any, place: str) -> Iterator[Any]:
    """The values at a path of names; of each element where a list stands on the way, None where the path ends early."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        for each in cast("Sequence[Any]", value):
            yield from values_at(each, place)
    elif not place:
        yield value
    else:
        name, _, rest = place.partition(".")
        inner = cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None
        if inner is None or inner == UNKNOWN_TEXT:
            yield inner
        else:
            yield from values_at(inner, rest)


def known_texts(value: Any, is_left_out: Callable[[str], bool], name: str = "") -> Iterator[tuple[str, str]]:
    """Texts within a value that are known, each with the name that it stands at, but those in what is left out.

    Those that are not known the update asks about again, before it makes the resource.
    """
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        for key in (key for key in fields if not is_left_out(key)):
            yield from known_texts(_known(fields, key), is_left_out, key)
    elif isinstance(value, Sequence):
        elements = cast("Sequence[Any]", value)
        for number in range(len(elements)):
            yield from known_texts(_known(elements, number), is_left_out, name)


def _known(values: Any, at: str | int) -> Any:
    try:
        return values[at]
    except UnknownValueError:
        return None
