"""Duties: what a role has to do is asked for, and everything harmful beside it, without a look at its policy."""

from __future__ import annotations

from collections import Counter

import pytest

from mesh import names
from mesh.aws.allowed_actions import is_allowed
from mesh.evaluator.decide import Request
from mesh.plan import Plan
from mesh.proof.claims import Claim
from mesh.proof.duties import Duty, RoleWork, claims, each, first_of_each, harmful_actions
from mesh.proof.duties.boundaries import OF_PRODUCTS, OF_PUBLISHERS, OF_TEAMS
from mesh.proof.duties.pipelines import of_pipeline
from mesh.proof.invariants.duties import roles_do_their_work
from mesh.proof.reach import Reach
from mesh.proof.subject import NO_ORGANIZATION, Subject
from mesh.proof.written_labels import WrittenLabels


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


@pytest.fixture(scope="module")
def asked(subject: Subject) -> list[Claim]:
    return [claim for claim in roles_do_their_work(subject) if isinstance(claim, Claim)]


def test_each_names_a_duty_for_every_action() -> None:
    assert list(each("s3: GetObject PutObject", "a", {"k": "v"})) == [
        Duty("s3:GetObject", "a", {"k": "v"}),
        Duty("s3:PutObject", "a", {"k": "v"}),
    ]


def test_every_kind_of_role_is_asked(asked: list[Claim]) -> None:
    kinds = Counter(claim.request.principal.partition(":role/mesh/")[2].partition("/")[0] for claim in asked)
    assert set(kinds) >= {
        "access", "break-glass", "check", "clearance", "delivery", "functions", "location", "pipeline", "publisher",
    }  # fmt: skip
    assert any("AWSReservedSSO_" in claim.request.principal for claim in asked)
    assert any(":user/mesh/break-glass/" in claim.request.principal for claim in asked)


def test_claims_are_few_and_their_number_does_not_grow_with_the_products(subject: Subject, asked: list[Claim]) -> None:
    assert len(asked) <= 37_000
    products = sum(len(domain.products) for domain in subject.plan.domains.values())
    pipelines = {claim.request.principal for claim in asked if ":role/mesh/pipeline/" in claim.request.principal}
    assert len(pipelines) < products


def test_every_harmful_action_of_aws_is_asked_of_a_pipeline_but_its_duties(subject: Subject) -> None:
    product = next(iter(subject.products))
    work = of_pipeline(subject, product)
    refused = {claim.request.action for claim in claims(work, subject.region) if claim.granted is False}
    duties = {duty.action for duty in work.duties}
    assert set(harmful_actions()) - refused <= duties
    # A duty is asked on what is another's as well.
    assert {"s3:GetObject", "s3:PutObject", "logs:PutLogEvents", "events:PutEvents"} <= refused


def test_a_duty_is_not_asked_to_be_refused(asked: list[Claim]) -> None:
    allowed = {(c.request.principal, c.request.action, c.request.resource) for c in asked if c.allowed or c.granted}
    keyed = {"kms", "s3", "events", "ec2"}  # with other keys the same request is no duty
    refused = {
        (c.request.principal, c.request.action, c.request.resource)
        for c in asked
        if c.granted is False and c.request.action.partition(":")[0] not in keyed
    }
    assert allowed & refused == set()


def test_one_of_each_form_is_taken() -> None:
    one, other = (RoleWork(who=who, role="r", duties=()) for who in ("one", "other"))
    assert [work.who for work in first_of_each([("a", one), ("a", other), ("b", other)])] == ["one", "other"]


def test_what_teams_do_is_allowed_in_the_mesh() -> None:
    parts = [actions.partition(": ") for actions in OF_TEAMS.values()]
    refused = [f"{s}:{n}" for s, _, actions in parts for n in actions.split() if not is_allowed(f"{s}:{n}")]
    assert refused == []


def test_a_role_that_can_do_more_is_seen(subject: Subject) -> None:
    """The deployment administers its account: of everything beside a duty nothing is refused by its own policy."""
    account = next(iter(subject.domains)).access.account_id
    work = RoleWork(
        who="the deployment", role=names.deploy_role(account), duties=(Duty("cloudwatch:ListMetrics", "*"),)
    )
    failing = [claim for claim in claims(work, subject.region) if claim.check(subject)]
    assert {claim.request.action for claim in failing} == set(harmful_actions())


def test_a_role_that_can_do_less_is_seen(subject: Subject) -> None:
    product = next(iter(subject.products))
    role = names.pipeline_role(product.account_id, product.name)
    queue = f"arn:aws:sqs:{subject.region}:{product.account_id}:x"
    work = RoleWork(who="a pipeline", role=role, duties=(Duty("sqs:SendMessage", queue),))
    witness = next(claims(work, subject.region)).check(subject)
    assert witness is not None
    assert "is not granted by the caller's own policies" in witness.text


@pytest.mark.parametrize(
    ("kinds", "planned"),
    [(("pipeline", "delivery", "start"), OF_PRODUCTS), (("publisher", "functions"), OF_PUBLISHERS)],
)
def test_what_a_boundary_lets_through_for_later_is_somebodys_work(
    asked: list[Claim], kinds: tuple[str, ...], planned: dict[str, str]
) -> None:
    """The sample mesh has roles of every kind: what they do not do, nobody will."""
    done = {
        claim.request.action
        for claim in asked
        if (claim.allowed or claim.granted) and claim.request.principal.partition(":role/mesh/")[2].startswith(kinds)
    }
    assert {f"{service}:{name}" for service, actions in planned.items() for name in actions.split()} <= done


def test_a_role_that_nobody_has_made_is_asked_as_if_it_carried_a_boundary(subject: Subject) -> None:
    """The evaluator takes it for an administrator, whom no boundary binds."""
    carrier = next(arn for arn, role in subject.world.roles.items() if role.boundary and role.account != subject.hub)
    bus = f"arn:aws:events:{subject.region}:{NO_ORGANIZATION}:event-bus/mesh"
    team = subject.other(carrier.split(":")[4], "domains", "a domain")
    unbound = Claim(team.who, Request(team.name, "events:PutEvents", bus), bounded=False)
    witness = unbound.check(subject)
    assert witness
    assert "is let through by the caller's boundary" in witness.text
    carried = unbound._replace(carries=carrier)
    assert carried.check(subject) is None
    boundary = subject.world.roles[carrier].boundary
    assert boundary
    reach = Reach([unbound, carried], subject.world)
    assert list(reach.of(boundary)) == [1]
