"""The role of a clearance in one account, and the clearance's Lake Formation expression passed on to it."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Resource, ResourceOptions

from components.mesh_catalog import covered
from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import ClearanceRoleArgs
from mesh.plan.nodes.grants import Covered, Grant


class ClearanceRole(ComponentResource):
    """`role/mesh/clearance/<clearance>`; the account's boundary and `DataLake`, and the hub's grant, have to exist.

    `after` are grants on the same catalog that come first: Lake Formation refuses concurrent ones. Outputs: `arn`.
    """

    def __init__(
        self,
        name: str,
        args: ClearanceRoleArgs,
        after: Sequence[Resource] = (),
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:ClearanceRole", name, None, opts)
        made = MeshRole(
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
        self.role, self.arn = made.role, made.arn
        self.last_grant = self._pass_on(args.grants, after)
        self.register_outputs({"arn": self.arn})

    def _pass_on(self, grants: Sequence[Grant], after: Sequence[Resource]) -> Resource:
        """The hub's expression, exactly as the hub granted it, for databases and for tables.

        The catalog is named in the expression only, not at the top level (terraform-provider-aws #26602).
        """
        last: Sequence[Resource] = after
        made: Resource = self.role
        for grant in grants:
            if not isinstance(grant.on, Covered):
                raise TypeError(f"{grant.name}: a clearance is passed on as an expression, nothing else")
            made = aws.lakeformation.Permissions(
                grant.name,
                principal=self.role.arn,
                permissions=list(grant.permissions),
                lf_tag_policy=covered(grant.on),
                opts=ResourceOptions(parent=self, depends_on=list(last)),
            )
            last = [made]
        return made
