"""The stack `organization`, in the management account."""

from __future__ import annotations

import pulumi

from components import Organization
from components.organization import ids
from mesh.plan.nodes import OrganizationPlan
from program.providers import inside, provider


def deploy(plan: OrganizationPlan) -> None:
    """Units, accounts, control policies, and the roles that every account starts with."""
    management = provider("management", plan.access)
    organization = Organization("organization", plan.args, opts=inside(management))
    for name, value in ids(organization).items():
        pulumi.export(name, value)
