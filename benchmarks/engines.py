"""Engines side by side: the embedded one and Pulumi's own, on one program and provider; and the provider alone.

    python -m benchmarks.engines

Needs a `pulumi`; without one only the provider is measured. Each engine runs in a process of its own, whose peak memory
counts with that of the largest process it starts.
"""

from __future__ import annotations

import datetime
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final, cast

from pulumi.runtime.proto import provider_pb2

from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh, plan_folder
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.provider import AwsProvider, RoleAssumer
from sandbox.engine.wire import to_struct
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import find
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.stack_run import StackTask
from sandbox.runs.states import StateDirectory, state_directory
from sandbox.runs.workspace import EmbeddedEngine

STACK: Final = "domain-playback"
TARGET_RATIO, TARGET_MILLISECONDS = 5.0, 0.5
DAY = datetime.date(2026, 12, 1)
ENGINES = ("embedded", "pulumi")
ROUNDS = 3


def sample() -> PlannedMesh:
    """The sample mesh."""
    return plan_folder(Path("stacks"), DAY)


def measured(engine: str, stacks: list[str]) -> dict[str, float]:
    """Previews of stacks that are not deployed: seconds of the best run, peak MB, number of resources.

    The provider has no emulator: a preview creates nothing, and the emulator's memory would hide the engine's.
    """
    mesh = sample()
    nowhere = cast("RoleAssumer", None)
    seconds: list[float] = []
    with state_directory() as states, ProviderServer(nowhere) as server:
        run = (
            EmbeddedEngine(lambda _: AwsProvider(), states)
            if engine == "embedded"
            else under_pulumi(states, server.port)
        )
        count = 0
        for _ in range(ROUNDS):
            started = time.perf_counter()
            results = [run.run(StackTask("up", mesh, stack, preview=True)) for stack in stacks]
            seconds.append(time.perf_counter() - started)
            count = sum(len({step.urn for step in result.steps}) for result in results)
            if failed := [failure for result in results for failure in result.failures]:
                raise SystemExit(f"{engine}: {failed[0].message}")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"seconds": min(seconds), "megabytes": (own + child) / 1024, "resources": count}


def under_pulumi(states: StateDirectory, port: int) -> PulumiEngine:
    """Pulumi's engine, with a state that is thrown away."""
    return PulumiEngine(Backend(find(), states.pulumi, port, states.passphrase, throw_away=True), states)


def beside(stacks: list[str]) -> dict[str, dict[str, float]]:
    """The measurements of both engines, each in a process of its own, one after the other."""
    answers: dict[str, dict[str, float]] = {}
    for engine in ENGINES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.engines", engine, *stacks],
            check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        answers[engine] = json.loads(done.stdout.splitlines()[-1])
    return answers


def table(title: str, answers: dict[str, dict[str, float]]) -> float:
    """Print the engines side by side; the ratio of their seconds."""
    for engine, answer in answers.items():
        milliseconds = answer["seconds"] / answer["resources"] * 1000
        print(
            f"{title:34} {engine:9} {answer['seconds']:6.2f} s  {answer['megabytes']:5.0f} MB  "
            f"{answer['resources']:4.0f} resources, {milliseconds:.2f} ms each"
        )
    return answers["pulumi"]["seconds"] / answers["embedded"]["seconds"]


def engines() -> None:
    """Print the previews of one stack and of all."""
    try:
        cli = find()
    except NotPossibleError as reason:
        print(f"Pulumi's own engine is left out: {reason}")
        return
    print(f"pulumi {cli.version}; memory is this process and its largest child")
    ratio = table(f"preview of {STACK}", beside([STACK]))
    print(f"ratio {ratio:.1f}: the embedded engine is so many times faster (target {TARGET_RATIO:.0f})")
    stacks = sample().plan.stacks
    ratio = table(f"preview of all {len(stacks)} stacks", beside(list(stacks)))
    print(f"ratio {ratio:.1f}")


def provider() -> None:
    """Print the CPU time of `Check` and `Diff` for the resources of a domain stack, one, four and sixteen times."""
    mesh = sample()
    with emulated(mesh.plan) as organization, state_directory() as states:
        stacks = EmbeddedEngine.of(organization, states)
        deployed = [stacks.run(StackTask("up", mesh, stack)) for stack in mesh.plan.stacks]
        inputs = [
            (resource.urn, resource.input_message, resource.output_message, resource.id)
            for resource in next(
                run for stack, run in zip(mesh.plan.stacks, deployed, strict=True) if stack == STACK
            ).resources
            if resource.custom and resource.type.startswith("aws:")
        ]
        for times in (1, 4, 16):
            milliseconds = checked(organization, mesh, inputs, times)
            print(
                f"provider: {len(inputs) * times:>5} resources: {milliseconds:.3f} CPU ms per Check and Diff "
                f"(target {TARGET_MILLISECONDS})"
            )


def checked(organization: EmulatedOrganization, mesh: PlannedMesh, inputs: list[tuple[Any, ...]], times: int) -> float:
    """CPU milliseconds per resource, where one provider gets so many times as many resources."""
    aws = AwsProvider(organization)
    access = mesh.plan.domains[STACK.partition("-")[2]].access
    configuration = {
        "region": access.region,
        "allowedAccountIds": [access.account_id],
        "assumeRoles": [{"roleArn": access.deploy_role}],
    }
    no_context: Any = None  # no call of these fails, so none needs a context
    aws.Configure(provider_pb2.ConfigureRequest(args=to_struct(configuration), acceptSecrets=True), no_context)
    started = time.process_time()
    for number in range(times):
        for urn, news, olds, id_ in inputs:
            name = f"{urn}-{number}"
            answer = aws.Check(provider_pb2.CheckRequest(urn=name, olds=news, news=news), no_context)
            request = provider_pb2.DiffRequest(urn=name, id=id_, olds=olds, old_inputs=news, news=answer.inputs)
            aws.Diff(request, no_context)
    return (time.process_time() - started) / (len(inputs) * times) * 1000


def main() -> None:
    """Print all measurements; with an engine and stacks as arguments, the JSON of that one."""
    if len(sys.argv) > 2:
        print(json.dumps(measured(sys.argv[1], sys.argv[2:])))
        return
    engines()
    provider()


if __name__ == "__main__":
    main()
