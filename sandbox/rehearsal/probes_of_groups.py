"""Probes of people by their group: each comes into the role that its permission set leads to, and into no other."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.access.from_plan import permission_set_role
from mesh.evaluator import Request
from mesh.plan import Plan
from mesh.plan.nodes import Assignment
from sandbox.emulator.identity_center import LiveAssignment
from sandbox.rehearsal.personas import SESSION_NAME, Persona
from sandbox.rehearsal.probes import Probe


def probes_of_groups(plan: Plan, stored: set[LiveAssignment]) -> Iterator[Probe]:
    """The probes of every assignment of the plan; of one that is not stored nobody signs in, which then shows.

    `stored` are the assignments that Identity Center has.
    """
    people = plan.organization.people
    for assignment in people.assignments if people else ():
        account = plan.access[assignment.account].account_id
        arn = permission_set_role(account, plan.perimeter.region, assignment.permission_set)
        is_stored = LiveAssignment(assignment.group_id, assignment.permission_set, account) in stored
        who = f"group:{assignment.group}@{assignment.account.removeprefix('domain-').removeprefix('partner-')}"
        entitled = Persona(who, "people", arn)
        signed_in = entitled if is_stored else Persona(who, "people", "")
        for role in (_led_to(assignment, account), _not_led_to(plan, assignment, account)):
            request = Request(entitled.principal, "sts:AssumeRole", role, {"sts:RoleSessionName": SESSION_NAME})
            parameters = {"RoleArn": role, "RoleSessionName": SESSION_NAME}
            label = f"assume {role.partition(':role/')[2]} in {account}"
            yield Probe(signed_in, label, "sts", "assume_role", parameters, (request,), origin="office")


def _led_to(assignment: Assignment, account: str) -> str:
    """The role that a permission set is for."""
    held = assignment.permission_set
    if held == names.PARTNER_PERMISSION_SET:
        return names.role(account, "access")
    duty = next((each for each in names.STAFF if names.staff_permission_set(each) == held), "")
    return names.staff_role(account, duty) if duty else names.clearance_role(account, held)


def _not_led_to(plan: Plan, assignment: Assignment, account: str) -> str:
    """A clearance that the permission set is not for: in the account, but for a partner, which has none there."""
    home = next(iter(plan.domains.values())).access.account_id
    others = (each.name for each in plan.governance.catalog.clearances if each.name != assignment.permission_set)
    place = home if assignment.permission_set == names.PARTNER_PERMISSION_SET else account
    return names.clearance_role(place, list(others)[-1])
