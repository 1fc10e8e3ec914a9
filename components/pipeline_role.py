"""Pipeline role: the role that writes one data product and no other, with the grants of what it reads."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.clearance_role import pass_on
from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import PipelineRoleArgs


class PipelineRole(ComponentResource):
    """`role/mesh/pipeline/<clearance>/<product>` and its grants. Outputs: `arn`.

    The account's boundary has to exist; where it reads tables, `DataLake` and the hub's grant as well.
    """

    role: aws.iam.Role

    def __init__(self, name: str, args: PipelineRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:PipelineRole", name, None, opts)
        mesh_role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description=f"Writes {args.domain}.{args.product}, and no other product",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.role, self.arn = mesh_role.role, mesh_role.arn
        pass_on(self.role, args.grants, ResourceOptions(parent=self))
        self.register_outputs({"arn": self.arn})
