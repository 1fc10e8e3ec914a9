"""Needs of a table before its rows are made: how many there are, what stands once, how fresh its times are."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mesh.contracts.mentions import COLUMN_ARGUMENTS, find
from mesh.findings import KeyPath
from mesh.model import Contract, Element
from sandbox.sample_rows.column_rules import Placed, count_range, quality_rules
from sandbox.sample_rows.leaf import RuleFault

MOST_RAISED: Final = 10_000
"""Rows up to which a table gets more than were asked for, because its contract wants them."""

_SECONDS: Final = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hr": 3600,
    "hour": 3600,
    "d": 86_400,
    "day": 86_400,
    "w": 604_800,
    "week": 604_800,
    "mo": 2_592_000,
    "month": 2_592_000,
    "y": 31_536_000,
    "yr": 31_536_000,
    "year": 31_536_000,
}
_FRESHNESS: Final = frozenset({"freshness", "latency"})
"""Service levels on the age of what is newest, in lower case."""


def row_count(table: Element, asked: int, faults: list[RuleFault], remarks: list[RuleFault]) -> int:
    """Rows of a table: as many as were asked for, as far as its quality rules take that."""
    least, most = 0, None
    where: KeyPath = table.path
    for metric, rule, path in quality_rules(table):
        taken = count_range(rule, path) if metric == "rowCount" else None
        if taken is None or taken.percent:
            continue
        low, high = taken.rows(2**62)
        where = path if low > least or taken.high is not None else where
        least, most = max(least, low), high if taken.high is not None and (most is None or high < most) else most
    if most is not None and most < least:
        told = f"table '{table.name}' is to have {least} rows and more, and no more than {most}: correct one of the two"
        faults.append(RuleFault(where, told))
        return 0
    rows = asked if most is None else min(asked, most)
    if least <= max(rows, MOST_RAISED):
        return max(rows, least)
    told = f"table '{table.name}' gets {rows} rows, and its contract wants {least}: ask for {least} rows to have them"
    remarks.append(RuleFault(where, told))
    return rows


def different(table: Element) -> list[tuple[tuple[str, ...], KeyPath]]:
    """Groups of columns whose values together differ from row to row, the smallest first, and where that is said."""
    groups: list[tuple[tuple[str, ...], KeyPath]] = []
    keyed = sorted(
        (column for column in table.columns if column.data.get("primaryKey")),
        key=lambda column: column.data.get("primaryKeyPosition") or 0,
    )
    if keyed:
        groups.append((tuple(column.catalog_name for column in keyed), (*keyed[0].path, "primaryKey")))
    for column in table.columns:
        if column.data.get("unique"):
            groups.append(((column.catalog_name,), (*column.path, "unique")))
        for metric, rule, path in quality_rules(column):
            if metric == "duplicateValues" and _wants_none(rule, path):
                beside = [find(table.columns, name) for name in _named(rule)]
                names = [column.catalog_name, *(one.catalog_name for one in beside if one is not None)]
                groups.append((tuple(dict.fromkeys(names)), path))
    for metric, rule, path in quality_rules(table):
        if metric == "duplicateValues" and _wants_none(rule, path):
            named = [find(table.columns, name) for name in _named(rule)]
            names = tuple(dict.fromkeys(one.catalog_name for one in named if one is not None))
            groups.append((names or tuple(column.catalog_name for column in table.columns), path))
    return sorted(groups, key=lambda group: len(group[0]))


def _wants_none(rule: Mapping[str, Any], path: KeyPath) -> bool:
    taken = count_range(rule, path)
    return taken is not None and taken.low <= 0


def _named(rule: Mapping[str, Any]) -> Iterator[str]:
    arguments: Mapping[str, Any] = rule.get("arguments") or {}
    for key in COLUMN_ARGUMENTS:
        written = arguments.get(key)
        yield from [written] if isinstance(written, str) else written if isinstance(written, list) else ()


def unsolved(table: Element) -> Iterator[RuleFault]:
    """Remarks on the quality rules of a table and its elements that rows are not made for."""
    for element in table.walk():
        for metric, rule, path in quality_rules(element):
            if rule.get("type") in ("sql", "text", "custom") or metric not in _SOLVED:
                told = f"sample rows are not made for this rule of table '{table.name}' ({metric}): it may not hold"
                yield RuleFault(path, told)
                continue
            taken = count_range(rule, path)
            is_null = metric in ("nullValues", "missingValues")
            if taken is None or (taken.low > 0 and metric != "rowCount" and not (is_null and element is not table)):
                told = f"sample rows are all valid, so that this rule of table '{table.name}' ({metric}) may not hold"
                yield RuleFault(path, told)


_SOLVED: Final = frozenset({"nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"})


def freshness(contract: Contract) -> dict[KeyPath, Placed]:
    """The greatest age that service levels want of the newest value, by the path of the column."""
    data = contract.data
    found: dict[KeyPath, Placed] = {}
    for number, level in enumerate(data.get("slaProperties") or ()):
        if str(level.get("property")).lower() not in _FRESHNESS:
            continue
        age = _age(level.get("value"), str(level.get("unit") or ""))
        if age is None:
            continue
        for name in str(level.get("element") or data.get("slaDefaultElement") or "").split(","):
            column = _column(contract, name.strip())
            if column is not None and (column.path not in found or found[column.path].value > age):
                found[column.path] = Placed(age, ("slaProperties", number))
    return found


def _age(value: Any, unit: str) -> datetime.timedelta | None:
    word = unit.strip().lower()
    seconds = _SECONDS.get(word) or _SECONDS.get(word.removesuffix("s"))
    if seconds is None or isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 10**6:
        return None
    return datetime.timedelta(seconds=min(value * seconds, 3_000_000_000))


def _column(contract: Contract, name: str) -> Element | None:
    steps = name.split(".")
    if len(steps) > 1:
        table = find(contract.tables, steps[-2])
        return None if table is None else find(table.columns, steps[-1])
    found = [column for table in contract.tables if (column := find(table.columns, name)) is not None]
    return found[0] if len(found) == 1 else None
