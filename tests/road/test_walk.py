"""The road from nothing is walked: each command of docs/on-aws.md, by who may type it at that moment.

A walk asks every call of the AWS plugin; a quick one leaves those out, and asks who enters which role, and what has to
be there. What a quick walk is refused, a whole one is, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh.aws.plugin_table import plugin_types
from mesh.evaluator import facts
from tests.road import stack_runs
from tests.road.aws_calls import calls_of
from tests.road.moment import NOTHING, Moment, Needed, RefusedError, Taken
from tests.road.road import ADMINISTRATOR, MANAGEMENT, STATE_KEEPER, Road, prepared
from tests.road.steps import is_known, walk

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "on-aws.md").read_text("utf-8")
COMMANDS: list[str] = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return prepared(tmp_path_factory.mktemp("road"))


@pytest.fixture(scope="module")
def whole(road: Road) -> Moment:
    return walked(road)


def walked(road: Road, taken: Taken = NOTHING, commands: list[str] = COMMANDS, *, quick: bool = False) -> Moment:
    aws = Moment(MANAGEMENT, "eu-west-1", taken, quick=quick)
    walk(commands, aws, road)
    return aws


def refusal(road: Road, taken: Taken = NOTHING, commands: list[str] = COMMANDS) -> str:
    """What AWS says to a walk that it refuses; empty for one that leads to its end."""
    for quick in (True, False):
        try:
            walked(road, taken, commands, quick=quick)
        except RefusedError as refused:
            return str(refused)
    return ""


def test_every_command_of_the_page_is_a_step() -> None:
    assert [command for command in COMMANDS if not is_known(command)] == []


def test_a_command_that_nobody_knows_is_noticed() -> None:
    for command in ("aws organizations list-everything", "pulumi about", "terraform apply"):
        assert not is_known(command)


def test_the_road_leads_from_one_account_to_the_first_product(road: Road, whole: Moment) -> None:
    callers = {who.split(":")[4] for who, _, _ in whole.asked}
    assert callers - {"999999999991"} == {MANAGEMENT, *road.ids.values()}
    assert len(whole.asked) > 3000
    assert {"run of organization", "run of access-playback", "run of domain-playback"} <= whole.things.keys()


# ---- what a command asks


def test_what_the_cli_asks_is_an_action_of_aws_on_a_resource_that_it_takes() -> None:
    calls = [call for command in COMMANDS if command.startswith("aws ") for call in calls_of(command, MANAGEMENT)]
    assert len(calls) > 30
    for action, resource in calls:
        assert facts.known_action(action) == action
        assert resource == "*" or facts.takes(action, resource), (action, resource)


def test_every_stack_of_the_page_is_asked_every_call_of_its_types(road: Road, whole: Moment) -> None:
    asked = {(who, action) for who, action, _ in whole.asked}
    for stack in ("organization", "governance", "partner-subtitling", "access-playback", "domain-playback"):
        for each in road.footprint_of(stack, road.last):
            step = "update" if each.type == stack_runs.ORGANIZATION_ITSELF else "create"
            unconditional = [
                call.action
                for call in (*getattr(plugin_types()[each.type], step), *plugin_types()[each.type].read)
                if not call.when and not call.forgiven
            ]
            assert unconditional, each.type
            assert {(each.access.deploy_role, action) for action in unconditional} <= asked


# ---- permissions


ENTERED = r"role/mesh/(deploy|deploy-access|preview|ci/.*|break-glass/.*|publisher/publish-playback), trust"
ENTERING = r"(role/mesh/(ci|break-glass)/.*|user/.*), mesh"
FIRST = tuple(Taken(f"role/mesh/{name}, trust", "TheFirstAdministrator") for name in ("deploy", "preview"))
"""What the second template takes back."""

EXCEPTIONS = (
    Taken("mesh-guardrails-stay-up", "RefuseChangesToFirstRoles"),
    Taken("mesh-guardrails-stay-up", "RefuseChangesToRolesOfTheMesh"),
    Taken("mesh-guardrails-stay-up", "RefuseOtherFederation"),
    Taken("mesh-guardrails-stay-up", "RefuseRolesWithoutTheBoundary"),
    Taken("mesh-who-reads", "RefuseMakingReaders"),
)
"""Exceptions of control policies, without which nobody could make a role."""

LISTED = tuple(
    Taken(document, action)
    for document, actions in {
        "mesh-actions-of-accounts": (
            "iam:CreateRole",
            "iam:CreateOpenIDConnectProvider",
            "cloudformation:CreateStack",
            "cloudtrail:CreateTrail",
            "ec2:CreateVpc",
            "budgets:ModifyBudget",
        ),
        "mesh-actions-of-data": (
            "sns:ConfirmSubscription",
            "kms:CreateKey",
            "lakeformation:PutDataLakeSettings",
            "s3:PutBucketPolicy",
            "events:PutRule",
        ),
    }.items()
    for action in actions
)
"""Actions of the lists that the road needs."""

OF_THE_PUBLISHER = "aws:glue/catalogDatabase:CatalogDatabase", "aws:glue/catalogTable:CatalogTable"
"""Types that a domain's stack makes in the catalog of the mesh, as its publisher."""


def permissions(aws: Moment) -> Iterator[Taken]:
    """Every permission by which somebody enters a role on the road."""
    for name, text in aws.texts.items():
        if re.fullmatch(f"{ENTERED}|{ENTERING}", name):
            yield from (Taken(name, each["Sid"]) for each in json.loads(text)["Statement"])


def test_the_road_ends_where_any_one_permission_is_taken_away(road: Road, whole: Moment) -> None:
    other_domains = tuple(id_ for name, id_ in road.ids.items() if name != "domain-playback")
    entered = {each for each in permissions(whole) if not each.document.split(",")[0].endswith(other_domains)}
    assert len(entered) > 20
    assert [each for each in (*sorted(entered), *FIRST, *EXCEPTIONS, *LISTED) if not refusal(road, each)] == []


def test_the_road_ends_where_the_publisher_has_one_action_less(road: Road) -> None:
    calls = {call.action for token in OF_THE_PUBLISHER for call in plugin_types()[token].calls("create")}
    role = "role/mesh/publisher/publish-playback, mesh"
    [text] = [text for name, text in walked(road, quick=True).texts.items() if name == role]
    needed = [action for action in sorted(calls) if f'"{action}"' in text]
    assert len(needed) >= 10
    assert [action for action in needed if not refusal(road, Taken(role, action))] == []


# ---- the policies of docs/who-begins.md


def actions_of(text: str) -> list[str]:
    return [action for statement in json.loads(text)["Statement"] for action in statement["Action"]]


@pytest.mark.parametrize(
    ("who", "policy"), [(ADMINISTRATOR, "The first administrator"), (STATE_KEEPER, "The state")]
)
def test_who_begins_has_what_the_page_needs_and_nothing_else(
    who: str, policy: str, road: Road, whole: Moment
) -> None:
    actions = actions_of(road.policies[policy])
    assert sorted(actions) == sorted({action for caller, action, _ in whole.asked if caller == who})
    document = f"{who.split(':', 5)[5]}, page"
    assert document in whole.texts
    assert [action for action in actions if action not in refusal(road, Taken(document, action))] == []


# ---- preconditions


def moved(needed: Needed) -> list[str]:
    """The commands of the page, with the one that needs something before the one that makes it."""
    commands = [each for number, each in enumerate(COMMANDS) if number != needed.needed]
    return [*commands[: needed.made], COMMANDS[needed.needed], *commands[needed.made :]]


def test_a_command_before_the_one_that_makes_what_it_needs_is_refused(road: Road, whole: Moment) -> None:
    first: dict[str, Needed] = {}
    for needed in whole.needed:
        if needed.made < needed.needed:
            first.setdefault(needed.thing, needed)
    assert len(first) >= 30
    led_on = [each for each in first.values() if f"there is no {each.thing}" not in refusal(road, commands=moved(each))]
    # Whoever lacks that is refused before, for want of something else.
    assert {(each.thing, refusal(road, commands=moved(each))) for each in led_on} == set()


LOOKS = (
    r"aws organizations list-roots",
    r"mesh (validate|accounts|plan .*|adopt .*|lapse.*)",
    r"aws (service-quotas|identitystore|account|sns) .*",
    r"aws s3api put-bucket-versioning .*",
    r"pulumi (preview|refresh|destroy|cancel|stack export) .*",
)
"""Commands that others do not need: they look, or keep something safe."""
