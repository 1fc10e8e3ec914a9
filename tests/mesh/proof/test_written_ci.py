"""CI as it is written (M18): a plan that puts another repository, environment or audience into a trust is a witness."""

from __future__ import annotations

import dataclasses

import pytest

from mesh.plan import Plan
from mesh.proof.invariants import INVARIANTS
from mesh.proof.subject import Subject
from mesh.proof.written_ci import WrittenCi, written_ci
from mesh.proof.written_labels import WrittenLabels

(TOKENS,) = (invariant for invariant in INVARIANTS if invariant.id == "M18")
SAMPLE = {"issuer": "token.actions.githubusercontent.com", "repository": "aurora-streaming/data-mesh"}


def witnesses(plan: Plan, written: WrittenLabels, ci: WrittenCi | None) -> list[str]:
    subject = Subject(plan, dataclasses.replace(written, ci=ci))
    found = (claim.check(subject) for claim in TOKENS.claims(subject))
    return [witness.text for witness in found if witness]


def test_the_sample_mesh_is_as_it_is_written(plan: Plan, written: WrittenLabels) -> None:
    assert written.ci == written_ci({"ci": SAMPLE})
    assert witnesses(plan, written, written.ci) == []


@pytest.mark.parametrize(
    ("more", "stacks"),
    [
        ({"repository": "aurora-streaming/another"}, 11),
        ({"audience": "https://example.com"}, 11),
        ({"issuer": "token.actions.githubusercontent.com/aurora"}, 11),
        ({"environments": {"access": "readers"}}, 1),
        ({"repositories": {"domain-ads": "aurora-streaming/ads"}}, 1),
    ],
)
def test_a_trust_that_differs_from_what_is_written_is_a_witness(
    plan: Plan, written: WrittenLabels, more: dict[str, object], stacks: int
) -> None:
    found = witnesses(plan, written, written_ci({"ci": {**SAMPLE, **more}}))
    assert len(found) == stacks
    assert all("mesh.yaml and its trust differ in" in text for text in found)


def test_roles_of_ci_that_nobody_wrote_are_witnesses(plan: Plan, written: WrittenLabels) -> None:
    assert written_ci({}) is None
    assert len(witnesses(plan, written, None)) == 11
