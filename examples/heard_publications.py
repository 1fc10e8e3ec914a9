"""The rules of a domain that tell its account what is published, and what was refused of its own products."""

import pulumi
import pulumi_aws as aws
from acme import GOVERNANCE, PERIMETER, SALES, account

from components import HeardPublications, MeshBus, StartRole
from mesh.iam.roles.boundary import boundary
from mesh.plan.nodes import HeardPublicationsArgs, MeshBusArgs, StartRoleArgs

sales = account("sales", SALES)
bus = MeshBus("mesh", MeshBusArgs(perimeter=PERIMETER), opts=account("governance", GOVERNANCE))
limit = aws.iam.Policy("boundary", name="boundary", path="/mesh/", policy=boundary(PERIMETER, SALES).text(), opts=sales)
role = StartRole(
    "start",
    StartRoleArgs(perimeter=PERIMETER, domain="sales", account_id=SALES),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[limit])),
)
heard = HeardPublications(
    "heard",
    HeardPublicationsArgs(perimeter=PERIMETER, domain="sales", account_id=SALES, products=("stock.levels",)),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[bus, role])),
)
pulumi.export("rules", [rule.name for rule in heard.rules])
