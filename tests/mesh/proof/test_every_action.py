"""U1: what the files leave out, name wrongly or bound by nothing fails the proof, with the action and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mesh.aws.allowed_actions import AllowedAction, ListedService, listed_services
from mesh.aws.universe import universe as of_aws
from mesh.evaluator.decide import Request, examine
from mesh.plan import Plan
from mesh.proof.bounds import Bounds
from mesh.proof.claims import Claim, Witness
from mesh.proof.invariants import asked, every_action
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


def failing(subject: Subject, action: AllowedAction) -> Iterator[str]:
    """What the proof says about an action of Glue that is bounded like this one."""
    bounds = Bounds(subject)
    for bound in action.bound:
        claim = every_action.of_bound(subject, asked, bounds, f"glue:{action.name}", action, bound)
        witness: Witness | None = claim.check(subject)
        yield witness.text if witness else ""


@pytest.mark.parametrize(
    ("name", "bound", "words"),
    [
        ("GetTable", "RefuseTheMoon", "RefuseTheMoon is the Sid of no statement of the plan that denies"),
        ("GetTable", "RefuseChangesToJobs", "RefuseChangesToJobs does not name it"),
        ("GetTable", "I99", "there is no invariant I99"),
        ("GetTable", "I22", "I22 does not ask it"),
        ("GetTable", "DataWork", "DataWork is the Sid of no statement of the plan that denies"),
        ("UpdateJob", "RefuseChangesToJobs", ""),
        ("CreateTable", "I23", ""),
    ],
)
def test_a_bound_that_bounds_nothing_is_told(subject: Subject, name: str, bound: str, words: str) -> None:
    action = AllowedAction(name=name, can=("reads data",), bound=(bound,), reason="x")
    (text,) = failing(subject, action)
    assert words in text
    assert bool(text) == bool(words)
    assert "mesh/aws/actions/glue.yaml" in text or not text


def test_a_statement_that_no_longer_refuses_fails_the_bound(subject: Subject) -> None:
    found = Bounds(subject).refused("glue:UpdateJob", "RefuseChangesToJobs")
    assert not isinstance(found, str)
    who, request = found
    claim = Claim(who, request, by="RefuseChangesToJobs")
    assert claim.check(subject) is None
    other = Claim(who, request, by="RefuseStartingJobs").check(subject)
    assert other is not None
    assert "is not refused by RefuseStartingJobs" in other.text


def test_a_refused_action_that_somebody_may_do_is_told(subject: Subject) -> None:
    """The files say that it is refused, and the documents let it through."""
    action = "ram:CreateResourceShare"
    claims = [
        Claim("the deployment", Request(f"arn:aws:iam::{subject.hub}:role/mesh/deploy", action, "*"), False, ("scp",))
    ]
    assert [claim.check(subject) is not None for claim in claims] == [True]


def test_one_name_more_in_an_allow_list_is_told(subject: Subject) -> None:
    assert every_action.other_names(subject) is None
    (policy,) = {
        policy
        for node in subject.world.account(subject.hub).service_control
        for policy in node
        if policy.name == "mesh-actions-of-data"
    }
    document = dict(policy.document)
    (statement,) = document["Statement"]
    for more in ("glue:RenameTable", "bedrock:*", "glue:G*"):
        wider = {**statement, "NotAction": [*statement["NotAction"], more]}
        with policy.standing_in({**document, "Statement": [wider]}):
            assert (every_action.other_names(subject) is None) == (more == "bedrock:*")


def test_all_actions_of_aws_are_asked_one_of_each_service_that_is_not_listed() -> None:
    few, every = set(every_action.refused_actions(of_aws())), set(every_action.refused_actions(of_aws(), of_each=None))
    services = listed_services()
    unlisted = {action.partition(":")[0] for action in every} - services.keys()
    assert {action.partition(":")[0] for action in few} >= unlisted
    allowed = sum(len(service.allowed) for service in services.values())
    assert len(every) == of_aws().size - allowed


@pytest.mark.long
def test_every_action_of_every_service_is_refused_for_everybody(subject: Subject) -> None:
    callers = tuple(every_action.everybody(subject))
    assert {caller.kind for caller in callers} >= {"other", "deploy", "pipeline", "break-glass"}
    let = [
        f"{caller.who}: {action}"
        for action in every_action.refused_actions(of_aws(), of_each=None)
        for caller in callers
        if not examine(Request(caller.name, action, "*"), subject.world).denied("scp")
    ]
    assert let == []


def test_numbers_are_those_of_the_files() -> None:
    count = every_action.count()
    assert count.every - count.allowed + sum(len(each.allowed) for each in listed_services().values()) == count.every
    assert "classified: " in count.text
    assert count.as_json()["by"].keys() == {*count.by_power}


def test_an_action_taken_out_of_the_files_fails_the_proof(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    glue = listed_services()["glue"]
    fewer: dict[str, ListedService] = {
        **listed_services(),
        "glue": replace(glue, refused={name: why for name, why in glue.refused.items() if name != "RenameTable"}),
    }
    monkeypatch.setattr(every_action, "listed_services", lambda: fewer)
    first = next(iter(every_action.every_action(subject, asked)))
    witness = first.check(subject)
    assert witness is not None
    assert "glue:RenameTable is neither refused nor allowed" in witness.text
