"""Staff role: the role of a domain's engineers, owners or auditors, who read no data by it."""

from __future__ import annotations

from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import StaffRoleArgs


class StaffRole(ComponentResource):
    """`role/mesh/engineer`, `owner` or `auditor`; the account's boundary has to exist. Outputs: `arn`."""

    def __init__(self, name: str, args: StaffRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:StaffRole", name, None, opts)
        role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description=f"People who are {args.duty} of the domain '{args.domain}'",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
