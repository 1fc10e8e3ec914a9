"""Seconds of `mesh up` for the sample mesh as a process, and of a second run in one organisation against the first."""

from __future__ import annotations

import datetime
import subprocess
import sys
import time
from pathlib import Path

from mesh.folder import plan_folder
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.states import state_directory
from sandbox.runs.workspace import EmbeddedEngine, Workspace

DAY = datetime.date(2026, 12, 1)
TARGET_SECONDS = 20


def main() -> None:
    """Print the times."""
    command = [str(Path(sys.executable).parent / "mesh"), "up", "--as-of", DAY.isoformat()]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"mesh up, whole process: {time.perf_counter() - started:.1f} s (target {TARGET_SECONDS})")
    mesh = plan_folder(Path("stacks"), DAY)
    with emulated(mesh.plan) as organization, state_directory() as states:
        workspace = Workspace(EmbeddedEngine.of(organization, states))
        times: list[float] = []
        for _ in range(2):
            started = time.perf_counter()
            workspace.up(mesh)
            times.append(time.perf_counter() - started)
    print(f"first run {times[0]:.1f} s, second run {times[1]:.1f} s: {times[1] / times[0]:.2f} of the first")


if __name__ == "__main__":
    main()
