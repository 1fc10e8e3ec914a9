"""Bounds of blast radii: each is kept, is about somebody, and lets nothing be loosened or entered in vain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mesh.plan import Plan
from mesh.proof.claims import Witness
from mesh.proof.invariants.becoming import ASKED, NO_WAY, acting_through_a_role, nobody_becomes_more
from mesh.proof.reachability.adversaries import Adversaries
from mesh.proof.reachability.blast_bounds import BOUNDS, BlastBound, standing_of, within
from mesh.proof.reachability.classes import bound_to, unit_of
from mesh.proof.reachability.gains import GUARDRAILS
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels
from tests.mesh.proof.reachability.seeded_ways import WAYS, opened


@pytest.fixture(scope="module")
def adversaries(plan: Plan, written: WrittenLabels) -> Adversaries:
    return Adversaries(Subject(plan, written))


def test_every_class_has_a_bound_and_every_bound_is_of_a_class(adversaries: Adversaries) -> None:
    classes = {bound_to(start) for start in adversaries.starts}
    assert classes <= set(BOUNDS)
    assert {name for name in set(BOUNDS) - classes if not name.startswith("ci ")} == set()


def test_no_class_is_beyond_its_bound(adversaries: Adversaries) -> None:
    beyond = {bound_to(s) for s in adversaries.starts if not within(adversaries.graph, adversaries.radius(s))}
    assert beyond == set()


def test_no_bound_lets_a_guardrail_be_loosened_that_nobody_of_the_class_loosens(adversaries: Adversaries) -> None:
    loosened: dict[str, set[str]] = {name: set() for name in BOUNDS}
    for start in adversaries.starts:
        harms = adversaries.radius(start).harms
        loosened[bound_to(start)] |= {each.gain.what for each in harms if each.gain.verb == "loosens"}
    loose = {name: sorted(let(bound) - loosened[name]) for name, bound in BOUNDS.items()}
    assert {name: extra for name, extra in loose.items() if extra} == {}


def test_no_bound_lets_an_account_be_entered_that_nobody_of_the_class_enters(adversaries: Adversaries) -> None:
    graph, entered = adversaries.graph, {name: set[str]() for name in BOUNDS}
    for start in adversaries.starts:
        at_home = {*standing_of(graph, start).owners, graph.owners.get(start.account, "")}
        others = set(adversaries.radius(start).accounts) - at_home
        entered[bound_to(start)] |= {unit_of(owner) for owner in others}
    loose = {name: sorted(bound.enters - entered[name]) for name, bound in BOUNDS.items()}
    assert {name: extra for name, extra in loose.items() if extra} == {}


def let(bound: BlastBound) -> frozenset[str]:
    """The guardrails that a bound lets be loosened, anywhere."""
    return bound.loosens.union(*bound.elsewhere.values())


def test_guardrails_of_bounds_are_guardrails() -> None:
    known = {guardrail.name for guardrail in GUARDRAILS}
    assert {name for bound in BOUNDS.values() for name in let(bound)} <= known


def test_who_may_do_everything_is_few_and_says_why() -> None:
    unbounded = {name for name, bound in BOUNDS.items() if bound.unbounded and bound.why}
    assert unbounded == {
        "administrator of management",
        "break-glass",
        "break-glass user",
        "ci organization",
        "deploy of management",
        "stack sets",
    }


def test_an_action_that_is_no_way_is_allowed_to_somebody_and_not_asked() -> None:
    assert set(NO_WAY) <= set(acting_through_a_role())
    assert ASKED.isdisjoint(NO_WAY)


def witnesses(subject: Subject) -> Iterator[Witness]:
    return (found for claim in nobody_becomes_more(subject) if (found := claim.check(subject)))


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    [
        "a_clearance_admits_any_role_of_its_account",
        "a_domains_deployment_makes_its_readers",
        "a_domains_deployment_passes_expressions_on",
        "a_partners_group_is_a_member_of_a_domain",
        "a_group_stands_in_two_partners",
        "a_publisher_admits_the_deployment_of_another_domain",
        "a_permission_set_leads_into_every_clearance",
        "the_glass_is_broken_without_a_key",
    ],
)
def test_the_invariant_fails_with_the_path_as_its_witness(plan: Plan, written: WrittenLabels, name: str) -> None:
    subject = Subject(plan, written)
    seeded = next(each for each in WAYS if each.name == name)
    assert next(witnesses(subject), None) is None
    with opened(subject, seeded):
        assert any(seeded.path[-1].kind in found.text for found in witnesses(subject)), "R1 notices nothing"
