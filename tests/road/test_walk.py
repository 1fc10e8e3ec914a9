"""The road from nothing is walked: each command of docs/on-aws.md, by who may type it at that moment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh.plan.assumed import assumed_in
from tests.road.moment import MANAGED, NOTHING, Moment, RefusedError, Taken, policy
from tests.road.road import MANAGEMENT, Road, prepared
from tests.road.steps import NOTHING_ASKED, steps_of, walk

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "on-aws.md").read_text("utf-8")
COMMANDS: list[str] = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return prepared(tmp_path_factory.mktemp("road"))


def walked(road: Road, taken: Taken = NOTHING) -> Moment:
    aws = Moment(MANAGEMENT, "eu-west-1", taken)
    walk(COMMANDS, aws, road)
    return aws


def test_every_command_of_the_page_is_a_step() -> None:
    assert [c for c in COMMANDS if not steps_of(c) and not c.startswith(NOTHING_ASKED)] == []


def test_the_road_leads_from_one_account_to_the_first_product(road: Road) -> None:
    aws = walked(road)
    callers = {who.split(":")[4] for who, _, _ in aws.asked}
    assert callers == {MANAGEMENT, *road.ids.values()}
    assert len(aws.asked) > 200


def test_what_is_applied_names_no_assumed_id(road: Road) -> None:
    args = road.first.organization.args
    sent = [road.sent(text) for text in (args.bootstrap, args.access_bootstrap)]
    sent += [road.sent(road.first.organization.break_glass_group.permissions.text())]
    for text in (road.first_template, road.then_template, *sent):
        assert assumed_in(text, road.first) == ()
    for control in args.policies:
        # Nobody has that network, so what needs it is refused until `governance` has made one.
        assert set(assumed_in(road.sent(control.document.text()), road.first)) <= {"the network"}


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

LISTED = (
    Taken("mesh-actions-of-accounts", "iam:CreateRole"),
    Taken("mesh-actions-of-accounts", "iam:CreateOpenIDConnectProvider"),
    Taken("mesh-actions-of-accounts", "cloudformation:CreateStack"),
    Taken("mesh-actions-of-data", "sns:ConfirmSubscription"),
    Taken("mesh-actions-of-data", "kms:CreateKey"),
)
"""Actions of the lists that the road needs."""


def permissions(aws: Moment) -> Iterator[Taken]:
    """Every permission by which somebody enters a role on the road."""
    for name, text in aws.texts.items():
        if re.fullmatch(f"{ENTERED}|{ENTERING}", name):
            yield from (Taken(name, each["Sid"]) for each in json.loads(text)["Statement"])


def refused(road: Road, taken: Taken) -> bool:
    try:
        walked(road, taken)
    except RefusedError:
        return True
    return False


def test_the_road_ends_where_any_one_permission_is_taken_away(road: Road) -> None:
    other_domains = tuple(id_ for name, id_ in road.ids.items() if name != "domain-playback")
    entered = {each for each in permissions(walked(road)) if not each.document.split(",")[0].endswith(other_domains)}
    assert len(entered) > 20
    assert [each for each in (*sorted(entered), *FIRST, *EXCEPTIONS, *LISTED) if not refused(road, each)] == []


@pytest.mark.parametrize("action", ["organizations:CreateOrganization", "iam:CreateRole", "sts:AssumeRole"])
def test_the_administrator_needs_each_action(road: Road, action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    less = {"Sid": "All", "Effect": "Allow", "NotAction": action, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [less]})
    monkeypatch.setitem(MANAGED, "arn:aws:iam::aws:policy/AdministratorAccess", policy("Less", text))
    with pytest.raises(RefusedError, match=action):
        walked(road)
