"""The stacks of a mesh in preview on the embedded engine: no emulator, no state, every resource is new."""

from __future__ import annotations

from collections.abc import Iterable

from mesh.folder import PlannedMesh
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.runs.stack_run import ENTRY_POINT, PROJECT, OnStep, StackRun, StackTask, stack_config


def preview(mesh: PlannedMesh, stacks: Iterable[str], on_step: OnStep | None = None) -> list[StackRun]:
    """Each of the stacks in preview; loads no AWS SDK."""
    return [_preview(StackTask("up", mesh, stack, on_step, preview=True)) for stack in stacks]


def _preview(task: StackTask) -> StackRun:
    engine = Engine(
        project=PROJECT,
        stack=task.stack,
        preview=True,
        state=StackState(),
        provider=lambda _: AwsProvider(),
        config=stack_config(task.mesh, emulated=True),
        on_step=task.step,
    )
    return StackRun.of(task, run(engine, entry_point(ENTRY_POINT)))
