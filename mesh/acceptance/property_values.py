"""Property values against the limits that AWS's models have: type, length, pattern, enumeration, what is required."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from mesh.acceptance.emitted import UNKNOWN, EmittedResource, InputRefusal
from mesh.acceptance.java_patterns import matches
from mesh.aws.property_shapes import PropertyShape, TypeShapes
from mesh.aws.text_length import longest_count

_NUMBERS: Final = frozenset({"integer", "long", "double", "float", "bigdecimal"})
_SHOWN: Final = 60
_FORMS: Final[Mapping[str, str]] = {"list": "a list", "map": "a map", "scalar": "one value"}


class ValueCount(NamedTuple):
    """The values of a resource, in numbers, and what AWS would refuse of them."""

    limited: int
    """Compared with a limit: a length, a range, a pattern, an enumeration."""
    typed: int
    """Compared with a type and a form, of which AWS's models say no more."""
    unknown: int
    """Which AWS alone will say, or a part of them."""
    unlisted: tuple[str, ...]
    """Properties that have neither a shape nor a reason to have none."""
    refusals: tuple[InputRefusal, ...]


class _Misformed(NamedTuple):
    """A value in another form than the plugin takes, in words; nothing inside it is looked at."""

    why: str


def check(resource: EmittedResource, shapes: TypeShapes) -> ValueCount:
    """All values of a resource, each against the shape of its property."""
    limited = typed = unknown = 0
    unlisted: dict[str, None] = {}
    refusals: list[InputRefusal] = []
    for path, value in _values("", resource.inputs, shapes):
        shape = shapes.properties.get(path)
        unknown += _is_unknown(value)
        if isinstance(value, _Misformed):
            refusals.append(resource.refused(path, value.why))
        elif shape is None:
            if not shapes.is_aside(path):
                unlisted[path] = None
        elif not isinstance(value, str) or not _is_unknown(value):
            limited, typed = limited + shape.limited, typed + (not shape.limited)
            refusals += [resource.refused(path, why) for why in wrong(shape, value)]
    refusals += [resource.refused(path, why) for path, why in _of_objects("", resource.inputs, shapes)]
    return ValueCount(limited, typed, unknown, tuple(unlisted), tuple(refusals))


def wrong(shape: PropertyShape, value: Any) -> Iterator[str]:
    """The reasons for which AWS takes no such value; none if it does."""
    if shape.type == "map" and isinstance(value, Mapping):
        yield from _wrong_map(shape, cast("Mapping[str, Any]", value))
    elif shape.type == "boolean" and shape.taken_as == "scalar":
        if not isinstance(value, bool) and value not in ("true", "false"):
            yield f"{_shown(value)} is neither true nor false"
    elif shape.type in _NUMBERS:
        yield from _wrong_number(shape, value)
    elif shape.type == "string":
        yield from _wrong_text(shape, value)


def _wrong_map(shape: PropertyShape, value: Mapping[str, Any]) -> Iterator[str]:
    for key, item in value.items():
        for what, limits, text in (("key", shape.keys, key), ("value", shape.values, item)):
            if limits is not None and not _is_unknown(text):
                yield from (f"{what} {why}" for why in wrong(limits, text))
    yield from _outside(shape, len(value), f"{len(value)} entries are")


def _wrong_number(shape: PropertyShape, value: Any) -> Iterator[str]:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        yield f"{_shown(value)} is no number"
        return
    if shape.type in ("integer", "long") and not number.is_integer():
        yield f"{value} is no whole number"
    yield from _outside(shape, number, f"{value} is")


def _wrong_text(shape: PropertyShape, value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{_shown(value)} is no text"
        return
    unit = "characters" if value.isascii() else "bytes in UTF-8"
    if shape.max is not None and longest_count(value) > shape.max:
        yield f"{_shown(value)} has {longest_count(value)} {unit}: more than {shape.max:,}"
    if shape.min is not None and len(value) < shape.min:
        yield f"{_shown(value)} has {len(value)} characters: less than {shape.min:,}"
    if shape.enum and value not in shape.enum:
        yield f"{_shown(value)} is none of {', '.join(shape.enum)}"
    if shape.pattern and not matches(shape.pattern, value):
        yield f"{_shown(value)} does not match {shape.pattern}"


def _outside(limits: PropertyShape, number: float, what: str) -> Iterator[str]:
    if limits.min is not None and number < limits.min:
        yield f"{what} less than {limits.min:,}"
    if limits.max is not None and number > limits.max:
        yield f"{what} more than {limits.max:,}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


# ---- the tree of inputs


def _values(prefix: str, value: Any, shapes: TypeShapes, *, item: bool = False) -> Iterator[tuple[str, Any]]:
    """Every value that is no object, with its path; a map of texts is one value, an item has the path of its list."""
    shape = shapes.properties.get(prefix)
    why = "" if shape is None or _is_unknown(value) or value is None else _wrong_form(prefix, value, shapes, item)
    if why:
        yield prefix, _Misformed(why)
    elif isinstance(value, Mapping) and not _is_map(shape):
        for name, inside in cast("Mapping[str, Any]", value).items():
            yield from _values(f"{prefix}.{name}" if prefix else name, inside, shapes)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _values(prefix, each, shapes, item=True)
    elif value is not None:
        yield prefix, value


def _wrong_form(path: str, value: Any, shapes: TypeShapes, item: bool) -> str:
    """Words for a value in another form than the plugin takes; empty for the right one."""
    form = "list" if isinstance(value, list) else "map" if isinstance(value, Mapping) else "scalar"
    wanted = shapes.properties[path].taken_as
    if item:
        wanted = "map" if path in shapes.objects else "scalar"
    elif wanted == "object":
        wanted = "map"
    return "" if form == wanted else f"{_FORMS[form]} stands where {_FORMS[wanted]} is taken"


def _has_least(shapes: TypeShapes, path: str) -> bool:
    """Whether a list's own least number of items refuses an empty one."""
    shape = shapes.properties.get(path)
    return shape is not None and bool((shape.items or {}).get("min"))


def _is_unknown(value: Any) -> bool:
    """Whether AWS alone will say a value, or a part of a text or of a map of texts."""
    if isinstance(value, Mapping):
        return any(_is_unknown(item) for item in cast("Mapping[str, Any]", value).values())
    return isinstance(value, str) and UNKNOWN in value


def _is_map(shape: PropertyShape | None) -> bool:
    return shape is not None and shape.taken_as == "map"


def _of_objects(prefix: str, value: Any, shapes: TypeShapes) -> Iterator[tuple[str, str]]:
    """Properties that an object lacks, and lists of too few or too many items, with their path.

    The plugin's expanders send a list only if it has an item (`expandIcebergPartitionSpec` of
    internal/service/glue/catalog_table.go is one): an empty list that AWS requires is one that is not given.
    """
    shape = shapes.properties.get(prefix)
    if isinstance(value, Mapping) and not _is_map(shape):
        members = cast("Mapping[str, Any]", value)
        for name in shapes.required.get(prefix, ()):
            path = f"{prefix}.{name}" if prefix else name
            if members.get(name) is None:
                yield path, "AWS requires it, and it is not given"
            elif not members[name] and isinstance(members[name], (list, dict)) and not _has_least(shapes, path):
                yield path, "AWS requires it, and the plugin sends no list of nothing"
        for name, item in members.items():
            yield from _of_objects(f"{prefix}.{name}" if prefix else name, item, shapes)
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        if shape is not None and shape.items:
            limits = PropertyShape("list", min=shape.items.get("min"), max=shape.items.get("max"))
            yield from ((prefix, why) for why in _outside(limits, len(items), f"{len(items)} items are"))
        for item in items:
            yield from _of_objects(prefix, item, shapes)
