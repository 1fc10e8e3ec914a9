"""Property values against the limits that AWS's models have: type, length, pattern, enumeration, what is required."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from mesh.acceptance.emitted import UNKNOWN, EmittedResource, InputRefusal
from mesh.acceptance.java_patterns import matches
from mesh.aws.property_shapes import PropertyShape, TypeShapes

_NUMBERS: Final = frozenset({"integer", "long", "double", "float", "bigdecimal"})
_SHOWN: Final = 60


class ValueCount(NamedTuple):
    """The values of a resource: how many were compared with a limit, how many AWS alone knows, which have no shape."""

    checked: int
    unknown: int
    unlisted: tuple[str, ...]
    refusals: tuple[InputRefusal, ...]


def check(resource: EmittedResource, shapes: TypeShapes) -> ValueCount:
    """All values of a resource, each against the shape of its property."""
    checked = unknown = 0
    unlisted: dict[str, None] = {}
    refusals: list[InputRefusal] = []
    for path, value in _values("", resource.inputs, shapes):
        shape = shapes.properties.get(path)
        if isinstance(value, str) and UNKNOWN in value:
            unknown += 1
        elif shape is not None:
            checked += 1
            refusals += [resource.refused(path, why) for why in wrong(shape, value)]
        elif not shapes.is_aside(path):
            unlisted[path] = None
    refusals += [resource.refused(path, why) for path, why in _of_objects("", resource.inputs, shapes)]
    return ValueCount(checked, unknown, tuple(unlisted), tuple(refusals))


def wrong(shape: PropertyShape, value: Any) -> Iterator[str]:
    """The reasons for which AWS takes no such value; none if it does."""
    if shape.type == "map":
        for key, item in cast("Mapping[str, Any]", value).items():
            for what, limits, text in (("key", shape.keys, key), ("value", shape.values, item)):
                known = limits is not None and UNKNOWN not in str(text)
                yield from (f"{what} {why}" for why in (wrong(limits, text) if known and limits else ()))
    elif shape.type == "boolean":
        if value not in (True, False, "true", "false"):
            yield f"{_shown(value)} is neither true nor false"
    elif shape.type in _NUMBERS:
        yield from _wrong_number(shape, value)
    elif shape.type == "string":
        yield from _wrong_text(shape, value)


def _wrong_number(shape: PropertyShape, value: Any) -> Iterator[str]:
    try:
        number = float(value)
    except (TypeError, ValueError):
        yield f"{_shown(value)} is no number"
        return
    if shape.type in ("integer", "long") and not number.is_integer():
        yield f"{value} is no whole number"
    yield from _outside(shape, number, f"{value} is")


def _wrong_text(shape: PropertyShape, value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{_shown(value)} is no text"
        return
    # The models do not say whether a character outside the first plane counts once or twice: twice is safe.
    yield from _outside(shape, len(value.encode("utf-16-le")) // 2, f"{_shown(value)} has {len(value)} characters:")
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


def _values(prefix: str, value: Any, shapes: TypeShapes) -> Iterator[tuple[str, Any]]:
    """Every value that is no object, with its path; a map of texts is one value."""
    if isinstance(value, Mapping) and not _is_map(prefix, shapes):
        for name, item in cast("Mapping[str, Any]", value).items():
            yield from _values(f"{prefix}.{name}" if prefix else name, item, shapes)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in cast("Sequence[Any]", value):
            yield from _values(prefix, item, shapes)
    elif value is not None:
        yield prefix, value


def _is_map(path: str, shapes: TypeShapes) -> bool:
    shape = shapes.properties.get(path)
    return shape is not None and shape.type == "map"


def _of_objects(prefix: str, value: Any, shapes: TypeShapes) -> Iterator[tuple[str, str]]:
    """Properties that an object lacks, and lists of too few or too many items, with their path."""
    if isinstance(value, Mapping) and not _is_map(prefix, shapes):
        members = cast("Mapping[str, Any]", value)
        for name in shapes.required.get(prefix, ()):
            if members.get(name) is None:
                yield (f"{prefix}.{name}" if prefix else name), "AWS requires it, and it is not given"
        for name, item in members.items():
            yield from _of_objects(f"{prefix}.{name}" if prefix else name, item, shapes)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        items = cast("Sequence[Any]", value)
        shape = shapes.properties.get(prefix)
        if shape is not None and shape.items:
            limits = PropertyShape("list", min=shape.items.get("min"), max=shape.items.get("max"))
            yield from ((prefix, why) for why in _outside(limits, len(items), f"{len(items)} items are"))
        for item in items:
            yield from _of_objects(prefix, item, shapes)
