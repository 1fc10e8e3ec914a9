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
    form: str = ""
    """How the plugin takes it (scalar, list, map, object), where AWS's own form is another; see `taken_as`."""
    source: str = ""
    """The page, or the file of the plugin, that has a limit which botocore lacks."""

    @property
    def taken_as(self) -> str:
        """The form of the plugin's property: scalar, list, map or object."""
        return self.form or form_of_aws(self.type, listed=self.items is not None)

    @property
    def limited(self) -> bool:
        """Whether more than a type is known of its values: a length, a range, a pattern, an enumeration."""
        own = self.min is not None or self.max is not None or bool(self.pattern or self.enum or self.items)
        return own or any(inside is not None and inside.limited for inside in (self.keys, self.values))

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
    objects: frozenset[str]
    """Paths that others lie below: of objects, and of lists of objects."""

    @staticmethod
    def of(fields: Mapping[str, Any], everywhere: Mapping[str, str]) -> TypeShapes:
        """The shapes from their JSON; `everywhere` are properties aside in all types."""
        properties = {path: PropertyShape.of(each) for path, each in fields["properties"].items()}
        required: dict[str, tuple[str, ...]] = {}
        for path, shape in properties.items():
            if shape.required:
                above, _, name = path.rpartition(".")
                required[above] = (*required.get(above, ()), name)
        aside: Mapping[str, str] = {**everywhere, **fields["aside"]}
        objects = frozenset(above for path in (*properties, *aside) for above in _and_above(path.rpartition(".")[0]))
        return TypeShapes(properties, aside, required, objects)

    def is_aside(self, path: str) -> bool:
        """Whether a property, or an object that holds it, is no member of a call."""
        return any(above in self.aside for above in _and_above(path))


@dataclass(frozen=True, slots=True)
class Shapes:
    """The whole file: the version of botocore that was read, and each type's shapes."""

    botocore: str
    types: Mapping[str, TypeShapes]


def form_of_aws(type_: str, *, listed: bool) -> str:
    """The form of a member of AWS's type, or of a list of it."""
    return "list" if listed else {"map": "map", "structure": "object"}.get(type_, "scalar")


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
