"""Ends of deliveries (M15): on the last day a product is delivered to its partner, on the next it is not.

Nobody deploys in between: the same policies are asked at two moments, a second apart. The days are those that stand in
the partners' files, and not the plan's own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.subject import Subject
from mesh.proof.written_agreements import WrittenAgreement

REPLICATION: Final = ("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner")
ENCRYPTION: Final = ("kms:Encrypt", "kms:GenerateDataKey")


def open_agreements(subject: Subject) -> Iterator[WrittenAgreement]:
    """Written agreements that are open on the plan's day; of several on one product with one partner the last."""
    return (each for each in _last_agreements(subject) if each.expires >= subject.plan.as_of)


def _last_agreements(subject: Subject) -> Iterator[WrittenAgreement]:
    last: dict[tuple[str, str], WrittenAgreement] = {}
    for each in subject.written_agreements:
        pair = each.partner, each.product
        if pair not in last or last[pair].expires < each.expires:
            last[pair] = each
    yield from last.values()


def writer_of(subject: Subject, product: str) -> str:
    """ARN of the role that delivers a product, `<domain>.<product>`."""
    domain, _, name = product.partition(".")
    return names.delivery_role(subject.plan.domains[domain].access.account_id, name)


def inbox_of(subject: Subject, partner: str) -> tuple[str, str]:
    """ARNs of a partner's inbox, and of its key."""
    account = subject.plan.partners[partner].access.account_id
    bucket = f"arn:aws:s3:::{subject.plan.inbox(partner)}"
    return bucket, from_plan.key_arn(subject.region, account, names.INBOX_KEY_ALIAS)


def folder_of(subject: Subject, agreement: WrittenAgreement) -> str:
    """ARN of an object that an agreement brings."""
    domain, _, product = agreement.product.partition(".")
    folder = names.outbound(agreement.partner, domain, product)
    return f"{inbox_of(subject, agreement.partner)[0]}/{folder}/x"


def last_second(day: datetime.date) -> dict[str, Any]:
    """Context of a request in the last second of a day, UTC."""
    return {"aws:CurrentTime": f"{day}T23:59:59Z"}


def first_second_after(day: datetime.date) -> dict[str, Any]:
    """Context of a request in the first second of the day after."""
    return {"aws:CurrentTime": f"{day + datetime.timedelta(days=1)}T00:00:00Z"}


def deliveries_end(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M15: on writer, inbox and key of every open agreement, on its last day and on the next."""
    agreements = list(open_agreements(subject))
    last_of: dict[str, datetime.date] = {}
    for each in agreements:
        last_of[each.product] = max(each.expires, last_of.get(each.product, each.expires))
    for each in agreements:
        yield from _ends(subject, each, last_of[each.product])
    for each in _last_agreements(subject):
        if each.expires < subject.plan.as_of:
            yield from _ended(subject, each)
    yield Fact("every open delivery of the plan has an agreement that is written", _unwritten)


def _ended(subject: Subject, agreement: WrittenAgreement) -> Iterator[AnyClaim]:
    """Nothing admits the writer of an agreement that is past."""
    writer, key = writer_of(subject, agreement.product), inbox_of(subject, agreement.partner)[1]
    delivered = folder_of(subject, agreement)
    who = f"the delivery of {agreement.product} to {agreement.partner}, which has ended"
    for action, arn in (*((each, delivered) for each in REPLICATION), *((each, key) for each in ENCRYPTION)):
        context = subject.through_s3 if arn == key else {}
        now = _with(Request(writer, action, arn, context), last_second(subject.plan.as_of))
        yield Claim(who, now, allowed=False, admitted=False)


def _unwritten(subject: Subject) -> str | None:
    """An open delivery of the plan that no partner's file has, or has with another end."""
    written = {(each.product, each.partner): each.expires for each in open_agreements(subject)}
    for domain in subject.plan.domains.values():
        for product, replication in domain.deliveries.items():
            for each in replication.deliveries:
                if each.open and written.get((f"{domain.name}.{product}", each.partner)) != each.end:
                    return f"{domain.name}.{product} is delivered to {each.partner} until {each.end}"
    return None


def _ends(subject: Subject, agreement: WrittenAgreement, last_of_product: datetime.date) -> Iterator[AnyClaim]:
    writer, key = writer_of(subject, agreement.product), inbox_of(subject, agreement.partner)[1]
    delivered = folder_of(subject, agreement)
    who = f"the delivery of {agreement.product} to {agreement.partner}"
    for action in REPLICATION:
        yield from _at_the_end(who, Request(writer, action, delivered), agreement.expires)
    for action in ENCRYPTION:
        request = Request(writer, action, key, subject.through_s3)
        # The role encrypts for all of its partners until the last of them is done; each key has its own day.
        yield from _at_the_end(who, request, agreement.expires, granted=agreement.expires < last_of_product)


def _at_the_end(who: str, request: Request, end: datetime.date, *, granted: bool = False) -> Iterator[AnyClaim]:
    """Allowed in the last second; in the next refused, by the inbox as by the writer's own policy, if not `granted`."""
    yield Claim(f"{who}, on its last day", _with(request, last_second(end)), allowed=True)
    yield Claim(
        f"{who}, on the day after its last",
        _with(request, first_second_after(end)),
        allowed=False,
        admitted=False,
        granted=granted,
    )


def _with(request: Request, moment: Mapping[str, Any]) -> Request:
    return Request(request.principal, request.action, request.resource, {**request.context, **moment})
