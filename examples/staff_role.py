"""The role of a domain's engineers; the account's boundary is named, and has to exist."""

import pulumi
from acme import PERIMETER, SALES, account

from components import StaffRole
from mesh.plan import nodes

role = StaffRole(
    "engineer",
    nodes.StaffRoleArgs(perimeter=PERIMETER, domain="sales", duty="engineer", account_id=SALES),
    opts=account("sales", SALES),
)
pulumi.export("role", role.arn)
