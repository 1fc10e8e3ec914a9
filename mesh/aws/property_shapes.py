"""Shapes of the properties that the AWS plugin sends: limits of AWS's members, as `shapes.json` has them.

`python -m tools.shapes` writes the file from botocore's models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

_FILE: Final = "shapes.json"
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PropertyShape:
    """Limits of one property; of a list those of its items, and of the list itself in `items`."""

    type: str
    """AWS's: string, boolean, integer, long, double, structure, map, timestamp and so on."""
    member: str = ""
    min: int | None = None
    max: int | None = None
    pattern: str = ""
    enum: tuple[str, ...] = ()
    required: bool = False
    items: Mapping[str, int] | None = None
    """Of a list `min` and `max` number of items; None for what is no list in AWS."""
    keys: PropertyShape | None = None
    values: PropertyShape | None = None
    source: str = ""
    """The page, or the file of the plugin, that has a limit which botocore lacks."""

    @staticmethod
    def of(fields: Mapping[str, Any]) -> PropertyShape:
        """The shape from its JSON."""
        return PropertyShape(
            **{name: value for name, value in fields.items() if name not in ("keys", "values", "list", "enum")},
            enum=tuple(fields.get("enum", ())),
            items=fields.get("list"),
            keys=PropertyShape.of(fields["keys"]) if "keys" in fields else None,
            values=PropertyShape.of(fields["values"]) if "values" in fields else None,
        )


@dataclass(frozen=True, slots=True)
class TypeShapes:
    """Shapes of one type's properties by their path, and the properties that are no member of a call, with reasons."""

    properties: Mapping[str, PropertyShape]
    aside: Mapping[str, str]
    required: Mapping[str, tuple[str, ...]]
    """Path of an object ("" for the type itself) -> names of the properties that AWS requires in it."""

    @staticmethod
    def of(fields: Mapping[str, Any], everywhere: Mapping[str, str]) -> TypeShapes:
        """The shapes from their JSON; `everywhere` are properties aside in all types."""
        properties = {path: PropertyShape.of(each) for path, each in fields["properties"].items()}
        required: dict[str, tuple[str, ...]] = {}
        for path, shape in properties.items():
            if shape.required:
                above, _, name = path.rpartition(".")
                required[above] = (*required.get(above, ()), name)
        return TypeShapes(properties, {**everywhere, **fields["aside"]}, required)

    def is_aside(self, path: str) -> bool:
        """Whether a property, or an object that holds it, is no member of a call."""
        return any(above in self.aside for above in _and_above(path))


@dataclass(frozen=True, slots=True)
class Shapes:
    """The whole file: the version of botocore that was read, and each type's shapes."""

    botocore: str
    types: Mapping[str, TypeShapes]


def _and_above(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


@cache
def shapes() -> Shapes:
    """The shapes that the file has."""
    body: dict[str, Any] = json.loads(files("mesh.aws").joinpath(_FILE).read_text("utf-8"))
    everywhere = body["pulumi-only"]
    return Shapes(body["botocore"], {name: TypeShapes.of(each, everywhere) for name, each in body["types"].items()})
