"""Shape of a contract's tables: all that a lock holds of a contract, which is everything in it but the ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from mesh.contracts import catalog
from mesh.contracts.column_types import column_type, type_place
from mesh.contracts.iceberg import iceberg_type
from mesh.contracts.labels import LabelWords
from mesh.contracts.types import ColumnType
from mesh.findings import KeyPath
from mesh.model import Contract, Element, LockedTable

RENAMED: Final = "renamedFrom"
"""Custom property of a column or nested field: its name before."""

_PARTS: Final[Mapping[KeyPath, str]] = {("items",): ".element", ("map", "key"): ".key", ("map", "value"): ".value"}
"""Places of elements without a name, and how Iceberg calls them."""


class FieldShape(NamedTuple):
    """A column or nested field: Iceberg type, labels written at it, name before, and its place in the contract."""

    type: str
    required: bool
    labels: tuple[str, ...]
    renamed: Any
    place: KeyPath


class TableShape(NamedTuple):
    """A table: fields by path, partition fields (source, transform), its key, and why it has none.

    Columns stand first among the fields, then what is nested in each: in this order they get their first ids.
    """

    name: str
    format: catalog.TableFormat
    fields: dict[str, FieldShape]
    partitions: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    unfit: tuple[tuple[KeyPath, str], ...]
    renamed: Any
    place: KeyPath


def shapes(contract: Contract, words: LabelWords) -> list[TableShape]:
    """The tables of a contract that `catalog.mistakes` finds nothing wrong with."""
    return [_table(contract, table, words) for table in contract.tables]


def _table(contract: Contract, table: Element, words: LabelWords) -> TableShape:
    iceberg = catalog.table_format(table) == "iceberg"
    place = type_place(contract, catalog.table_format(table))
    fields: dict[str, FieldShape] = {}
    nested: list[tuple[str, Element, ColumnType]] = []
    marked: list[_Marked] = []
    has_partitions = False
    for column in table.columns:
        name, kind, data = column.catalog_name, column_type(column, place), column.data
        fields[name] = FieldShape(
            word(kind) if iceberg else "",
            iceberg and data.get("required") is True,
            words.labels(data["classification"]) if "classification" in data else (),
            column.custom(RENAMED) if "customProperties" in data else None,
            column.path,
        )
        if kind.parts or column.below:
            nested.append((name, column, kind))
        if "primaryKey" in data or column.below:
            marked += _marked(column, name, True)
        has_partitions = has_partitions or "partitioned" in data
    for name, column, kind in nested:
        _add_nested(fields, name, column, kind, words)
    key, unfit = _key(marked, fields) if iceberg and marked else ((), ())
    return TableShape(
        table.catalog_name,
        "iceberg" if iceberg else "parquet",
        fields,
        catalog.partitioned_by(table) if iceberg and has_partitions else (),
        key,
        unfit,
        table.custom(RENAMED) if "customProperties" in table.data else None,
        table.path,
    )


def _add_nested(fields: dict[str, FieldShape], name: str, column: Element, kind: ColumnType, words: LabelWords) -> None:
    """Adds what is nested in a column: as its type has it, with labels and names before from the contract."""
    parts, column_field = list(_parts(kind, name)), fields[name]
    iceberg = bool(column_field.type)
    for path, part, required in parts:
        fields[path] = FieldShape(word(part) if iceberg else "", iceberg and required, (), None, column.path)
    said: defaultdict[str, list[Element]] = defaultdict(list)
    for path, element in _below(column, name) if column.below else ():
        # An element that the type does not show counts as part of what it is nested in: no label is lost.
        while path not in fields:
            path = path.rpartition(".")[0]
        said[path].append(element)
    for path, here in said.items():
        labels = {label for one in here for label in words.labels(one.data.get("classification"))}
        # The first is the field itself: one that only describes the text of a column of JSON is no field to rename.
        renamed = here[0].custom(RENAMED)
        fields[path] = fields[path]._replace(labels=tuple(sorted(labels)), renamed=renamed, place=here[0].path)


def _parts(kind: ColumnType, path: str) -> Iterator[tuple[str, ColumnType, bool]]:
    """Paths of what is nested in a type, with type and whether it is required: a level before those nested in it."""
    for part in kind.parts:
        yield f"{path}.{part.name}", part.type, part.required
    for part in kind.parts:
        yield from _parts(part.type, f"{path}.{part.name}")


def _below(element: Element, path: str) -> Iterator[tuple[str, Element]]:
    """An element and all that is nested in it, each with its path in the table."""
    yield path, element
    for below, name in _children(element, path):
        yield from _below(below, name)


def _children(element: Element, path: str) -> Iterator[tuple[Element, str]]:
    """Elements directly in an element, each with its path; one that a type has no part for counts as the element."""
    for below in element.below:
        place = below.path[len(element.path) :]
        name = f".{below.catalog_name}" if place[0] == "properties" else _PARTS.get(place, "")
        yield below, path + name


def word(kind: ColumnType) -> str:
    """The Iceberg type of a column or field; of a nested one only its kind."""
    if kind.parts:
        return "list" if kind.name == "array" else kind.name
    return _word(kind.name, kind.numbers)


@lru_cache(maxsize=256)
def _word(name: str, numbers: tuple[int, ...]) -> str:
    return iceberg_type(ColumnType(name, numbers), "", {}).strip('"')


# ---- the columns that identify a row

_Marked = tuple[str, Element, bool]
"""A path, the element there, and whether only required objects are around it."""


def _key(
    marked: list[_Marked], fields: dict[str, FieldShape]
) -> tuple[tuple[str, ...], tuple[tuple[KeyPath, str], ...]]:
    """Paths of an Iceberg table's primary key, sorted, and the reasons why it cannot be one.

    A key of which one column does not fit is none: the others alone do not identify a row.
    Source: Apache Iceberg table spec, "Identifier Field IDs".
    """
    unfit = tuple((element.path, why) for path, element, inside in marked if (why := _unfit(path, inside, fields)))
    return (() if unfit else tuple(sorted(path for path, _, _ in marked))), unfit


def _marked(element: Element, path: str, inside: bool) -> Iterator[_Marked]:
    """An element and what is nested in it, if they are marked as a key."""
    if element.data.get("primaryKey"):
        yield path, element, inside
    for below, name in _children(element, path) if element.below else ():
        is_field = below.path[-2] == "properties"
        yield from _marked(below, name, inside and is_field and bool(element.data.get("required")))


def _unfit(path: str, inside: bool, fields: dict[str, FieldShape]) -> str:
    """The sentence on a column that cannot identify rows; empty for one that can."""
    field = fields.get(path)
    start = f"'primaryKey' of '{path}' has no effect, and the table no identifier fields: "
    if field is None or not inside:
        return f"{start}it is nested in what repeats or may be missing; mark a column instead"
    if not field.required:
        return f"{start}not every row has a value; add 'required: true'"
    if field.type in ("float", "double", "list", "map", "struct"):
        return f"{start}Iceberg takes no {field.type} for one; mark another column"
    return ""


def partitioned_no_more(name: str, table: LockedTable) -> str:
    """The reason for which a table cannot lose its last partition field; empty if it does not.

    AWS requires `fields` of an Iceberg partition spec (Glue API Reference, IcebergPartitionSpec), and the AWS plugin
    drops a list of none (`expandIcebergPartitionSpec` of internal/service/glue/catalog_table.go).
    """
    if table.format != "iceberg" or table.partitions or not table.spec_id:
        return ""
    return (
        f"table '{name}' was partitioned, and cannot be without partition fields: Glue requires one, and the AWS "
        "plugin drops a list of none; keep one, or give the table another name: it begins without its data"
    )
