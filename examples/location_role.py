"""A domain's two roles in the governance account: Lake Formation reads with one, the domain publishes with one."""

import pulumi
from acme import GOVERNANCE, PERIMETER, SALES, account

from components import LocationRole
from mesh.plan.nodes import LocationRoleArgs

sales = LocationRole(
    "sales",
    LocationRoleArgs(perimeter=PERIMETER, domain="sales", domain_id=SALES),
    opts=account("governance", GOVERNANCE),
)
pulumi.export("location", sales.arn)
pulumi.export("publisher", sales.publisher_arn)
