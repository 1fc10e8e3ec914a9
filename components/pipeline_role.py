"""Pipeline role: the role that writes one data product, and nothing else."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import PipelineRoleArgs


class PipelineRole(ComponentResource):
    """`role/mesh/pipeline/<clearance>/<product>`; the account's boundary has to exist. Outputs: `arn`."""

    role: aws.iam.Role

    def __init__(self, name: str, args: PipelineRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:PipelineRole", name, None, opts)
        mesh_role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description=f"Writes {args.domain}.{args.product}, and nothing else",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.role, self.arn = mesh_role.role, mesh_role.arn
        self.register_outputs({"arn": self.arn})
