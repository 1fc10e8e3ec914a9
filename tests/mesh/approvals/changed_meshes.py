"""The sample mesh, changed in memory: the request of a change, and the approvals that it needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from mesh.approvals.needs import ChangeRequest, Need
from mesh.contracts import elements
from mesh.model import ClearanceFile, Domain, Mesh, Partner

Rule = Callable[[ChangeRequest], Any]


def request(before: Mesh, after: Mesh, *files: str) -> ChangeRequest:
    return ChangeRequest(before, after, files)


def whys(needs: Any) -> list[str]:
    """Whom the needs ask, with the sentence why."""
    found: list[Need] = list(needs)
    return [f"{' or '.join(need.by)}: {need.why}" for need in found]


def with_file(mesh: Mesh, **values: Any) -> Mesh:
    """A mesh with other settings in mesh.yaml; those of `defaults` as a mapping."""
    if isinstance(values.get("defaults"), Mapping):
        values["defaults"] = mesh.file.defaults.model_copy(update=dict(values["defaults"]))
    return dataclasses.replace(mesh, file=mesh.file.model_copy(update=values))


def with_domain(mesh: Mesh, name: str, **values: Any) -> Mesh:
    domain: Domain = mesh.domains[name].model_copy(update=values)
    return dataclasses.replace(mesh, domains={**mesh.domains, name: domain})


def with_product(mesh: Mesh, reference: str, **values: Any) -> Mesh:
    domain, _, name = reference.partition(".")
    products = mesh.domains[domain].products
    return with_domain(mesh, domain, products={**products, name: products[name].model_copy(update=values)})


def with_clearance(mesh: Mesh, name: str, **values: Any) -> Mesh:
    file: ClearanceFile = mesh.clearances[name].model_copy(update=values)
    return dataclasses.replace(mesh, clearances={**mesh.clearances, name: file})


def with_partner(mesh: Mesh, name: str, **values: Any) -> Mesh:
    partner: Partner = mesh.partners[name].model_copy(update=values)
    return dataclasses.replace(mesh, partners={**mesh.partners, name: partner})


def with_contract(mesh: Mesh, reference: str, edit: Callable[[dict[str, Any]], None]) -> Mesh:
    """A mesh in which a contract was edited."""
    data: dict[str, Any] = deepcopy(dict(mesh.contracts[reference].data))
    edit(data)
    return dataclasses.replace(mesh, contracts={**mesh.contracts, reference: elements.read(data)})


def column(data: dict[str, Any], name: str) -> dict[str, Any]:
    """A column of a contract as it is written."""
    return next(each for table in data["schema"] for each in table["properties"] if each["name"] == name)
