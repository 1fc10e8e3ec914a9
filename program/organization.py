"""The stack `organization`, in the management account."""

from __future__ import annotations

import pulumi

from components import BreakGlassGroup, LandingZone, PermissionSets
from components.landing_zone import ids
from mesh.plan.nodes import OrganizationPlan
from program.providers import inside, provider


def deploy(plan: OrganizationPlan) -> None:
    """Units, accounts, control policies, the roles that every account starts with, and who may step into which."""
    options = inside(provider("management", plan.access))
    organization = LandingZone("organization", plan.args, opts=options)
    BreakGlassGroup("break-glass", plan.break_glass_group, opts=options)
    if plan.people:
        accounts = {name: made.id for name, made in organization.accounts.items()}
        PermissionSets("people", plan.people, accounts, opts=options)
    for name, value in ids(organization).items():
        pulumi.export(name, value)
