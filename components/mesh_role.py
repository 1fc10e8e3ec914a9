"""Role of the mesh: path, trust policy and permissions; the same component for people, jobs and AWS."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.iam.statement import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshRoleArgs:
    """A role by its ARN, which is known beforehand; `boundary` is the ARN of a managed policy, which has to exist.

    `session` is how long a session of it lasts at most, in seconds.
    """

    arn: str
    description: str
    trust: Document
    permissions: Document
    boundary: str
    session: int = 3600


class MeshRole(ComponentResource):
    """A role with one inline policy. Outputs: `arn`."""

    def __init__(self, name: str, args: MeshRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:MeshRole", name, None, opts)
        path, _, role_name = args.arn.partition(":role")[2].rpartition("/")
        self.role = aws.iam.Role(
            name,
            name=role_name,
            path=f"{path}/",
            description=args.description,
            assume_role_policy=args.trust.text(),
            permissions_boundary=args.boundary,
            max_session_duration=args.session,
            opts=ResourceOptions(parent=self),
        )
        aws.iam.RolePolicy(
            name, name="mesh", role=self.role.name, policy=args.permissions.text(), opts=ResourceOptions(parent=self)
        )
        self.arn = self.role.arn
        self.register_outputs({"arn": self.arn})
