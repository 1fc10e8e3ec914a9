"""The road from nothing is walked: each command of docs/on-aws.md, by who may type it at that moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh.plan.assumed import assumed_in
from tests.road.moment import NOTHING, Moment, RefusedError, Taken
from tests.road.road import MANAGEMENT, Road, prepared
from tests.road.steps import NOTHING_ASKED, steps_of, walk

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "on-aws.md").read_text("utf-8")
COMMANDS = [line for line in re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)]


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
    assert {who.split(":")[4] for who, _, _ in aws.asked} > {MANAGEMENT, *[road.ids["governance"]]}
    assert len(aws.asked) > 200


def test_what_is_applied_names_no_assumed_id(road: Road) -> None:
    args = road.first.organization.args
    sent = [road.sent(text) for text in (args.bootstrap, args.access_bootstrap)]
    sent += [road.sent(road.first.organization.break_glass_group.permissions.text())]
    for text in (road.first_template, road.then_template, *sent):
        assert assumed_in(text, road.first) == ()
    for policy in args.policies:
        # Nobody has that network, so what needs it is refused until `governance` has made one.
        assert set(assumed_in(road.sent(policy.document.text()), road.first)) <= {"the network"}
