"""The alarm that goes off when the role for emergencies is used."""

import pulumi
from acme import GOVERNANCE, PERIMETER, account

from components import BreakGlass
from mesh.plan.nodes import BreakGlassArgs

glass = BreakGlass("break-glass", BreakGlassArgs(perimeter=PERIMETER), opts=account("governance", GOVERNANCE))
pulumi.export("topic", glass.topic)
