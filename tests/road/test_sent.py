"""What the walk takes for sent is what the first run of `organization` sends, in an emulated organisation."""

from __future__ import annotations

import json

import pytest

from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import RunResult, entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.runs.stack_run import ENTRY_POINT
from tests.cli.named_ids import named_ids
from tests.e2e.journal import STACKS
from tests.mesh_copies import copied
from tests.road.moment import Moment
from tests.road.road import ADMINISTRATOR, MANAGEMENT, ONE_LINE, ORGANIZATION, ROOT, UNITS, Road, prepared


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return prepared(tmp_path_factory.mktemp("road"))


@pytest.fixture(scope="module")
def first_run(road: Road, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    folder = copied(STACKS, tmp_path_factory.mktemp("sent") / "stacks")
    (folder / "accounts.yaml").write_text(ONE_LINE)
    ids = OrganizationIds(
        management_account=MANAGEMENT, organization_id=ORGANIZATION, root_id=ROOT, units=UNITS, accounts=road.ids
    )
    with EmulatedOrganization(ids, "eu-west-1") as organization:
        engine = Engine(
            project="mesh",
            stack="organization",
            preview=False,
            state=StackState(),
            provider=lambda _: AwsProvider(organization),
            config={"mesh:directory": str(folder)},
        )
        result = run(engine, entry_point(ENTRY_POINT))
    assert result.failures == []
    return result


def texts(result: RunResult, kind: str, key: str) -> dict[str, object]:
    """Documents of resources of a type, by their logical names."""
    found = [each for each in result.resources if each.type.endswith(f":{kind}")]
    return {each.name: json.loads(each.inputs[key]) for each in found}


@pytest.mark.long
def test_the_walk_attaches_the_control_policies_that_the_first_run_attaches(road: Road, first_run: RunResult) -> None:
    aws = Moment(MANAGEMENT, "eu-west-1")
    road.accounts_come(aws)
    targets = {**road.ids, **UNITS, "root": ROOT}
    walked = {(name, targets[target], text) for (_, target), each in aws.controls.items() for name, text in each}
    contents = texts(first_run, "Policy", "content")
    name_of = {each.id: each.name for each in first_run.resources if each.type == "aws:organizations/policy:Policy"}
    attached = {
        (name_of[each.inputs["policyId"]], each.inputs["targetId"])
        for each in first_run.resources
        if each.type.endswith(":PolicyAttachment")
    }
    controls = {name for name, _, _ in walked}
    assert {(name, target) for name, target, _ in walked} == {each for each in attached if each[0] in controls}
    assert [name for name, _, text in walked if json.loads(text) != contents[name]] == []
    others = {each.name for each in (road.first.organization.args.declared, road.first.organization.args.opted_out)}
    assert set(contents) - controls == others


@pytest.mark.long
def test_the_walk_gives_accounts_and_keepers_what_the_first_run_gives_them(road: Road, first_run: RunResult) -> None:
    args = road.first.organization.args
    group = road.first.organization.break_glass_group.permissions.text()
    assert texts(first_run, "StackSet", "templateBody") == {
        "bootstrap": json.loads(road.sent(args.bootstrap)),
        "bootstrap-access": json.loads(road.sent(args.access_bootstrap)),
    }
    assert texts(first_run, "GroupPolicy", "policy") == {"break-glass": json.loads(road.sent(group))}


def test_what_is_printed_and_sent_names_what_aws_gave(road: Road) -> None:
    args = road.first.organization.args
    gave = {*road.ids.values(), *UNITS.values(), ORGANIZATION, ROOT, MANAGEMENT}
    assert named_ids(road.first_template) - named_ids(ONE_LINE + ADMINISTRATOR) == set()
    sent = [road.sent(text) for text in (args.bootstrap, args.access_bootstrap)]
    sent += [road.sent(road.first.organization.break_glass_group.permissions.text())]
    for text in (road.then_template, *sent):
        assert named_ids(text) - gave == set()
