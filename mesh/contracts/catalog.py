"""Contract -> catalog: tables, columns, types, comments and labels; and mistakes that the catalog cannot carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from mesh.contracts import labels
from mesh.contracts.column_types import column_type, type_mistakes
from mesh.contracts.labels import LabelWords
from mesh.contracts.types import ColumnType
from mesh.findings import KeyPath
from mesh.model import Contract, Element, Lock, LockedTable

TableFormat = Literal["iceberg", "parquet"]
LONGEST_COMMENT: Final = 255
"""Characters of a column's comment that Glue takes (Glue API, Column)."""

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}")
"""A version: characters that AWS takes in the value of a tag (Tagging AWS Resources User Guide), and no spaces."""

_IDENTIFIER: Final = re.compile(r"[a-z_][a-z0-9_]{0,127}")


NO_IDS: Final = LockedTable("iceberg", {}, {})
"""What the lock says of a table that it does not have."""


class CatalogColumn(NamedTuple):
    """A column as the catalog shows it; `labels` are classifications, sorted."""

    name: str
    type: ColumnType
    comment: str = ""
    labels: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table: data columns, and the partition columns, which are last in the table and never among `columns`.

    Of an Iceberg table every column is among `columns`; `partitions` names those it is partitioned by, and `locked` has
    the ids of its fields.
    """

    name: str
    format: TableFormat
    description: str
    columns: tuple[CatalogColumn, ...]
    partitions: tuple[CatalogColumn, ...] = ()
    locked: LockedTable = NO_IDS

    @property
    def labelled(self) -> tuple[CatalogColumn, ...]:
        """The columns that have a label, once each."""
        everything = {column.name: column for column in (*self.columns, *self.partitions)}
        return tuple(column for column in everything.values() if column.labels)


def tables(contract: Contract, words: LabelWords, lock: Lock | None) -> tuple[CatalogTable, ...]:
    """The tables of a contract that `mistakes` finds nothing wrong with, with the ids of its lock."""
    locked = lock.tables if lock else {}
    return tuple(_table(table, words, locked.get(table.catalog_name, NO_IDS)) for table in contract.tables)


def table_format(table: Element) -> str:
    """`tableFormat` of the table's `customProperties`; Iceberg when it says nothing."""
    chosen = table.custom("tableFormat")
    return "iceberg" if chosen is None else str(chosen)


def _table(table: Element, words: LabelWords, locked: LockedTable) -> CatalogTable:
    made = {element.path: _column(element, words) for element in table.columns}
    keyed = sorted((e for e in table.columns if e.data.get("partitioned")), key=_position)
    partitions = tuple(made[element.path] for element in keyed)
    # Glue has the partition columns of a Hive table besides its columns, those of an Iceberg table among them.
    iceberg = table_format(table) == "iceberg"
    columns = tuple(made[e.path] for e in table.columns if iceberg or not e.data.get("partitioned"))
    description = table.data.get("description") or ""
    chosen: TableFormat = "iceberg" if iceberg else "parquet"
    return CatalogTable(table.catalog_name, chosen, description, columns, partitions, locked)


def partitioned_by(table: Element) -> tuple[tuple[str, str], ...]:
    """Partition fields of a table, in their order: source column and transform of each."""
    keyed = sorted((e for e in table.columns if e.data.get("partitioned")), key=_position)
    return tuple((element.catalog_name, "identity") for element in keyed)


def _position(column: Element) -> int:
    return column.data.get("partitionKeyPosition") or 0


def _column(column: Element, words: LabelWords) -> CatalogColumn:
    comment = " ".join((column.data.get("description") or "").split())
    return CatalogColumn(
        column.catalog_name,
        column_type(column),
        comment if len(comment) <= LONGEST_COMMENT else comment[: LONGEST_COMMENT - 1] + "…",
        words.of_element(column),
        bool(column.data.get("required")),
    )


def mistakes(contract: Contract, words: LabelWords) -> Iterator[tuple[KeyPath, str]]:
    """Mistakes of a contract that the catalog cannot carry, each with the path of keys where it stands."""
    if not contract.purpose:
        yield ("description",), "the contract does not say what the product is for: 'description.purpose' is missing"
    if not _VERSION.fullmatch(contract.version):
        yield (
            ("version",),
            f"version '{contract.version}' has characters that a tag cannot hold; write it as 1.4.0",
        )
    if not contract.tables:
        yield ("schema",), "the contract has no table: 'schema' lists at least one"
    table_names: set[str] = set()
    for number, table in enumerate(contract.tables):
        here: KeyPath = ("schema", number)
        name = table.catalog_name
        if not _IDENTIFIER.fullmatch(name):
            yield (
                here,
                f"table '{name}' needs a 'physicalName' of lower-case letters, digits and '_', at most 128 characters",
            )
        if name in table_names:
            yield here, f"table '{name}' stands twice in this contract; give one another 'physicalName'"
        table_names.add(name)
        yield from _table_mistakes(table, here)
    yield from labels.mistakes(contract, words)


def _table_mistakes(table: Element, here: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    chosen = table_format(table)
    if chosen not in ("iceberg", "parquet"):
        yield (*here, "customProperties"), f"'tableFormat' is '{chosen}'; allowed: iceberg and parquet"
    if not table.columns:
        yield here, f"table '{table.catalog_name}' lists no columns: give it 'properties', one entry a column"
    elif all(column.data.get("partitioned") for column in table.columns):
        yield here, f"table '{table.catalog_name}' needs at least one column that is not a partition key"
    column_names: set[str] = set()
    for column in table.columns:
        name = column.catalog_name
        if not _IDENTIFIER.fullmatch(name):
            yield (
                column.path,
                f"column '{name}' needs a 'physicalName' of lower-case letters, digits and '_', at most 128 characters",
            )
        if name in column_names:
            yield column.path, f"column '{name}' stands twice in this table; remove one"
        column_names.add(name)
        found = list(type_mistakes(column))
        yield from found
        if not found and column.data.get("partitioned") and column_type(column).parts:
            yield column.path, f"column '{column.name}' is nested; a table is partitioned by plain columns"
