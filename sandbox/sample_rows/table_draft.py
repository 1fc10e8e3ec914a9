"""Draft of a table: what is known of its columns before their values are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mesh.contracts.column_types import column_type
from mesh.contracts.types import ColumnType
from mesh.findings import KeyPath
from mesh.model import Contract, Element
from sandbox.sample_rows import table_needs
from sandbox.sample_rows.column_rules import Placed, rules_of
from sandbox.sample_rows.drawn_values import DrawingPlace
from sandbox.sample_rows.foreign_keys import ForeignKey
from sandbox.sample_rows.leaf import RuleFault
from sandbox.sample_rows.sample_tables import SampleColumn
from sandbox.sample_rows.value_spaces import Space


@dataclass(slots=True)
class TableDraft:
    """A table that is being made: columns that are `unique`, that are `filled` in every row, and that are `parts` of a
    group whose values differ together, each with where that is said; what is `made` of it so far.
    """

    product: str
    contract: Contract
    table: Element
    rows: int
    where: DrawingPlace
    fresh: Mapping[KeyPath, Placed]
    keys: dict[str, ForeignKey]
    unique: dict[str, KeyPath] = field(default_factory=dict[str, KeyPath])
    filled: set[str] = field(default_factory=set[str])
    parts: dict[str, tuple[tuple[str, ...], KeyPath]] = field(
        default_factory=dict[str, tuple[tuple[str, ...], KeyPath]]
    )
    made: dict[str, SampleColumn | None] = field(default_factory=dict[str, SampleColumn | None])
    layouts: dict[tuple[str, ...], dict[str, tuple[Space, int, int]] | None] = field(
        default_factory=dict[tuple[str, ...], "dict[str, tuple[Space, int, int]] | None"]
    )

    def element(self, column: str) -> Element:
        """The element of a column."""
        return next(one for one in self.table.columns if one.catalog_name == column)

    def type(self, column: str) -> ColumnType:
        """The type of a column."""
        return column_type(self.element(column), self.where.place)

    def unit(self, column: str) -> tuple[str, ...]:
        """The columns that get their values together: those of one foreign key, or the column alone."""
        key = self.keys.get(column)
        return key.columns if key is not None else (column,)


def set_groups(draft: TableDraft) -> None:
    """Puts each column into the one group of columns that it differs with."""
    for columns, path in table_needs.different(draft.table):
        alone = [column for column in columns if column in draft.unique]
        if alone:
            # Nulls of a unique column repeat, and a group with it would.
            draft.filled.update(alone[:1] if len(columns) > 1 else ())
            continue
        units = {draft.unit(column) for column in columns}
        if len(columns) == 1:
            draft.unique[columns[0]] = path
        elif any(set(group) <= set(columns) for group, _ in draft.parts.values()):
            continue
        elif any(column in draft.parts for column in columns):
            free = [c for c in columns if c not in draft.parts and not rules_of(draft.element(c)).allowed]
            free = [c for c in free if draft.type(c).name not in ("boolean", "tinyint") and c not in draft.keys]
            if free:
                draft.unique[free[-1]] = path
                draft.filled.add(free[-1])
            else:
                told = f"two keys of table '{draft.table.name}' share columns, and sample rows cannot have both"
                draft.where.faults.append(RuleFault(path, f"{told}: add a column that is unique"))
        elif len(units) == 1 and units == {columns}:
            draft.unique.update(dict.fromkeys(columns, path))
        else:
            whole = tuple(dict.fromkeys(c for column in columns for c in draft.unit(column)))
            draft.parts.update(dict.fromkeys(whole, (whole, path)))
