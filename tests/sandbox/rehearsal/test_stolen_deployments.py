"""Probes of stolen deployments: every one is tried, and the plan refuses each of them."""

from __future__ import annotations

from collections import Counter

from mesh.access import from_plan, planned_lakes
from mesh.access.data_locations import may_create_database
from mesh.evaluator import decide
from mesh.plan import Plan
from sandbox.rehearsal.personas import personas
from sandbox.rehearsal.probes import Probe
from sandbox.rehearsal.stolen_deployments import probes_of_stolen_deployments


def _probes(plan: Plan) -> list[Probe]:
    return list(probes_of_stolen_deployments(plan, list(personas(plan))))


def test_every_deployment_and_every_publisher_of_the_member_accounts_try(plan: Plan) -> None:
    callers = {probe.persona.who for probe in _probes(plan)}
    who = ("deploy@{}", "deploy-access@{}", "publisher:{}")
    others = {f"deploy@{home}" for home in ("governance", *plan.partners)}
    assert callers == {each.format(domain) for domain in plan.domains for each in who} | others


def test_roles_grants_locations_and_places_are_tried(plan: Plan) -> None:
    tried = Counter(probe.operation for probe in _probes(plan))
    domains = len(plan.domains)
    of_readers, of_first_roles = 2, 3 + 3  # of a clearance and a pipeline; by both deployments, those of a domain
    of_governance, of_partners = 2 + 1 + 5, 2 * len(plan.partners)
    assert tried["update_assume_role_policy"] == (of_readers + of_first_roles) * domains + of_governance + of_partners
    assert tried["grant_permissions"] == tried["put_data_lake_settings"] == domains
    assert tried["register_resource"] == tried["deregister_resource"] == 3 * domains
    assert tried["create_database"] == 2 * domains  # by the deployment, and by the publisher


def test_the_plan_refuses_every_one_by_a_control_policy_and_squatting_twice(plan: Plan) -> None:
    world, hub = from_plan.world(plan), planned_lakes.lakes(plan).lakes[plan.perimeter.governance_id]
    for probe in _probes(plan):
        decisions = [decide(request, world) for request in probe.requests]
        if probe.place:
            # By the catalog's policy, and by Lake Formation.
            assert not any(decision.allowed for decision in decisions), probe.label
            assert may_create_database(hub, probe.persona.role, probe.place) is None
        else:
            assert {decision.layer for decision in decisions} == {"scp"}, (probe.persona.who, probe.label)
