"""Programs of the table on either engine, with their outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from pulumi.runtime.proto import provider_pb2_grpc

from tests.conformance.embedded import EmbeddedStacks
from tests.conformance.outcome import Outcome, differences, related_by
from tests.conformance.programs import Program, Verb
from tests.conformance.provider import NumberedCloud, NumberedProvider
from tests.conformance.real import RealEngine


class Runner(Protocol):
    """An engine with its stacks."""

    def run(
        self,
        stack: str,
        program: Callable[[], Any],
        make: Callable[[], provider_pb2_grpc.ResourceProviderServicer],
        *,
        preview: bool = False,
        verb: Verb = "up",
    ) -> Outcome:
        """Run a program, or a verb without one, over a stack."""
        ...


def on_embedded(program: Program) -> list[Outcome]:
    """Outcomes of the program's runs on the embedded engine."""
    return _outcomes(EmbeddedStacks(() if program.default_providers else ("aws",)), program)


def on_real(engine: RealEngine, program: Program) -> list[Outcome]:
    """Outcomes of the program's runs on Pulumi's engine."""
    engine.forget(run.stack or program.name for run in program.runs)
    if program.default_providers:
        engine.configure(program.name, {"pulumi:disable-default-providers": []})
    return _outcomes(engine, program)


def different(real: list[Outcome], ours: list[Outcome]) -> list[str]:
    """Differences of the two engines, run by run."""
    lines: list[str] = []
    related: set[tuple[str, str]] = set()
    for number, (theirs, own) in enumerate(zip(real, ours, strict=True), start=1):
        lines += [f"run {number}: {line}" for line in differences(theirs, own, related)]
        related |= related_by(theirs) | related_by(own)
    return lines


def _outcomes(runner: Runner, program: Program) -> list[Outcome]:
    cloud = NumberedCloud(program.things)
    cloud.takes_secrets, cloud.answers_diffs = program.takes_secrets, program.answers_diffs
    outcomes: list[Outcome] = []
    for run in program.runs:
        if run.before:
            run.before(cloud.things)
        outcome = runner.run(
            run.stack or program.name,
            run.declare,
            lambda: NumberedProvider(cloud),
            preview=run.preview,
            verb=run.verb,
        )
        outcomes.append(replace(outcome, requests=cloud.take_requests(), things=tuple(sorted(cloud.things))))
    return outcomes
