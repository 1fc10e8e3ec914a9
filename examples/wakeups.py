"""The rules of a domain's account that see commits to drafts, and the role with which they tell the mesh bus."""

import pulumi
from acme import PERIMETER, SALES, account

from components import ForwardRole, Wakeups
from mesh.plan.nodes import ForwardRoleArgs, WakeupsArgs

sales = account("sales", SALES)
role = ForwardRole("forward", ForwardRoleArgs(perimeter=PERIMETER, account_id=SALES), opts=sales)
rules = Wakeups(
    "wake-ups",
    WakeupsArgs(perimeter=PERIMETER, domain="sales", account_id=SALES),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[role])),
)
pulumi.export("rules", [rule.arn for rule in rules.rules])
