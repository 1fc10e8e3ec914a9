"""Rules of members: the groups that hold clearances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem, unknown
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file


def members_hold_known_clearances(context: RuleContext) -> Iterator[Problem]:
    """Members hold clearances that mesh.yaml has."""
    known = context.mesh.file.clearances
    for domain, owner in context.mesh.domains.items():
        for number, member in enumerate(owner.members):
            name = member.clearance
            if name not in known and not context.mesh.is_uncertain("mesh.yaml", "clearances", name):
                message = unknown("clearance", member.clearance, known)
                yield Problem(domain_file(domain), ("members", number, "clearance"), message)


def members_are_reviewed(context: RuleContext) -> Iterator[Problem]:
    """Members are reviewed by their review date; past it they hold nothing."""
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
    """Members stand once: a group and a clearance are one entry of a domain's file."""
    for domain, owner in context.mesh.domains.items():
        pairs: set[tuple[str, str]] = set()
        for number, member in enumerate(owner.members):
            pair = (member.group, member.clearance)
            if pair in pairs:
                message = f"group '{member.group}' holds clearance '{member.clearance}' twice; keep one entry"
                yield Problem(domain_file(domain), ("members", number, "group"), message)
            pairs.add(pair)


RULES: Final[tuple[CrossFileRule, ...]] = (
    members_hold_known_clearances,
    members_are_reviewed,
    members_stand_once,
)
