"""Forward role: the role with which rules of a domain's account pass wake-ups on to the mesh bus."""

from __future__ import annotations

from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import ForwardRoleArgs


class ForwardRole(ComponentResource):
    """`role/mesh/forward`; the account's boundary has to exist. Outputs: `arn`."""

    def __init__(self, name: str, args: ForwardRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:ForwardRole", name, None, opts)
        role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description="Rules pass on to the mesh bus what S3 and Glue tell of drafts",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
