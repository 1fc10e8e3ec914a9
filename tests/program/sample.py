"""The sample mesh, run in preview: what `mesh plan --json` prints."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mesh.folder import PlannedMesh, plan_folder
from mesh.plan import Plan
from sandbox.runs import run_json
from sandbox.runs.preview import preview

STACKS = Path(__file__).resolve().parents[2] / "stacks"
DAY = datetime.date(2026, 12, 1)

Document = dict[str, Any]
Found = dict[str, Any]


@dataclass(frozen=True)
class Planned:
    """A plan, and the resources that its stacks register, as JSON."""

    plan: Plan
    document: Document


def mesh(directory: Path = STACKS, day: datetime.date = DAY) -> PlannedMesh:
    return plan_folder(directory, day)


def previewed(what: PlannedMesh, stacks: tuple[str, ...] = ()) -> Planned:
    runs = preview(what, stacks or what.plan.stacks)
    for run in runs:
        assert not run.result.failures, (run.stack, run.result.failures)
    return Planned(what.plan, run_json.as_json(what.plan, runs))


def resources(document: Document, kind: str = "", stack: str = "") -> list[Found]:
    """The resources whose type ends in `kind`, of one stack or of all."""
    return [
        resource
        for part in document["stacks"]
        for resource in part["resources"]
        if part["stack"].startswith(stack) and resource["type"].endswith(kind)
    ]
