"""The stacks of a mesh in preview on the embedded engine: no emulator, no state, every resource is new."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from mesh.aws.property_shapes import shapes
from mesh.folder import PlannedMesh, already_read
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.analysis import Analyzer
from sandbox.engine.driver import RunResult, entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.engine.steps import in_one_order
from sandbox.engine.trimmed_sdk import trimmed_sdk
from sandbox.engine.work import Failure
from sandbox.runs.emitted_stacks import EmittedStack, emitted_stack
from sandbox.runs.free_cores import cores
from sandbox.runs.preview_processes import PreviewProcesses, R
from sandbox.runs.stack_run import ENTRY_POINT, PROJECT, OnStep, StackRun, StackTask, stack_config

SHARED_SERVICES: Final = ("athena", "budgets", "cloudwatch", "ebs", "glue", "iam", "kms", "lakeformation", "s3")
"""Packages of pulumi_aws that the stacks of every domain touch."""
MANY: Final = 4
"""Stacks for each process from which on one of them is planned before the processes begin: they share what it caches.

With fewer, the other cores would wait too long for that one.
"""


def preview(mesh: PlannedMesh, stacks: Iterable[str], on_step: OnStep | None = None) -> list[StackRun]:
    """Each of the stacks in preview, in this process; loads no AWS SDK."""
    with previews(mesh, stacks, processes=1) as run_each:
        return run_each.runs(on_step)


def previews(
    mesh: PlannedMesh, stacks: Iterable[str], processes: int | None = None, analyzer: Analyzer | None = None
) -> PreviewProcesses[StackRun]:
    """Each of the stacks in preview, in as many processes as there are cores, which begin with the context manager.

    Who starts threads, as a progress display does, starts them inside. An `analyzer` is asked as the engine asks one.
    """
    return previews_of_meshes([(mesh, stacks)], processes, analyzer)


def previews_of_meshes(
    meshes: Sequence[tuple[PlannedMesh, Iterable[str]]],
    processes: int | None = None,
    analyzer: Analyzer | None = None,
) -> PreviewProcesses[StackRun]:
    """The same, for stacks of several meshes in the same processes: no core waits for the last stack of a mesh.

    The runs come mesh by mesh.
    """
    return _side_by_side(meshes, processes, lambda run: run, load_program, analyzer)


def emitted_previews(
    mesh: PlannedMesh, stacks: Iterable[str], processes: int | None = None
) -> PreviewProcesses[EmittedStack]:
    """The same as `previews`, with what each stack has emitted, compared with AWS's models in the processes."""
    return _side_by_side([(mesh, stacks)], processes, partial(emitted_stack, mesh.plan), _load_program_and_models)


def _side_by_side(
    meshes: Sequence[tuple[PlannedMesh, Iterable[str]]],
    processes: int | None,
    result: Callable[[StackRun], R],
    prepare: Callable[[], None],
    analyzer: Analyzer | None = None,
) -> PreviewProcesses[R]:
    def task(name: str, on_step: OnStep | None = None) -> StackTask:
        number, _, stack = name.partition(":")
        return StackTask("up", meshes[int(number)][0], stack, on_step, preview=True)

    def plan(name: str, on_step: OnStep | None) -> StackRun:
        return planned.get(name) or _preview(task(name, on_step), analyzer)

    def prepare_and_plan() -> None:
        prepare()
        if is_many:
            gc.freeze()  # what is there already is no garbage
            with suppress(Exception):  # the process that plans it again says what is wrong
                planned[first] = plan(first, None)
                result(planned[first])
            gc.collect()

    planned: dict[str, StackRun] = {}
    names = tuple(f"{number}:{stack}" for number, (_, stacks) in enumerate(meshes) for stack in stacks)
    most = cores() if processes is None else processes
    first = next((name for name in names if ":partner-" in name), names[-1] if names else "")  # small, like a domain's
    is_many = len(names) >= MANY * most and analyzer is None  # whose connection has threads, and survives no fork
    return PreviewProcesses(
        plan=plan,
        result=result,
        lost=lambda name, why: StackRun.of(task(name), RunResult([], [], [Failure("", why)], [], [], 0)),
        prepare=prepare_and_plan,
        stacks=names,
        processes=most,
        begin_with=names[-most:],  # the last of a plan are domains', which use most of what the others do
        title=lambda name: name.partition(":")[2],
        forks_at_once=is_many,
    )


def load_program() -> None:
    """Import what the program of most stacks imports, so that the processes share it; no service that few need."""
    with trimmed_sdk():
        pulumi_aws = importlib.import_module("pulumi_aws")
        importlib.import_module("program")
        for service in SHARED_SERVICES:
            _ = getattr(pulumi_aws, service).outputs  # a package is imported when something of it is asked for


def _load_program_and_models() -> None:
    """Import the program, and read what AWS's models say, of which each process would have its own copy."""
    load_program()
    shapes()


def _preview(task: StackTask, analyzer: Analyzer | None) -> StackRun:
    engine = Engine(
        project=PROJECT,
        stack=task.stack,
        preview=True,
        state=StackState(),
        provider=lambda _: AwsProvider(),
        config=stack_config(task.mesh, emulated=True),
        on_step=task.step,
        analyzer=analyzer,
    )
    with already_read(task.mesh), trimmed_sdk():
        result = run(engine, entry_point(ENTRY_POINT))
    return StackRun.of(task, _in_one_order(result))


def _in_one_order(result: RunResult) -> RunResult:
    """The result with resources and steps in one order, whatever order the SDK registered them in this time."""
    resources = in_one_order(result.resources)
    place = {resource.urn: number for number, resource in enumerate(resources)}
    steps = sorted(result.steps, key=lambda step: place.get(step.urn, len(place)))
    return replace(result, resources=resources, steps=steps)
