"""Rules of consumers and of the groups that hold clearances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem, listed, unknown
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file, unknown_product


def consumed_products_exist(context: RuleContext) -> Iterator[Problem]:
    """`consumes` names products of other domains, once each, and none that is internal."""
    for domain, owner in context.mesh.domains.items():
        for number, reference in enumerate(owner.consumes):
            reason = _not_consumable(context, domain, reference)
            if not reason and reference in owner.consumes[:number]:
                reason = f"'{reference}' stands twice; name it once"
            if reason:
                yield Problem(domain_file(domain), ("consumes", number), reason)


def _not_consumable(context: RuleContext, domain: str, reference: str) -> str:
    product = context.mesh.product(reference)
    if product is None:
        return unknown_product(context, reference)
    if reference.startswith(f"{domain}."):
        return f"'{reference}' is this domain's own product; 'consumes' names products of other domains"
    if product.kind == "internal":
        return f"'{reference}' is internal to its domain; ask its owner to offer it as 'analytics' or 'ml'"
    return ""


def consumers_have_a_clearance(context: RuleContext) -> Iterator[Problem]:
    """A consumer whose groups cover nothing of a labelled product is told which clearance it needs."""
    known = frozenset(context.mesh.file.classifications)
    clearances = {name: frozenset(reads) for name, reads in context.mesh.file.clearances.items()}
    if not all(reads <= known for reads in clearances.values()):
        return
    for domain, owner in context.mesh.domains.items():
        if any(member.clearance not in clearances for member in owner.members):
            continue
        held = [clearances[member.clearance] for member in owner.members if member.clearance in clearances]
        for number, reference in enumerate(owner.consumes):
            labels = context.labels.get(reference, frozenset())
            if labels and labels <= known and not any(labels <= reads for reads in held):
                enough = [name for name, reads in clearances.items() if labels <= reads]
                message = f"no group of '{domain}' can read all of '{reference}', which holds {listed(labels)}; " + (
                    f"clearances that cover it: {listed(enough)}" if enough else "no clearance covers it"
                )
                yield Problem(domain_file(domain), ("consumes", number), message, "warning")


def members_hold_known_clearances(context: RuleContext) -> Iterator[Problem]:
    """A member names a clearance of mesh.yaml."""
    known = context.mesh.file.clearances
    for domain, owner in context.mesh.domains.items():
        for number, member in enumerate(owner.members):
            if member.clearance not in known:
                message = unknown("clearance", member.clearance, known)
                yield Problem(domain_file(domain), ("members", number, "clearance"), message)


def members_are_reviewed(context: RuleContext) -> Iterator[Problem]:
    """A clearance whose review date is past has lapsed."""
    for domain, owner in context.mesh.domains.items():
        for number, member in enumerate(owner.members):
            if member.review < context.as_of:
                message = (
                    f"the review of '{member.group}' ({member.clearance}) was due on {member.review}, "
                    f"it is {context.as_of}; have {member.approved_by} approve it again and set a new date, "
                    "or remove the member"
                )
                yield Problem(domain_file(domain), ("members", number, "review"), message, "lapse")


def members_stand_once(context: RuleContext) -> Iterator[Problem]:
    """A group holds one clearance a domain file at most once."""
    for domain, owner in context.mesh.domains.items():
        seen: set[tuple[str, str]] = set()
        for number, member in enumerate(owner.members):
            pair = (member.group, member.clearance)
            if pair in seen:
                message = f"group '{member.group}' holds clearance '{member.clearance}' twice; keep one entry"
                yield Problem(domain_file(domain), ("members", number, "group"), message)
            seen.add(pair)


RULES: Final[tuple[CrossFileRule, ...]] = (
    consumed_products_exist,
    consumers_have_a_clearance,
    members_hold_known_clearances,
    members_are_reviewed,
    members_stand_once,
)
