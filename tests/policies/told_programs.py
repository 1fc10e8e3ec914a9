"""What the pack says of a program under either engine: on the embedded one, and in the events of Pulumi's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pulumi.automation.events import EngineEvent

from sandbox.engine.analysis import PolicyDiagnostic
from sandbox.engine.driver import RunResult, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.runs.pack_analyzer import PackAnalyzer
from sandbox.runs.pulumi_events import Events
from tests.conformance.embedded import PROJECT
from tests.conformance.provider import NumberedCloud, NumberedProvider

Program = Callable[[], Any]
NO_MESH: Final = {"MESH_EXCEPTIONS": "", "MESH_ACCOUNTS": ""}
"""Variables of a pack that is asked about no mesh: none of its files is read."""


def embedded(
    stack: str, program: Program, analyzer: PackAnalyzer, *, preview: bool = True, cloud: NumberedCloud | None = None
) -> RunResult:
    """The run of a program on the embedded engine, with default providers allowed."""
    used = cloud or NumberedCloud()
    engine = Engine(
        project=PROJECT,
        stack=stack,
        preview=preview,
        state=StackState(),
        provider=lambda _: NumberedProvider(used),
        disable_default_providers=(),
        analyzer=analyzer,
    )
    return run(engine, program)


def told(diagnostics: list[PolicyDiagnostic]) -> set[tuple[str, str, str, bool]]:
    """Diagnostics to be compared: Pulumi's engine tells them in no order."""
    return {(each.urn, each.policy, each.message, each.mandatory) for each in diagnostics}


def heard(events: list[EngineEvent]) -> list[PolicyDiagnostic]:
    """The diagnostics among the events of Pulumi's engine."""
    reader = Events(None)
    for event in events:
        reader(event)
    return reader.diagnostics
