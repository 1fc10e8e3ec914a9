"""The only role that writes a product; the account's boundary is named, and has to exist."""

import pulumi
from acme import PERIMETER, SALES, account

from components import PipelineRole
from mesh.plan.nodes import PipelineRoleArgs

orders = PipelineRole(
    "orders",
    PipelineRoleArgs(perimeter=PERIMETER, domain="sales", product="orders", account_id=SALES),
    opts=account("sales", SALES),
)
pulumi.export("role", orders.arn)
