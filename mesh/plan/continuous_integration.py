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
    described = {
        "organization": "CI deploys the stack organization",
        "governance": "CI deploys the stack governance",
        names.CI_OF_PREVIEWS: "CI previews any stack for a pull request",
    }
    roles = tuple(_role(ci, perimeter, stack, stack, text) for stack, text in described.items())
    return FirstCiRoles(issuer=ci.issuer, audience=ci.audience, roles=roles)


def other_roles(
    ci: ContinuousIntegration | None, perimeter: Perimeter, domains: Mapping[str, str]
) -> dict[str, CiRoleArgs]:
    """The CI roles that the stack `governance` makes, by `stack`; `domains` are ids of accounts by the domain."""
    if ci is None:
        return {}
    roles = [
        _role(ci, perimeter, "access", "access", "CI deploys who reads, in the accounts of domains"),
        _role(ci, perimeter, "partners", "partners", "CI deploys the stacks of partners"),
        *(
            _role(ci, perimeter, names.ci_of_domain(id_), f"domain-{name}", f"CI deploys the stack of domain {name}")
            for name, id_ in domains.items()
        ),
    ]
    return {role.stack: role for role in roles}


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
