"""The road from nothing is walked: each command of docs/on-aws.md, by who may type it at that moment.

A walk asks every call of the AWS plugin; a quick one leaves those out, and asks who enters which role, and what has to
be there. What a quick walk is refused, a whole one is, too.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mesh.aws.plugin_table import plugin_types
from mesh.evaluator import facts
from tests.road.aws_calls import calls_of
from tests.road.moment import NOTHING, Moment, Needed, RefusedError, Taken
from tests.road.road import ADMINISTRATOR, MANAGEMENT, STATE_KEEPER, Road, prepared
from tests.road.stack_runs import ORGANIZATION_ITSELF
from tests.road.steps import is_known, walk

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "on-aws.md").read_text("utf-8")
COMMANDS: list[str] = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)


@dataclass(frozen=True)
class Walks:
    """The whole walk with the moments before each command, from which other walks go on."""

    road: Road
    before: tuple[Moment, ...]
    end: Moment

    def refusal(self, taken: Taken = NOTHING, lacking: str = "", commands: list[str] = COMMANDS, start: int = 0) -> str:
        """What AWS says to a walk that it refuses; empty for one that leads to its end."""
        for quick in (True, False):
            aws = self.before[start].again(taken, lacking, quick=quick)
            if start == 0:
                self.road.begin(aws)
            try:
                deque(walk(commands, aws, self.road, start), maxlen=0)
            except RefusedError as refused:
                return str(refused)
        return ""

    def without(self, taken: Taken) -> str:
        """What AWS says to a walk for which something is taken away, from the command on with which it comes."""
        return self.refusal(taken, start=self.end.since[taken.document])


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Walks:
    road = prepared(tmp_path_factory.mktemp("road"))
    aws = Moment(MANAGEMENT, "eu-west-1")
    road.begin(aws)
    before = tuple(moment.again() for moment in walk(COMMANDS, aws, road))
    return Walks(road, before, aws)


def test_every_command_of_the_page_is_a_step() -> None:
    assert [command for command in COMMANDS if not is_known(command)] == []


def test_a_command_that_nobody_knows_is_noticed() -> None:
    for command in ("aws organizations list-everything", "pulumi about", "terraform apply"):
        assert not is_known(command)


def test_the_road_leads_from_one_account_to_the_first_product(walks: Walks) -> None:
    road, whole = walks.road, walks.end
    callers = {who.split(":")[4] for who, _, _ in whole.asked}
    assert callers - {"999999999991"} == {MANAGEMENT, *road.ids.values()}
    assert len(whole.asked) > 3000
    assert {"run of organization", "run of access-playback", "run of domain-playback"} <= whole.things.keys()


# ---- what a command asks


def test_what_the_cli_asks_is_an_action_of_aws_on_a_resource_that_it_takes() -> None:
    calls = [call for command in COMMANDS if command.startswith("aws ") for call in calls_of(command, MANAGEMENT)]
    assert len(calls) > 30
    for action, resource in calls:
        assert facts.known_action(action)
        assert resource == "*" or facts.takes(action, resource), (action, resource)


def test_every_stack_of_the_page_is_asked_what_the_plugin_always_calls(walks: Walks) -> None:
    asked = {(who, action) for who, action, _ in walks.end.asked}
    always: set[tuple[str, str]] = set()
    for stack in ("organization", "governance", "partner-subtitling", "access-playback", "domain-playback"):
        for each in walks.road.footprint_of(stack, walks.road.last):
            calls = plugin_types()[each.type].calls("update" if each.type == ORGANIZATION_ITSELF else "create")
            unconditional = [call.action for call in calls if not call.when and not call.forgiven]
            always |= {(each.access.deploy_role, action) for action in unconditional}
    assert len(always) > 150
    assert always - asked == set()


# ---- permissions


ENTERED = r"role/mesh/(deploy|deploy-access|preview|ci/.*|break-glass/.*), trust"
ENTERING = r"(role/mesh/(ci|break-glass)/.*|user/.*), mesh"
FIRST = tuple(Taken(f"role/mesh/{name}, trust", "TheFirstAdministrator") for name in ("deploy", "preview"))
"""What the second template takes back."""

EXCEPTIONS = (
    Taken("mesh-guardrails-stay-up", "RefuseChangesToFirstRoles"),
    Taken("mesh-guardrails-stay-up", "RefuseChangesToRolesOfTheMesh"),
    Taken("mesh-guardrails-stay-up", "RefuseOtherFederation"),
    Taken("mesh-guardrails-stay-up", "RefuseRolesWithoutTheBoundary"),
    Taken("mesh-who-reads", "RefuseMakingReaders"),
    Taken("mesh-who-reads", "RefuseOtherDrafters"),
    Taken("mesh-guardrails-stay-up", "RefusePassingRolesOfTheMesh"),
    Taken("mesh-jobs-stay-as-made", "RefuseChangesToJobs"),
    Taken("mesh-jobs-stay-as-made", "RefuseOtherConnections"),
)
"""Exceptions of control policies, without which nobody could make a role, a draft or a job."""

LISTED = tuple(
    Taken(document, action)
    for document, actions in {
        "mesh-actions-of-accounts": (
            "iam:CreateRole",
            "iam:CreateOpenIDConnectProvider",
            "cloudformation:CreateStack",
            "cloudtrail:CreateTrail",
            "budgets:ModifyBudget",
        ),
        "mesh-actions-of-data": (
            "sns:ConfirmSubscription",
            "kms:CreateKey",
            "lakeformation:PutDataLakeSettings",
            "s3:PutBucketPolicy",
            "s3:PutObject",
            "sqs:CreateQueue",
            "sns:CreateTopic",
            "glue:CreateTable",
            "glue:CreateTableOptimizer",
            "glue:CreateJob",
            "glue:CreateTrigger",
            "glue:CreateConnection",
            "lakeformation:AddLFTagsToResource",
        ),
        "mesh-actions-of-workloads": (
            "lambda:CreateFunction",
            "lambda:CreateEventSourceMapping",
            "events:PutRule",
            "events:PutTargets",
            "ec2:CreateSecurityGroup",
            "cloudwatch:PutMetricAlarm",
        ),
    }.items()
    for action in actions
)
"""Actions of the lists that the road needs."""


def permissions(aws: Moment) -> Iterator[Taken]:
    """Every permission by which somebody enters a role on the road."""
    for name, text in aws.texts.items():
        if re.fullmatch(f"{ENTERED}|{ENTERING}", name):
            yield from (Taken(name, each["Sid"]) for each in json.loads(text)["Statement"])


@pytest.mark.long
def test_the_road_ends_where_any_one_permission_is_taken_away(walks: Walks) -> None:
    whole = walks.end
    other_domains = tuple(id_ for name, id_ in walks.road.ids.items() if name != "domain-playback")
    entered = {each for each in permissions(whole) if not each.document.split(",")[0].endswith(other_domains)}
    assert len(entered) > 20
    assert [each for each in (*sorted(entered), *FIRST, *EXCEPTIONS, *LISTED) if not walks.without(each)] == []


# ---- the policies of docs/who-begins.md


def actions_of(text: str) -> list[str]:
    return [action for statement in json.loads(text)["Statement"] for action in statement["Action"]]


@pytest.mark.parametrize(("who", "policy"), [(ADMINISTRATOR, "The first administrator"), (STATE_KEEPER, "The state")])
def test_who_begins_has_what_the_page_needs_and_nothing_else(who: str, policy: str, walks: Walks) -> None:
    actions = actions_of(walks.road.policies[policy])
    assert sorted(actions) == sorted({action for caller, action, _ in walks.end.asked if caller == who})
    document = f"{who.split(':', 5)[5]}, page"
    assert [action for action in actions if action not in walks.without(Taken(document, action))] == []


# ---- preconditions


def first_needs(aws: Moment) -> list[Needed]:
    """What a command needs that another one made, once for each two commands; a second run of a stack needs nothing."""
    pairs: dict[tuple[int, int], Needed] = {}
    runs = [command.rpartition("|| ")[2] for command in COMMANDS]
    for needed in aws.needed:
        if needed.made < needed.needed == runs.index(runs[needed.needed]):
            pairs.setdefault((needed.made, needed.needed), needed)
    return [*pairs.values()]


def moved(needed: Needed) -> list[str]:
    """The commands of the page, with the one that needs something before the one that makes it."""
    commands = [each for number, each in enumerate(COMMANDS) if number != needed.needed]
    return [*commands[: needed.made], COMMANDS[needed.needed], *commands[needed.made :]]


def test_a_command_before_the_one_that_makes_what_it_needs_is_refused(walks: Walks) -> None:
    needs = first_needs(walks.end)
    assert len(needs) >= 30
    assert [
        (each.thing, COMMANDS[each.needed])
        for each in needs
        if not walks.refusal(commands=moved(each), start=each.made)
    ] == []


def test_the_road_ends_where_any_one_thing_lacks(walks: Walks) -> None:
    things = {needed.thing: needed.made for needed in walks.end.needed if not needed.thing.startswith("role ")}
    assert len(things) >= 50
    for thing, made in things.items():
        assert f"there is no {thing}" in walks.refusal(lacking=thing, start=made)


GOALS = (
    *(f"run of {stack}" for stack in ("governance", "partner-subtitling", "access-playback", "domain-playback")),
    *(
        "versions",
        "network in accounts.yaml",
        "permission sets",
        "contact",
        "connection",
        "value of SECRET",
        "alarm",
        "rehearsal",
    ),
)
"""What the page leads to."""

LOOKS = (
    r"mesh (validate|accounts|plan .*|adopt .*)",
    r"aws (service-quotas|identitystore) .*",
    r"aws ec2 describe-subnets .*",
    r"pulumi (preview|refresh|destroy|cancel|stack export) .*",
    r"pulumi stack output -s domain-playback",
    r"pulumi up -s organization --yes",  # once more with the network: the run after Identity Center brings it, too
)
"""Commands that nothing on the page needs: they look, or keep something as it is."""


def test_a_command_that_is_left_out_is_missed(walks: Walks) -> None:
    assert walks.end.things.keys() >= {*GOALS}
    for number, command in enumerate(COMMANDS):
        left, aws = [*COMMANDS[:number], *COMMANDS[number + 1 :]], walks.before[number].again(quick=True)
        try:
            deque(walk(left, aws, walks.road, number), maxlen=0)
        except RefusedError:
            continue
        missed = {*GOALS} - aws.things.keys()
        assert missed or any(re.fullmatch(look, command) for look in LOOKS), command
