"""The life of the whole sample mesh under one engine, written down: what each command did and left."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mesh.folder import PlannedMesh, plan_folder
from sandbox.emulator.aws.records import Inventory
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.stack_run import StackRun
from sandbox.runs.workspace import Workspace
from tests.mesh_copies import copied

STACKS = Path(__file__).resolve().parents[2] / "stacks"
DAY = datetime.date(2026, 12, 1)
DOMAIN = "playback"

KINDS = ("organization", "governance", "partner-ad-measurement", f"domain-{DOMAIN}")
"""A stack of each kind, for the chapters that do the same to every stack."""

Done = set[tuple[str, str]]
"""`(operation, URN)` of AWS resources."""


@dataclass
class Journal:
    """By chapter: the runs, and what the organisation held afterwards."""

    runs: dict[str, list[StackRun]] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)

    def write(self, chapter: str, runs: list[StackRun], organization: EmulatedOrganization) -> None:
        self.runs[chapter] = runs
        self.inventories[chapter] = organization.inventory()

    def done(self, chapter: str, *, but: str = "same") -> Done:
        """What was done in a chapter, apart from what was left as it is."""
        steps = [step for run in self.runs[chapter] for step in run.result.steps if not run.preview]
        return {(s.operation, s.urn) for s in steps if s.type.startswith("aws:") and s.operation != but}

    def failures(self, chapter: str) -> list[str]:
        return [failure.message for run in self.runs[chapter] for failure in run.result.failures]

    def counts(self, chapter: str) -> dict[str, dict[str, int]]:
        return {run.stack: run.operations for run in self.runs[chapter]}

    def left(self, chapter: str) -> Counter[str]:
        left: Counter[str] = Counter()
        for count in self.inventories[chapter].counts:
            left[count.type] += count.total
        return left


def mesh_of(directory: Path) -> PlannedMesh:
    return plan_folder(directory, DAY)


def protection_lifted(directory: Path) -> None:
    """One changed YAML value."""
    file = directory / "mesh.yaml"
    text, times = re.subn(
        r"^defaults:$", "defaults:\n  deletion-protection: false", file.read_text(), flags=re.MULTILINE
    )
    assert times == 1
    file.write_text(text)


def change_by_hand(organization: EmulatedOrganization, mesh: PlannedMesh) -> None:
    """One property of one bucket is changed, and one resource of another is deleted, by somebody with a client."""
    domain = mesh.plan.domains[DOMAIN]
    first, second, *_ = (product.bucket for product in domain.products.values())
    s3 = organization.client("s3", domain.access.account_id)
    s3.put_bucket_versioning(Bucket=first, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_lifecycle(Bucket=second)


def written(workspace: Workspace, organization: EmulatedOrganization, directory: Path) -> Journal:
    """The whole story under one engine, in a folder of its own."""
    copied(STACKS, directory)
    mesh, journal = mesh_of(directory), Journal()
    journal.write("first", workspace.up(mesh), organization)
    journal.write("again", workspace.up(mesh, KINDS), organization)
    change_by_hand(organization, mesh)
    journal.write("refreshed", workspace.refresh(mesh, KINDS), organization)
    journal.write("repaired", workspace.up(mesh, [f"domain-{DOMAIN}"]), organization)
    journal.write("refused", workspace.destroy(mesh), organization)
    protection_lifted(directory)
    mesh = mesh_of(directory)
    journal.write("changed", workspace.up(mesh), organization)
    journal.write("destroyed", workspace.destroy(mesh), organization)
    return journal


def fresh(directory: Path) -> EmulatedOrganization:
    return emulated(mesh_of(directory).plan)
