"""The stack `governance`, in the governance account."""

from __future__ import annotations

import pulumi

from components import (
    AccountBaseline,
    AuditTrail,
    BreakGlass,
    CiRole,
    LocationRole,
    MeshBus,
    MeshCatalog,
    PrivateNetwork,
)
from mesh.plan.nodes import GovernancePlan
from program.providers import inside, provider


def deploy(plan: GovernancePlan) -> None:
    """Deploys baseline, audit trail, event bus, roles of break-glass, CI and domains, the catalog, network."""
    options = inside(provider("governance", plan.access))
    account = AccountBaseline("governance", plan.account, opts=options)
    after = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[account]))
    AuditTrail("audit", plan.audit, log_bucket=plan.account.log_bucket, opts=after)
    bus = MeshBus("mesh", plan.bus, opts=options)
    BreakGlass("break-glass", plan.break_glass, opts=after)
    roles = [LocationRole(name, args, opts=after) for name, args in plan.locations.items()]
    for stack, args in plan.ci.items():
        CiRole(stack, args, opts=after)
    catalog = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=roles))
    MeshCatalog("mesh", plan.catalog, opts=catalog)
    network = PrivateNetwork("mesh", plan.network, opts=options)
    pulumi.export("bus", bus.arn)
    pulumi.export("network", {"vpc": network.vpc_id, "subnets": network.subnet_ids})
