"""The role with which rules of a domain's account send to the mesh bus; its boundary is named, and has to exist."""

import pulumi
from acme import PERIMETER, SALES, account

from components import ForwardRole
from mesh.plan.nodes import ForwardRoleArgs

role = ForwardRole("forward", ForwardRoleArgs(perimeter=PERIMETER, account_id=SALES), opts=account("sales", SALES))
pulumi.export("role", role.arn)
