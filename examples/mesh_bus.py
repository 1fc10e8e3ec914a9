"""The bus on which pipelines tell the mesh what happened."""

import pulumi
from acme import GOVERNANCE, PERIMETER, account

from components import MeshBus
from mesh.plan.nodes import MeshBusArgs

bus = MeshBus("mesh", MeshBusArgs(perimeter=PERIMETER), opts=account("governance", GOVERNANCE))
pulumi.export("bus", bus.arn)
