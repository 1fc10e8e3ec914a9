"""Notes of the plugin's table: each limit that can stop a run is told with what to do, under the failure itself."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mesh.aws import plugin_notes
from mesh.aws.plugin_table import MalformedPluginError, plugin_types, types_of
from mesh.aws.plugin_types import PluginBug
from mesh.aws.troubles import troubles, troubles_in
from mesh.folder import plan_folder
from tests.e2e.journal import DAY

STOPS = [
    *(
        (token, f"refuses-deletion: {each.refuses_deletion.says}", each.refuses_deletion.says)
        for token, each in plugin_types().items()
        if each.refuses_deletion and each.refuses_deletion.says
    ),
    *(
        (token, bug.issue, bug.stops)
        for token, each in plugin_types().items()
        for bug in each.bugs
        if bug.stops not in ("", "nothing")
    ),
]
"""What stops a run by the table of the plugin: the type, where it stands, and the words with which it does."""
TYPE = """\
source: {{repository: r, commit: c, version: v, read: 2026-11-29}}
types:
  aws:a/b:C:
    file: b.go
    import: id
    {}
"""
BUG = '{{issue: "x#1", state: {state}, what: w{stops}}}'


@pytest.mark.parametrize(("token", "where", "words"), STOPS, ids=[f"{each[0]} {each[1][:40]}" for each in STOPS])
def test_what_can_stop_a_run_has_a_row_that_says_what_to_do(token: str, where: str, words: str) -> None:
    assert troubles_in([f"operation error: {words}"])
    assert list(plugin_notes.on_failure(token, words)) != []


def test_both_columns_are_there() -> None:
    assert len([each for each in STOPS if each[1].startswith("refuses-deletion")]) >= 10
    assert len([each for each in STOPS if "#" in each[1]]) >= 8


def test_a_wait_that_runs_out_has_a_row_and_says_how_long_it_was() -> None:
    message = "waiting for RAM Resource Share: timeout while waiting for state to become 'ACTIVE'"
    [trouble] = troubles_in([message])
    assert "pulumi refresh" in trouble.do
    [note] = plugin_notes.on_failure("aws:ram/resourceShare:ResourceShare", message)
    assert note.startswith("the plugin waits 1 minute at most")


def test_a_failure_cites_the_bug_that_it_is_of_and_no_other() -> None:
    refused = (
        "operation error Budgets: CreateBudget, AccessDeniedException: ask the payer account to enable budgets first"
    )
    [note] = plugin_notes.on_failure("aws:budgets/budget:Budget", refused)
    assert note.startswith("known (org-formation-cli PR 198, of AWS, open): a new member account refuses budgets")
    assert "next day" in troubles_in([refused])[0].do
    assert list(plugin_notes.on_failure("aws:budgets/budget:Budget", "AccessDeniedException: not authorized")) == []
    assert list(plugin_notes.on_failure("", refused)) == []


def test_what_is_refused_says_how_it_is_emptied() -> None:
    [note] = plugin_notes.on_failure("aws:ec2/vpc:Vpc", "DependencyViolation: The vpc 'vpc-1' has dependencies")
    assert "GuardDuty" in note
    assert note.endswith("GuardDuty makes them anew")
    refusal = plugin_notes.on_removal("aws:s3/bucket:Bucket")
    assert refusal
    assert "forceDestroy" in refusal.do
    assert plugin_notes.on_removal("aws:ec2/vpcEndpoint:VpcEndpoint") is None


def test_a_drift_says_what_the_plugin_reads_back() -> None:
    token = "aws:sns/topicSubscription:TopicSubscription"
    assert [*plugin_notes.on_drift(token, ["filterPolicyScope"])] == [
        "filterPolicyScope: computed: MessageAttributes where a filter policy has none; "
        "nothing where there is no filter policy"
    ]
    assert [*plugin_notes.on_drift(token, ["endpoint"])] == []
    bucket = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    assert len([*plugin_notes.on_drift(bucket, ["rules[0].bucketKeyEnabled", "rules[1]"])]) == 1


def test_an_open_bug_says_whether_it_stops_a_run_and_a_mended_one_does_not() -> None:
    for state, stops, is_right in (
        ("open", ", stops: nothing", True),
        ("open", "", False),
        ("fixed in 6.1.0", "", True),
        ("fixed in 6.1.0", ", stops: nothing", False),
        ("fixed after 6.48.0", "", False),
    ):
        text = TYPE.format(f"bugs: [{BUG.format(state=state, stops=stops)}]")
        if is_right:
            [each] = types_of(text, "x.yaml").values()
            assert isinstance(each.bugs[0], PluginBug)
        else:
            with pytest.raises(MalformedPluginError, match=r"x.yaml: types.aws:a/b:C.bugs.stops: the words"):
                types_of(text, "x.yaml")


def test_a_refusal_in_words_says_what_is_done_about_it() -> None:
    with pytest.raises(MalformedPluginError, match=r"refuses-deletion.do: what is done"):
        types_of(TYPE.format("refuses-deletion: {while: it is full, says: NotEmpty}"), "x.yaml")


def test_the_mesh_switches_no_guardduty_on_and_an_organisation_may(tiny: Path) -> None:
    assert [token for token in plugin_types() if "guardduty" in token] == []
    args = plan_folder(tiny, DAY).plan.organization.args
    assert [service for service in args.trusted_services if "guardduty" in service] == []
    theirs = dataclasses.replace(args, services=("guardduty.amazonaws.com",))
    assert "guardduty.amazonaws.com" in theirs.trusted_services


def test_every_row_without_a_code_has_words() -> None:
    assert all(each.codes or each.says for each in troubles())
