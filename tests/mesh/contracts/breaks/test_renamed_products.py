"""Renamed products: by the id of the contract, and where that is another one as well by the columns."""

from __future__ import annotations

import dataclasses
from copy import deepcopy
from typing import Any

from mesh.approvals.opened_columns import opening_needs
from mesh.changes.widenings import widenings
from mesh.contracts import elements
from mesh.contracts.breaks.renamed_products import renamed_products
from mesh.model import Mesh
from tests.conftest import DAY
from tests.mesh.approvals.changed_meshes import column, request, whys, with_contract, with_domain

OLD, NEW = "identity.profiles", "identity.people"


def renamed(mesh: Mesh, *, contract_id: str | None, label: bool = True, columns: int | None = None) -> Mesh:
    """The profiles under another name, with another id of the contract (none of its own with None)."""
    products = dict(mesh.domains["identity"].products)
    products["people"] = products.pop("profiles").model_copy(update={"contract": None})
    data: dict[str, Any] = deepcopy(dict(mesh.contracts[OLD].data))
    if contract_id is not None:
        data["id"] = contract_id
    if not label:
        column(data, "birth_year").pop("classification")
    for table in data["schema"]:
        table["properties"] = table["properties"][:columns]
    contracts = {name: each for name, each in mesh.contracts.items() if name != OLD} | {NEW: elements.read(data)}
    locks = {name: each for name, each in mesh.locks.items() if name != OLD}
    return dataclasses.replace(with_domain(mesh, "identity", products=products), contracts=contracts, locks=locks)


def test_the_id_tells_and_where_it_is_another_the_columns_do(sample: Mesh) -> None:
    assert renamed_products(sample, sample) == {}
    for contract_id in (None, "a-new-one", ""):
        assert renamed_products(sample, renamed(sample, contract_id=contract_id)) == {OLD: NEW}
    assert renamed_products(sample, renamed(sample, contract_id="a-new-one", columns=1)) == {}


def test_a_label_is_not_lost_by_another_name_and_another_id(sample: Mesh) -> None:
    """The two together made a new product of it, whose labels nobody compared."""
    after = renamed(sample, contract_id="a-new-one", label=False)
    assert any("(birth_year) loses the label 'pii'" in why for why in whys(opening_needs(request(sample, after))))
    assert [one.labels for one in widenings(sample, after, DAY) if one.product == NEW] == [("pii",)]


def test_of_several_those_most_alike_belong_together(sample: Mesh) -> None:
    after = renamed(sample, contract_id="a-new-one")
    products = {**after.domains["identity"].products}
    products["persons"] = products["people"]
    less: dict[str, Any] = deepcopy(dict(after.contracts[NEW].data))
    less["id"] = "another"
    for table in less["schema"]:
        table["properties"] = table["properties"][:-1]
    both = dataclasses.replace(
        with_domain(after, "identity", products=products),
        contracts={**after.contracts, "identity.persons": elements.read(less)},
    )
    assert renamed_products(sample, both) == {OLD: NEW}
    assert renamed_products(sample, with_contract(both, NEW, lambda data: data.update(id="x"))) == {OLD: NEW}
