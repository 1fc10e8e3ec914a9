"""Buckets of a new mesh are made in their account's own namespace; one that has a name already keeps it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh import example
from mesh.folder import PlannedMesh, plan_folder
from mesh.model.names_lock import NAMES_LOCK_FILE, names_lock_text
from sandbox.runs.fresh_organization import enforced
from sandbox.runs.run_json import as_json
from sandbox.runs.stack_run import StackRun
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.program.sample import resources
from tests.sandbox.runs.in_memory_states import InMemoryStates

pytestmark = pytest.mark.long

DAY = datetime.date(2026, 12, 1)
FIRST = "orders.events"
KEPT = "example-orders--events"


class Small:
    """A mesh of a domain and a partner of which one product has an old name, its organisation, and the first run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        example.write(folder, domains=1, products=2, partners=1, as_of=DAY)
        self.keep({("products", FIRST): KEPT})
        self.first: list[StackRun] = []

    def keep(self, names: dict[tuple[str, ...], str]) -> None:
        (self.folder / NAMES_LOCK_FILE).write_text(names_lock_text(names), "utf-8")

    def planned(self) -> PlannedMesh:
        return plan_folder(self.folder, DAY)


def failures(runs: list[StackRun]) -> list[str]:
    return [failure.message for run in runs for failure in run.result.failures]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Small, Workspace]]:
    mesh = Small(tmp_path_factory.mktemp("small") / "mesh")
    with enforced(mesh.planned().plan) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization, InMemoryStates()))
        mesh.first = workspace.up(mesh.planned())
        yield mesh, workspace


def test_every_bucket_is_made_and_says_its_account_but_the_one_that_has_a_name(small: tuple[Small, Workspace]) -> None:
    mesh, _ = small
    assert failures(mesh.first) == []
    found = resources(as_json(mesh.planned().plan, mesh.first), "s3/bucket:Bucket")
    names = {each["inputs"]["bucket"]: each["outputs"] for each in found}
    assert (
        len(names) == 11
    )  # audit, publications, inbox, two products; logs and results of governance, a domain and a partner
    for name, outputs in names.items():
        if name == KEPT:
            assert outputs["bucketNamespace"] == "global"
        else:
            assert re.fullmatch(r"example-[a-z0-9-]+-[234]\d{11}-eu-west-1-an", name)
            assert outputs["bucketNamespace"] == "account-regional"


def test_a_second_run_changes_nothing(small: tuple[Small, Workspace]) -> None:
    mesh, workspace = small
    again = workspace.up(mesh.planned())
    assert failures(again) == []
    assert [step.urn for run in again for step in run.result.steps if step.operation != "same"] == []


def test_a_line_that_is_lost_is_refused_by_the_protection_of_the_bucket(small: tuple[Small, Workspace]) -> None:
    mesh, workspace = small
    mesh.keep({})
    told = failures(workspace.up(mesh.planned(), ["domain-orders"]))
    assert any("marked for protection" in each for each in told), told
    mesh.keep({("products", FIRST): KEPT})
    assert failures(workspace.up(mesh.planned(), ["domain-orders"])) == []
