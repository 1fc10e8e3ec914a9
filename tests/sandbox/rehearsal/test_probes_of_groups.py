"""Probes of people by group: each assignment leads into its one role; one that is not stored leads nowhere."""

from __future__ import annotations

from mesh.access import from_plan
from mesh.evaluator import decide
from mesh.plan import Plan
from mesh.plan.nodes import Assignment
from sandbox.emulator.identity_center import LiveAssignment
from sandbox.rehearsal.probes import Probe
from sandbox.rehearsal.probes_of_groups import probes_of_groups


def _assignments(plan: Plan) -> tuple[Assignment, ...]:
    people = plan.organization.people
    assert people
    return people.assignments


def _probes(plan: Plan) -> list[Probe]:
    stored = (
        LiveAssignment(each.group_id, each.permission_set, plan.access[each.account].account_id)
        for each in _assignments(plan)
    )
    return list(probes_of_groups(plan, set(stored)))


def test_each_group_comes_into_the_role_of_its_permission_set_and_into_no_other(plan: Plan) -> None:
    world, probes = from_plan.world(plan), _probes(plan)
    assert [decide(*each.requests, world).allowed for each in probes] == [True, False] * len(_assignments(plan))
    entered = {(each.persona.who, each.label.split()[1]) for each in probes[::2]}
    assert {
        ("group:fraud-investigations@identity", "mesh/clearance/restricted"),
        ("group:content-engineers@content", "mesh/engineer"),
        ("group:internal-audit@ads", "mesh/auditor"),
        ("group:subtitling-translators@subtitling", "mesh/access"),
    } <= entered


def test_every_group_of_the_plan_is_among_the_callers(plan: Plan) -> None:
    callers = {each.persona.who.removeprefix("group:").partition("@")[0] for each in _probes(plan)}
    assert callers == {each.group for each in _assignments(plan)}
    assert len(callers) > 20


def test_of_an_assignment_that_is_not_stored_nobody_signs_in(plan: Plan) -> None:
    probes = list(probes_of_groups(plan, set()))
    assert {each.persona.role for each in probes} == {""}
    assert all(each.requests[0].principal.startswith("arn:aws:sts::") for each in probes)
