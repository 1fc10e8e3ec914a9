"""The stack `governance`, in the governance account."""

from __future__ import annotations

import pulumi

from components import (
    AccountBaseline,
    AccountBudget,
    AuditTrail,
    BreakGlass,
    CiRole,
    LocationRole,
    MeshBus,
    MeshCatalog,
    PrivateNetwork,
    RegisteredLocation,
)
from mesh.plan.nodes import GovernancePlan
from program.providers import after, inside, provider


def deploy(plan: GovernancePlan) -> None:
    """Deploys baseline, trail, event bus, roles of break-glass, CI and domains, catalog, locations, and the network."""
    options = inside(provider("governance", plan.access))
    account = AccountBaseline("governance", plan.account, opts=options)
    started = after(options, account)
    AuditTrail("audit", plan.audit, log_bucket=plan.account.log_bucket, opts=started)
    bus = MeshBus("mesh", plan.bus, opts=options)
    BreakGlass("break-glass", plan.break_glass, opts=started)
    roles = [LocationRole(name, args, opts=started) for name, args in plan.locations.items()]
    for stack, args in plan.ci.items():
        CiRole(stack, args, opts=started)
    catalog = after(options, *roles)
    hub = MeshCatalog("mesh", plan.catalog, opts=catalog)
    for name, args in plan.registered.items():
        RegisteredLocation(name, args, opts=after(catalog, hub.lake))
    network = PrivateNetwork("mesh", plan.network, opts=options)
    AccountBudget("governance", plan.account, opts=after(options, account, hub.lake, network))
    pulumi.export("bus", bus.arn)
    pulumi.export("network", {"vpc": network.vpc_id, "subnets": network.subnet_ids})
