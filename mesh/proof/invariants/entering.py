"""Ways into a role (M12): those whom it is for begin a session under a name, and bring nothing else into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mesh import names
from mesh.access import from_plan
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.break_glass import SECOND_FACTOR
from mesh.proof.invariants.continuous_integration import CiTarget, deployed_by, stacks_tried, targets
from mesh.proof.subject import Subject

BEGINS: Final = frozenset({"sts:AssumeRole"})
UNDER_A_NAME: Final = BEGINS | {"sts:SetSourceIdentity"}
BY_LAKE_FORMATION: Final = UNDER_A_NAME | {"sts:SetContext"}
"""Actions on a role: to begin a session; under a name that every later call shows; for whom Lake Formation reads.

A session tag (`sts:TagSession`) is in none: no decision rests on one (I15).
"""


class Entry(NamedTuple):
    """A caller for whom a role is, with the keys of the request; `near` are callers who are nearly the same."""

    role: str
    caller: str
    actions: frozenset[str]
    near: tuple[str, ...] = ()
    context: Mapping[str, Any] = {}


def entered_and_no_more(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on every action on a role that AWS has, by those whom it is for and by those who are nearly the same."""
    for entry in _entries(subject):
        for name in facts.actions_of("sts"):
            action = f"sts:{name}"
            if facts.takes(action, entry.role):
                request = Request(entry.caller, action, entry.role, entry.context)
                yield Claim(entry.caller, request, admitted=action in entry.actions)
        for caller in entry.near:
            request = Request(caller, "sts:AssumeRole", entry.role, entry.context)
            yield Claim(caller, request, allowed=False, admitted=False)


def _entries(subject: Subject) -> Iterator[Entry]:
    for domain in subject.domains[:2]:
        yield from _of_domain(subject, domain)
    for partner in subject.partners[:1]:
        account = partner.access.account_id
        yield from _people(subject, account, names.PARTNER_PERMISSION_SET, names.role(account, "access"))
    for target in targets(subject):
        yield from _deployments(subject, target)
    management = subject.perimeter.management_id
    user = names.break_glass_user(management, from_plan.BREAK_GLASS_USER)
    keys = {**SECOND_FACTOR, "sts:SourceIdentity": from_plan.BREAK_GLASS_USER}
    outside = tuple(user.replace(names.BREAK_GLASS_PATH, path) for path in ("/mesh/", "/mesh/others/"))
    roles = (f"arn:aws:iam::{management}:role/somebody", f"arn:aws:iam::{management}:role/mesh/somebody")
    yield Entry(names.break_glass_role(subject.hub), user, UNDER_A_NAME, (*outside, *roles), keys)


def _of_domain(subject: Subject, domain: DomainPlan) -> Iterator[Entry]:
    account = domain.access.account_id
    for name, role in domain.clearances.items():
        yield from _people(subject, account, name, role.arn)
    for duty, staff in domain.staff.items():
        yield from _people(subject, account, names.staff_permission_set(duty), staff.arn)
    source = {"aws:SourceAccount": account, "aws:SourceOrgID": subject.perimeter.organization}
    for role in list(domain.pipelines.values())[:1]:
        yield Entry(role.arn, "glue.amazonaws.com", BEGINS, context=source)
    for name, delivery in domain.deliveries.items():
        bucket = {**source, "aws:SourceArn": f"arn:aws:s3:::{delivery.bucket}"}
        yield Entry(names.delivery_role(account, name), "s3.amazonaws.com", BEGINS, context=bucket)
    if domain.retention:
        yield Entry(domain.retention.arn, "glue.amazonaws.com", BEGINS, context=source)
    if domain.start:
        rule = {**source, "aws:SourceArn": f"arn:aws:events:{subject.region}:{account}:rule/mesh--x"}
        yield Entry(domain.start.arn, "events.amazonaws.com", BEGINS, context=rule)
    yield Entry(names.forward_role(account), "events.amazonaws.com", BEGINS, context=source)
    location = names.location_role(subject.hub, domain.name)
    yield Entry(location, "lakeformation.amazonaws.com", BY_LAKE_FORMATION, context=subject.for_the_mesh)
    near = (names.deploy_role(account), names.deploy_role(subject.hub), names.role(subject.hub, "functions/somebody"))
    namesake = names.publication_role(account)
    for role in (names.publisher_role(subject.hub, domain.name), domain.check.arn):
        yield Entry(role, names.publication_role(subject.hub), BEGINS, (*near, namesake))


def _people(subject: Subject, account: str, permission_set: str, role: str) -> Iterator[Entry]:
    """People with a permission set; IAM Identity Center of `us-east-1` leaves the region out of the role's path."""
    own = from_plan.permission_set_role(account, subject.region, permission_set)
    for caller in (own, own.replace(f"/{subject.region}/", "/")):
        others = (f"_{permission_set}_", "_another_"), (f"_{permission_set}_", f"_{permission_set}-and-more_")
        yield Entry(role, caller, UNDER_A_NAME, tuple(caller.replace(*other) for other in others))


def _deployments(subject: Subject, target: CiTarget) -> Iterator[Entry]:
    hub, glass, under_a_name = subject.hub, names.break_glass_role(subject.hub), {"aws:SourceIdentity": "somebody"}
    own_stack = {names.deploy_role(target.account): deployed_by(target)}
    if subject.world.role(decides := names.deploy_access_role(target.account)):
        own_stack[decides] = "access"
    preview = names.preview_role(target.account)
    paths = ("mesh/somebody", "somebody", "mesh/break-glass/somebody")
    somebody = tuple(f"arn:aws:iam::{hub}:role/{path}" for path in paths)
    for role in (*own_stack, preview):
        yield Entry(role, glass, UNDER_A_NAME, somebody, under_a_name)
    if subject.plan.organization.args.first_ci is None:
        return
    tried = (names.ci_role(hub, stack) for stack in (*stacks_tried(subject, target), "else"))
    near = (*tried, *somebody, *(names.ci_role(target.account, stack) for stack in own_stack.values()))
    for role, stack in own_stack.items():
        own = names.ci_role(hub, stack)
        yield Entry(role, own, BEGINS, tuple(each for each in near if each != own))
    outside = tuple(each for each in near if f":{hub}:role/{names.PATH}/{names.CI_FOLDER}/" not in each)
    own = names.ci_role(hub, deployed_by(target))
    yield Entry(preview, own, BEGINS, (*outside, f"{names.role(hub, names.CI_FOLDER)}x/{target.unit}"))
