"""The known limits of docs/proofs.md are still so; who mends one takes it from the page, and its test from here."""

from __future__ import annotations

import pytest

from mesh.access import from_plan
from mesh.evaluator.decide import Decision, Request, decide
from mesh.evaluator.policies import Policy
from mesh.evaluator.world import World
from mesh.plan import Plan
from mesh.proof.invariants import INVARIANTS
from mesh.proof.subject import Subject
from tests.docs.pages import ROOT, Page

DOMAIN = "arn:aws:iam::310000000013:role"
STATEMENT = {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
LIMITS = Page(ROOT / "docs" / "proofs.md").text.partition("## Known limits")[2]


@pytest.fixture(scope="module")
def world(plan: Plan) -> World:
    return from_plan.world(plan)


def decided(world: World, principal: str, action: str, resource: str) -> Decision:
    return decide(Request(f"{DOMAIN}/{principal}", action, resource), world)


def test_an_action_that_nobody_listed_is_allowed_and_no_claim_asks_for_it(world: World, plan: Plan) -> None:
    action = "ssm:PutResourcePolicy"
    assert action in LIMITS
    assert decided(world, "Admin", action, "arn:aws:ssm:eu-west-1:310000000013:parameter/x").allowed
    subject = Subject(plan)
    (sharing,) = (invariant for invariant in INVARIANTS if invariant.id == "I19")
    assert not any(claim.check(subject) for claim in sharing.claims(subject))


def test_an_unlisted_resource_of_the_callers_account_wants_an_allow_of_the_callers(world: World) -> None:
    """AWS: within an account an Allow of the resource's policy to the role suffices."""
    assert "from its own account" in LIMITS
    decision = decided(world, "mesh/preview", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:310000000013:unplanned")
    assert (decision.allowed, decision.layer) == (False, "identity")


def test_what_aws_owns_is_refused_to_everybody(world: World) -> None:
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert policy in LIMITS
    assert not decided(world, "mesh/deploy", "iam:GetPolicy", policy).allowed


@pytest.mark.parametrize(
    "statement",
    [{key: value for key, value in STATEMENT.items() if key != "Resource"}, {**STATEMENT, "Condition": []}],
    ids=["no Resource", "an empty list as Condition"],
)
def test_a_document_that_aws_would_not_take_is_read_as_if_nothing_were_there(statement: dict[str, object]) -> None:
    assert [s.sid for s in policy(statement).allows("s3:getobject")] == ["A"]


def test_a_statement_that_is_a_text_ends_in_a_python_error() -> None:
    with pytest.raises(AttributeError):
        policy("x").allows("s3:getobject")


def policy(statement: object) -> Policy:
    return Policy("p", lambda: {"Version": "2012-10-17", "Statement": [statement]})
