"""Roles of continuous integration (CI), one a stack or a kind of stacks. Trust, permissions, and who deploys where.

CI signs in with a token of an OpenID Connect issuer. A token says in `sub` which repository and environment it was
made for: for GitHub `repo:<owner>/<repository>:environment:<environment>` (GitHub Docs, "OpenID Connect reference",
"Filtering for a specific environment"), and with owner and repository written `<name>@<id>` in repositories made since
July 2026 (same page, "Immutable subject claims").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.trust import BEGIN
from mesh.iam.statement import Condition, Document, Statement, document, federated, when

CI_SESSION_SECONDS: Final = 4 * 3600
"""A session of CI lasts four hours; one that is assumed from it an hour, and the AWS plugin renews that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CiReach:
    """Roles that a CI role assumes: those that deploy, those that preview (ARNs or patterns), and in which accounts."""

    deploys: tuple[str, ...]
    previews: tuple[str, ...]
    where: tuple[Condition, ...] = ()


def ci_trust(governance_id: str, issuer: str, audience: str, subject: str) -> Document:
    """Trust: a token of the issuer, for the audience, of exactly one repository and environment."""
    return document(
        Statement(
            sid="TokensOfTheStacksEnvironment",
            what="CI assumes the role with a token made for the stack's own repository and environment.",
            why="Whoever can run a job in another environment, or in a pull request, does not deploy this stack.",
            effect="Allow",
            principal=federated(names.identity_provider(governance_id, issuer)),
            actions=("sts:AssumeRoleWithWebIdentity",),
            conditions=(
                when("StringEquals", f"{issuer}:aud", audience),
                when("StringEquals", f"{issuer}:sub", subject),
            ),
        )
    )


def ci_permissions(perimeter: Perimeter, stack: str) -> Document:
    """Permissions: assume the roles that deploy the stack and preview it, and nothing else."""
    reach = ci_reach(perimeter, stack)
    return document(
        Statement(
            sid="DeployTheStack",
            what="CI of a stack assumes the roles that deploy it, in the accounts that it is made of.",
            why="Each stack has a CI role of its own: one that is stolen is one stack, not the mesh.",
            effect="Allow",
            actions=BEGIN,
            resources=reach.deploys,
            conditions=reach.where,
        )
        if reach.deploys
        else None,
        Statement(
            sid="PreviewTheStack",
            what="CI of a stack assumes the roles that preview it.",
            why="An update begins with a preview, which reads settings only.",
            effect="Allow",
            actions=BEGIN,
            resources=reach.previews,
            conditions=reach.where,
        ),
    )


def ci_reach(perimeter: Perimeter, stack: str) -> CiReach:
    """The roles that the CI role of a stack assumes; `stack` as `names.ci_role` has it."""
    hub, management = perimeter.governance_id, perimeter.management_id
    match stack:
        case "organization":
            return CiReach(deploys=(names.deploy_role(management),), previews=(names.preview_role(management),))
        case "governance":
            return CiReach(deploys=(names.deploy_role(hub),), previews=(names.preview_role(hub),))
        case "access":
            return CiReach(
                deploys=(names.deploy_access_role("*"),),
                previews=(names.preview_role("*"),),
                where=(account_below(perimeter.domains),),
            )
        case "partners":
            return CiReach(
                deploys=(names.deploy_role("*"),),
                previews=(names.preview_role("*"),),
                where=(account_below(perimeter.partners),),
            )
        case names.CI_OF_PREVIEWS:
            organization = when("StringEquals", "aws:ResourceOrgID", perimeter.organization)
            return CiReach(deploys=(), previews=(names.preview_role("*"),), where=(organization,))
        case _:
            account_id = stack.removeprefix(names.ci_of_domain(""))
            return CiReach(deploys=(names.deploy_role(account_id),), previews=(names.preview_role(account_id),))


def account_below(path: str) -> Condition:
    """The account of the resource is below one unit of the organisation."""
    return when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", path)
