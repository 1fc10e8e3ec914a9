"""The role that checks the drafts of a domain; the account's boundary is named, and has to exist."""

import pulumi
from acme import PERIMETER, SALES, account

from components import CheckRole
from mesh.plan.nodes import CheckRoleArgs

sales = CheckRole(
    "check", CheckRoleArgs(perimeter=PERIMETER, domain="sales", account_id=SALES), opts=account("sales", SALES)
)
pulumi.export("role", sales.arn)
