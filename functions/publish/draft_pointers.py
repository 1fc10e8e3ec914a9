"""Drafts as they are now: where each table of a product points, in the domain's own catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog_tables import CatalogTables, StoredTable
from parquet_runs import ParquetRun, new_runs
from publish_settings import PromisedProduct, PromisedTable
from table_files import TableFiles


@dataclass(frozen=True)
class Draft:
    """A draft: its metadata file (Iceberg) or newest run (Parquet), and what is wrong with the entry itself.

    A Parquet table has no pointer before its first run: there is nothing to publish of it yet. `runs` are those that
    are not published.
    """

    table: PromisedTable
    pointer: str | None
    findings: tuple[str, ...] = ()
    runs: tuple[ParquetRun, ...] = ()

    @property
    def seen(self) -> list[str | None]:
        """Marks of the draft by which it is known again when it was refused."""
        return [self.table.name, self.pointer, *(run.id for run in self.runs)]


def read_draft(
    product: PromisedProduct,
    table: PromisedTable,
    drafts: CatalogTables,
    files: TableFiles,
    published: Mapping[str, Any],
) -> Draft:
    """The draft of a table; `published` is the state of the table in the last publication."""
    stored = drafts.get(table.name)
    if stored is None:
        return Draft(
            table,
            None,
            (
                f"the draft table {product.draft}.{table.name} is gone: readers keep what was published; "
                f"{product.evolving} makes it again",
            ),
        )
    if table.format == "parquet":
        return _parquet(product, table, stored, files, published)
    return _iceberg(product, table, stored, files)


def _iceberg(product: PromisedProduct, table: PromisedTable, stored: StoredTable, files: TableFiles) -> Draft:
    place = f"the draft table {product.draft}.{table.name}"
    pointer = stored.pointer
    if not stored.is_iceberg or not pointer or "TargetTable" in stored.document:
        return Draft(
            table,
            None,
            (
                f"{place} is no Iceberg table with a metadata file, the contract says it is one: {product.evolving} "
                "makes it again",
            ),
        )
    findings: list[str] = []
    if stored.location != table.location:
        findings.append(
            f"{place} lies at '{stored.location}', the contract's place is {table.location}: set its location back, or "
            f"run {product.evolving}"
        )
    if not files.holds(pointer) or not pointer.startswith(f"{table.location}metadata/"):
        findings.append(
            f"{place} points at the metadata file '{pointer}', which is not below {table.location}metadata/: point it "
            "back, and write metadata there"
        )
    return Draft(table, pointer, tuple(findings))


def _parquet(
    product: PromisedProduct, table: PromisedTable, stored: StoredTable, files: TableFiles, published: Mapping[str, Any]
) -> Draft:
    runs = new_runs(files, published)
    pointer = runs[-1].prefix if runs else published.get("pointer")
    return Draft(table, pointer, tuple(_differences(product, table, stored)), runs)


def _differences(product: PromisedProduct, table: PromisedTable, stored: StoredTable) -> list[str]:
    """Differences between a Parquet draft's columns in the catalog and the contract's."""
    storage: Mapping[str, Any] = stored.document.get("StorageDescriptor") or {}
    place = f"the draft table {product.draft}.{table.name}"
    if stored.location != table.location:  # Athena is asked of this table about the values of a run
        return [
            f"{place} lies at '{stored.location}', the contract's place is {table.location}: set its location back, or "
            f"run {product.evolving}"
        ]
    there = {each["Name"]: each["Type"] for each in (*(storage.get("Columns") or ()), *stored.keys)}
    promised = {column.name: column.type for column in table.columns}
    found = [
        f"column '{name}' of the draft is {there[name]}, the contract says {promised[name]}: {product.evolving} brings "
        "the draft to the contract"
        for name in promised
        if name in there and there[name] != promised[name]
    ]
    found += [
        f"column '{name}' ({there[name]}) is not in the contract; allowed are the columns of version "
        f"{product.version}: take it out of the draft, or add it to the contract and run {product.evolving}"
        for name in there
        if name not in promised
    ]
    return found + [
        f"column '{name}' ({promised[name]}) is missing, the contract of version {product.version} has it: "
        f"{product.evolving} evolves the draft"
        for name in promised
        if name not in there
    ]
