"""Every policy document of the sample mesh, by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cached_property

import pytest

from mesh.iam.roles import deploy, deploy_access
from mesh.iam.statement import Document
from mesh.plan import Plan
from mesh.plan.nodes import OrganizationPolicy


def documents_of(node: object, path: str = "") -> Iterator[tuple[str, Document]]:
    """Every document below a node of the Plan; a name ends in class and property, as `DeliveryArgs.trust`."""
    if isinstance(node, Document):
        yield path, node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from documents_of(value, f"{path}/{key}")
    elif isinstance(node, tuple):
        for number, value in enumerate(node):
            yield from documents_of(value, f"{path}/{number}")
    elif dataclasses.is_dataclass(node):
        kind = type(node).__name__
        properties = [name for name, value in vars(type(node)).items() if isinstance(value, property | cached_property)]
        for name in (*(field.name for field in dataclasses.fields(node)), *properties):
            label = node.type if isinstance(node, OrganizationPolicy) else name
            yield from documents_of(getattr(node, name), f"{path}/{kind}.{label}")


@pytest.fixture(scope="session")
def documents(plan: Plan) -> dict[str, Document]:
    """Every document of the sample mesh, by its path in the Plan."""
    found = dict(documents_of(plan))
    deploys = plan.organization.args.deploy_trust(plan.domains["ads"].access.account_id)
    return {
        **found,
        "/bootstrap/preview_refusals": deploy.preview_refusals(plan.perimeter),
        "/bootstrap/deploy_trust": deploys,
        "/bootstrap/deploy_access_permissions": deploy_access.deploy_access_permissions("310000000013"),
    }
