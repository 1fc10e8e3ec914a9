"""Contract -> catalog: tables, columns, types, comments and labels; and mistakes that the catalog cannot carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from mesh.contracts import types
from mesh.findings import KeyPath, unknown
from mesh.model import Column, Contract, Table
from mesh.validation_messages import shorten

TableFormat = Literal["iceberg", "parquet"]
LONGEST_COMMENT: Final = 255
"""Characters of a column's comment that Glue takes (Glue API, Column)."""

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}")
"""A version: characters that AWS takes in the value of a tag (Tagging AWS Resources User Guide), and no spaces."""

_IDENTIFIER: Final = re.compile(r"[a-z_][a-z0-9_]{0,127}")


class CatalogColumn(NamedTuple):
    """A column as the catalog shows it; `labels` are classifications, sorted."""

    name: str
    type: str
    comment: str = ""
    labels: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table: data columns, and the partition columns, which are last in the table and never among `columns`.

    Of an Iceberg table every column is among `columns`; `partitions` names those it is partitioned by.
    """

    name: str
    format: TableFormat
    description: str
    columns: tuple[CatalogColumn, ...]
    partitions: tuple[CatalogColumn, ...] = ()

    @property
    def labelled(self) -> tuple[CatalogColumn, ...]:
        """The columns that have a label, once each."""
        everything = {column.name: column for column in (*self.columns, *self.partitions)}
        return tuple(column for column in everything.values() if column.labels)


@lru_cache(maxsize=1024)
def labels(classification: str | None) -> tuple[str, ...]:
    """The labels of a column's `classification`: names separated by commas, sorted."""
    return tuple(sorted({part.strip() for part in classification.split(",")})) if classification else ()


def tables(contract: Contract) -> tuple[CatalogTable, ...]:
    """The tables of a contract that `mistakes` finds nothing wrong with."""
    return tuple(_table(table) for table in contract.tables)


def product_labels(contract: Contract) -> frozenset[str]:
    """Labels of a product: the union of those of all columns."""
    return frozenset(
        label for table in contract.tables for column in table.properties for label in labels(column.classification)
    )


def table_name(table: Table) -> str:
    """Name of a table in the catalog: the contract's `physicalName`, else its `name`."""
    return table.physical_name or table.name


def table_format(table: Table) -> str:
    """`tableFormat` of the table's `customProperties`; Iceberg when it says nothing."""
    for extra in table.custom_properties:
        if extra.property == "tableFormat":
            return str(extra.value)
    return "iceberg"


def physical_type(column: Column) -> str | None:
    """The column's type as Athena writes it; from its logical type when the contract gives that only."""
    return column.physical_type or types.LOGICAL.get(column.logical_type or "")


def _table(table: Table) -> CatalogTable:
    keyed = sorted((c for c in table.properties if c.partitioned), key=lambda c: c.partition_key_position or 0)
    partitions = tuple(_column(column) for column in keyed)
    # Glue has the partition columns of a Hive table besides its columns, those of an Iceberg table among them.
    iceberg = table_format(table) == "iceberg"
    columns = tuple(_column(column) for column in table.properties if iceberg or not column.partitioned)
    return CatalogTable(
        table_name(table), "iceberg" if iceberg else "parquet", table.description or "", columns, partitions
    )


def _column(column: Column) -> CatalogColumn:
    comment = " ".join((column.description or "").split())
    return CatalogColumn(
        column.physical_name or column.name,
        (physical_type(column) or "string").lower(),
        comment if len(comment) <= LONGEST_COMMENT else comment[: LONGEST_COMMENT - 1] + "…",
        labels(column.classification),
        column.required,
    )


def mistakes(contract: Contract, classifications: frozenset[str]) -> Iterator[tuple[KeyPath, str]]:
    """Mistakes of a contract that the catalog cannot carry, each with the path of keys where it stands."""
    if not (contract.description.purpose or "").strip():
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
        name = table_name(table)
        if not _IDENTIFIER.fullmatch(name):
            yield (
                here,
                f"table '{name}' needs a 'physicalName' of lower-case letters, digits and '_', at most 128 characters",
            )
        if name in table_names:
            yield here, f"table '{name}' stands twice in this contract; give one another 'physicalName'"
        table_names.add(name)
        yield from _table_mistakes(table, here, classifications)


def _table_mistakes(table: Table, here: KeyPath, classifications: frozenset[str]) -> Iterator[tuple[KeyPath, str]]:
    chosen = table_format(table)
    partitioned = [column for column in table.properties if column.partitioned]
    if chosen not in ("iceberg", "parquet"):
        yield (*here, "customProperties"), f"'tableFormat' is '{chosen}'; allowed: iceberg and parquet"
    for column in partitioned:
        if (physical_type(column) or "").lower().startswith(("array", "map", "struct")):
            where = (*here, "properties", table.properties.index(column))
            yield where, f"column '{column.name}' is nested; a table is partitioned by plain columns"
    if len(partitioned) == len(table.properties):
        yield here, f"table '{table_name(table)}' needs at least one column that is not a partition key"
    column_names: set[str] = set()
    for number, column in enumerate(table.properties):
        there: KeyPath = (*here, "properties", number)
        name = column.physical_name or column.name
        if not _IDENTIFIER.fullmatch(name):
            yield (
                there,
                f"column '{name}' needs a 'physicalName' of lower-case letters, digits and '_', at most 128 characters",
            )
        if name in column_names:
            yield there, f"column '{name}' stands twice in this table; remove one"
        column_names.add(name)
        yield from _column_mistakes(column, there, classifications)


def _column_mistakes(column: Column, there: KeyPath, classifications: frozenset[str]) -> Iterator[tuple[KeyPath, str]]:
    kind = physical_type(column)
    if kind is None:
        yield there, f"column '{column.name}' needs a 'physicalType', such as string or struct<a:int>"
    elif reason := _bad_type(kind):
        yield (*there, "physicalType"), f"type '{shorten(kind)}' of column '{column.name}': {reason}"
    for label in labels(column.classification):
        if label not in classifications:
            message = f"column '{column.name}' is labelled with an {unknown('classification', label, classifications)}"
            yield (*there, "classification"), message


@lru_cache(maxsize=4096)
def _bad_type(text: str) -> str:
    try:
        types.parse(text)
    except types.UnknownTypeError as error:
        return str(error)
    return ""
