"""The event bus of the mesh, for events of products."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh import names
from mesh.plan.nodes import MeshBusArgs


class MeshBus(ComponentResource):
    """The bus, in the governance account; pipelines of the domains send events to it. Outputs: `arn`."""

    def __init__(self, name: str, args: MeshBusArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:MeshBus", name, None, opts)
        child = ResourceOptions(parent=self)
        self.bus = aws.cloudwatch.EventBus(name, name=names.BUS, opts=child)
        aws.cloudwatch.EventBusPolicy(name, event_bus_name=self.bus.name, policy=args.policy.text(), opts=child)
        self.arn = self.bus.arn
        self.register_outputs({"arn": self.arn})
