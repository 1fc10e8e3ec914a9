"""Start role: the role with which EventBridge starts the pipelines of an account, and tells it of publications."""

from __future__ import annotations

from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import StartRoleArgs


class StartRole(ComponentResource):
    """`role/mesh/start`; the account's boundary has to exist. Outputs: `arn`."""

    def __init__(self, name: str, args: StartRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:StartRole", name, None, opts)
        role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description="EventBridge starts the pipelines of the account, and tells it what is published",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
