"""The mesh's stacks through the embedded engine: order, configuration, what is shown, where it stops."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from sandbox.runs import workspace
from sandbox.runs.fresh_organization import emulated, organization_ids
from sandbox.runs.preview import preview
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import Cli
from sandbox.runs.run_json import as_json
from sandbox.runs.served_organization import ServedOrganization
from sandbox.runs.stack_run import ENTRY_POINT, stack_config
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.program import sample
from tests.sandbox.runs.in_memory_states import InMemoryStates

MESH = sample.mesh()
PREVIEWED = {
    "urn",
    "type",
    "name",
    "parent",
    "provider",
    "account",
    "inputs",
    "dependencies",
    "protect",
    "retainOnDelete",
}


def test_a_preview_comes_out_the_same_each_time() -> None:
    first, second = (as_json(MESH.plan, preview(MESH, ["domain-content"])) for _ in range(2))
    assert first == second


def test_a_preview_shows_each_resource_as_the_reference_says() -> None:
    document = as_json(MESH.plan, preview(MESH, ["partner-subtitling"]))
    assert document["mesh"] == "aurora"
    (stack,) = document["stacks"]
    assert stack["stack"] == "partner-subtitling"
    assert {frozenset(resource) for resource in stack["resources"]} == {frozenset(PREVIEWED)}
    accounts = {r["account"] for r in stack["resources"] if r["type"].startswith("aws:")}
    assert accounts == {MESH.plan.partners["subtitling"].access.account_id}


def test_what_is_counted_are_aws_resources() -> None:
    (run,) = preview(MESH, ["partner-subtitling"])
    shown = [r for r in as_json(MESH.plan, [run])["stacks"][0]["resources"] if r["type"].startswith("aws:")]
    assert run.operations == {"create": len(shown)}
    assert len(shown) < len(run.result.steps)


def test_the_program_is_told_only_in_an_emulated_run_that_it_is_one_and_which_day_it_is() -> None:
    told = stack_config(MESH, emulated=True).keys() - stack_config(MESH, emulated=False).keys()
    assert told == {"mesh:emulated", "mesh:as-of"}


def test_the_emulated_organisation_has_an_account_for_every_stack() -> None:
    ids = organization_ids(MESH.plan)
    of_accounts = {stack for stack in MESH.plan.stacks if not stack.startswith("access-")}
    assert {"organization", *ids.accounts} == of_accounts
    numbers = {access.account_id for access in MESH.plan.access.values()}
    assert {ids.management_account, *ids.accounts.values()} == numbers
    assert ids.management_account == MESH.plan.organization.access.account_id
    assert set(ids.units.values()) == {
        MESH.plan.perimeter.governance_unit,
        MESH.plan.perimeter.domains_unit,
        MESH.plan.perimeter.partners_unit,
    }


@pytest.mark.long
def test_a_preview_loads_neither_the_emulator_nor_an_aws_sdk() -> None:
    program = (
        "import sys; from sandbox.runs.preview import preview; from tests.program import sample;"
        "preview(sample.mesh(), ['partner-subtitling']);"
        "print(sorted(m for m in ('moto', 'boto3', 'botocore') if m in sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ENTRY_POINT.parent
    )
    assert answer.stdout.strip() == "[]"


@pytest.mark.long
def test_only_stacks_with_a_network_or_jobs_pay_for_the_import_of_ec2() -> None:
    """It costs as much as all else that a domain's plan imports; `pulumi_aws.ec2` itself stands in until it is used."""
    program = (
        "import sys; from sandbox.runs.preview import preview; from tests.program import sample;"
        "preview(sample.mesh(), ['access-playback', 'partner-subtitling', 'organization']);"
        "before = 'pulumi_aws.ec2.vpc' in sys.modules; preview(sample.mesh(), ['governance']);"
        "print(before, 'pulumi_aws.ec2.vpc' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ENTRY_POINT.parent
    )
    assert answer.stdout.strip() == "False True"


@pytest.mark.slow
def test_a_run_stops_behind_the_first_stack_that_fails() -> None:
    with emulated(MESH.plan) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization, InMemoryStates()))
        runs = workspace.up(MESH, ["domain-content", "domain-ads"])  # before `organization`, which makes the accounts
        assert [run.stack for run in runs] == ["domain-content"]
        account = MESH.plan.domains["content"].access.account_id
        # Each provider of the stack fails by itself, in the order in which their threads come to it.
        told = {failure.message.rpartition(": ")[2] for failure in runs[0].result.failures}
        assert f"the organisation has no account {account}" in told


@pytest.mark.slow
def test_a_stack_that_is_there_is_previewed_before_it_is_changed() -> None:
    with emulated(MESH.plan) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization, InMemoryStates()))
        (first,) = workspace.up(MESH, ["organization"])
        (again,) = workspace.up(MESH, ["organization"])
        assert (first.preview, again.preview) == (False, False)
        assert set(again.operations) == {"same"}
        shown = as_json(MESH.plan, [again])["stacks"][0]["resources"]
        assert {frozenset(resource) for resource in shown} == {frozenset({*PREVIEWED, "operation", "outputs", "id"})}


@pytest.mark.parametrize(
    ("keep", "served", "written"), [(False, False, False), (True, False, True), (False, True, True)]
)
def test_states_that_somebody_reads_are_written_at_each_step(
    keep: bool, served: bool, written: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of an organisation that is served, whoever updates it; only one that ends with its command goes without."""
    backends: list[Backend] = []
    monkeypatch.setattr(workspace, "find", lambda: Cli(tmp_path / "pulumi", "3.259.0"))
    monkeypatch.setattr(workspace, "policy_host", lambda *_: nullcontext(None))
    monkeypatch.setattr(workspace, "PulumiEngine", lambda backend, states: backends.append(backend))
    other = ServedOrganization("id", "o-aurora", "aurora", "pulumi", "http://127.0.0.1:1", 1, 1, str(tmp_path))
    with workspace.open_workspace(MESH, "pulumi", other if served else None, keep=keep):
        pass
    (backend,) = backends
    assert ("PULUMI_SKIP_CHECKPOINTS" not in backend.environment) == written
