"""CI roles of a mesh: which there are, who makes each, and with which token each is entered."""

from __future__ import annotations

from collections.abc import Mapping

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.model import ContinuousIntegration
from mesh.plan.nodes import CiRoleArgs, FirstCiRoles


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
