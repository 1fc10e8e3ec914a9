"""The stack `organization`, in the management account."""

from __future__ import annotations

import pulumi

from components import BreakGlassGroup, LandingZone, PermissionSets
from components.landing_zone import ids
from mesh.plan.nodes import OrganizationPlan
from program.providers import inside, provider


def deploy(plan: OrganizationPlan) -> None:
    """Deploys units, accounts, control policies, the first roles of every account, and permission sets."""
    options = inside(provider("management", plan.access))
    organization = LandingZone("organization", plan.args, opts=options)
    BreakGlassGroup("break-glass", plan.break_glass_group, organization.given, opts=options)
    if plan.people:
        accounts = {name: account.id for name, account in organization.accounts.items()}
        PermissionSets("people", plan.people, accounts, opts=options)
    for name, value in ids(organization).items():
        pulumi.export(name, value)
