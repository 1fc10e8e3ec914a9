"""Role of a clearance in one account, with the grants that pass the clearance's LF-tag expression on to it."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.mesh_catalog import covered
from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import ClearanceRoleArgs
from mesh.plan.nodes.grants import Covered, Grant


class ClearanceRole(ComponentResource):
    """`role/mesh/clearance/<clearance>` and its grants. Outputs: `arn`.

    The account's boundary and `DataLake`, and the hub's grant, have to exist.
    """

    def __init__(self, name: str, args: ClearanceRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:ClearanceRole", name, None, opts)
        mesh_role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description=f"People who hold the clearance '{args.clearance.name}'",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.role, self.arn = mesh_role.role, mesh_role.arn
        pass_on(self.role, args.grants, ResourceOptions(parent=self))
        self.register_outputs({"arn": self.arn})


def pass_on(role: aws.iam.Role, grants: Sequence[Grant], opts: ResourceOptions) -> None:
    """Grants to a role on databases and on tables, of exactly the expression that the hub granted."""
    for grant in grants:
        if not isinstance(grant.on, Covered):
            raise TypeError(f"{grant.name}: a clearance is passed on as an expression, nothing else")
        # The catalog is named in the expression only: with it at the top level too, the AWS plugin does not find
        # the grant again (terraform-provider-aws #26602). No grant waits for another, so one that fails stops none:
        # where Lake Formation refuses concurrent ones, the plugin tries again for two minutes.
        aws.lakeformation.Permissions(
            grant.name,
            principal=role.arn,
            permissions=list(grant.permissions),
            lf_tag_policy=covered(grant.on),
            opts=opts,
        )
