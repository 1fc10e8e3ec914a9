"""A role of the mesh: path, trust, one inline policy, the boundary; the same for people, jobs and services."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.iam.values import Document


class MeshRole(ComponentResource):
    """A role whose ARN the Plan has chosen; `boundary` is the ARN of a managed policy. Outputs: `arn`."""

    def __init__(
        self,
        name: str,
        arn: str,
        description: str,
        trust: Document,
        permissions: Document,
        boundary: str,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:MeshRole", name, None, opts)
        path, _, role_name = arn.partition(":role")[2].rpartition("/")
        self.role = aws.iam.Role(
            name,
            name=role_name,
            path=f"{path}/",
            description=description,
            assume_role_policy=trust.text(),
            permissions_boundary=boundary,
            max_session_duration=3600,
            opts=ResourceOptions(parent=self),
        )
        aws.iam.RolePolicy(
            name, name="mesh", role=self.role.name, policy=permissions.text(), opts=ResourceOptions(parent=self)
        )
        self.arn = self.role.arn
        self.register_outputs({"arn": self.arn})
