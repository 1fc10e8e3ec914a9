"""Continuous integration (M12, M18): who becomes a CI role, and what each of them becomes.

What each stack's CI is for is written here a second time, as the design has it, and not read from a policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from mesh import names
from mesh.evaluator.decide import Request
from mesh.evaluator.world import ANONYMOUS
from mesh.plan.nodes import CiRoleArgs
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.reachability.tokens import TokenTerms, token_terms
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, Subject

OF_THE_PLATFORM: Final = ("organization", "governance", "access", "partners", "previews")
"""Stacks, and kinds of stacks, that have a CI role each; every domain has one, too."""

_WITH_A_WEB_IDENTITY: Final = "sts:AssumeRoleWithWebIdentity"


class CiTarget(NamedTuple):
    """An account in which CI roles are tried; `unit` as an actor has it."""

    account: str
    unit: str
    where: str


def deployed_by(target: CiTarget) -> str:
    """The stack whose CI deploys into an account, as `names.ci_role` has it."""
    match target.unit:
        case "management":
            return "organization"
        case "domains":
            return names.ci_of_domain(target.account)
        case unit:
            return unit


def targets(subject: Subject) -> Iterator[CiTarget]:
    """Every account of the organisation."""
    yield CiTarget(subject.perimeter.management_id, "management", "the management account")
    yield from (CiTarget(*account) for account in subject.accounts)


def stacks_tried(subject: Subject, target: CiTarget) -> Iterator[str]:
    """Stacks whose CI is tried in an account: the platform's, that of the account's own id, and other domains'."""
    yield from OF_THE_PLATFORM
    yield names.ci_of_domain(target.account)
    others = (domain.access.account_id for domain in subject.domains[:2])
    yield from (names.ci_of_domain(other) for other in others if other != target.account)


def entered_by_their_own_ci(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M12: the trust of a deployment admits the CI of its own stack alone; that of previews all CI."""
    by_ci = subject.plan.organization.args.first_ci is not None
    for target in targets(subject):
        for stack in stacks_tried(subject, target):
            caller, who = names.ci_role(subject.hub, stack), f"CI of {stack}, in {target.where}"
            enters = Request(caller, "sts:AssumeRole", names.deploy_role(target.account))
            yield Claim(who, enters, admitted=by_ci and stack == deployed_by(target))
            if target.unit == "domains":
                decides = Request(caller, "sts:AssumeRole", names.deploy_access_role(target.account))
                yield Claim(who, decides, admitted=by_ci and stack == "access")
            looks = Request(caller, "sts:AssumeRole", names.preview_role(target.account))
            yield Claim(who, looks, admitted=by_ci)


def ci_becomes_its_stack(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M18: on the tokens that enter a CI role, and on the roles that it enters from there."""
    roles = ci_roles(subject)
    for role in roles:
        yield from _tokens(subject, role, roles)
        yield from _becomes(subject, role)
    yield Fact("CI roles are entered with tokens of one environment each", _shared, (_WITH_A_WEB_IDENTITY,))


def ci_roles(subject: Subject) -> tuple[CiRoleArgs, ...]:
    """The CI roles asked: those of the platform, and of the domains asked."""
    first = subject.plan.organization.args.first_ci
    domains = {names.ci_of_domain(domain.access.account_id) for domain in subject.domains}
    made = subject.plan.governance.ci
    return (*(first.roles if first else ()), *(role for stack, role in made.items() if stack in domains))


# ---- who becomes a CI role


def _tokens(subject: Subject, role: CiRoleArgs, roles: tuple[CiRoleArgs, ...]) -> Iterator[AnyClaim]:
    provider = names.identity_provider(subject.hub, role.issuer)
    right = {f"{role.issuer}:aud": role.audience, f"{role.issuer}:sub": role.subject}
    who = f"a token of {role.subject}"
    yield Claim(who, Request(provider, _WITH_A_WEB_IDENTITY, role.arn, right), allowed=True, admitted=True)
    others = [each.subject for each in roles if each.subject != role.subject]
    for what, context in _wrong(role, right, others):
        wrong = Request(provider, _WITH_A_WEB_IDENTITY, role.arn, context)
        yield Claim(f"a token {what}, as CI of {role.stack}", wrong, allowed=False, admitted=False)
    for other in _other_providers(subject, role):
        # A stranger's issuer names its claims after itself, whatever it calls the subject.
        issuer = other.partition("oidc-provider/")[2]
        named = {f"{issuer}:{key.rpartition(':')[2]}": right[key] for key in right} if issuer else {}
        yield Claim(
            f"a token of {other}", Request(other, _WITH_A_WEB_IDENTITY, role.arn, {**right, **named}), admitted=False
        )
    yield Claim("nobody's token", Request(ANONYMOUS, _WITH_A_WEB_IDENTITY, role.arn, right), admitted=False)
    for action in ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"):
        yield Claim(who, Request(provider, action, role.arn, right), admitted=False)
    administrator = subject.other(subject.hub, "governance", "the governance account")
    for caller in (administrator.name, names.deploy_role(subject.hub), names.break_glass_role(subject.hub)):
        for action in ("sts:AssumeRole", _WITH_A_WEB_IDENTITY):
            yield Claim("a role of governance", Request(caller, action, role.arn, right), admitted=False)
    yield Fact(f"CI of {role.stack} takes the tokens that mesh.yaml says", _as_written(role), (_WITH_A_WEB_IDENTITY,))


def _as_written(role: CiRoleArgs) -> Callable[[Subject], str | None]:
    """Difference between the trust of a CI role and what `ci:` of mesh.yaml says of its stack."""

    def check(subject: Subject) -> str | None:
        made, written = subject.world.role(role.arn), subject.as_written.ci
        domains = {names.ci_of_domain(each.access.account_id): name for name, each in subject.plan.domains.items()}
        stack = f"domain-{domains[role.stack]}" if role.stack in domains else role.stack
        taken = set(token_terms(made.trust.document)) if made and made.trust else set[TokenTerms]()
        wanted = set[TokenTerms]()
        if written:
            provider = names.identity_provider(subject.hub, written.issuer)
            wanted.add(TokenTerms(provider, written.audience, written.subject(stack)))
        differing = sorted(f"{each.subject} of {each.provider} for {each.audience}" for each in wanted ^ taken)
        return f"mesh.yaml and its trust differ in {' and '.join(differing)}" if differing else None

    return check


def _wrong(role: CiRoleArgs, right: dict[str, Any], others: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Claims of tokens that are nearly right, each with what is wrong in words."""
    audience, subject = right
    repository = role.subject.partition(":environment:")[0]
    subjects = {
        "of another stack's environment": others,
        "of an environment of no stack": [f"{repository}:environment:somebody"],
        "of a branch": [f"{repository}:ref:refs/heads/main"],
        "of a pull request": [f"{repository}:pull_request"],
        "of another repository": [
            f"repo:somebody/else{role.subject.removeprefix(repository)}",
            f"{repository.partition('/')[0]}/somebody{role.subject.removeprefix(repository)}",
            role.subject.replace(":", "x:", 1),
        ],
        "of a longer environment": [*(f"{role.subject}{end}" for end in ("x", "-x", ":x")), f"x{role.subject}"],
        "in capitals": [role.subject.upper()],
        "with a wildcard": [f"{repository}:*", f"{repository}:environment:*"],
    }
    for what, texts in subjects.items():
        yield from ((what, {**right, subject: text}) for text in texts)
    yield "without a subject", {audience: right[audience]}
    yield "without an audience", {subject: right[subject]}
    for another in (f"{right[audience]}.example", f"{right[audience]}x"):
        yield "for another audience", {**right, audience: another}
    yield "without claims", {}


def _other_providers(subject: Subject, role: CiRoleArgs) -> Iterator[str]:
    """Identity providers that are nearly the CI's: another of the account, and its namesakes in other accounts."""
    yield "cognito-identity.amazonaws.com"
    yield names.identity_provider(subject.hub, "tokens.elsewhere.example")
    yield names.identity_provider(subject.hub, f"{role.issuer}/somebody")
    home = subject.domains[0].access.account_id if subject.domains else NO_ORGANIZATION
    for account in (home, OTHER_ORGANIZATION):
        yield names.identity_provider(account, role.issuer)


def _shared(subject: Subject) -> str | None:
    """Two CI roles that one token enters."""
    seen: dict[str, str] = {}
    for role in (*ci_roles(subject), *subject.plan.governance.ci.values()):
        other = seen.setdefault(role.subject, role.stack)
        if other != role.stack:
            return f"{role.subject} enters {other} and {role.stack}"
    return None


# ---- what a CI role becomes


def _becomes(subject: Subject, role: CiRoleArgs) -> Iterator[AnyClaim]:
    who, stack = f"CI of {role.stack}", role.stack
    for target in _tried_by(subject, stack):
        deploys, previews = stack == deployed_by(target), _previews(stack, target)
        for entered, may in (
            (names.deploy_role(target.account), deploys),
            (names.preview_role(target.account), previews),
            (names.deploy_access_role(target.account), stack == "access" and target.unit == "domains"),
        ):
            request = Request(role.arn, "sts:AssumeRole", entered)
            # Accounts of no domain have no `mesh/deploy-access` that could admit somebody.
            made = subject.world.role(entered) is not None
            yield Claim(f"{who}, in {target.where}", request, allowed=may if made else None, granted=may)
    for other in _other_roles(subject):
        if other != role.arn:
            request = Request(role.arn, "sts:AssumeRole", other)
            yield Claim(who, request, allowed=False, granted=False)


def _previews(stack: str, target: CiTarget) -> bool:
    """Whether CI of a stack previews in an account: in those of its own stack."""
    return stack in (names.CI_OF_PREVIEWS, deployed_by(target)) or (stack == "access" and target.unit == "domains")


def _tried_by(subject: Subject, stack: str) -> Iterator[CiTarget]:
    """Accounts in which a CI role is tried: all by the platform's; by a domain's its own and some of each unit."""
    if stack in OF_THE_PLATFORM:
        yield from targets(subject)
        return
    seen: dict[str, int] = {}
    for target in targets(subject):
        own = stack == names.ci_of_domain(target.account)
        if own or seen.setdefault(target.unit, 0) < 2:
            seen[target.unit] = seen.get(target.unit, 0) + (not own)
            yield target


def _other_roles(subject: Subject) -> Iterator[str]:
    """Roles that no CI becomes, one of each kind."""
    for domain in subject.domains[:1]:
        yield from (role.arn for role in list(domain.clearances.values())[:1])
        yield from (role.arn for role in list(domain.pipelines.values())[:1])
        yield f"arn:aws:iam::{domain.access.account_id}:role/somebody"
        yield names.publisher_role(subject.hub, domain.name)
        yield names.location_role(subject.hub, domain.name)
        yield from (domain.check.arn, names.publication_role(subject.hub))
    for partner in subject.partners[:1]:
        yield names.role(partner.access.account_id, "access")
    yield names.break_glass_role(subject.hub)
    yield from (names.ci_role(subject.hub, stack) for stack in OF_THE_PLATFORM)
    for stranger in (OTHER_ORGANIZATION, NO_ORGANIZATION):
        yield from (names.deploy_role(stranger), names.preview_role(stranger))
