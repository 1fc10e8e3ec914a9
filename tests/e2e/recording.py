"""States of the tiny mesh as an earlier commit deployed it, under each engine: `recorded/<engine>/<stack>.json.gz`.

They are of commit 4fff15e, whose components still had their earlier type tokens. `python -m tests.e2e.recording FOLDER`
records those of the commit that is checked out, without times and without places in source files.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from mesh.folder import PlannedMesh
from sandbox.runs.fresh_organization import enforced
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import find
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.stack_run import PROJECT, StackEngine
from sandbox.runs.states import StateDirectory, state_directory
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.e2e.ground import TINY
from tests.e2e.journal import mesh_of

RECORDED = Path(__file__).parent / "recorded"
ENGINES = ("embedded", "pulumi")
PASSPHRASE = "recorded"
_PLACE_AND_TIME = frozenset({"created", "modified", "seconds", "sourcePosition", "stackTrace"})


def text(engine: str, stack: str) -> str:
    """A recorded state as JSON: the document of the embedded engine, or the deployment that Pulumi's CLI exports."""
    return gzip.decompress((RECORDED / engine / f"{stack}.json.gz").read_bytes()).decode()


def write(folder: Path, engine: str, stack: str, state: dict[str, Any]) -> None:
    """The same bytes for the same state."""
    file = folder / engine / f"{stack}.json.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    resources = [{k: v for k, v in one.items() if k not in _PLACE_AND_TIME} for one in state["resources"]]
    document = json.dumps({**state, "resources": resources}, sort_keys=True, separators=(",", ":"))
    file.write_bytes(gzip.compress(document.encode(), mtime=0))


def record(folder: Path, mesh: PlannedMesh, engine: str) -> None:
    """Deploy every stack into an emulated organisation, and write down the states."""
    with state_directory() as states, enforced(mesh.plan) as organization, ProviderServer(organization) as server:
        backend = Backend(find(), states.pulumi, server.port, PASSPHRASE)
        under: StackEngine = PulumiEngine(backend, states)
        if engine == "embedded":
            under = EmbeddedEngine.of(organization, states)
        for run in Workspace(under).up(mesh):
            assert not run.result.failures, (run.stack, run.result.failures)
            write(folder, engine, run.stack, _state(states, engine, run.stack))


def _state(states: StateDirectory, engine: str, stack: str) -> dict[str, Any]:
    if engine == "embedded":
        return json.loads(states.load(stack).to_json())
    file = states.pulumi / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"
    return json.loads(file.read_text("utf-8"))["checkpoint"]["latest"]


if __name__ == "__main__":
    for engine_name in ENGINES:
        record(Path(sys.argv[1]), mesh_of(TINY), engine_name)
