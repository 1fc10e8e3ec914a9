"""Contracts of one table, and the locks that follow one another as it changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mesh.contracts import elements
from mesh.contracts.labels import LabelWords
from mesh.contracts.lock import LockChange, LockStep, following, is_current
from mesh.contracts.lock_labels import LostLabels
from mesh.contracts.lock_shape import TableShape, shapes
from mesh.model import Lock, LockedTable

WORDS = LabelWords(frozenset({"financial", "pii"}))
Column = dict[str, Any]


def column(name: str, kind: str = "string", **more: Any) -> Column:
    return {"name": name, "physicalType": kind, **more}


def renamed(before: Any) -> Column:
    """Keys of a column that says its name before."""
    return {"customProperties": [{"property": "renamedFrom", "value": before}]}


def table(*columns: Column, name: str = "berths", parquet: bool = False) -> Column:
    extras = [{"property": "tableFormat", "value": "parquet"}] if parquet else []
    return {"name": name, "properties": list(columns), "customProperties": extras}


def shaped(*tables: Column) -> list[TableShape]:
    return shapes(elements.read({"schema": list(tables)}), WORDS)


def step(old: Lock | None, *tables: Column) -> LockStep:
    """The step from a lock to a contract with these tables; the fast comparison has to agree with it."""
    wanted = shaped(*tables)
    found = following(old, wanted)
    assert is_current(found.lock, wanted) or found.refused
    again = following(found.lock, wanted)
    if not found.refused:
        assert (again.lock, again.changes, again.refused, again.widened) == (found.lock, [], [], [])
    if old is not None and is_current(old, wanted):
        assert (found.lock, found.changes, found.refused, found.widened) == (old, [], [], [])
    return found


def locked(*versions: Iterable[Column], parquet: bool = False) -> LockedTable:
    """The lock of a table after several versions of its columns, none of which is refused."""
    lock: Lock | None = None
    for columns in versions:
        found = step(lock, table(*columns, parquet=parquet))
        assert (found.refused, found.widened) == ([], [])
        lock = found.lock
    assert lock is not None
    return lock.tables["berths"]


def ids(of: LockedTable) -> dict[str, int]:
    return {path: field.id for path, field in of.fields.items()}


def gone(of: LockedTable) -> dict[str, int]:
    return {one.path: one.id for one in of.removed}


def texts(changes: Iterable[LockChange | LostLabels]) -> list[str]:
    return [change.text for change in changes]
