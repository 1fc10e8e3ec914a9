"""The role with which EventBridge starts an account's pipelines."""

import pulumi
import pulumi_aws as aws
from acme import PERIMETER, SALES, account

from components import StartRole
from mesh.iam.roles.boundary import boundary
from mesh.plan.nodes import StartRoleArgs

sales = account("sales", SALES)
limit = aws.iam.Policy("boundary", name="boundary", path="/mesh/", policy=boundary(PERIMETER, SALES).text(), opts=sales)
role = StartRole(
    "start",
    StartRoleArgs(perimeter=PERIMETER, domain="sales", account_id=SALES),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[limit])),
)
pulumi.export("role", role.arn)
