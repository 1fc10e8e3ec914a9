"""Rules of members: the groups that hold clearances, who approved them and until when; and of the partners' groups."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem, listed, unknown
from mesh.plan.rules.context import CrossFileRule, RuleContext, clearance_file, partner_file


def members_are_of_a_domain(context: RuleContext) -> Iterator[Problem]:
    """Members sign in in the account of a domain that exists."""
    domains = context.mesh.domains
    for clearance, number, member in context.every_member():
        if member.domain not in domains and not context.mesh.is_unread("domains", member.domain):
            message = unknown("domain", member.domain, domains)
            yield Problem(clearance_file(clearance), ("members", number, "domain"), message)


def members_are_approved_by_an_approver(context: RuleContext) -> Iterator[Problem]:
    """Members are approved by one of the clearance's approvers."""
    for clearance, number, member in context.every_member():
        file, path = clearance_file(clearance), ("members", number, "approved-by")
        approvers = [approver.email for approver in context.mesh.clearances[clearance].approvers]
        uncertain = context.mesh.touches(file, "approvers") or context.mesh.is_uncertain(file, *path)
        if member.approved_by not in approvers and not uncertain:
            message = (
                f"'{member.approved_by}' does not decide who holds '{clearance}'; have an approver of the clearance "
                f"approve '{member.group}', and name that one: {listed(approvers)}"
            )
            yield Problem(file, path, message)


def members_are_reviewed(context: RuleContext) -> Iterator[Problem]:
    """Members are reviewed by their review date; past it they hold nothing."""
    for clearance, number, member in context.every_member():
        if member.review < context.as_of:
            message = (
                f"the review of '{member.group}' ({clearance}) was due on {member.review}, "
                f"it is {context.as_of}; have {member.approved_by} approve it again and set a new date, "
                "or remove the member"
            )
            yield Problem(clearance_file(clearance), ("members", number, "review"), message, "lapse")


def reviews_lie_within_the_horizon(context: RuleContext) -> Iterator[Problem]:
    """Reviews of members are not further away than the horizon of mesh.yaml."""
    if context.mesh.is_uncertain("mesh.yaml", "review-horizon"):
        return
    days = context.mesh.file.review_horizon
    latest = context.as_of + min(datetime.timedelta(days), datetime.date.max - context.as_of)
    for clearance, number, member in context.every_member():
        file, path = clearance_file(clearance), ("members", number, "review")
        if member.review > latest and not context.mesh.is_uncertain(file, *path):
            message = (
                f"the review of '{member.group}' ({clearance}) is due on {member.review}, more than {days:,} days "
                f"ahead ('review-horizon' of mesh.yaml); choose a day until {latest}"
            )
            yield Problem(file, path, message)


def members_stand_once(context: RuleContext) -> Iterator[Problem]:
    """Members stand once: a group and a domain are one entry of a clearance's file."""
    pairs: set[tuple[str, str, str]] = set()
    for clearance, number, member in context.every_member():
        pair = (clearance, member.group, member.domain)
        if pair in pairs:
            message = f"group '{member.group}' holds clearance '{clearance}' in '{member.domain}' twice; keep one entry"
            yield Problem(clearance_file(clearance), ("members", number, "group"), message)
        pairs.add(pair)


def members_are_no_people_of_a_partner(context: RuleContext) -> Iterator[Problem]:
    """Groups that hold a clearance are in no partner's `principals`."""
    partners = {group: partner for partner, _, group in _principals(context)}
    for clearance, number, member in context.every_member():
        if member.group in partners:
            partner = partners[member.group]
            message = (
                f"'{member.group}' are people of partner '{partner}' ({partner_file(partner)}), who hold no clearance: "
                "what a partner gets is copied to it by an agreement; remove the group here or there"
            )
            yield Problem(clearance_file(clearance), ("members", number, "group"), message)


def staff_are_no_people_of_a_partner(context: RuleContext) -> Iterator[Problem]:
    """Groups of a domain's staff are in no partner's `principals`."""
    partners = {group: partner for partner, _, group in _principals(context)}
    for file, path, group in context.every_staff_group():
        if group in partners:
            partner = partners[group]
            message = (
                f"'{group}' are people of partner '{partner}' ({partner_file(partner)}), who enter no account of a "
                "domain; remove the group here or there"
            )
            yield Problem(file, path, message)


def people_are_of_one_partner(context: RuleContext) -> Iterator[Problem]:
    """Groups are in the `principals` of one partner only."""
    first: dict[str, str] = {}
    for partner, number, group in _principals(context):
        other = first.setdefault(group, partner)
        if other != partner:
            message = (
                f"'{group}' are people of partner '{other}' already, and would carry what one partner gets to the "
                "other; give each partner a group of its own"
            )
            yield Problem(partner_file(partner), ("principals", number), message)


def _principals(context: RuleContext) -> Iterator[tuple[str, int, str]]:
    """Partner, position and group of each group of a partner that could be read."""
    for name, partner in context.mesh.partners.items():
        for number, group in enumerate(partner.principals):
            if not context.mesh.is_uncertain(partner_file(name), "principals", number):
                yield name, number, group


def groups_have_ids_of_their_own(context: RuleContext) -> Iterator[Problem]:
    """Ids of groups stand once: under two names one group would stand on both sides of a partner's wall."""
    accounts = context.mesh.accounts
    if accounts is None or accounts.identity_center is None:
        return
    first: dict[str, str] = {}
    for group, group_id in accounts.identity_center.groups.items():
        other = first.setdefault(group_id, group)
        if other != group:
            message = f"the id of '{group}' is that of '{other}' as well; one group has one name: remove one of the two"
            yield Problem("accounts.yaml", ("identity-center", "groups", group), message)


RULES: Final[tuple[CrossFileRule, ...]] = (
    members_are_of_a_domain,
    members_are_approved_by_an_approver,
    members_are_reviewed,
    reviews_lie_within_the_horizon,
    members_stand_once,
    members_are_no_people_of_a_partner,
    staff_are_no_people_of_a_partner,
    people_are_of_one_partner,
    groups_have_ids_of_their_own,
)
