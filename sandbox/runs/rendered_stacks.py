"""Stacks of a mesh, rendered: what `mesh plan --json` prints of each."""

from __future__ import annotations

from typing import Any

from mesh.folder import PlannedMesh
from sandbox.runs import run_json
from sandbox.runs.stack_run import StackRun

Resources = list[dict[str, Any]]


def rendered(mesh: PlannedMesh, runs: list[StackRun]) -> dict[str, Resources]:
    """Resources by stack, of previews of a mesh that all ended well."""
    return {one["stack"]: one["resources"] for one in run_json.as_json(mesh.plan, runs)["stacks"]}
