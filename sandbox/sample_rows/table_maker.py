"""Maker of sample tables: keys, foreign keys and nulls of every column, each made when another first asks for it."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from mesh.contracts import partitions
from mesh.contracts.catalog import table_format
from mesh.contracts.column_types import type_place
from mesh.contracts.labels import LabelWords
from mesh.contracts.types import ColumnType
from mesh.findings import KeyPath
from mesh.model import Contract, Element
from sandbox.sample_rows import table_needs
from sandbox.sample_rows.column_rules import ColumnRules, Placed, rules_of, says
from sandbox.sample_rows.drawn_values import Draw, DrawingPlace, draw_of, leaf_of, leaf_space
from sandbox.sample_rows.foreign_keys import ColumnKey, ForeignKey, ForeignKeys
from sandbox.sample_rows.leaf import WHOLE, Leaf, RuleFault, fitting
from sandbox.sample_rows.row_values import any_of, drawn_by, each_once, value_at
from sandbox.sample_rows.sample_tables import SampleColumn, SampleTable
from sandbox.sample_rows.table_draft import TableDraft, set_groups
from sandbox.sample_rows.value_spaces import ComputedSpace, ListedSpace, Scatter, Space, scatter, seed_of

_PARTITIONS: Final = 12
"""Most values of a column that a table is partitioned by, where no rule wants more."""

_LOOKED_AT: Final = 1000

_Shape = Callable[..., SampleColumn]
"""A column without its values, which it takes with what is known of them."""


class _RoundError(Exception):
    """Columns refer to each other in a circle."""


class TableMaker:
    """Makes the tables of some contracts, and collects the faults in their rules and remarks on them, by product."""

    def __init__(self, keys: ForeignKeys, words: LabelWords, rows: int, seed: int, now: datetime.datetime) -> None:
        self.keys = keys
        self.seed = seed
        self.faults: dict[str, list[RuleFault]] = {product: [] for product in keys.contracts}
        self.remarks: dict[str, list[RuleFault]] = {product: [] for product in keys.contracts}
        self.drafts = {
            (product, table.catalog_name): self._draft(product, written.contract, table, words, rows, now)
            for product, written in keys.contracts.items()
            for table in written.contract.tables
        }
        self.under_way: list[ColumnKey] = []
        for product, fault in keys.outside:
            self.remarks[product].append(fault)

    def _draft(
        self, product: str, contract: Contract, table: Element, words: LabelWords, asked: int, now: datetime.datetime
    ) -> TableDraft:
        faults, remarks = self.faults[product], self.remarks[product]
        rows = table_needs.row_count(table, asked, faults, remarks)
        remarks += table_needs.unsolved(table)
        where = DrawingPlace(
            type_place(contract, table_format(table)),
            words,
            rows,
            now,
            contract.column_name,
            faults,
            partial(self._referred_nested, product),
        )
        fresh = table_needs.freshness(contract)
        draft = TableDraft(product, contract, table, rows, where, fresh, self._table_keys(product, table))
        set_groups(draft)
        return draft

    def _table_keys(self, product: str, table: Element) -> dict[str, ForeignKey]:
        found: dict[str, ForeignKey] = {}
        faults = self.faults[product]
        every = sorted(self.keys.of_table(product, table, faults), key=lambda key: -len(key.columns))
        for key in every:
            taken = [found[column] for column in key.columns if column in found]
            if not taken:
                found.update(dict.fromkeys(key.columns, key))
                continue
            pairs = {pair for one in taken for pair in zip(one.columns, one.targets, strict=True)}
            if not pairs.issuperset(zip(key.columns, key.targets, strict=True)):
                told = f"column '{key.columns[0]}' of table '{table.name}' has two relationships: sample rows have one"
                faults.append(RuleFault(key.path, f"{told} of them; keep one"))
        return found

    # ---- tables and columns

    def table(self, product: str, name: str) -> SampleTable | None:
        """A table with every column; None, with the faults, where a column cannot be made."""
        draft = self.drafts[product, name]
        columns = {
            element.catalog_name: self.column(ColumnKey(product, name, element.catalog_name))
            for element in draft.table.columns
        }
        made = {name: column for name, column in columns.items() if column is not None}
        if len(made) < len(columns):
            return None
        keyed = [one.catalog_name for one in partitions.ordered(draft.table)]
        return SampleTable(product, name, table_format(draft.table), draft.rows, made, tuple(keyed))

    def column(self, key: ColumnKey) -> SampleColumn | None:
        """A column; None, with its faults, where it cannot be made."""
        draft = self.drafts[key.product, key.table]
        if key.column in draft.made:
            return draft.made[key.column]
        if key in self.under_way:
            raise _RoundError(" -> ".join(map(str, [*self.under_way[self.under_way.index(key) :], key])))
        self.under_way.append(key)
        try:
            made = self._column(draft, key.column)
        except _RoundError as error:
            if len(self.under_way) > 1:
                raise
            path = draft.keys[key.column].path if key.column in draft.keys else draft.element(key.column).path
            told = f"the relationship goes in a circle ({error}), so that no column has the first value: remove one"
            draft.where.faults.append(RuleFault(path, told))
            made = None
        finally:
            self.under_way.pop()
        draft.made[key.column] = made
        return made

    def _seed(self, draft: TableDraft, *names: str) -> int:
        return seed_of(self.seed, draft.product, draft.table.catalog_name, *names)

    def _order(self, draft: TableDraft, unit: tuple[str, ...], size: int) -> Scatter:
        """The order in which a table takes values: for ids the same in every table, so that rows can be joined."""
        if len(unit) == 1 and _is_id(unit[0]) and unit[0] not in draft.keys:
            return scatter(seed_of(self.seed, "id", unit[0]), size)
        return scatter(self._seed(draft, *unit), size)

    def _column(self, draft: TableDraft, name: str) -> SampleColumn | None:
        element, type_ = draft.element(name), draft.type(name)
        rules = rules_of(element)
        nulls = self._nulls(draft, element, rules)
        if nulls is None:
            return None
        seed = self._seed(draft, name)
        order = scatter(_null_seed(seed), draft.rows)
        shape = partial(SampleColumn, name, type_, rows=draft.rows, nulls=nulls, order=order)
        if draft.rows == nulls:
            return shape(lambda _: None)
        if name in draft.parts:
            return self._part(draft, name, shape)
        if type_.parts or (type_.name == "string" and element.below):
            return self._nested(draft, element, type_, shape, seed)
        day = self._day(draft, element, rules)
        if day is not None:
            return shape(lambda row: day.made(row).date())
        need = draft.rows - nulls if name in draft.unique else 1
        space = self._space(draft, name, need)
        if space is None:
            return None
        return self._of_space(draft, element, space, need, shape)

    def _of_space(self, draft: TableDraft, element: Element, space: Space, need: int, shape: _Shape) -> Any:
        """A column with the values of a space: each once, where it is unique."""
        name = element.catalog_name
        at = value_at(space, draft.unit(name), name)
        numbers = self._order(draft, draft.unit(name), space.size)
        if name in draft.unique:
            if space.size < need:
                self._too_few(draft, name, space.size, need)
                return None
            nulls = draft.rows - need
            filled = scatter(_null_seed(self._seed(draft, name)), draft.rows) if nulls else None
            return shape(each_once(at, numbers, filled, nulls), turns=draft.rows)
        salt = self._seed(draft, *draft.unit(name))
        most = 0
        if partitions.is_partitioned(element) and draft.type(name).name not in ("timestamp", "timestamptz", "date"):
            most = _PARTITIONS
        elif _is_id(name) and name not in draft.keys:
            most = draft.rows
        return shape(any_of(at, numbers, salt, most))

    def _nested(self, draft: TableDraft, element: Element, type_: ColumnType, shape: _Shape, seed: int) -> Any:
        name = element.catalog_name
        if name in draft.unique:
            told = f"column '{name}' is unique and nested, which sample rows cannot have: mark a field of it unique"
            draft.where.faults.append(RuleFault(draft.unique[name], told))
            return None
        draw: Draw | None = draw_of(type_, element, name, seed, draft.where)
        return None if draw is None else shape(drawn_by(draw, seed))

    def _too_few(self, draft: TableDraft, name: str, values: int, need: int) -> None:
        refers = draft.keys.get(name)
        told = f"column '{name}' is unique and has {values} values for {need} rows"
        if refers is not None:
            told = f"column '{name}' is unique and refers to {refers.targets[0]}, with {values} values for {need} rows"
        remedy = f"ask for at most {values} rows" if values else "correct what it refers to"
        fault = RuleFault(draft.unique[name], f"{told}: {remedy}")
        if fault not in draft.where.faults:
            draft.where.faults.append(fault)

    def _day(self, draft: TableDraft, element: Element, rules: ColumnRules) -> SampleColumn | None:
        """The column of moments of which a column has the day, by its name: `shown_on` of `shown_at`."""
        name = element.catalog_name
        stem = next((name.removesuffix(end) for end in ("_on", "_date", "_day") if name.endswith(end)), None)
        beside = [one for one in draft.table.columns if stem is not None and one.catalog_name == f"{stem}_at"]
        if not beside or draft.type(name).name != "date" or rules.allowed or rules.bounds or name in draft.keys:
            return None
        if name in draft.unique or element.path in draft.fresh or not draft.type(f"{stem}_at").name.startswith("time"):
            return None
        made = self.column(ColumnKey(draft.product, draft.table.catalog_name, f"{stem}_at"))
        return None if made is None or made.nulls or rules.never else made

    def _nulls(self, draft: TableDraft, element: Element, rules: ColumnRules) -> int | None:
        """Number of a column's rows that are null; None, with the fault, where its rules contradict each other."""
        name, rows = element.catalog_name, draft.rows
        never = (
            bool(element.data.get("required") or element.data.get("primaryKey"))
            or name in draft.parts
            or name in draft.filled
        )
        never = never or partitions.is_partitioned(element)
        low, high = 0, 0 if never else rows
        for taken in rules.nulls:
            least, most = taken.rows(rows)
            if max(low, least) > min(high, most):
                why = "it is required" if never else f"another rule or the {rows} rows allow {low} to {high}"
                told = f"column '{name}' is to have {least} to {most} nulls, and {why}: correct one of the two"
                draft.where.faults.append(RuleFault(taken.path, told))
                return None
            low, high = max(low, least), min(high, most)
        key = draft.keys.get(name)
        if key is not None and not never and self.drafts[key.targets[0][:2]].rows == 0:
            return rows
        return min(max(rows // 10, low), high)

    # ---- values of columns

    def _space(self, draft: TableDraft, name: str, need: int) -> Space | None:
        """Values of a column, or, of a foreign key of several columns, tuples of their values."""
        element, key = draft.element(name), draft.keys.get(name)
        rules = rules_of(element)
        if name in draft.unique and rules.unique is None:
            rules = replace(rules, unique=Placed(True, draft.unique[name]))
        fresh = draft.fresh.get(element.path)
        leaf = leaf_of(element, name, draft.type(name), draft.where, rules, need, fresh)
        if key is None:
            return leaf_space(leaf)
        if len(key.columns) > 1:
            return self._tuples(draft, key)
        return self._referred(leaf, key)

    def _referred_nested(self, product: str, leaf: Leaf, element: Element) -> Space | None:
        key = self.keys.of_nested(product, element, self.faults[product])
        return None if key is None else self._referred(leaf, key)

    def _referred(self, leaf: Leaf, key: ForeignKey) -> Space | None:
        """Values of the column that a leaf refers to, as far as they hold the rules of the leaf."""
        target = self.column(key.targets[0])
        if target is None:
            return None
        if not _same_kind(leaf.type, target.type):
            told = f"refers to {key.targets[0]}, of type {target.type}, and is of type {leaf.type}: make them the same"
            leaf.fault(key.path, told)
            return None
        space = target.different()
        told = self.drafts[key.targets[0][:2]]
        theirs = rules_of(told.element(key.targets[0].column))
        if not says(leaf.rules) or (says(leaf.rules) == says(theirs) and leaf.type == target.type):
            made = space
        else:
            made = fitting(space, leaf)
            allowed = leaf_space(leaf) if leaf.rules.allowed else None
            if allowed is not None:
                values = {allowed.at(number) for number in range(allowed.size)}
                made = ListedSpace([one for one in made.values if one in values])
            elif leaf.rules.allowed:
                return None
        if made.size == 0:
            leaf.fault(
                key.path,
                f"refers to {key.targets[0]}, and no row there has a value that holds its rules: make them agree",
            )
            return None
        return made

    def _tuples(self, draft: TableDraft, key: ForeignKey) -> Space | None:
        """Values of the columns that a foreign key of several refers to, row by row."""
        columns = [self.column(target) for target in key.targets]
        made = [column for column in columns if column is not None]
        if len(made) < len(columns):
            return None
        there = self.drafts[key.targets[0][:2]]
        names = {target.column for target in key.targets}
        for column, target in zip(key.columns, made, strict=True):
            if not _same_kind(draft.type(column), target.type):
                own = f"column '{column}' is of type {draft.type(column)}"
                told = f"{own} and refers to '{target.name}', of type {target.type}"
                draft.where.faults.append(RuleFault(key.path, f"{told}: make them the same"))
                return None
        differ = any(name in there.unique for name in names) or any(set(g) <= names for g, _ in there.parts.values())
        if differ and not any(column.nulls for column in made):
            return ComputedSpace(there.rows, lambda row: tuple(column.made(row) for column in made))
        rows = (tuple(column.value(row) for column in made) for row in range(min(_LOOKED_AT, there.rows)))
        return ListedSpace([one for one in dict.fromkeys(rows) if None not in one])

    # ---- keys of several columns

    def _part(self, draft: TableDraft, name: str, shape: _Shape) -> SampleColumn | None:
        group, path = draft.parts[name]
        if group not in draft.layouts:
            draft.layouts[group] = self._layout(draft, group, path)
        layout = draft.layouts[group]
        if layout is None:
            return None
        unit = draft.unit(name)
        space, stride, turns = layout[unit[0]]
        order = self._order(draft, unit, space.size)
        at = value_at(space, unit, name)

        def made(row: int) -> Any:
            return at(order.at(row // stride % turns))

        return shape(made, stride=stride, turns=turns if len(unit) == 1 else 0)

    def _layout(
        self, draft: TableDraft, group: tuple[str, ...], path: KeyPath
    ) -> dict[str, tuple[Space, int, int]] | None:
        """By the first column of each unit of a key: its values, and how they change from row to row.

        The values count as the digits of a number do, so that no two rows have the same.
        """
        units = list(dict.fromkeys(draft.unit(column) for column in group))
        spaces: dict[str, Space] = {}
        for need in (math.ceil(draft.rows ** (1 / len(units))), draft.rows):
            for unit in units:
                before = spaces.get(unit[0])
                if before is not None and before.size >= need:
                    continue
                space = self._space(draft, unit[0], need)
                if space is None:
                    return None
                spaces[unit[0]] = space
            if math.prod(space.size for space in spaces.values()) >= draft.rows:
                break
        sizes = math.prod(space.size for space in spaces.values())
        if sizes < draft.rows:
            told = f"the key ({', '.join(group)}) of table '{draft.table.name}' has {sizes} combinations of values"
            remedy = f"for {draft.rows} rows: ask for at most {sizes} rows"
            draft.where.faults.append(RuleFault(path, f"{told} {remedy}"))
            return None
        layout: dict[str, tuple[Space, int, int]] = {}
        stride, rest = 1, draft.rows
        ordered = sorted(units, key=lambda unit: spaces[unit[0]].size)
        for number, unit in enumerate(ordered):
            space = spaces[unit[0]]
            left = len(ordered) - number
            turns = min(space.size, rest if left == 1 else max(1, math.ceil(rest ** (1 / left))))
            layout[unit[0]] = space, stride, turns
            stride, rest = stride * turns, -(-rest // turns)
        return layout


def _null_seed(seed: int) -> int:
    """The seed of the order in which rows of a column are null."""
    return seed_of(seed, "null")


def _is_id(name: str) -> bool:
    return name.endswith("_id")


def _same_kind(one: ColumnType, other: ColumnType) -> bool:
    """Whether values of one type are values of the other, but for their size."""
    return one.name == other.name or (one.name in WHOLE and other.name in WHOLE)
