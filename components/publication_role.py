"""Publication role: the role of the function that checks drafts and moves what is published."""

from __future__ import annotations

from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import PublicationRoleArgs


class PublicationRole(ComponentResource):
    """`role/mesh/functions/publication`; the account's boundary has to exist. Outputs: `arn`."""

    def __init__(self, name: str, args: PublicationRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:PublicationRole", name, None, opts)
        mesh_role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description="Checks drafts and publishes them, as the check and the publisher of each domain",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.perimeter.governance_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.arn = mesh_role.arn
        self.register_outputs({"arn": self.arn})
