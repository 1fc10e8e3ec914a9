"""Contract -> catalog: tables, columns, types, comments and labels; and mistakes that the catalog cannot carry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from mesh.aws.text_length import shortened
from mesh.contracts import labels, partitions
from mesh.contracts.column_types import TypePlace, column_type, in_parquet, judged_type, type_place
from mesh.contracts.labels import LabelWords
from mesh.contracts.mistakes import ContractMistake
from mesh.contracts.types import IDENTIFIER, ColumnType, needs_a_name
from mesh.model import Contract, Element, Lock, LockedTable

TableFormat = Literal["iceberg", "parquet"]
LONGEST_COMMENT: Final = 255
"""Bytes of a column's comment that Glue takes (Glue Developer Guide, "Column structure")."""
LONGEST_DESCRIPTION: Final = 2048
"""Bytes of a description that Glue takes (Glue Developer Guide, "Table structure" and "Database structure")."""

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}")
"""A version: characters that AWS takes in the value of a tag (Tagging AWS Resources User Guide), and no spaces."""


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

    Of an Iceberg table every column is among `columns`; `partitions` names those it is partitioned by, `transforms` has
    the transform of each of them, as Iceberg writes it, and `locked` the ids of its fields.
    """

    name: str
    format: TableFormat
    description: str
    columns: tuple[CatalogColumn, ...]
    partitions: tuple[CatalogColumn, ...] = ()
    transforms: tuple[str, ...] = ()
    locked: LockedTable = NO_IDS

    @property
    def every_column(self) -> tuple[CatalogColumn, ...]:
        """The columns, those that the table is partitioned by included, once each."""
        return tuple({column.name: column for column in (*self.columns, *self.partitions)}.values())


def tables(contract: Contract, words: LabelWords, lock: Lock | None) -> tuple[CatalogTable, ...]:
    """The tables of a contract that `mistakes` finds nothing wrong with, with the ids of its lock."""
    locked: Mapping[str, LockedTable] = lock.tables if lock else {}
    return tuple(_table(contract, table, words, locked.get(table.catalog_name, NO_IDS)) for table in contract.tables)


def table_format(table: Element) -> str:
    """`tableFormat` of the table's `customProperties`; Iceberg when it says nothing."""
    chosen = table.custom("tableFormat")
    return "iceberg" if chosen is None else str(chosen)


def _table(contract: Contract, table: Element, words: LabelWords, locked: LockedTable) -> CatalogTable:
    iceberg = table_format(table) == "iceberg"
    place = type_place(contract, table_format(table))
    made = {element.path: _column(element, words, place) for element in table.columns}
    keyed = partitions.ordered(table)
    return CatalogTable(
        table.catalog_name,
        "iceberg" if iceberg else "parquet",
        table.data.get("description") or "",
        # Glue has the partition columns of a Hive table besides its columns, those of an Iceberg table among them.
        tuple(made[e.path] for e in table.columns if iceberg or not partitions.is_partitioned(e)),
        tuple(made[element.path] for element in keyed),
        tuple(partitions.transform(element) for element in keyed),
        locked,
    )


def delivered(table: CatalogTable, classifications: frozenset[str]) -> CatalogTable | None:
    """A table as a partner gets it: files of Parquet with every column in them, of those that an agreement covers.

    No file stands in a partition: whatever lies in the table's folder is read. A column of a type that such a table
    cannot have (a map with a nested key) is left out; None when nothing is left.
    """
    columns = tuple(
        column._replace(type=type_)
        for column in table.every_column
        if classifications.issuperset(column.labels) and (type_ := in_parquet(column.type)) is not None
    )
    return CatalogTable(table.name, "parquet", table.description, columns) if columns else None


def partitioned_by(table: Element) -> tuple[tuple[str, str], ...]:
    """Partition fields of a table, in their order: source column and transform of each."""
    return tuple((element.catalog_name, partitions.transform(element)) for element in partitions.ordered(table))


def _column(column: Element, words: LabelWords, place: TypePlace) -> CatalogColumn:
    comment = " ".join((column.data.get("description") or "").split())
    return CatalogColumn(
        column.catalog_name,
        column_type(column, place),
        shortened(comment, LONGEST_COMMENT),
        words.of_element(column),
        bool(column.data.get("required")),
    )


def mistakes(contract: Contract, words: LabelWords) -> Iterator[ContractMistake]:
    """Mistakes of a contract that the catalog cannot carry, each with the path of keys where it stands."""
    if not contract.purpose:
        message = "the contract does not say what the product is for: 'description.purpose' is missing"
        yield ContractMistake(("description",), message)
    if not _VERSION.fullmatch(contract.version):
        message = f"version '{contract.version}' has characters that a tag cannot hold; write it as 1.4.0"
        yield ContractMistake(("version",), message)
    if not contract.tables:
        yield ContractMistake(("schema",), "the contract has no table: 'schema' lists at least one")
    table_names: set[str] = set()
    for table in contract.tables:
        name = table.catalog_name
        if not IDENTIFIER.fullmatch(name):
            yield ContractMistake(table.path, f"table '{name}' {needs_a_name(name)}")
        if name in table_names:
            message = f"table '{name}' stands twice in this contract; give one another 'physicalName'"
            yield ContractMistake(table.path, message)
        table_names.add(name)
        yield from _table_mistakes(contract, table, words)
    for mistake in labels.mistakes(contract, words):
        yield ContractMistake(*mistake)


def _table_mistakes(contract: Contract, table: Element, words: LabelWords) -> Iterator[ContractMistake]:
    chosen = table_format(table)
    if chosen not in ("iceberg", "parquet"):
        message = f"'tableFormat' is '{chosen}'; allowed: iceberg and parquet; choose one"
        yield ContractMistake((*table.path, "customProperties"), message)
    columns = table.columns
    if not columns:
        message = f"table '{table.catalog_name}' lists no columns: give it 'properties', one entry a column"
        yield ContractMistake(table.path, message)
    elif all(partitions.is_partitioned(column) for column in columns):
        message = f"table '{table.catalog_name}' needs at least one column that is not a partition key"
        yield ContractMistake(table.path, message)
    place = type_place(contract, chosen)
    known: dict[str, ColumnType] = {}
    names: set[str] = set()
    for column in columns:
        name = column.catalog_name
        if not IDENTIFIER.fullmatch(name):
            yield ContractMistake(column.path, f"column '{name}' {needs_a_name(name)}")
        if name in names:
            yield ContractMistake(column.path, f"column '{name}' stands twice in this table; remove one")
        names.add(name)
        type_, found = judged_type(contract, column, place)
        yield from found
        if type_ is not None:
            known[name] = type_
    yield from partitions.mistakes(columns, chosen, known, words)
