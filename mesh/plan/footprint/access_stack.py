"""Resources of the stack `access-<d>`: what decides who reads, in the domain's account."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.footprint.account_resources import boundary, mesh_role
from mesh.plan.footprint.deployed_resource import DeployedResource, StackMaker
from mesh.plan.footprint.lake_resources import granted, settings
from mesh.plan.nodes import DefaultDatabaseArgs, DomainPlan, DraftDatabaseArgs, ResourceLinkArgs


def resources(make: StackMaker, plan: DomainPlan) -> Iterator[DeployedResource]:
    """Boundary, Lake Formation's settings, roles of jobs, staff, checks and readers with grants, databases."""
    yield boundary(make, plan.name)
    yield settings(make, plan.name)
    bound = names.boundary(make.account_id)
    for name, args in plan.pipelines.items():
        yield from mesh_role(make, name, args.arn, bound)
        for grant in args.grants:
            yield granted(make, grant)
    for name, args in plan.deliveries.items():
        yield from mesh_role(make, name, args.role_arn, bound)
    for name, args in plan.staff.items():
        yield from mesh_role(make, name, args.arn, bound)
    for service, role in _of_services(plan).items():
        yield from mesh_role(make, service, role, bound)
    for name, args in plan.clearances.items():
        yield from mesh_role(make, name, args.arn, bound)
        for grant in args.grants:
            yield granted(make, grant)
    yield from _default(make, plan.default)
    for reference, link in plan.links.items():
        yield from _link(make, reference, link)
    for name, args in plan.draft_databases.items():
        yield from _drafts(make, name, args)


def _of_services(plan: DomainPlan) -> dict[str, str]:
    """Roles that AWS's services and the publication function act with, by logical name."""
    roles = {"check": plan.check.arn, "forward": plan.forward.arn}
    return (
        roles
        | ({"retention": plan.retention.arn} if plan.retention else {})
        | ({"start": plan.start.arn} if plan.start else {})
    )


def _default(make: StackMaker, args: DefaultDatabaseArgs) -> Iterator[DeployedResource]:
    """The database that Athena asks for, and its grant."""
    given = f"{args.account_id}:{args.database}"
    kind = "glue/catalogDatabase:CatalogDatabase"
    yield make(kind, "default", given=given, name=args.database, catalogId=args.account_id)
    yield granted(make, args.grant, name="default")


def _link(make: StackMaker, name: str, args: ResourceLinkArgs) -> Iterator[DeployedResource]:
    yield make(
        "glue/catalogDatabase:CatalogDatabase",
        name,
        given=f"{args.account_id}:{args.database}",
        name=args.database,
        catalogId=args.account_id,
        targetDatabase={"catalogId": args.perimeter.governance_id, "databaseName": args.database},
    )
    yield granted(make, args.grant, name=name)


def _drafts(make: StackMaker, name: str, args: DraftDatabaseArgs) -> Iterator[DeployedResource]:
    given = f"{args.account_id}:{args.database}"
    kind = "glue/catalogDatabase:CatalogDatabase"
    yield make(kind, f"{name}-draft", given=given, name=args.database, catalogId=args.account_id)
    yield granted(make, args.grant)
