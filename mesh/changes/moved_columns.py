"""Columns under whose name other data is read than before: their ids, or renames, give them what another one had."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.contracts.breaks import contract_side
from mesh.contracts.breaks.former_columns import former_columns
from mesh.model import Mesh


def moved_columns(before: Mesh, after: Mesh) -> Iterator[tuple[str, str, str]]:
    """Product, column (`customers.id`), and the column whose data it has now, where both had these names before.

    The matrix of access knows columns by name: whoever reads such a column reads other data, and no name more.
    """
    for product in sorted(before.contracts.keys() & after.contracts.keys()):
        old, new = contract_side(before, product), contract_side(after, product)
        if old is None or new is None or (old.contract.data == new.contract.data and old.lock == new.lock):
            continue
        was = {f"{table.catalog_name}.{one.catalog_name}" for table in old.contract.tables for one in table.columns}
        for column, formers in former_columns(old, new).items():
            others = [former for former in formers if former != column]
            yield from ((product, column, former) for former in others if column in was)
