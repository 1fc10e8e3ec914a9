"""Stacks of a mesh, rendered: what `mesh plan --json` prints of each, made once a process for a mesh and a stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mesh.folder import PlannedMesh
from sandbox.runs import run_json
from sandbox.runs.preview import preview
from sandbox.runs.stack_run import OnStep, StackRun

Resources = list[dict[str, Any]]


class RenderingError(Exception):
    """A stack whose preview failed; `runs` have the failures."""

    def __init__(self, runs: list[StackRun]) -> None:
        self.runs = runs
        super().__init__(", ".join(run.stack for run in runs))


@dataclass
class RenderedStacks:
    """The stacks of one mesh that were asked for, each rendered when it is asked for first."""

    mesh: PlannedMesh
    on_step: OnStep | None = None
    _made: dict[str, Resources] = field(default_factory=dict[str, Resources])

    def of(self, stacks: Iterable[str]) -> Mapping[str, Resources]:
        """Resources of stacks by stack, none for one that the mesh does not have. Raises RenderingError."""
        wanted = [stack for stack in stacks if stack in self.mesh.plan.access]
        runs = preview(self.mesh, [stack for stack in wanted if stack not in self._made], self.on_step)
        self._made |= rendered(self.mesh, runs)
        return {stack: self._made[stack] for stack in wanted}


def rendered(mesh: PlannedMesh, runs: list[StackRun]) -> dict[str, Resources]:
    """Resources by stack, of previews of a mesh. Raises RenderingError."""
    if failed := [run for run in runs if run.result.failures]:
        raise RenderingError(failed)
    return {one["stack"]: one["resources"] for one in run_json.as_json(mesh.plan, runs)["stacks"]}
