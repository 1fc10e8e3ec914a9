"""The order in which products are written: what others refer to, or are made of, comes before them."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from mesh.model import Mesh, contract_file
from sandbox.sample_rows.foreign_keys import ForeignKeys, MeshContract
from sandbox.sample_rows.leaf import RuleFault
from sandbox.sample_rows.mesh_rows import derived


def references_first(mesh: Mesh) -> list[str]:
    """Every product once; where products refer to each other in a circle, what is made of others still comes last."""
    contracts = {
        f"{domain}.{name}": MeshContract(contract_file(domain, name, product), mesh.contracts[f"{domain}.{name}"])
        for domain, owner in mesh.domains.items()
        for name, product in owner.products.items()
    }
    made_of = {product: {*reads} for product, reads in derived(mesh).items()}
    keys, faults = ForeignKeys(contracts), list[RuleFault]()
    after: dict[str, set[str]] = {product: set(made_of.get(product, ())) for product in contracts}
    for product, written in contracts.items():
        for table in written.contract.tables:
            for key in keys.of_table(product, table, faults):
                after[product] |= {target.product for target in key.targets} - {product}
    try:
        return list(TopologicalSorter(after).static_order())
    except CycleError:
        return list(TopologicalSorter(_only(made_of, contracts)).static_order())


def _only(made_of: Mapping[str, set[str]], products: Mapping[str, MeshContract]) -> dict[str, set[str]]:
    return {product: made_of.get(product, set()) for product in products}
