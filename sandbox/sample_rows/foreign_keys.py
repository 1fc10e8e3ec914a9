"""Foreign keys of contracts: the columns of one table that have values of the columns of another, also across products.

Source: ODCS v3.1, References: `to` of a column, `from` and `to` of a table; names, or ids behind the path of a file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mesh.contracts.mentions import find
from mesh.findings import KeyPath
from mesh.model import Contract, Element
from sandbox.sample_rows.leaf import RuleFault


class MeshContract(NamedTuple):
    """A contract, and its file, relative to the mesh folder."""

    file: str
    contract: Contract


class ColumnKey(NamedTuple):
    """A column of a table of a product (`<domain>.<product>`), by its names in the catalog."""

    product: str
    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.product}: {self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of a table, the columns that they refer to, in the same order, and where the contract says so."""

    columns: tuple[str, ...]
    targets: tuple[ColumnKey, ...]
    path: KeyPath


class LostReferenceError(ValueError):
    """The column that a relationship names cannot be found; why, in words."""


class ForeignKeys:
    """The foreign keys of some contracts, by product; `outside` are relationships with what no contract here has."""

    def __init__(self, contracts: Mapping[str, MeshContract]) -> None:
        self.contracts = contracts
        self.by_file = {written.file: product for product, written in contracts.items()}
        self.outside: list[tuple[str, RuleFault]] = []

    def of_table(self, product: str, table: Element, faults: list[RuleFault]) -> Iterator[ForeignKey]:
        """Foreign keys of a table, of its own columns; what is lost is a fault."""
        for number, relation in enumerate(table.data.get("relationships") or ()):
            here: KeyPath = (*table.path, "relationships", number)
            key = self._made(product, table, _several(relation.get("from")), relation, here, faults)
            if key is not None:
                yield key
        for column in table.columns:
            for number, relation in enumerate(column.data.get("relationships") or ()):
                here = (*column.path, "relationships", number)
                key = self._made(product, table, [], relation, here, faults, column)
                if key is not None:
                    yield key

    def of_nested(self, product: str, element: Element, faults: list[RuleFault]) -> ForeignKey | None:
        """The foreign key of what is nested in a column."""
        relations: list[Mapping[str, Any]] = element.data.get("relationships") or []
        here: KeyPath = (*element.path, "relationships", 0)
        return self._made(product, None, [], relations[0], here, faults, element) if relations else None

    def _made(
        self,
        product: str,
        table: Element | None,
        origins: list[str],
        relation: Mapping[str, Any],
        here: KeyPath,
        faults: list[RuleFault],
        column: Element | None = None,
    ) -> ForeignKey | None:
        texts = _several(relation.get("to"))
        if any("://" in text for text in texts):
            told = f"the relationship with {', '.join(texts)} is with a contract elsewhere: the values are made up"
            self.outside.append((product, RuleFault(here, told)))
            return None
        try:
            targets = tuple(self.column(product, text) for text in texts)
            columns = (column.catalog_name,) if column is not None else self._origins(product, table, origins)
        except LostReferenceError as error:
            faults.append(RuleFault(here, f"the relationship cannot be followed: {error}"))
            return None
        if len(columns) != len(targets) or len({key[:2] for key in targets}) != 1:
            told = "'from' and 'to' of a relationship name as many columns each, those of 'to' in one table"
            faults.append(RuleFault(here, told))
            return None
        return ForeignKey(columns, targets, here)

    def _origins(self, product: str, table: Element | None, texts: list[str]) -> tuple[str, ...]:
        own = [self.column(product, text) for text in texts]
        if table is not None and any(key.table != table.catalog_name for key in own):
            raise LostReferenceError(f"'from' names a column of another table than '{table.name}'")
        return tuple(key.column for key in own)

    def column(self, product: str, text: str) -> ColumnKey:
        """The column that a reference in a product's contract names; raises LostReferenceError."""
        other, is_beside, inside = text.rpartition("#")
        if is_beside:
            folder = posixpath.dirname(self.contracts[product].file)
            file = posixpath.normpath(posixpath.join(folder, other))
            if file not in self.by_file:
                raise LostReferenceError(f"no product has the contract {file}")
            product = self.by_file[file]
        tables = self.contracts[product].contract.tables
        by_id = "/" in inside
        steps = inside.strip("/").split("/")[1::2] if by_id else inside.split(".")
        table = find(tables, steps[0], by_id) if steps else None
        if table is None and len(tables) == 1 and len(steps) == 1 and not by_id:
            table, steps = tables[0], [tables[0].name, *steps]
        if table is None:
            raise LostReferenceError(f"'{text}' names no table of {product}")
        if len(steps) != 2:
            raise LostReferenceError(f"'{text}' does not name a column of table '{table.name}', as table.column does")
        column = find(table.columns, steps[1], by_id)
        if column is None:
            raise LostReferenceError(f"table '{table.name}' of {product} has no column '{steps[1]}'")
        return ColumnKey(product, table.catalog_name, column.catalog_name)


def _several(written: Any) -> list[str]:
    return [] if written is None else [written] if isinstance(written, str) else list(written)
