"""The stack `governance`, in the governance account."""

from __future__ import annotations

import pulumi

from components import (
    AccountBaseline,
    AccountBudget,
    AuditTrail,
    BreakGlass,
    CatalogEntry,
    CiRole,
    LocationRole,
    MeshBus,
    MeshCatalog,
    PrivateNetwork,
    Publication,
    PublicationRole,
    RegisteredLocation,
)
from mesh.plan.nodes import GovernancePlan
from program.providers import after, inside, provider


def deploy(plan: GovernancePlan) -> None:
    """Deploys baseline, trail, bus, roles of break-glass, CI, domains and publication, catalog, entries, network."""
    options = inside(provider("governance", plan.access))
    account = AccountBaseline("governance", plan.account, opts=options)
    started = after(options, account)
    AuditTrail("audit", plan.audit, log_bucket=plan.account.log_bucket, opts=started)
    bus = MeshBus("mesh", plan.bus, opts=options)
    BreakGlass("break-glass", plan.break_glass, opts=started)
    roles = {domain: LocationRole(domain, args, opts=started) for domain, args in plan.locations.items()}
    for stack, args in plan.ci.items():
        CiRole(stack, args, opts=started)
    hub = MeshCatalog("mesh", plan.catalog, opts=after(options, *roles.values()))
    role = PublicationRole("publication", plan.publication_role, opts=started)
    for name, args in plan.registered.items():
        # Not after every domain's: the SDK walks what each waits for, and products times domains is a long way.
        catalog = after(options, roles[args.domain])
        location = RegisteredLocation(name, args, opts=after(catalog, hub.lake))
        # An entry's database is there before its tables, so it is closed, and at a place that is registered.
        CatalogEntry(name, plan.entries[name], opts=after(catalog, *hub.tags, location.location))
    network = PrivateNetwork("mesh", plan.network, opts=options)
    Publication(
        "publication",
        plan.publication,
        subnet_ids=network.subnet_ids,
        group_id=network.group_id,
        opts=after(options, account, bus, role, network),
    )
    AccountBudget("governance", plan.account, opts=after(options, account, hub.lake, network))
    pulumi.export("bus", bus.arn)
    subnets = {zone: subnet.id for zone, subnet in zip(plan.network.subnets, network.subnets, strict=True)}
    pulumi.export("network", {"vpc": network.vpc_id, "subnets": subnets})
