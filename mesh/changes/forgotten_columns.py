"""Forgotten columns: what a lock knew of the columns of a table, and knows no more; `mesh lock` only adds.

An id that is forgotten can be given to another column, whose readers read then what the first one had; and labels that
are forgotten are not compared when their name comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mesh.findings import Problem, listed
from mesh.model import LockedTable, Mesh, lock_file


class _Known(NamedTuple):
    """A column or nested field that a lock knows, there or removed: its path, its id, its labels."""

    path: str
    id: int
    labels: frozenset[str]


def forgotten_columns(before: Mesh, after: Mesh) -> Iterator[Problem]:
    """A problem for each column that the lock of a product has forgotten, or whose labels it has.

    A product without a lock after, and one with another name, begins anew, which other rules tell.
    """
    for product, old in before.locks.items():
        new = after.locks.get(product)
        if new is None or new == old or after.product(product) is None:
            continue
        for name, table in old.tables.items():
            for why in _forgotten(name, table, new.tables.get(name)):
                yield Problem(lock_file(*product.split(".")), (), why)


def _forgotten(name: str, old: LockedTable, new: LockedTable | None) -> Iterator[str]:
    put_back = "put the entry back as it was: an id is never given again, and labels are compared when a name returns"
    there = {} if new is None else {one.id: path for path, one in new.fields.items() if one.id}
    removed = list(_removed(new)) if new else []
    was_removed = {one.id for one in _removed(old)}
    for known in _every(old):
        if known.id and known.id in there:
            if known.id in was_removed:
                yield (
                    f"'{name}.{there[known.id]}' has the id {known.id}, by which data files know '{known.path}', which "
                    f"was removed; give it another one, and {put_back}"
                )
            continue
        # A name of a Parquet table that is there again has its labels compared, and the entry is gone for good.
        if not known.id and (not known.labels or (new is not None and known.path in new.fields)):
            continue
        alike = [one for one in removed if (one.path, one.id) == (known.path, known.id)]
        # It may have been renamed before it was removed: its id is what data files know.
        alike = alike or [one for one in removed if known.id and one.id == known.id]
        if not alike:
            told = f" (id {known.id})" if known.id else ""
            yield f"the lock has forgotten '{name}.{known.path}'{told}, which is to stand under 'removed'; {put_back}"
            continue
        is_back = new is not None and new.format == "parquet" and known.path in new.fields
        lost = known.labels - frozenset[str]().union(*(one.labels for one in alike))
        if lost and not is_back:
            yield f"the lock has forgotten that '{name}.{known.path}' had {listed(sorted(lost))}; {put_back}"


def _every(table: LockedTable) -> Iterator[_Known]:
    for path, one in table.fields.items():
        yield _Known(path, one.id, frozenset(one.labels))
    yield from _removed(table)


def _removed(table: LockedTable) -> Iterator[_Known]:
    for one in table.removed:
        yield _Known(one.path, one.id, frozenset(one.labels))
