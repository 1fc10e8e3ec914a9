"""Adoption of an account: what it has of its own that would stand inside the walls if it joined the organisation.

SCPs refuse making users, keys, providers and roles of the mesh's names; they do not take away what is there already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mesh import names
from mesh.access import from_plan
from mesh.access.authorization_details import AuthorizationDetails, IamRole, TrustPrincipal, account_of
from mesh.aws.allowed_actions import listed_services
from mesh.plan import Plan

SERVICE_LINKED: Final = "aws-service-role/"
"""Path of the roles that AWS's services make for themselves; nobody else can make one there."""

_MESH: Final = f"{names.PATH}/"
_STACKSETS: Final = names.BOOTSTRAP_ROLE.rpartition("/")[2].removesuffix("*")
_IDENTITY_CENTER: Final = "AWSReservedSSO_"


class Leftover(NamedTuple):
    """A thing of the account's own: its ARN, the kind of the finding, and a sentence with why and what to do."""

    arn: str
    kind: str
    message: str


def leftovers(details: AuthorizationDetails, plan: Plan) -> Iterator[Leftover]:
    """Everything of an account's own that its new walls would not stop."""
    for user in details.users:
        message = "a user, whose access keys and password go on working: SCPs refuse making them, not having; delete it"
        yield Leftover(user.arn, "user", message)
    for group in details.groups:
        yield Leftover(group.arn, "group", "a group, which gives its policies to users; delete it")
    taken, services = _taken_names(plan), _principals_of_services(plan.perimeter.region)
    for role in details.roles:
        if not role.path.startswith(SERVICE_LINKED):
            yield from _of_role(role, details.account, taken, services)
    for policy in details.policies:
        if policy.arn.split(":", 5)[5].startswith(f"policy/{_MESH}"):
            message = f"a policy below /{names.PATH}/, which the mesh's own documents take for the mesh's; delete it"
            yield Leftover(policy.arn, "policy", message)


def _taken_names(plan: Plan) -> frozenset[str]:
    """Names, in lower case, of the roles that the mesh makes in accounts of domains and partners."""
    elsewhere = {plan.perimeter.management_id, plan.perimeter.governance_id}
    return frozenset(
        names.role_name(role.arn).lower()
        for role in from_plan.roles(plan)
        if f":role/{_MESH}" in role.arn and role.arn.split(":")[4] not in elsewhere
    )


def _of_role(role: IamRole, account: str, taken: frozenset[str], services: frozenset[str]) -> Iterator[Leftover]:
    name = names.role_name(role.arn)
    if role.path.startswith(_MESH):
        message = f"a role below /{names.PATH}/: policies of the mesh admit it by its path; delete it"
        yield Leftover(role.arn, "role of the mesh's path", message)
    elif name.startswith(_STACKSETS):
        message = "a role named as that of StackSets, which guardrails except as the first deployment; delete it"
        yield Leftover(role.arn, "role of a name that is excepted", message)
    elif name.startswith(_IDENTITY_CENTER):
        message = "a role named as those of Identity Center, which the trust of clearances admits; delete it"
        yield Leftover(role.arn, "role of a name that is excepted", message)
    elif name.lower() in taken:
        message = f"the mesh makes a role '{name}', and IAM takes a name once whatever its path; delete or rename it"
        yield Leftover(role.arn, "role of a name that is needed", message)
    for principal in role.trusts:
        if reason := _stranger(principal, account, services):
            yield Leftover(role.arn, "trust", f"its trust policy admits {reason}; delete the role, or narrow its trust")
    if role.boundary != names.boundary(account):
        has = f"another boundary ({role.boundary})" if role.boundary else "no boundary"
        message = f"it has {has}, and roles of member accounts carry `policy/{names.PATH}/boundary`; delete it"
        yield Leftover(role.arn, "boundary", message)


def _principals_of_services(region: str) -> frozenset[str]:
    """Principals of the listed services, whole: those of AWS at large, and those of a region.

    IAM User Guide, "AWS JSON policy elements: Principal", "AWS service principals".
    """
    return frozenset(f"{prefix}.{place}amazonaws.com" for prefix in listed_services() for place in ("", f"{region}."))


def _stranger(principal: TrustPrincipal, account: str, services: frozenset[str]) -> str:
    """The principal in words, if it is neither of the account nor a service that the mesh's SCPs list; else empty."""
    match principal.kind:
        case "AWS":
            if account_of(principal.id) == account:
                return ""
            return f"another account ({principal.id})" if principal.id != "*" else "every account (*)"
        case "Service":
            return "" if principal.id in services else f"a service that no SCP of the mesh lists ({principal.id})"
        case "Federated":
            return f"people or workloads of a provider ({principal.id}), which SCPs refuse making, not having"
        case _:
            return f"{principal.kind} {principal.id}"
