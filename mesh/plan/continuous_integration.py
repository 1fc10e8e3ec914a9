"""CI roles of a mesh: which there are, who makes each, and with which token each is entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.model import ContinuousIntegration
from mesh.plan.nodes import CiRoleArgs, FirstCiRoles, Plan

StackKind = Literal["organization", "governance", "partners", "access", "domains"]
KINDS: Final[Mapping[str, StackKind]] = {
    "organization": "organization",
    "governance": "governance",
    "partner": "partners",
    "access": "access",
    "domain": "domains",
}
"""Kinds of stacks by how their names begin, in the order in which they are deployed: a kind waits for those before."""


class CiJob(NamedTuple):
    """A job of CI that deploys a stack: its kind, the repository and the environment it runs in, the role it takes.

    Nothing of it in a mesh without CI; and no role where an id that its ARN names is assumed, for AWS has not given it
    yet.
    """

    stack: str
    kind: StackKind
    account: str
    repository: str | None = None
    environment: str | None = None
    role: str | None = None


def ci_jobs(ci: ContinuousIntegration | None, plan: Plan) -> Iterator[CiJob]:
    """The stacks of a plan in their order, each with the job of CI that deploys it."""
    hub = plan.access["governance"]
    for stack, access in plan.access.items():
        kind = KINDS[stack.partition("-")[0]]
        if ci is None:
            yield CiJob(stack, kind, access.account_id)
            continue
        written = stack if kind == "domains" else kind
        of_the_role = names.ci_of_domain(access.account_id) if kind == "domains" else kind
        assumed = hub.assumed or (kind == "domains" and access.assumed)
        yield CiJob(
            stack,
            kind,
            access.account_id,
            ci.named_repository(written),
            ci.environment(written),
            None if assumed else names.ci_role(plan.perimeter.governance_id, of_the_role),
        )


def first_roles(ci: ContinuousIntegration | None, perimeter: Perimeter) -> FirstCiRoles | None:
    """The identity provider of CI and its first roles; None for a mesh without CI."""
    if ci is None:
        return None
    roles = tuple(_role(ci, perimeter, stack, stack, f"CI of {stack}") for stack in names.FIRST_OF_CI)
    return FirstCiRoles(issuer=ci.issuer, audience=ci.audience, roles=roles)


def roles_of_domains(
    ci: ContinuousIntegration | None, perimeter: Perimeter, domains: Mapping[str, str]
) -> dict[str, CiRoleArgs]:
    """The CI roles that the stack `governance` makes, by `stack`; `domains` are ids of accounts by the domain."""
    if ci is None:
        return {}
    return {
        names.ci_of_domain(id_): _role(
            ci, perimeter, names.ci_of_domain(id_), f"domain-{name}", f"CI deploys the stack of domain {name}"
        )
        for name, id_ in domains.items()
    }


def _role(ci: ContinuousIntegration, perimeter: Perimeter, stack: str, written: str, description: str) -> CiRoleArgs:
    """The CI role of a stack; `written` is the stack as `ci:` of mesh.yaml names it."""
    return CiRoleArgs(
        perimeter=perimeter,
        stack=stack,
        issuer=ci.issuer,
        audience=ci.audience,
        subject=ci.subject(written),
        description=description,
    )
