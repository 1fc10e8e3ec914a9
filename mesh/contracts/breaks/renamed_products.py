"""Products that have another name after a change: one came with the contract, by its id, of one that went."""

from __future__ import annotations

from collections.abc import Mapping

from mesh.model import Mesh


def renamed_products(before: Mesh, after: Mesh) -> Mapping[str, str]:
    """The name after of each product that has another one, by the name before."""
    came = {_id(after, name): name for name in after.products() if before.product(name) is None}
    gone = {_id(before, name): name for name in before.products() if after.product(name) is None}
    return {gone[key]: came[key] for key in gone if key and key in came}


def _id(mesh: Mesh, product: str) -> str:
    contract = mesh.contracts.get(product)
    return str(contract.data.get("id") or "") if contract else ""
