"""Fields of a table in a contract: columns and what is nested in them, at every depth, with type and nullability."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mesh.contracts import catalog, partitions
from mesh.contracts.column_types import judged_type, type_place
from mesh.contracts.labels import LabelWords
from mesh.contracts.lock_shape import RENAMED
from mesh.contracts.types import ColumnType
from mesh.findings import KeyPath
from mesh.model import Contract, Element

TYPE_KEYS: Final = ("logicalType", "physicalType")
"""Keys that say the type of a column."""

_PARTS: Final[Mapping[KeyPath, str]] = {("items",): "element", ("map", "key"): "key", ("map", "value"): "value"}


@dataclass(frozen=True, slots=True)
class ContractField:
    """A column or a field in one: its path by names of the catalog, `captain.phones.element`.

    `own` is its type without what is nested in it, as people write it; `kind` is None where no type can be told.
    `data` is what stands at its place in the contract; nothing for a field that only the text of a type names.
    """

    path: str
    own: str
    required: bool
    kind: ColumnType | None
    data: Mapping[str, Any]
    renamed: Any = None

    @property
    def name(self) -> str:
        """Name in the catalog, without what it is nested in."""
        return self.path.rpartition(".")[2]

    @property
    def parent(self) -> str:
        """Path of what it is nested in; empty for a column."""
        return self.path.rpartition(".")[0]

    @property
    def column(self) -> str:
        """The column that it is or is nested in."""
        return self.path.partition(".")[0]


def fields_of(contract: Contract, table: Element) -> dict[str, ContractField]:
    """Fields of a table by path: columns first, each with what is nested in it."""
    place = type_place(contract, catalog.table_format(table))
    fields: dict[str, ContractField] = {}
    for column in table.columns:
        kind, _ = judged_type(contract, column, place)
        written = dict(_elements(column, column.catalog_name))
        for path, part, required in _parts(kind, column.catalog_name, column.data.get("required") is True):
            fields[path] = _field(path, part, required, written.get(path))
        for path, element in written.items():
            if path not in fields:  # a part of a text of JSON, or of a type that nobody can tell
                part = judged_type(contract, element, place)[0]
                fields[path] = _field(path, part, element.data.get("required") is True, element)
    return fields


def _field(path: str, kind: ColumnType | None, required: bool, element: Element | None) -> ContractField:
    data: Mapping[str, Any] = element.data if element else {}
    return ContractField(path, _own(kind, data), required, kind, data, element.custom(RENAMED) if element else None)


def _own(kind: ColumnType | None, data: Mapping[str, Any]) -> str:
    """A type without what is nested in it; of a text also how long it is, and what is written in it."""
    physical, logical = data.get("physicalType"), data.get("logicalType")
    if kind is None:
        return " ".join(str(word) for word in (physical, logical) if word) or "no type"
    if kind.name != "string":
        return kind.name if kind.parts else str(kind)
    sized = _SIZED.fullmatch(str(physical).strip())
    return f"varchar({sized[1]})" if sized else "string" if logical in (None, "string") else f"string of {logical}"


_SIZED: Final = re.compile(r"(?:var)?char(?:acter)?(?: varying)?\s*\(\s*(\d+)\s*\)", re.IGNORECASE)


def _parts(kind: ColumnType | None, path: str, required: bool) -> Iterator[tuple[str, ColumnType | None, bool]]:
    yield path, kind, required
    for part in kind.parts if kind else ():
        yield from _parts(part.type, f"{path}.{part.name}", part.required)


def _elements(element: Element, path: str) -> Iterator[tuple[str, Element]]:
    """An element and all that is nested in it, each with its path."""
    yield path, element
    for below in element.below:
        step = below.path[len(element.path) :]
        yield from _elements(below, f"{path}.{_PARTS.get(step, below.catalog_name)}")


# ---- what several columns say together

_Said = tuple[tuple[str, str], ...]
"""Paths, each with what is said of it."""


def keys_of(table: Element) -> _Said:
    """The primary key: paths of its columns and fields, in the order of their positions."""
    marked = [
        (path, element)
        for column in table.columns
        for path, element in _elements(column, column.catalog_name)
        if element.data.get("primaryKey")
    ]
    ordered = sorted(marked, key=lambda one: _position(one[1].data.get("primaryKeyPosition")))
    return tuple((path, path) for path, _ in ordered)


def _position(written: Any) -> int:
    return written if isinstance(written, int) else -1


def partitions_of(table: Element) -> _Said:
    """Partition fields, such as `day(seen)`, in their order."""
    said: list[tuple[str, str]] = []
    for column in partitions.ordered(table):
        name = column.catalog_name
        try:
            transform = partitions.transform(column)
        except partitions.UnknownTransformError:
            transform = str(column.custom("partitionTransform"))
        said.append((name, f"{transform}({name})"))
    return tuple(said)


def labels_of(table: Element, words: LabelWords) -> dict[str, frozenset[str]]:
    """Labels of each column, those of all that is nested in it included."""
    return {column.catalog_name: frozenset(words.of_element(column)) for column in table.columns}
