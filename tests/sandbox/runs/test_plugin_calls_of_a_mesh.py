"""Calls of the AWS plugin for the whole sample mesh: what handlers make, and what the summary says of the rest."""

from __future__ import annotations

import pytest

from cli import plugin_call_counts
from mesh.aws.plugin_table import plugin_types
from sandbox.emulator.aws.records import Inventory, PluginCallCount
from sandbox.runs.fresh_organization import enforced
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.program import sample
from tests.sandbox.enforcement.called_actions import ONLY_HERE, called_by_type
from tests.sandbox.runs.in_memory_states import InMemoryStates

COUNTS = [
    PluginCallCount("aws:kms/key:Key", "kms:CreateKey", 2, 0, 0, 0, 0),
    PluginCallCount("aws:kms/key:Key", "kms:TagResource", 0, 2, 0, 0, 0),
    PluginCallCount("aws:kms/key:Key", "kms:GetKeyRotationStatus", 1, 0, 1, 0, 0),
    PluginCallCount("aws:s3/bucket:Bucket", "s3:GetBucketRequestPayment", 0, 0, 0, 0, 1_200),
    PluginCallCount("aws:s3/bucket:Bucket", "s3:TagResource", 0, 0, 0, 4, 3),
]


@pytest.mark.long
def test_what_handlers_call_for_the_sample_mesh_stands_in_the_table_and_all_of_the_table_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mesh, called = sample.mesh(), called_by_type(monkeypatch)
    with enforced(mesh.plan) as organization:
        runs = Workspace(EmbeddedEngine.of(organization, InMemoryStates())).up(mesh)
        assert [run.result.failures for run in runs if run.result.failures] == []
        counts = organization.inventory().plugin_calls
    table = {token: {call.action for call in kind.every_call} for token, kind in plugin_types().items()}
    assert set(called) - set(table) == set(), "the table has no such type"
    beside = {token: actions - table[token] for token, actions in called.items() if actions - table[token]}
    assert {token: actions - ONLY_HERE.get(token, set()) for token, actions in beside.items()} == {
        token: set() for token in beside
    }
    assert sum(count.made for count in counts) > 1_000
    assert {"iam.OrganizationsFeatures", "cloudformation.StackInstances", "s3.Bucket"} <= {
        plugin_call_counts.short(count.type) for count in counts if count.impossible
    }


def test_the_summary_has_five_numbers_and_what_could_not_be_made_by_type(capsys: pytest.CaptureFixture[str]) -> None:
    plugin_call_counts.show(COUNTS)
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("1,213 calls of the AWS plugin, each decided by the policies: 3 made, 2 asked along with")
    assert "1 reads whose answers nobody waits for here, 4 changes that another call stands for" in said
    assert "1,203 that the emulator could not make" in said
    assert said.endswith("s3.Bucket: s3:GetBucketRequestPayment 1,200, s3:TagResource 3")


def test_nothing_is_said_where_no_policies_were_asked(capsys: pytest.CaptureFixture[str]) -> None:
    plugin_call_counts.show([])
    assert capsys.readouterr().out == ""


def test_a_run_on_an_organisation_that_is_kept_counts_its_own_calls() -> None:
    before = Inventory([], {}, {}, [COUNTS[0], COUNTS[4]])
    more = COUNTS[0]._replace(made=5)
    behind = Inventory([], {}, {}, [more, COUNTS[1], COUNTS[4]])
    assert plugin_call_counts.of_the_run(before, behind) == [more._replace(made=3), COUNTS[1]]
    assert plugin_call_counts.of_the_run(None, behind) == list(behind.plugin_calls)
    assert plugin_call_counts.of_the_run(before, None) == []


def test_the_counts_survive_the_way_to_another_process_and_json() -> None:
    inventory = Inventory([], {}, {}, COUNTS)
    assert Inventory.from_json(inventory.to_json()).plugin_calls == COUNTS
    assert plugin_call_counts.as_json(COUNTS[:1]) == [
        {
            "type": "aws:kms/key:Key",
            "action": "kms:CreateKey",
            "made": 2,
            "along": 0,
            "unread": 0,
            "spared": 0,
            "impossible": 0,
        }
    ]
