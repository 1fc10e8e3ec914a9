"""Retention role: the role with which optimizers of Glue keep the drafts of an account small."""

from __future__ import annotations

from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import RetentionRoleArgs


class RetentionRole(ComponentResource):
    """`role/mesh/retention`; the account's boundary has to exist. Outputs: `arn`."""

    def __init__(self, name: str, args: RetentionRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:RetentionRole", name, None, opts)
        role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description=f"Keeps drafts of the domain '{args.domain}' small",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
