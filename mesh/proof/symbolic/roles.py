"""Roles (M12) for all strings: every trust policy of the plan admits those whom the role is for, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.policies import Policy
from mesh.evaluator.world import Role
from mesh.proof.subject import Subject
from mesh.proof.symbolic.assumptions import anyone_but, in_account
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, Shape
from mesh.proof.symbolic.texts import Formula, every, is_, negation, some

FOR_SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "pipeline": ("glue.amazonaws.com", "lambda.amazonaws.com", "states.amazonaws.com"),
    "forward": ("events.amazonaws.com",),
    "retention": ("glue.amazonaws.com",),
    "start": ("events.amazonaws.com",),
    "location": ("lakeformation.amazonaws.com",),
    "functions": ("lambda.amazonaws.com",),
}
"""Services that take a role of a path, for the account that it is in."""


class Entrants(NamedTuple):
    """Callers of a role, by the shapes of their ARNs; or services, for one account and one source.

    `on_the_bus` are beginnings of the ARNs of rules on the mesh bus, for which the bus's account may be named as well.
    An identity provider is a service whose tokens say `claims`, key by key.
    """

    callers: tuple[Shape, ...] = ()
    services: tuple[str, ...] = ()
    account: str = ""
    source: str = ""
    on_the_bus: tuple[str, ...] = ()
    claims: Mapping[str, str] = {}


def roles_are_entered_by_their_own(subject: Subject) -> Iterator[Obligation]:
    """Obligations of M12: no trust policy admits a caller, or a service, that the role is not for."""
    for role, trust, entrants in _trusts(subject):
        what = f"somebody else, into {role.arn.split(':', 5)[5]}"
        request = SymbolicRequest((trust,), {"aws:username": from_plan.BREAK_GLASS_USER})
        other = anyone_but(request, *entrants.callers) if entrants.callers else is_(True)
        people = (request.service.equals(""), other, in_account(request, subject, role.account))
        yield Obligation(what=what, request=request, actions=("sts:*",), assumptions=people, outcome="not admitted")
        request = SymbolicRequest((trust,), {"aws:username": from_plan.BREAK_GLASS_USER})
        assumptions = (request.service.differs(""), _not_for(request, entrants))
        yield Obligation(
            what=what, request=request, actions=("sts:*",), assumptions=assumptions, outcome="not admitted"
        )


def _not_for(request: SymbolicRequest, entrants: Entrants) -> Formula:
    """The service is none of those, or acts for another account, or for another source."""
    wrong = [request.service.differs(*entrants.services)] if entrants.services else [request.service.differs("")]
    if entrants.on_the_bus:
        source, account = request.key("aws:SourceArn"), request.key("aws:SourceAccount")
        shapes: list[Shape] = [(beginning, ANY) for beginning in entrants.on_the_bus]
        hub = entrants.on_the_bus[0].split(":")[4]
        of_a_rule = every((source.shaped(*shapes), account.is_one_of(entrants.account, hub)))
        wrong.append(every((account.is_none_of(entrants.account), negation(of_a_rule))))
    elif entrants.account:
        wrong.append(request.key("aws:SourceAccount").is_none_of(entrants.account))
    if entrants.source:
        wrong.append(request.key("aws:SourceArn").is_none_of(entrants.source))
    wrong += [request.key(key).is_none_of(value) for key, value in entrants.claims.items()]
    return some(wrong)


def _trusts(subject: Subject) -> Iterator[tuple[Role, Policy, Entrants]]:
    """Roles of the accounts asked with their trust policies, one of each that is written alike."""
    asked = {account_id for account_id, _, _ in subject.accounts_asked}
    seen: set[str] = set()
    for role in subject.world.roles.values():
        if role.trust is None or role.account not in asked:
            continue
        entrants = _entrants(subject, role)
        path = role.arn.partition(f":role/{names.PATH}/")[2]
        # A trust policy that differs from another in the account and in the role's own name only is of its class.
        text = str(role.trust.document).replace(role.account, "<account>").replace(path.rpartition("/")[2], "<name>")
        form = f"{path.partition('/')[0]} {text} {len(entrants.callers)}"
        if form not in seen:
            seen.add(form)
            yield role, role.trust, entrants


def _entrants(subject: Subject, role: Role) -> Entrants:
    """Callers that may assume a role, by its path; none where the path is none that the mesh has."""
    account, hub = role.account, subject.hub
    if role.arn.startswith(f"arn:aws:iam::{hub}:role/mesh/ci/"):
        return _of_ci(subject, role)
    kind, _, name = role.arn.partition(f":role/{names.PATH}/")[2].partition("/")
    ci, glass = f"arn:aws:iam::{hub}:role/mesh/ci/", f"arn:aws:iam::{hub}:role/mesh/break-glass/emergencies"
    match kind:
        case "deploy" | "deploy-access" | "preview":
            # Every CI role previews, in the accounts that its own policy names.
            stack = "access" if kind == "deploy-access" else _stack(subject, account)
            by_ci: Shape = (ci, ANY) if kind == "preview" else (f"{ci}{stack}",)
            return Entrants(callers=(by_ci, (glass,)))
        case "clearance" | "access" | "engineer" | "owner" | "auditor":
            return Entrants(callers=(_people(account, _permission_set(kind, name)),))
        case "start":
            region = subject.region
            rules = (f"arn:aws:events:{region}:{each}:rule/{names.BUS}/mesh--" for each in (hub, account))
            return Entrants(services=FOR_SERVICES[kind], account=account, on_the_bus=tuple(rules))
        case "pipeline" | "retention" | "forward" | "location" | "functions":
            return Entrants(services=FOR_SERVICES[kind], account=account)
        case "delivery":
            bucket = subject.plan.product_bucket(subject.owners[account], name.removeprefix("deliver-"))
            return Entrants(services=("s3.amazonaws.com",), account=account, source=f"arn:aws:s3:::{bucket}")
        case "publisher" | "check":
            return Entrants(callers=((f"arn:aws:iam::{hub}:role/mesh/functions/publication",),))
        case "break-glass":
            return Entrants(callers=((f"arn:aws:iam::{subject.perimeter.management_id}:user/mesh/break-glass/", ANY),))
        case _:
            return Entrants()


def _permission_set(kind: str, name: str) -> str:
    if kind in names.STAFF:
        return names.staff_permission_set(kind)
    return name if kind == "clearance" else names.PARTNER_PERMISSION_SET


def _stack(subject: Subject, account: str) -> str:
    """The stack whose CI deploys into a member account."""
    owner = subject.owners[account]
    if owner == "governance":
        return owner
    return "partners" if owner.startswith("partner-") else f"domain-{account}"


def _of_ci(subject: Subject, role: Role) -> Entrants:
    """Tokens of the repository and the environment that the plan has for a CI role."""
    first = subject.plan.organization.args.first_ci
    planned = (*(first.roles if first else ()), *subject.plan.governance.ci.values())
    args = next((args for args in planned if args.arn == role.arn), None)
    if args is None:
        return Entrants()
    provider = f"arn:aws:iam::{subject.hub}:oidc-provider/{args.issuer}"
    claims = {f"{args.issuer}:aud": args.audience, f"{args.issuer}:sub": args.subject}
    return Entrants(services=(provider,), claims=claims)


def _people(account: str, permission_set: str) -> Shape:
    """The role that IAM Identity Center makes for a permission set, which nobody but AWS can make."""
    return (
        f"arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/",
        ANY,
        f"AWSReservedSSO_{permission_set}_",
        ANY,
    )
