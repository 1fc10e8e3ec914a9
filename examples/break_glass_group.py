"""The group, in the management account, of those who may break the glass."""

import pulumi
from acme import MANAGEMENT, PERIMETER, account

from components import Keepers
from mesh.plan.nodes import KeepersArgs

keepers = Keepers("break-glass", KeepersArgs(perimeter=PERIMETER), opts=account("management", MANAGEMENT))
pulumi.export("group", keepers.group)
