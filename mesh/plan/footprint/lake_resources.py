"""Resources of Lake Formation that several stacks make: an account's settings, and grants."""

from __future__ import annotations

from typing import Any

from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.nodes.grants import Covered, Grant, Label, NamedResource, WholeCatalog


def settings(make: StackMaker, name: str) -> DeployedResource:
    """The settings of the account, as the component `DataLake` makes them."""
    return make(
        "lakeformation/dataLakeSettings:DataLakeSettings",
        name,
        catalogId=make.account_id,
        admins=SET,
    )


def granted(make: StackMaker, grant: Grant, catalog: str | None = None, name: str | None = None) -> DeployedResource:
    """A grant; `catalog` where the resource names it besides what is granted on."""
    return make(
        "lakeformation/permissions:Permissions",
        name or grant.name,
        catalogId=catalog,
        principal=grant.principal,
        permissionsWithGrantOptions=SET if grant.grantable else None,
        **_on(grant),
    )


def _on(grant: Grant) -> dict[str, Any]:
    match grant.on:
        case Covered(catalog=catalog, kind=kind):
            return {"lfTagPolicy": {"catalogId": catalog, "resourceType": kind}}
        case WholeCatalog():
            return {"catalogResource": True}
        case Label(catalog=catalog, key=key):
            return {"lfTag": {"catalogId": catalog, "key": key}}
        case NamedResource(catalog=catalog, database=database):
            return {"database": {"catalogId": catalog, "name": database}}
