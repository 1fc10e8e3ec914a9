"""The role with which CI deploys the stack of one domain, from one environment of one repository."""

import pulumi
from acme import GOVERNANCE, PERIMETER, SALES, account

from components import CiRole
from mesh.plan.nodes import CiRoleArgs

sales = CiRole(
    "sales",
    CiRoleArgs(
        perimeter=PERIMETER,
        stack=f"domain-{SALES}",
        issuer="token.actions.githubusercontent.com",
        audience="sts.amazonaws.com",
        subject="repo:acme/mesh:environment:domain-sales",
        description="CI deploys the stack of domain sales",
    ),
    opts=account("governance", GOVERNANCE),
)
pulumi.export("role", sales.arn)
