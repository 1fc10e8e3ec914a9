"""What a preview may read, beside what a refresh of the whole sample mesh asks: a policy, and a client's calls."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.iam.roles.settings_reads import SCRIPT_READS, SETTINGS_READS
from sandbox.enforcement import gate
from sandbox.runs.fresh_organization import enforced
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.program import sample
from tests.sandbox.runs.in_memory_states import InMemoryStates

OF_THE_EMULATOR = {"cloudtrail:GetTrail", "ec2:DescribeTags"}
"""What the emulated provider asks and the plugin does not: it finds a trail with DescribeTrails, and has the tags of a
network with what it reads of it (hashicorp/terraform-provider-aws, `internal/service`)."""


@pytest.mark.long
def test_a_preview_may_read_all_that_a_refresh_of_the_sample_mesh_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = sample.mesh()
    asked: set[str] = set()
    questions = gate.questions

    def recorded(*args: Any) -> Any:
        found = questions(*args)
        asked.update(question.action for question in found)
        return found

    with enforced(mesh.plan) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization, InMemoryStates()))
        workspace.up(mesh)
        monkeypatch.setattr(gate, "questions", recorded)
        assert [run.result.failures for run in workspace.refresh(mesh) if run.result.failures] == []
    assert asked - {*SETTINGS_READS, *SCRIPT_READS} == OF_THE_EMULATOR
    assert len(asked) > 70
