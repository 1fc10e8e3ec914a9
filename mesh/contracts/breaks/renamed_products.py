"""Products that have another name after a change: one came with the contract of one that went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from mesh.model import Mesh

ALIKE: Final = Fraction(1, 2)
"""Part of the columns of two contracts, taken together, that both have, from which on they are the same one's."""


def renamed_products(before: Mesh, after: Mesh, *, by_columns: bool = True) -> Mapping[str, str]:
    """The name after of each product that has another one, by the name before.

    The `id` of the contract tells; where that is another one as well the columns do,
    by their names: those pairs first that have most in common.
    A promise is of an id, so who asks for promises leaves `by_columns` out: of another id it is gone.
    """
    came = [name for name in after.products() if before.product(name) is None]
    gone = [name for name in before.products() if after.product(name) is None]
    ids = {_id(after, name): name for name in came}
    renamed = {name: ids[key] for name in gone if (key := _id(before, name)) and key in ids}
    if not by_columns:
        return renamed
    left = [name for name in gone if name not in renamed]
    free = [name for name in came if name not in renamed.values()]
    for _, old, new in sorted(_alike(before, after, left, free), key=lambda each: (-each[0], *each[1:])):
        if old not in renamed and new not in renamed.values():
            renamed[old] = new
    return renamed


def _alike(before: Mesh, after: Mesh, gone: list[str], came: list[str]) -> Iterator[tuple[Fraction, str, str]]:
    """Products that went and came whose contracts have many columns in common, with the part of them all."""
    for old in gone:
        had = _columns(before, old)
        for new in came:
            has = _columns(after, new)
            part = Fraction(len(had & has), len(had | has) or 1)
            if part >= ALIKE:
                yield part, old, new


def _columns(mesh: Mesh, product: str) -> set[str]:
    """Names of columns; without their table's, which may be another one as well."""
    contract = mesh.contracts.get(product)
    return {each.catalog_name for table in contract.tables for each in table.columns} if contract else set()


def _id(mesh: Mesh, product: str) -> str:
    contract = mesh.contracts.get(product)
    return str(contract.data.get("id") or "") if contract else ""
