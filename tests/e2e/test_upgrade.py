"""A mesh that an earlier commit deployed gets no replacement, and loses nothing, by this one: states as recorded."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Protocol, cast

import pytest
from pulumi import ResourceOptions

import components
from mesh.folder import PlannedMesh
from sandbox.emulator.provider import AwsProvider, RoleAssumer
from sandbox.engine.driver import RunResult
from sandbox.engine.state import StackState
from sandbox.engine.urns import type_of
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.stack_run import PROJECT, StackEngine, StackTask
from sandbox.runs.states import state_directory
from sandbox.runs.workspace import EmbeddedEngine
from tests.e2e import recording
from tests.e2e.ground import TINY
from tests.e2e.journal import mesh_of
from tests.sandbox.runs.in_memory_states import InMemoryStates

MESH = mesh_of(TINY)
STACKS = MESH.plan.stacks
RENAMED = {
    "mesh:aws:Organization": "mesh:aws:LandingZone",
    "mesh:aws:DomainAccount": "mesh:aws:AccountBaseline",
    "mesh:aws:Delivery": "mesh:aws:PartnerReplication",
    "mesh:aws:Keepers": "mesh:aws:BreakGlassGroup",
}
"""Type tokens of components, as recorded and as they are now."""
_AT_UNITS = ("mesh-actions-of-accounts", "mesh-actions-of-data", "mesh-actions-of-workloads")
_AT_THE_ROOT = ("mesh-credentials-stay-inside", "mesh-jobs-stay-as-made", "mesh-no-learning", "mesh-our-networks")
ADDED = {
    "organization": {
        "OrganizationsFeatures::organization",
        *(f"{type_}::{name}" for type_ in ("Policy", "PolicyAttachment") for name in _AT_THE_ROOT),
        *(f"Policy::{name}" for name in _AT_UNITS),
        *(f"PolicyAttachment::{name}-{unit}" for name in _AT_UNITS for unit in ("domains", "governance", "partners")),
    },
    "governance": {"DefaultNetworkAcl::mesh", "NetworkAcl::mesh"},
}
"""From a stack to what it has by now and did not have when it was recorded: of what is new, nothing else."""


class Preview(Protocol):
    """From a stack, and a mesh that is not MESH, to what an update of the stack's recorded state would come to."""

    def __call__(self, stack: str, mesh: PlannedMesh = MESH) -> RunResult: ...


@pytest.fixture(scope="module", params=["embedded", pytest.param("pulumi", marks=pytest.mark.e2e)])
def preview(request: pytest.FixtureRequest) -> Generator[Preview]:
    """Under each engine. Nothing is behind the provider, which compares inputs without it."""
    nowhere = cast("RoleAssumer", None)
    with state_directory() as directory, ProviderServer(nowhere) as server:
        if request.param == "embedded":
            states = InMemoryStates()
            for stack in STACKS:
                states.save(stack, StackState.from_json(recording.text("embedded", stack)))
            engine: StackEngine = EmbeddedEngine(lambda _: AwsProvider(), states)
        else:
            backend = Backend(
                request.getfixturevalue("cli"), directory.pulumi, server.port, recording.PASSPHRASE, throw_away=True
            )
            for stack in STACKS:
                _import(backend, stack)
            engine = PulumiEngine(backend, directory)

        def preview(stack: str, mesh: PlannedMesh = MESH) -> RunResult:
            return engine.run(StackTask("up", mesh, stack, preview=True))

        yield preview


def _import(backend: Backend, stack: str) -> None:
    """As a person would: `pulumi stack init`, then `pulumi stack import`."""
    work = backend.directory / "work"
    work.mkdir(parents=True, exist_ok=True)
    (work / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
    file = work / f"{stack}.json"
    file.write_text(json.dumps({"version": 3, "deployment": json.loads(recording.text("pulumi", stack))}))
    for words in (("init", stack), ("import", "--stack", stack, "--file", str(file))):
        done = subprocess.run(
            [backend.cli.path, "stack", *words, "--cwd", work, "--non-interactive"],
            env={**os.environ, **backend.environment, "PULUMI_HOME": str(backend.directory / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _type_and_name(urn: str) -> str:
    return f"{type_of(urn).rpartition(':')[2]}::{urn.rpartition('::')[2]}"


@pytest.mark.parametrize("stack", STACKS)
def test_everything_that_was_deployed_stays_or_is_updated_and_nothing_is_made_anew(
    stack: str, preview: Preview
) -> None:
    result = preview(stack)
    assert result.failures == []
    changed = [step for step in result.steps if step.operation not in ("same", "update", "create")]
    changes = [(step.operation, step.urn) for step in changed]
    assert changes == []
    assert {_type_and_name(step.urn) for step in result.steps if step.operation == "create"} == ADDED.get(stack, set())
    assert len(result.steps) > 40
    tables = [step.operation for step in result.steps if step.type.endswith(":CatalogTable")]
    assert set(tables) <= {"same"}
    assert bool(tables) == stack.startswith("domain-orders")


def test_a_lock_that_gives_a_deployed_id_to_another_column_is_refused(preview: Preview, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    lock = folder / "contracts/orders/customers.lock.yaml"
    text = lock.read_text("utf-8")
    first, second = (line for line in text.splitlines(keepends=True) if "{id: " in line)
    # Lines are exchanged with their ids, as nobody notices who reads the lock alone.
    text = text.replace(first + second, second.replace("{id: 2,", "{id: 1,") + first.replace("{id: 1,", "{id: 2,"))
    lock.write_text(text, "utf-8")
    failures = " ".join(failure.message for failure in preview("domain-orders", mesh_of(folder)).failures)
    assert "'email' has the id 1, by which data files know 'id'" in failures
    assert "restore the lock of the product" in failures


@pytest.mark.parametrize("stack", STACKS)
def test_without_the_aliases_of_renamed_components_what_is_in_them_would_be_deleted_and_made_anew(
    stack: str, preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(_type: str, opts: ResourceOptions | None) -> ResourceOptions | None:
        return opts

    for name in ("landing_zone", "account_baseline", "partner_replication", "break_glass_group"):
        monkeypatch.setattr(sys.modules[f"{components.__name__}.{name}"], "formerly", nameless)
    operations = {step.operation for step in preview(stack).steps if type_of(step.urn).startswith("aws:")}
    assert {"create", "delete"} <= operations


@pytest.mark.parametrize("engine", recording.ENGINES)
def test_what_is_recorded_has_the_earlier_type_tokens_and_no_path_of_a_machine(engine: str) -> None:
    texts = [recording.text(engine, stack) for stack in STACKS]
    types = {resource["type"] for text in texts for resource in json.loads(text)["resources"]}
    assert set(RENAMED) <= types
    assert not set(RENAMED.values()) & types
    for text in texts:
        assert re.findall(r'"(?:file:|project:|/(?:home|root|tmp|usr|opt|Users)/)[^"]*', text) == []
