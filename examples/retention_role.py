"""The role with which optimizers of Glue keep a domain's drafts small: the only one that deletes files of tables."""

import pulumi
import pulumi_aws as aws
from acme import PERIMETER, SALES, account

from components import RetentionRole
from mesh.iam.roles.boundary import boundary
from mesh.plan.nodes import RetentionRoleArgs

sales = account("sales", SALES)
limit = aws.iam.Policy("boundary", name="boundary", path="/mesh/", policy=boundary(PERIMETER, SALES).text(), opts=sales)
role = RetentionRole(
    "retention",
    RetentionRoleArgs(perimeter=PERIMETER, domain="sales", account_id=SALES),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[limit])),
)
pulumi.export("role", role.arn)
