"""Check role: the role with which the publication function reads the drafts of a domain."""

from __future__ import annotations

from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import CheckRoleArgs


class CheckRole(ComponentResource):
    """`role/mesh/check`; the account's boundary has to exist. Outputs: `arn`."""

    def __init__(self, name: str, args: CheckRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:CheckRole", name, None, opts)
        mesh_role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description=f"Checks the drafts of domain {args.domain}, before they are published",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.arn = mesh_role.arn
        self.register_outputs({"arn": self.arn})
