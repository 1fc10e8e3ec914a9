"""Losses of statements, conditions and grants: noticed by an invariant, explained, or reported."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mesh.evaluator.policies import compiled
from mesh.load import load
from mesh.plan import Plan, build
from mesh.proof import mutate, verdicts, written_labels
from mesh.proof.equivalent_mutants import REASONS
from mesh.proof.forms import marker
from mesh.proof.invariants import INVARIANTS
from mesh.proof.mutants import Changed, Mutant, mutants
from mesh.proof.mutate import REFUSED_BY_AWS, Mutation, MutationOutcome, reason
from mesh.proof.policy_page.__main__ import LOSSES
from mesh.proof.policy_page.losses import measured, read
from mesh.proof.subject import Subject
from mesh.proof.verdicts import CODE, Explained, Verdict, as_text, code_digest, digest_of
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
    """What comes of every mutant of one document, as `Sid` or `Sid, change`, with the mistake behind it."""
    (policy,) = (each for each in mutation.subject.policies if each.name == document)
    return {str(each.mutant).partition(": ")[2]: each for each in mutation.of_policy(policy)}


def document(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [dict(statement)]}


def with_one_more(document: Mapping[str, Any], statement: Mapping[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(dict(document))
    changed["Statement"].append(dict(statement))
    return changed


@pytest.mark.usefixtures("few")
def test_a_dropped_statement_is_noticed_by_the_invariant_that_it_carries(plan: Plan, written: WrittenLabels) -> None:
    found = outcomes(Mutation(plan, written), BUCKET)
    assert found["RefuseOtherReaders dropped"].noticed_by == "I14"
    assert found["RefuseCustomerKeys dropped"].noticed_by == "I11"
    assert found["RefuseOtherReaders, ArnNotLike aws:PrincipalArn dropped"].noticed_by == "I14"


@pytest.mark.long
@pytest.mark.usefixtures("few")
def test_all_invariants_that_fail_without_a_statement_are_told(plan: Plan, written: WrittenLabels) -> None:
    losses = list(Mutation(plan, written).of_statements())
    failing = {mutant.sid: ids for mutant, ids in losses if mutant.document.startswith("policy of bucket aurora-ads--")}
    assert failing["RefuseOtherReaders"] == ("I14",)
    assert failing["RefuseOtherKeys"] == ("I11",)
    assert ("I14", "I11") in [ids for mutant, ids in losses if mutant.sid == "DataWork"]
    assert failing["RefusePlainHttp"] == ()


@pytest.mark.usefixtures("few")
def test_what_only_another_invariant_would_notice_survives(plan: Plan, written: WrittenLabels) -> None:
    """Nothing is called noticed for want of looking: without I10 the loss of TLS is one that survives."""
    assert outcomes(Mutation(plan, written), BUCKET)["RefusePlainHttp dropped"].survives


@pytest.mark.usefixtures("few")
def test_a_dead_statement_survives_and_is_reported(plan: Plan, written: WrittenLabels) -> None:
    mutation = Mutation(plan, written)
    (policy,) = (each for each in mutation.subject.policies if each.name == BUCKET)
    with policy.standing_in(with_one_more(policy.document, DEAD)):
        outcome = outcomes(mutation, BUCKET)["RefuseTheImpossible dropped"]
    assert (outcome.survives, str(outcome.mutant)) == (True, f"{BUCKET}: RefuseTheImpossible dropped")


@pytest.mark.usefixtures("few")
def test_a_loss_with_a_reason_is_explained_and_does_not_survive(plan: Plan, written: WrittenLabels) -> None:
    outcome = outcomes(Mutation(plan, written), BUCKET)["ClearedPeopleRead, StringEquals aws:PrincipalOrgID dropped"]
    assert (outcome.noticed_by, outcome.survives) == (None, False)
    assert outcome.reason is not None
    assert "public" in outcome.reason


def test_a_reason_is_for_its_own_condition_and_not_for_the_statement() -> None:
    condition = "StringEquals aws:PrincipalOrgID"
    assert reason(Mutant("policy of bucket x", "ClearedPeopleRead", condition))
    assert reason(Mutant("policy of bucket x", "ClearedPeopleRead")) is None
    assert reason(Mutant("policy of bucket x", "ClearedPeopleRead", "ArnLike aws:PrincipalArn")) is None


@pytest.mark.long
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


def mistakes_in_lakes(plan: Plan, written: WrittenLabels) -> list[MutationOutcome]:
    """Outcomes of every kind of mistake in a grant and in a label, each taken back."""
    mutation = Mutation(plan, written)
    whole = mutation.subject.lakes
    found = list(mutation.of_lakes())
    dropped = {each.mutant.sid for each in found if each.mutant.change == ""}
    form = marker(plan)
    forms = {grant.name: form(f"{grant.name} {grant.on}") for grant in whole.lakes[mutation.subject.hub].grants}
    assert {forms[name] for name in dropped & forms.keys()} == set(forms.values())
    assert {each.mutant.mistake for each in found} == {"dropped", "added", "widened", "turned"}
    assert mutation.subject.lakes is whole
    return found


@pytest.fixture
def those_of_lakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariants of Lake Formation only."""
    monkeypatch.setattr(mutate, "INVARIANTS", (BY_ID["I13"], BY_ID["I20"], BY_ID["I31"]))


@pytest.mark.usefixtures("those_of_lakes")
def test_a_mistake_in_a_grant_or_a_label_is_noticed_and_taken_back(tiny: Path) -> None:
    mesh = load(tiny).usable()
    found = mistakes_in_lakes(build(mesh, datetime.date(2027, 1, 1)), written_labels.read(tiny, mesh))
    # Nobody there holds a clearance without pii: a table that is opened opens to no one.
    assert [str(each.mutant) for each in found if each.survives] == [
        "labels of 200000000002: orders__customers, pii turned",
        "labels of 200000000002: orders__customers.customers, pii turned",
    ]


@pytest.mark.long
@pytest.mark.usefixtures("those_of_lakes")
def test_every_mistake_in_a_grant_or_a_label_of_the_sample_is_noticed(plan: Plan, written: WrittenLabels) -> None:
    assert [str(each.mutant) for each in mistakes_in_lakes(plan, written) if each.survives] == []


@pytest.mark.usefixtures("few")
def test_a_document_that_aws_would_not_take_is_noticed(plan: Plan, written: WrittenLabels) -> None:
    """A mutant with an operator that AWS does not have is refused when it is deployed."""
    mutation = Mutation(plan, written)
    (policy,) = (each for each in mutation.subject.policies if each.name == BUCKET)
    wrong = {**DEAD, "Condition": {"StringIs": {"aws:PrincipalArn": "x"}}}
    with policy.standing_in(with_one_more(policy.document, DEAD)):
        change = Changed(Mutant(BUCKET, "RefuseTheImpossible"), len(policy.document["Statement"]) - 1, wrong)
        noticing = mutate._Noticing(mutation, policy, [change])
    assert (noticing.by, noticing.open) == ([{REFUSED_BY_AWS: None}], set())


@pytest.mark.long
@pytest.mark.usefixtures("few")
def test_a_verdict_stands_until_something_changes_on_which_it_depends(plan: Plan, written: WrittenLabels) -> None:
    mutation = Mutation(plan, written)
    (policy,) = (each for each in mutation.subject.policies if each.name == BUCKET)
    verdict = mutation.of_form([policy]).verdict
    known = {BUCKET: verdict}
    assert mutation.of_form([policy], known).verdict is verdict
    assert mutation.of_form([policy, policy], known).verdict.digest == verdict.digest
    with policy.standing_in(with_one_more(policy.document, DEAD)):
        changed = mutation.of_form([policy], known)
    assert changed.verdict.digest != verdict.digest
    assert "RefuseTheImpossible" in {mutant.sid for mutant in changed.survivors}


@pytest.mark.parametrize("other", ["a document asked beside it", "a claim that asks it", "the code"])
def test_a_verdict_depends_on_documents_claims_and_code(other: str) -> None:
    policy, beside = compiled("policy of x", document(DEAD)), compiled("another", document(DEAD))
    before = digest_of("code", policy, [policy, beside], ["claim"])
    after = {
        "a document asked beside it": digest_of("code", policy, [policy], ["claim"]),
        "a claim that asks it": digest_of("code", policy, [policy, beside], ["claim", "another"]),
        "the code": digest_of("other code", policy, [policy, beside], ["claim"]),
    }
    assert before == digest_of("code", policy, [beside, policy], ["claim"])
    assert after[other] != before


def test_verdicts_are_read_as_they_were_written(tmp_path: Path) -> None:
    verdict = Verdict("policy of x", "0123", 2, {"I1": 3}, (Explained("a mutant", "a reason"),), ("f00",))
    (tmp_path / "verdicts.json").write_text(as_text([verdict]), "utf-8")
    assert verdicts.read(tmp_path / "verdicts.json") == {"policy of x": verdict}
    assert (verdict.mutants, verdicts.read(tmp_path / "none.json")) == (4, {})


def test_the_committed_verdicts_are_of_this_code() -> None:
    """The long test below makes them anew; this one says early that a change of the code has outdated them."""
    committed = json.loads((ROOT / "docs" / "verdicts.json").read_text("utf-8"))
    assert committed[verdicts.OF_CODE] == code_digest(), "run `make mutants`"


@pytest.mark.long
def test_no_mistake_in_the_sample_mesh_goes_unnoticed_without_a_reason(plan: Plan, written: WrittenLabels) -> None:
    known = verdicts.read(ROOT / "docs" / "verdicts.json")
    outcomes = list(Mutation(plan, written).run(known))
    assert [str(mutant) for outcome in outcomes for mutant in outcome.survivors] == []
    assert sum(outcome.verdict.mutants for outcome in outcomes) > 5000
    written_down = (ROOT / "docs" / "verdicts.json").read_text("utf-8")
    assert as_text(outcome.verdict for outcome in outcomes) == written_down, "run `make mutants`"


@pytest.mark.long
@pytest.mark.parametrize("place", range(len(REASONS)), ids=lambda place: f"{REASONS[place][1]}: {REASONS[place][2]}")
def test_every_written_reason_explains_a_mistake_that_nothing_notices(place: int) -> None:
    """In the committed verdicts, which the test above holds fresh."""
    why = REASONS[place][3]
    known = verdicts.read(ROOT / "docs" / "verdicts.json")
    assert [each for verdict in known.values() for each in verdict.explained if each.reason == why]


def test_every_written_reason_is_about_a_document_that_there_is(
    plan: Plan, written: WrittenLabels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that is renamed leaves its reason behind; whether nothing notices the mistake, a long test tells."""
    documents = [(each.name, each.document["Statement"]) for each in Subject(plan, written).policies]
    with_sids = [(name, said) for name, said in documents if all("Sid" in statement for statement in said)]
    made = [changed.mutant for name, said in with_sids for changed in mutants(name, said)]
    for one in REASONS:
        monkeypatch.setattr(mutate, "REASONS", (one,))
        assert any(reason(mutant) for mutant in made), one


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_page_of_statements_has_the_invariants_that_fail_without_each(plan: Plan, written: WrittenLabels) -> None:
    assert measured(Mutation(plan, written)) == read(ROOT / LOSSES), "run `make statements`"


@pytest.mark.parametrize("file", ["claims.py", "invariants/products.py", "actions/s3.yaml"])
def test_verdicts_depend_on_code_and_on_classified_actions_at_every_depth(tmp_path: Path, file: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("before")
    before = code_digest([tmp_path])
    (tmp_path / file).write_text("after")
    assert code_digest([tmp_path]) != before
    assert any((folder / file).is_file() for folder in CODE)
