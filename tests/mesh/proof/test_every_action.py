"""U1: what the files leave out, name wrongly or bound by nothing fails the proof, with the action and what to do."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from mesh.aws.allowed_actions import (
    AllowedAction,
    ListedService,
    allowed_actions,
    listed_services,
    of_action,
    second_reading,
)
from mesh.aws.universe import universe as of_aws
from mesh.evaluator.decide import Request, examine
from mesh.plan import Plan
from mesh.proof.bounds import Bounds
from mesh.proof.claims import Claim, Fact, Witness, refused_by
from mesh.proof.invariants import asked, boundary, every_action
from mesh.proof.invariants.harm import ELSEWHERE, asked_by
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


def wrong_with(subject: Subject, action: str, bound: str) -> list[str]:
    """What the proof says about an action that is said to be bounded so, claim by claim; empty texts are good."""
    claims = every_action.of_bound(subject, asked, Bounds(subject), action, bound)
    witnesses: list[Witness | None] = [claim.check(subject) for claim in claims]
    return [witness.text if witness else "" for witness in witnesses]


@pytest.mark.parametrize(
    ("action", "bound", "words"),
    [
        ("glue:GetTable", "RefuseTheMoon", "RefuseTheMoon is the Sid of no statement of the plan that denies"),
        ("glue:GetTable", "RefuseChangesToJobs", "RefuseChangesToJobs does not name it"),
        ("glue:GetTable", "I99", "there is no invariant I99"),
        ("glue:GetTable", "I22", "I22 does not refuse it to anybody"),
        ("glue:GetTable", "DataWork", "DataWork is the Sid of no statement of the plan that denies"),
        ("glue:UpdateJob", "RefuseChangesToJobs", ""),
        ("glue:CreateTable", "I23", ""),
        # I25 says that people start triggers, and refuses nobody; M12 refuses a name to all who may not give one.
        ("glue:StartTrigger", "I25", "I25 does not refuse it to anybody"),
        ("sts:SetSourceIdentity", "M12", ""),
        # The wall against outsiders stands before a key, not before the making of one.
        ("kms:CreateKey", "RefuseCallersOutsideTheOrganisation", "refuses nobody it"),
    ],
)
def test_a_bound_that_bounds_nothing_is_told(subject: Subject, action: str, bound: str, words: str) -> None:
    (text,) = wrong_with(subject, action, bound)
    assert words in text
    assert bool(text) == bool(words)
    assert f"mesh/aws/actions/{action.partition(':')[0]}.yaml" in text or not text


@pytest.mark.parametrize(
    ("action", "bound", "words"),
    [
        ("glue:CreateCrawler", "iam:PassRole", ""),
        ("glue:StartTrigger", "glue:CreateTrigger", ""),
        ("dynamodb:UpdateTable", "dynamodb:CreateTableReplica", ""),
        ("glue:CreateCrawler", "glue:StopCrawler", "glue:StopCrawler has no bound of its own"),
        ("glue:CreateCrawler", "glue:FlyToTheMoon", "glue:FlyToTheMoon is no action that AWS has"),
    ],
)
def test_harm_by_means_of_another_action_is_asked_of_that_action(
    subject: Subject, action: str, bound: str, words: str
) -> None:
    texts = wrong_with(subject, action, bound)
    assert texts
    assert all(bool(text) == bool(words) and words in text for text in texts)


def test_who_may_not_pass_a_role_is_asked_to_pass_one(subject: Subject) -> None:
    """The bound of a crawler or a job is a request, not a word: somebody passes a role of the mesh, and is refused."""
    (claim,) = every_action.of_bound(subject, asked, Bounds(subject), "glue:CreateJob", "iam:PassRole")
    assert isinstance(claim, Claim)
    assert (claim.request.action, claim.by) == ("iam:PassRole", "RefusePassingRolesOfTheMesh")
    assert ":role/mesh/" in claim.request.resource


def test_every_bound_is_a_claim_that_refuses(subject: Subject) -> None:
    """The one fact among them is that no document rests on a tag (I15)."""
    bounds = Bounds(subject)
    for name, action in allowed_actions():
        for bound in action.bound:
            for claim in every_action.of_bound(subject, asked, bounds, name, bound):
                if isinstance(claim, Fact):
                    assert bound == "I15", name
                    assert name.lower() in {each.lower() for each in claim.actions}
                else:
                    assert refused_by(claim), (name, bound)


@pytest.mark.parametrize(("action", "by"), ELSEWHERE.items())
def test_harm_that_is_asked_elsewhere_is_asked_there(subject: Subject, action: str, by: str) -> None:
    """Of an invariant, the action is refused somebody by it; another action is in the bounds, which U1 asks."""
    assert not of_action(action).harmless
    if ":" in by:
        assert by in of_action(action).bound
    else:
        claims = asked(subject, by)
        assert claims is not None
        assert action.lower() in claims


def test_tags_are_asked_by_the_invariant_that_says_so(subject: Subject) -> None:
    claims = asked(subject, "I15")
    assert claims is not None
    tagging = [action for action, _ in allowed_actions() if asked_by(action) == "I15"]
    assert len(tagging) > 30
    assert [action for action in tagging if action.lower() not in claims] == []
    assert asked_by("lakeformation:AddLFTagsToResource") is None  # grants rest on these
    assert "lakeformation:addlftagstoresource" not in claims


def test_the_boundary_is_asked_of_every_action_on_roles_that_does_harm(subject: Subject) -> None:
    """An action that a file adds is asked by I17 without anybody writing it there."""
    claims = asked(subject, "I17")
    assert claims is not None
    assert {"iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:TagRole"} <= set(boundary.changing("role"))
    assert set(boundary.changing("policy")) >= {"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"}
    for action in (*boundary.changing("role"), *boundary.changing("policy")):
        assert action.lower() in claims


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


def test_an_action_that_nobody_read_again_fails_the_proof(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = {name: can for name, can in second_reading().items() if name != "glue:GetTable"}
    monkeypatch.setattr(every_action, "second_reading", lambda: lost)
    texts = [claim.check(subject) for claim in islice(every_action.every_action(subject, asked), 3)]
    (witness,) = filter(None, texts)
    assert "glue:GetTable: nobody read it a second time: see mesh/aws/second_reading" in witness.text


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
    assert {caller.kind for caller in callers} >= {"other", "deploy", "check", "pipeline", "break-glass"}
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


def test_what_previews_alone_are_refused_bounds_nothing(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = AllowedAction(name="GetParameter", can=("reads data",), bound=("M10",), reason="Returns a value.")
    monkeypatch.setattr(every_action, "allowed_actions", lambda: [("ssm:GetParameter", reads)])
    first = next(every_action._bounds(subject, asked))
    assert "M10 bounds previews alone" in getattr(first.check(subject), "text", "")


def test_what_needs_no_permission_is_refused_by_nothing_whatever_a_policy_denies(subject: Subject) -> None:
    administrator = f"arn:aws:iam::{subject.hub}:role/somebody"
    claim = Claim("somebody", Request(administrator, "sts:GetSessionToken", "*"), allowed=False, denied=())
    assert "is allowed" in getattr(claim.check(subject), "text", "")
    with_a_deny = claim._replace(denied=("scp",))
    preview = subject.world.account(subject.hub)
    (policy, *_) = [each for node in preview.service_control for each in node if each.name == "mesh-guardrails-stay-up"]
    refuses = {"Sid": "X", "Effect": "Deny", "Action": "sts:GetSessionToken", "Resource": "*"}
    document = {**policy.document, "Statement": [*policy.document["Statement"], refuses]}
    preview.selected.clear()
    with policy.standing_in(document):
        assert "is allowed" in getattr(with_a_deny.check(subject), "text", "")
    preview.selected.clear()
