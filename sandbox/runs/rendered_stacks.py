"""Stacks of a mesh, rendered: what `mesh plan --json` prints of each."""

from __future__ import annotations

from typing import Any

from mesh.folder import PlannedMesh
from sandbox.runs import run_json
from sandbox.runs.stack_run import StackRun

Resources = list[dict[str, Any]]


class RenderingError(Exception):
    """A stack whose preview failed; `runs` have the failures."""

    def __init__(self, runs: list[StackRun]) -> None:
        self.runs = runs
        super().__init__(", ".join(run.stack for run in runs))


def rendered(mesh: PlannedMesh, runs: list[StackRun]) -> dict[str, Resources]:
    """Resources by stack, of previews of a mesh. Raises RenderingError."""
    if failed := [run for run in runs if run.result.failures]:
        raise RenderingError(failed)
    return {one["stack"]: one["resources"] for one in run_json.as_json(mesh.plan, runs)["stacks"]}
