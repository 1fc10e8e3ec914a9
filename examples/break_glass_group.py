"""The group, in the management account, of those who may break the glass."""

import pulumi
from acme import MANAGEMENT, PERIMETER, account

from components import BreakGlassGroup
from mesh.plan.nodes import BreakGlassGroupArgs

group = BreakGlassGroup("break-glass", BreakGlassGroupArgs(perimeter=PERIMETER), opts=account("management", MANAGEMENT))
pulumi.export("group", group.group)
