"""People (I26, I27): each assignment has a line in a file, an approved one for a clearance; partners stand apart.

A pipeline holds a clearance by a line of its file as a group does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mesh import names
from mesh.plan.nodes import Assignment, PipelineRoleArgs
from mesh.proof.claims import AnyClaim, Fact
from mesh.proof.subject import Subject

_DOMAIN, _PARTNER = "domain-", "partner-"

WHO_IS_IN_A_GROUP: Final = (
    "who is in a group is decided in IAM Identity Center, or in the directory behind it; that an approver said yes is "
    "shown by the owners of the clearance's file, whom `mesh codeowners` writes and the repository asks for"
)
"""What no policy carries of it."""


def holders_are_approved(subject: Subject) -> Iterator[AnyClaim]:
    """Facts of I26: each assignment of a role, but for partners', and each pipeline that reads, against the lines.

    That who has a line holds the clearance is asked of groups here, of pipelines by I31.
    """
    for assignment in _assignments(subject):
        if not assignment.account.startswith(_PARTNER):
            yield Fact(f"{_shown(assignment)} by a line of a file", _unaccounted(assignment))
    yield Fact("who has an approved line of a clearance's file, and an id, holds the clearance", _left_out)
    yield Fact("a group of engineers, owners or auditors, with an id, has the role where its file says", _not_staff)
    for domain in subject.plan.domains.values():
        for role in domain.pipelines.values():
            if role.within:
                yield Fact(f"the pipeline of {role.domain}.{role.product} by a line of a file", _uncleared(role))


def partners_stand_apart(subject: Subject) -> Iterator[AnyClaim]:
    """Facts of I27: partners' people are those of the partner's file, and no group, by name or id, is anywhere else."""
    for assignment in _assignments(subject):
        if assignment.account.startswith(_PARTNER):
            yield Fact(f"{_shown(assignment)} as 'principals' of the partner's file", _uninvited(assignment))
    yield Fact("a group, by its id and by its name, is the mesh's own or one partner's", _on_two_sides)
    yield Fact("an id of IAM Identity Center stands under one name", _two_names)


def _assignments(subject: Subject) -> tuple[Assignment, ...]:
    people = subject.plan.organization.people
    return people.assignments if people else ()


def _role(subject: Subject, assignment: Assignment) -> str:
    """Pattern of the role that an assignment leads to; empty where there is no such permission set."""
    people = subject.plan.organization.people
    sets = people.permission_sets if people else ()
    return next((one.role for one in sets if one.name == assignment.permission_set), "")


def _shown(assignment: Assignment) -> str:
    return f"{assignment.group} ({assignment.group_id}) has {assignment.permission_set} in {assignment.account}"


def _unaccounted(assignment: Assignment) -> Callable[[Subject], str | None]:
    def failure(subject: Subject) -> str | None:
        people, role = subject.written_people, _role(subject, assignment)
        if any(
            role == names.staff_role("*", staff.duty)
            and assignment.account == f"{_DOMAIN}{staff.domain}"
            and assignment.group_id == people.ids.get(staff.group)
            for staff in people.staff
        ):
            return None
        lines = [
            member
            for member in people.members
            if role == names.clearance_role("*", member.clearance)
            and assignment.account == f"{_DOMAIN}{member.domain}"
            and assignment.group_id == people.ids.get(member.group)
        ]
        if not lines:
            return f"no file gives that group {role or 'such a permission set'} there"
        objections = [people.objection(line, subject.plan.as_of) for line in lines]
        return None if "" in objections else objections[0]

    return failure


def _uncleared(role: PipelineRoleArgs) -> Callable[[Subject], str | None]:
    def failure(subject: Subject) -> str | None:
        product = f"{role.domain}.{role.product}"
        granted = role.grants or product in subject.plan.governance.catalog.machines
        if not (role.reading or granted):
            return None
        return subject.written_people.objection_to(product, role.clearance or "", subject.plan.as_of) or None

    return failure


def _held(subject: Subject) -> set[tuple[str, str, str]]:
    """Role, account and group of every assignment."""
    return {(_role(subject, one), one.account, one.group_id) for one in _assignments(subject)}


def _not_staff(subject: Subject) -> str | None:
    people, held = subject.written_people, _held(subject)
    for staff in people.staff:
        group_id, role = people.ids.get(staff.group), names.staff_role("*", staff.duty)
        if group_id and (role, f"{_DOMAIN}{staff.domain}", group_id) not in held:
            return f"{staff.group} is no {staff.duty} of {staff.domain}"
    return None


def _left_out(subject: Subject) -> str | None:
    people, held = subject.written_people, _held(subject)
    for member in people.members:
        group_id, role = people.ids.get(member.group), names.clearance_role("*", member.clearance)
        wanted = (role, f"{_DOMAIN}{member.domain}", group_id)
        if group_id and wanted not in held and not people.objection(member, subject.plan.as_of):
            return f"{member.group} does not hold {member.clearance} in {member.domain}"
    return None


def _uninvited(assignment: Assignment) -> Callable[[Subject], str | None]:
    def failure(subject: Subject) -> str | None:
        people, role = subject.written_people, _role(subject, assignment)
        if role != names.role("*", "access"):
            return f"it leads to {role or 'no role'}, which is not that of a partner's people"
        invited = people.principals.get(assignment.account.removeprefix(_PARTNER), frozenset())
        ids = {people.ids.get(group) for group in invited}
        return None if assignment.group_id in ids else "the file names no such group"

    return failure


def _on_two_sides(subject: Subject) -> str | None:
    sides: dict[str, str] = {}
    for one in _assignments(subject):
        side = one.account if one.account.startswith(_PARTNER) else "the mesh"
        for called in (one.group_id, one.group):
            other = sides.setdefault(called, side)
            if other != side:
                return f"{one.group} ({one.group_id}) signs in as of {other} and of {side}"
    return None


def _two_names(subject: Subject) -> str | None:
    first: dict[str, str] = {}
    for group, group_id in subject.written_people.ids.items():
        other = first.setdefault(group_id, group)
        if other != group:
            return f"{group_id} is the id of {other} and of {group}"
    return None
