"""Schemas of Parquet files: the tree of their columns, with what marks a type, in its old form and in its new one.

Source: Apache Parquet, `parquet.thrift` (SchemaElement, ConvertedType, LogicalType) and "LogicalTypes.md".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PHYSICAL: Final = ("BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
"""Types of Parquet by their numbers."""

REQUIRED: Final = 0
OPTIONAL: Final = 1
REPEATED: Final = 2
GROUP: Final = "a group"

_OLD: Final = (
    "STRING,MAP,MAP_KEY_VALUE,LIST,ENUM,DECIMAL,DATE,TIME(MILLIS),TIME(MICROS),TIMESTAMP(MILLIS),TIMESTAMP(MICROS),"
    "UINT(8),UINT(16),UINT(32),UINT(64),INT(8),INT(16),INT(32),INT(64),JSON,BSON,INTERVAL"
).split(",")
"""Old marks by their numbers, in the words of the new ones."""

_NEW: Final[Mapping[int, str]] = {
    1: "STRING",
    2: "MAP",
    3: "LIST",
    4: "ENUM",
    6: "DATE",
    11: "UNKNOWN",
    12: "JSON",
    13: "BSON",
    14: "UUID",
    15: "FLOAT16",
    16: "VARIANT",
    17: "GEOMETRY",
    18: "GEOGRAPHY",
}
_UNITS: Final[Mapping[int, str]] = {1: "MILLIS", 2: "MICROS", 3: "NANOS"}


@dataclass(frozen=True, slots=True)
class ParquetNode:
    """A column or a part of one: `physical` is `GROUP` where it has children, `mark` says what its values mean."""

    name: str
    repetition: int
    physical: str
    length: int
    mark: str
    children: tuple[ParquetNode, ...]

    @property
    def said(self) -> str:
        """Its type in words."""
        return f"{self.physical} {self.mark}".rstrip()

    def leaves(self, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], ParquetNode]]:
        """Nodes with values: itself, or what is in it, with their paths."""
        path = (*above, self.name)
        if self.physical != GROUP:
            yield path, self
        for child in self.children:
            yield from child.leaves(path)


def columns(elements: Sequence[Mapping[int, Any]]) -> tuple[ParquetNode, ...]:
    """The columns below the root, which comes first. What is no schema raises whatever it leads to."""
    found: list[ParquetNode] = []
    at = 1
    for _ in range(elements[0].get(5, 0)):
        node, at = _node(elements, at)
        found.append(node)
    if at != len(elements):
        raise ValueError("its schema has parts that belong to no column")
    return tuple(found)


def _node(elements: Sequence[Mapping[int, Any]], at: int) -> tuple[ParquetNode, int]:
    element = elements[at]
    at += 1
    children: list[ParquetNode] = []
    for _ in range(element.get(5, 0)):
        child, at = _node(elements, at)
        children.append(child)
    repetition = element[3]
    if repetition not in (0, 1, 2) or (1 in element) == bool(children):
        raise ValueError("its schema is none")
    physical = _at(PHYSICAL, element[1]) if 1 in element else GROUP
    node = ParquetNode(
        element[4].decode(), repetition, physical, int(element.get(2, 0)), _mark(element), tuple(children)
    )
    return node, at


def _mark(element: Mapping[int, Any]) -> str:
    """The mark of a type, by both forms; two that contradict each other are none that a type allows."""
    marks = [_new(element[10])] if 10 in element else []
    if 6 in element:
        old = _at(_OLD, element[6])
        marks.append(f"DECIMAL({element[8]},{element.get(7, 0)})" if old == "DECIMAL" else old)
    return " and ".join(dict.fromkeys(marks))


def _new(union: Mapping[int, Any]) -> str:
    ((number, said),) = union.items()
    if number == 5:
        return f"DECIMAL({said[2]},{said[1]})"
    if number in (7, 8):
        ((unit, _),) = said[2].items()
        return f"{'TIME' if number == 7 else 'TIMESTAMP'}({_UNITS[unit]})"
    if number == 10:
        return f"{'INT' if said[2] else 'UINT'}({said[1]})"
    return _NEW.get(number, f"a mark of number {number}")


def _at(names: Sequence[str], number: int) -> str:
    if not 0 <= number < len(names):
        raise ValueError(f"a type of number {number}")
    return names[number]
