"""Every way that a mistake opens is found, with its path; without the mistake there is none."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from mesh.plan import Plan
from mesh.proof.reachability.graph import AttackStep, PrincipalGraph, paths
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels
from tests.mesh.proof.reachability.seeded_ways import WAYS, SeededWay, opened

Paths = dict[str, tuple[AttackStep, ...]]


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


@pytest.fixture(scope="module")
def unopened(subject: Subject) -> Callable[[str], Paths]:
    """`unopened(adversary)`: where it comes to in the mesh as it is generated, by the names of principals."""
    graph = PrincipalGraph(subject)
    known = {node.name for node in graph.nodes.values()}
    return cache(lambda adversary: by_name(graph, adversary) if adversary in known else {})


def by_name(graph: PrincipalGraph, adversary: str) -> Paths:
    named = {node.name: node for node in graph.nodes.values()}
    return {graph.nodes[key].name: path for key, path in paths(graph, named[adversary]).items()}


@pytest.mark.long
@pytest.mark.parametrize("seeded", WAYS, ids=lambda seeded: seeded.name)
def test_a_way_that_a_mistake_opens_is_found_with_its_path(
    subject: Subject, unopened: Callable[[str], Paths], seeded: SeededWay
) -> None:
    target = seeded.path[-1].into
    assert target not in unopened(seeded.adversary), "the way is there without the mistake"
    with opened(subject, seeded) as graph:
        path = by_name(graph, seeded.adversary)[target]
    assert [(step.way.kind, step.way.by, step.target.name) for step in path] == [hop[:3] for hop in seeded.path]
    for step, hop in zip(path, seeded.path, strict=True):
        assert hop.sid in {cause.sid for cause in step.way.because}, str(step)


def test_ways_are_many_and_each_is_named_once() -> None:
    assert len({seeded.name for seeded in WAYS}) == len(WAYS)
    assert len(WAYS) >= 40


def test_names_of_principals_are_each_of_one(subject: Subject) -> None:
    names = [node.name for node in PrincipalGraph(subject).nodes.values()]
    assert len(set(names)) == len(names)
