"""Losses of statements, conditions and grants: noticed by an invariant, explained, or reported."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mesh.plan import Plan
from mesh.proof import mutate
from mesh.proof.equivalent_mutants import REASONS
from mesh.proof.invariants import INVARIANTS
from mesh.proof.mutate import Mutant, Mutation, MutationOutcome, reason
from mesh.proof.policy_page.__main__ import LOSSES
from mesh.proof.policy_page.losses import measured, read
from mesh.proof.written_labels import WrittenLabels

ROOT = Path(__file__).resolve().parents[3]
BY_ID = {invariant.id: invariant for invariant in INVARIANTS}
BUCKET = "policy of bucket aurora-identity--profiles"
DEAD = {
    "Sid": "RefuseTheImpossible",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::aurora-identity--profiles/nothing-is-ever-here/*",
}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two invariants of products only."""
    monkeypatch.setattr(mutate, "INVARIANTS", (BY_ID["I14"], BY_ID["I11"]))


def outcomes(mutation: Mutation, document: str) -> dict[str, MutationOutcome]:
    """What comes of every loss of one document, by `Sid` or `operator key of Sid`."""
    (policy,) = (each for each in mutation.subject.policies if each.name == document)
    found = mutation._of_policy(policy)
    return {str(each.mutant).partition(": ")[2]: each for each in found}


def with_one_more(document: Mapping[str, Any], statement: Mapping[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(dict(document))
    changed["Statement"].append(dict(statement))
    return changed


@pytest.mark.usefixtures("few")
def test_a_dropped_statement_is_noticed_by_the_invariant_that_it_carries(plan: Plan, written: WrittenLabels) -> None:
    found = outcomes(Mutation(plan, written), BUCKET)
    assert found["RefuseOtherReaders"].noticed_by == "I14"
    assert found["RefuseCustomerKeys"].noticed_by == "I11"
    assert found["ArnNotLike aws:PrincipalArn of RefuseOtherReaders"].noticed_by == "I14"


@pytest.mark.usefixtures("few")
def test_all_invariants_that_fail_without_a_statement_are_told(plan: Plan, written: WrittenLabels) -> None:
    losses = list(Mutation(plan, written).of_statements())
    failing = dict(losses)
    assert failing[Mutant(BUCKET, "RefuseOtherReaders")] == ("I14",)
    assert failing[Mutant(BUCKET, "RefuseOtherKeys")] == ("I11",)
    assert ("I14", "I11") in [ids for mutant, ids in losses if mutant.sid == "DataWork"]
    assert failing[Mutant(BUCKET, "RefusePlainHttp")] == ()


@pytest.mark.usefixtures("few")
def test_what_only_another_invariant_would_notice_survives(plan: Plan, written: WrittenLabels) -> None:
    """Nothing is called noticed for want of looking: without I10 the loss of TLS is one that survives."""
    assert outcomes(Mutation(plan, written), BUCKET)["RefusePlainHttp"].survives


@pytest.mark.usefixtures("few")
def test_a_dead_statement_survives_and_is_reported(plan: Plan, written: WrittenLabels) -> None:
    mutation = Mutation(plan, written)
    (policy,) = (each for each in mutation.subject.policies if each.name == BUCKET)
    with policy.standing_in(with_one_more(policy.document, DEAD)):
        outcome = outcomes(mutation, BUCKET)["RefuseTheImpossible"]
    assert (outcome.survives, str(outcome.mutant)) == (True, f"{BUCKET}: RefuseTheImpossible")


@pytest.mark.usefixtures("few")
def test_a_loss_with_a_reason_is_explained_and_does_not_survive(plan: Plan, written: WrittenLabels) -> None:
    outcome = outcomes(Mutation(plan, written), BUCKET)["StringEquals aws:PrincipalOrgID of ClearedPeopleRead"]
    assert (outcome.noticed_by, outcome.survives) == (None, False)
    assert outcome.reason is not None
    assert "public" in outcome.reason


def test_a_reason_is_for_its_own_condition_and_not_for_the_statement() -> None:
    condition = "StringEquals aws:PrincipalOrgID"
    assert reason(Mutant("policy of bucket x", "ClearedPeopleRead", condition))
    assert reason(Mutant("policy of bucket x", "ClearedPeopleRead")) is None
    assert reason(Mutant("policy of bucket x", "ClearedPeopleRead", "ArnLike aws:PrincipalArn")) is None


@pytest.mark.usefixtures("few")
def test_after_a_run_the_documents_and_the_answers_are_as_before(plan: Plan, written: WrittenLabels) -> None:
    mutation = Mutation(plan, written)
    subject = mutation.subject
    before = dict(subject.documents)
    for document in (BUCKET, "mesh-domain-resources"):
        outcomes(mutation, document)
    assert dict(subject.documents) == before
    for name in ("I3", "I14"):
        assert [w.text for claim in BY_ID[name].claims(subject) if (w := claim.check(subject))] == []


def test_a_lost_grant_is_noticed_and_is_back_afterwards(
    plan: Plan, written: WrittenLabels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutate, "INVARIANTS", (BY_ID["I13"], BY_ID["I20"]))
    mutation = Mutation(plan, written)
    whole = mutation.subject.lakes
    found = list(mutation._of_grants())
    assert len(found) == sum(len(lake.grants) for lake in whole.lakes.values())
    assert [str(each.mutant) for each in found if each.survives] == []
    assert mutation.subject.lakes is whole


@pytest.fixture(scope="module")
def mutation(plan: Plan, written: WrittenLabels) -> Mutation:
    return Mutation(plan, written)


@pytest.fixture(scope="module")
def every_outcome(mutation: Mutation) -> list[MutationOutcome]:
    return list(mutation.run())


def surviving(found: list[MutationOutcome]) -> Iterator[str]:
    return (str(each.mutant) for each in found if each.survives)


@pytest.mark.long
def test_no_loss_in_the_sample_mesh_survives_without_a_reason(every_outcome: list[MutationOutcome]) -> None:
    assert list(surviving(every_outcome)) == []
    assert len(every_outcome) > 1000


@pytest.mark.long
@pytest.mark.parametrize("place", range(len(REASONS)), ids=lambda place: f"{REASONS[place][1]}: {REASONS[place][2]}")
def test_every_written_reason_explains_a_loss_that_nothing_notices(
    every_outcome: list[MutationOutcome], place: int
) -> None:
    document, sid, condition, why = REASONS[place]
    matches = mutate.fnmatch.fnmatchcase
    assert [
        outcome
        for outcome in every_outcome
        if outcome.reason == why
        and matches(outcome.mutant.document, document)
        and matches(outcome.mutant.sid, sid)
        and matches(outcome.mutant.condition, condition)
    ]


@pytest.mark.long
def test_the_page_of_statements_has_the_invariants_that_fail_without_each(
    mutation: Mutation, every_outcome: list[MutationOutcome]
) -> None:
    assert measured(mutation, every_outcome) == read(ROOT / LOSSES), "run `make statements`"
