"""Resource changes: what is added, changed, replaced, refused and lost; and the engine says the same."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from mesh.changes.affected_stacks import affected
from mesh.changes.resource_changes import ResourceChange, resource_changes
from mesh.changes.value_changes import ValueChange
from mesh.folder import PlannedMesh, plan_folder
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.engine.wire import UNKNOWN, to_struct
from sandbox.runs import run_json
from sandbox.runs.stack_run import ENTRY_POINT, PROJECT, StackRun, StackTask, stack_config
from tests.conftest import DAY
from tests.mesh.changes import stack_edits as edits

BUCKET: Final = "aws:s3/bucket:Bucket"


def resource(kind: str = BUCKET, name: str = "profiles", **inputs: Any) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:domain-identity::mesh::{kind}::{name}",
        "type": kind,
        "name": name,
        "inputs": inputs,
        "protect": False,
        "retainOnDelete": False,
    }


def protected(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "protect": True, "retainOnDelete": True}


def provider(account: str = "1", region: str = "eu-west-1") -> dict[str, Any]:
    return resource("pulumi:providers:aws", "domain", allowedAccountIds=json.dumps([account]), region=region)


def only(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> ResourceChange:
    (change,) = resource_changes(before, after)
    return change


def test_what_is_the_same_is_not_told() -> None:
    same = [resource(bucket="a"), provider(), resource("mesh:aws:DataProduct", "x")]
    assert resource_changes(same, same) == ()
    assert resource_changes(same, [*same, resource("mesh:aws:DataProduct", "y")]) == ()


def test_a_resource_is_added() -> None:
    change = only([], [resource(bucket="a")])
    assert (change.verb, change.changes, str(change)) == ("add", (), "Bucket profiles")


def test_a_change_names_the_property_with_both_values() -> None:
    change = only([resource(tags={"a": "1"})], [resource(tags={"a": "2"})])
    assert (change.verb, str(change)) == ("change", "Bucket profiles: tags.a: 1 → 2")


def test_a_policy_is_told_by_its_statements_and_a_document_has_what_is_in_them() -> None:
    def policy(*statements: tuple[str, str]) -> dict[str, Any]:
        written = [{"Sid": sid, "Effect": "Deny", "Action": [action]} for sid, action in statements]
        text = json.dumps({"Version": "2012-10-17", "Statement": written})
        return resource("aws:s3/bucketPolicy:BucketPolicy", policy=text, bucket="b")

    change = only([policy(("One", "s3:*"), ("Two", "s3:*"))], [policy(("Two", "kms:*"), ("Three", "s3:*"))])
    assert str(change) == "BucketPolicy profiles: policy: Three added, Two changed, One removed"
    assert [each.path for each in change.changes] == [
        "policy.Statement[One]",
        "policy.Statement[Two].Action[]",
        "policy.Statement[Two].Action[]",
        "policy.Statement[Three]",
    ]


def test_a_bucket_of_another_name_is_replaced_and_its_data_are_lost() -> None:
    change = only([resource(bucket="a")], [resource(bucket="b")])
    assert (change.verb, change.replacing) == ("replace", ("bucket",))
    assert str(change) == (
        "Bucket profiles: bucket: a → b; replaced, for bucket cannot be changed; "
        "data is lost: its objects and their old versions"
    )


def test_a_replacement_of_what_is_protected_is_refused_and_loses_nothing() -> None:
    change = only([protected(resource(bucket="a"))], [protected(resource(bucket="b"))])
    assert (change.verb, change.lost, change.kept) == ("replace", "", False)
    assert "deploy 'deletion-protection: false' first" in change.refused


def test_protection_that_is_lifted_with_the_replacement_refuses_nothing() -> None:
    change = only([protected(resource(bucket="a"))], [resource(bucket="b")])
    assert (change.refused, change.lost) == ("", "its objects and their old versions")


def test_what_aws_keeps_is_replaced_without_a_loss() -> None:
    old, new = ({**resource(bucket=name), "retainOnDelete": True} for name in ("a", "b"))
    change = only([old], [new])
    assert (change.verb, change.refused, change.kept, change.lost) == ("replace", "", True, "")
    assert str(change).endswith("; AWS keeps it")


def test_a_part_of_a_property_replaces_by_itself_or_with_all_that_it_is_in() -> None:
    table = "aws:glue/catalogTable:CatalogTable"

    def named(**iceberg: Any) -> dict[str, Any]:
        return resource(table, openTableFormatInput={"icebergInput": iceberg})

    assert only([named(version="2")], [named(version="3")]).replacing == ("openTableFormatInput.icebergInput.version",)
    assert only([named(version="2", x=1)], [named(version="2", x=2)]).verb == "change"
    assert only([named(version="2")], [resource(table)]).verb == "replace"
    assert only([resource(table, openTableFormatInput={"other": 1})], [resource(table)]).verb == "change"


def test_a_change_that_the_plugin_keeps_replaces_nothing() -> None:
    vpc = "aws:ec2/vpc:Vpc"
    there = [resource(vpc, instanceTenancy="dedicated")], [resource(vpc, instanceTenancy="default")]
    assert only(*there).verb == "change"
    assert only(there[1], there[0]).verb == "replace"


def test_what_goes_is_refused_kept_or_lost() -> None:
    assert "refused" in only([protected(resource())], []).refused
    assert only([{**resource(), "retainOnDelete": True}], []).kept
    assert only([resource()], []).lost == "its objects and their old versions"
    assert only([resource("aws:iam/role:Role")], []).lost == ""


def test_protection_alone_is_a_change() -> None:
    change = only([protected(resource())], [resource()])
    assert [each.path for each in change.changes] == ["protect", "retainOnDelete"]


def test_a_stack_in_another_region_or_account_leaves_behind_what_is_there() -> None:
    change = only([provider(), resource()], [provider(region="eu-central-1"), resource()])
    assert str(change) == (
        "aws domain: region: eu-west-1 → eu-central-1; data is lost: what stands in the old place stays there, and no "
        "stack knows it any more"
    )
    assert only([provider("1")], [provider("2")]).changes == (ValueChange("allowedAccountIds", '["1"]', '["2"]'),)


def test_tags_of_the_provider_are_those_of_every_resource_that_takes_tags() -> None:
    def tagged(name: str) -> dict[str, Any]:
        return resource("pulumi:providers:aws", "domain", defaultTags=json.dumps({"tags": {"mesh": name}}))

    policy = resource("aws:s3/bucketPolicy:BucketPolicy")
    change = only([tagged("a"), resource(tags={"x": "1"}), policy], [tagged("b"), resource(tags={"x": "1"}), policy])
    assert str(change) == "Bucket profiles: tagsAll.mesh: a → b"
    assert (
        resource_changes([tagged("a"), resource(tags={"mesh": "c"})], [tagged("b"), resource(tags={"mesh": "c"})]) == ()
    )


# ---- beside the engine


def previewed(mesh: PlannedMesh, stack: str, state: StackState) -> StackRun:
    """A stack in preview over a state, as though the state were deployed."""
    engine = Engine(
        project=PROJECT,
        stack=stack,
        preview=True,
        state=state,
        provider=lambda _: AwsProvider(),
        config=stack_config(mesh, emulated=True),
    )
    return StackRun.of(StackTask("up", mesh, stack, preview=True), run(engine, entry_point(ENTRY_POINT)))


def resources(mesh: PlannedMesh, one: StackRun) -> list[dict[str, Any]]:
    return run_json.as_json(mesh.plan, [one])["stacks"][0]["resources"]


def another_name(_: random.Random, root: Path) -> None:
    file = root / "mesh.yaml"
    file.write_text(file.read_text("utf-8").replace("name: example", "name: another"), "utf-8")


VERBS: Final = {"create": "add", "update": "change", "replace": "replace", "delete": "remove"}
FREE: Final = ("deletion-protection: false", "")
CASES: Final = {
    "what is protected stays": ((), (edits.retention, edits.product_goes, edits.column)),
    "what is not goes": (FREE, (edits.product_goes, edits.budget)),
    "another name": (FREE, (another_name,)),
    "another account": ((), (edits.account, edits.label)),
    "who holds and who gets": ((), (edits.member_goes, edits.agreement_goes)),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case if case == "what is not goes" else pytest.param(case, marks=pytest.mark.long) for case in CASES]
)
def test_the_engine_takes_the_same_steps(tmp_path: Path, case: str) -> None:
    defaults, several = CASES[case]
    first = edits.generated(tmp_path / "first")
    if defaults:
        with (first / "mesh.yaml").open("a") as file:
            file.write(f"defaults: {{{defaults[0]}}}\n")
    second = Path(shutil.copytree(first, tmp_path / "second"))
    for edit in several:
        edit(random.Random(case), second)
    before, after = plan_folder(first, DAY), plan_folder(second, DAY)
    told: set[str] = set()
    # Outputs of the organisation are lists of objects, for which no text can stand.
    stacks = [each.stack for each in affected(before.plan, after.plan) if each.stack != "organization"]
    for stack in stacks[:4]:
        old, new = previewed(before, stack, StackState()), previewed(after, stack, StackState())
        found = resource_changes(resources(before, old), resources(after, new))
        verbs = {each.urn: "refused" if each.refused else each.verb for each in found if each.type.startswith("aws:")}
        steps, is_whole = steps_over(deployed(old, resources(before, old)), after, stack)
        # A preview ends at the first refusal, and what a protected resource rests on is left without a word.
        assert {*steps.items()} <= {*verbs.items()}
        assert not is_whole or {*verbs.items()} == {*steps.items()}
        told |= {"refused" if each.refused else each.verb for each in found}
    assert told


def steps_over(state: StackState, after: PlannedMesh, stack: str) -> tuple[dict[str, str], bool]:
    """What the engine says of each resource when a mesh comes over a state, and whether it went through with it."""
    over = previewed(after, stack, state)
    steps = {
        step.urn: VERBS[step.operation]
        for step in over.result.steps
        if step.operation in VERBS and step.type.startswith("aws:")
    }
    # A hook that asks AWS for what a state of this kind does not know fails as well.
    refused = {failure.urn: "refused" for failure in over.result.failures if "protect" in failure.message}
    return steps | refused, not over.result.failures


def deployed(one: StackRun, shown: list[dict[str, Any]]) -> StackState:
    """What was previewed, as though it were there: what was not known is known, the same in each place."""
    inputs = {each["urn"]: each["inputs"] for each in shown if each["type"].endswith(":BucketPolicy")}
    state = StackState(
        [
            replace(each, id="known", **({"input_message": to_struct(inputs[each.urn])} if each.urn in inputs else {}))
            for each in one.result.resources
        ]
    )
    text = state.to_json().replace(UNKNOWN, "known").replace(run_json.SHOWN_UNKNOWN, "known")
    return StackState.from_json(text)
