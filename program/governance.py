"""The stack `governance`, in the governance account."""

from __future__ import annotations

import pulumi

from components import (
    AccountBaseline,
    AuditTrail,
    BreakGlass,
    LocationRole,
    MeshBus,
    MeshCatalog,
    PrivateNetwork,
    RegisteredLocation,
)
from mesh.plan.nodes import GovernancePlan
from program.providers import inside, provider


def deploy(plan: GovernancePlan) -> None:
    """Deploys baseline, trail, event bus, break-glass role, domains' roles, catalog, locations, and the network."""
    options = inside(provider("governance", plan.access))
    account = AccountBaseline("governance", plan.account, opts=options)
    after = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[account]))
    AuditTrail("audit", plan.audit, log_bucket=plan.account.log_bucket, opts=after)
    bus = MeshBus("mesh", plan.bus, opts=options)
    BreakGlass("break-glass", plan.break_glass, opts=after)
    roles = [LocationRole(name, args, opts=after) for name, args in plan.locations.items()]
    catalog = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=roles))
    last = MeshCatalog("mesh", plan.catalog, opts=catalog).last_grant
    for name, args in plan.registered.items():
        last = RegisteredLocation(name, args, after=[last], opts=catalog).last_grant
    network = PrivateNetwork("mesh", plan.network, opts=options)
    pulumi.export("bus", bus.arn)
    pulumi.export("network", {"vpc": network.vpc_id, "subnets": network.subnet_ids})
