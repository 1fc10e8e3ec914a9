"""The network in which jobs of every domain run, without a way out."""

import pulumi
from acme import GOVERNANCE, PERIMETER, account

from components import PrivateNetwork
from mesh.plan.nodes import NetworkArgs

network = PrivateNetwork(
    "mesh", NetworkArgs(perimeter=PERIMETER, zones=("a", "b")), opts=account("governance", GOVERNANCE)
)
pulumi.export("subnets", network.subnet_ids)
