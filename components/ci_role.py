"""Role of continuous integration that deploys one stack, or the stacks of one kind."""

from __future__ import annotations

from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.iam.roles.continuous_integration import CI_SESSION_SECONDS
from mesh.plan.nodes import CiRoleArgs


class CiRole(ComponentResource):
    """`role/mesh/ci/<stack>` in the governance account, entered with a token of CI's issuer. Outputs: `arn`.

    The identity provider has to exist: the template of `mesh bootstrap` brings it into the account.
    """

    def __init__(self, name: str, args: CiRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:CiRole", name, None, opts)
        role = MeshRole(
            f"ci-{name}",
            MeshRoleArgs(
                arn=args.arn,
                description=args.description,
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.perimeter.governance_id),
                session=CI_SESSION_SECONDS,
            ),
            opts=ResourceOptions(parent=self),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
