"""Walled services (I1, I2, I3, I5): of each that is in use, every action with a resource is closed to outsiders.

Which services these are AWS's list says (`mesh.aws.rcp_services`), not a policy. Resources are such as a team may make:
their own policies may admit everybody, so that the RCP alone keeps strangers out.
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh.aws.allowed_actions import is_allowed, listed_services
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import FOR_A_STRANGER, FOR_AN_OUTSIDER, Actor, Subject


def closed_to_outsiders(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I1: on outsiders, at each account."""
    for account_id, _, _ in subject.accounts_asked:
        yield from _refused(subject, account_id, *subject.outsiders[:2])


def closed_to_their_services(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I2: on a service that acts for an outsider, at each account."""
    for account_id, _, _ in subject.accounts_asked:
        for action, arn in _one_of_each(subject, account_id):
            for context in (FOR_AN_OUTSIDER, FOR_A_STRANGER):
                request = Request("s3.amazonaws.com", action, arn, context)
                yield Claim("a service for an outsider", request, denied=("rcp",))


def closed_to_other_units(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I3: on a partner and the management account, at each domain."""
    partners = [caller for caller in subject.of_partners if caller.kind == "other"][:1]
    for domain in subject.domains[:2]:
        yield from _refused(subject, domain.access.account_id, *partners, *subject.of_management)


def closed_to_all_but_writers(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I5: on governance and a domain, at each partner."""
    domain = subject.domains[0]
    callers = (
        subject.other(subject.hub, "governance", "the governance account"),
        subject.other(domain.access.account_id, "domains", f"domain {domain.name}"),
    )
    for partner in subject.partners:
        yield from _refused(subject, partner.access.account_id, *callers)


def _refused(subject: Subject, account_id: str, *callers: Actor) -> Iterator[AnyClaim]:
    for action, arn in _one_of_each(subject, account_id):
        for caller in callers:
            yield Claim(caller.who, Request(caller.name, action, arn), denied=("rcp",))


def _one_of_each(subject: Subject, account_id: str) -> Iterator[tuple[str, str]]:
    """One action of each service, on a resource of the account.

    Left out are S3, whose buckets are claimed by name elsewhere, and Health, whose events are of no account but the
    caller's own.
    """
    for service in sorted(facts.RESOURCE_CONTROLLED & listed_services().keys() - {"s3", "sts"}):
        for action, arn in facts.requests(service, subject.region, account_id):
            if arn.split(":")[4] == account_id and is_allowed(action):
                yield action, arn
                break
