"""Nodes of continuous integration: its identity provider, and a role for each stack or kind of stacks."""

from __future__ import annotations

from dataclasses import dataclass

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.continuous_integration import ci_permissions, ci_trust
from mesh.iam.statement import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class CiRoleArgs:
    """The role with which CI deploys a stack: `stack` as `names.ci_role` has it, `subject` the `sub` of its tokens."""

    perimeter: Perimeter
    stack: str
    issuer: str
    audience: str
    subject: str
    description: str

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.ci_role(self.perimeter.governance_id, self.stack)

    @property
    def trust(self) -> Document:
        """Trust policy of the role: tokens of one repository and environment."""
        return ci_trust(self.perimeter.governance_id, self.issuer, self.audience, self.subject)

    @property
    def permissions(self) -> Document:
        """Permissions of the role: to become the stack's deployment, and its preview."""
        return ci_permissions(self.perimeter, self.stack)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCiRoles:
    """Identity provider and first CI roles of the governance account, which it needs before its own stack is deployed.

    The template of `mesh bootstrap` makes them, and the stack `organization` keeps them. An SCP holds that nobody in
    the account changes them: the deployment of governance becomes no other deployment but those of domains.
    """

    issuer: str
    audience: str
    roles: tuple[CiRoleArgs, ...]
