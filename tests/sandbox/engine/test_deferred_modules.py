"""What the embedded engine leaves for later of Pulumi's SDK: there for who asks, and tracing where it is wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sandbox.engine.deferred_modules import DEFERRED, TRACING, deferred

ROOT = Path(__file__).resolve().parents[3]
HEAVY = "pulumi.automation._stack", "pulumi.dynamic.dynamic", "grpc.aio._server", "opentelemetry.sdk.trace"
LOADED = f"import sys, sandbox.runs.preview; print(*[name for name in {HEAVY} if name in sys.modules])"
USED = """
import sandbox.engine.engine, pulumi, grpc
from pulumi.automation import LocalWorkspace
from pulumi.dynamic import ResourceProvider
print(LocalWorkspace.__name__, ResourceProvider.__name__, pulumi.automation.Stack.__name__, grpc.aio.server.__name__)
"""
TRACED = "import sandbox.engine.engine; from opentelemetry import trace; print(type(trace.get_tracer_provider()))"


def printed(program: str, **environment: str) -> str:
    """What a program prints in a process of its own: in this one, all is imported."""
    rest = {name: value for name, value in os.environ.items() if name != "TRACEPARENT"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env={**rest, **environment}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_preview_imports_none_of_what_is_deferred() -> None:
    assert printed(LOADED) == ""


def test_what_is_deferred_is_there_for_who_asks() -> None:
    assert printed(USED).splitlines()[0] == "LocalWorkspace ResourceProvider Stack server"


def test_calls_are_traced_from_the_import_on_where_the_environment_asks_for_it() -> None:
    traced = printed(TRACED, TRACEPARENT="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    assert "opentelemetry.sdk.trace.TracerProvider" in traced
    assert deferred({}) - deferred({"TRACEPARENT": "00"}) == {TRACING}
    assert deferred({"TRACEPARENT": ""}) == set(DEFERRED)
