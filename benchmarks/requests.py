"""A pull request: what `mesh review` takes, as its workflow asks it, beside the separate commands.

    python -m benchmarks.requests [DOMAINS] [PRODUCTS]

Three requests, each in a repository of git of its own: one file of the sample mesh, one line of it that changes
every domain, and one file of a large mesh. Only the stacks that a request can make others are planned. Each command is
a process of its own, and its time the best of several rounds; `of processors` is what all its processes took together,
which says more where the machine has other work.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.plans import SpentTime, TimedCommand
from mesh import example

DAY = datetime.date(2026, 12, 1)
SAMPLE = Path(__file__).resolve().parents[1]
BASE, FOLDER, ROUNDS = "main", "stacks", 3
TARGET_ONE_FILE, TARGET_SAMPLE, TARGET_LARGE = 3.0, 10.0, 60.0
AUTHOR = {"GIT_AUTHOR_NAME": "bench", "GIT_AUTHOR_EMAIL": "bench@mesh.example"}
IDENTITY = {**AUTHOR, "GIT_COMMITTER_NAME": "bench", "GIT_COMMITTER_EMAIL": "bench@mesh.example"}


class BenchmarkRequest(NamedTuple):
    """A change of one file of a mesh: the first place where `old` stands becomes `new`."""

    file: Path
    old: str
    new: str


def mesh_command(*words: str) -> TimedCommand:
    """A command of the mesh on the folder of the repository that one is in."""
    return TimedCommand([str(Path(sys.executable).parent / "mesh"), *words], {"MESH_AS_OF": DAY.isoformat()})


def commands(changed: str) -> Mapping[str, TimedCommand]:
    """The separate commands that say what a review of one changed file says, by what they are for."""
    return {
        "validate": mesh_command("validate", "--format", "github", f"--only={changed}"),
        "diff and report": mesh_command("diff", BASE, "--markdown"),
        "validate against": mesh_command("validate", "--format", "github", "--lapses", "warn", "--against", BASE),
        "affected": mesh_command("affected", "--since", BASE, "--only", "stacks", "--json"),
    }


def review(changed: str, to: Path) -> TimedCommand:
    """The command of the workflow `pull-request`, which writes to a folder."""
    files = ("--report", str(to / "report.md"), "--affected", str(to / "affected.json"))
    return mesh_command("review", BASE, "--format", "github", f"--only={changed}", *files)


def write(folder: Path, request: BenchmarkRequest) -> None:
    """Commit the mesh in a folder to a new repository there, and then change it."""
    for words in (["init", "-q", "-b", BASE], ["add", "."], ["commit", "-q", "-m", "The mesh before the request"]):
        subprocess.run(["git", *words], cwd=folder, check=True, env={**os.environ, **IDENTITY})
    path = folder / FOLDER / request.file
    text = path.read_text("utf-8")
    if request.old not in text:
        raise SystemExit(f"{request.file} has no {request.old!r}")
    path.write_text(text.replace(request.old, request.new, 1), "utf-8")


def affected_stacks(folder: Path, changed: str) -> int:
    """How many stacks the request makes others."""
    words = commands(changed)["affected"].words
    environment = {**os.environ, "MESH_AS_OF": DAY.isoformat()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    told = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment)
    if told.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {told.returncode}: {told.stderr}")
    return len(json.loads(told.stdout)["stacks"])


def measure(what: str, folder: Path, request: BenchmarkRequest, target: float, rounds: int = ROUNDS) -> None:
    """Print the time of the review of a request, of each separate command, and of all of these together."""
    write(folder, request)
    changed = f"{FOLDER}/{request.file.as_posix()}"
    stacks = affected_stacks(folder, changed)  # the first run writes byte code
    before = Path.cwd()
    os.chdir(folder)
    try:
        asked = {"review": review(changed, folder.parent), **commands(changed)}
        spent = {
            name: min((command.run() for _ in range(rounds)), key=lambda time: time.wall)
            for name, command in asked.items()
        }
    finally:
        os.chdir(before)
    at_once = spent.pop("review")
    print(f"{what}, stacks affected {stacks}: review {at_once.wall:.1f} s (target {target:.0f})")
    print(f"{what}: review, of processors {at_once.cpu:.1f} s")
    whole = SpentTime(sum(time.wall for time in spent.values()), sum(time.cpu for time in spent.values()))
    parts = ", ".join(f"{name} {time.wall:.2f}" for name, time in spent.items())
    print(f"{what}: separate commands {whole.wall:.1f} s; {parts}")
    print(f"{what}: separate commands, of processors {whole.cpu:.1f} s", flush=True)


def main() -> None:
    """Print the figures."""
    domains, products = int((sys.argv[1:2] or ["100"])[0]), int((sys.argv[2:3] or ["10"])[0])
    contract = Path("contracts", "playback", "viewing-hours.odcs.yaml")
    described = BenchmarkRequest(contract, "How long each title", "How many hours each title")
    everywhere = BenchmarkRequest(Path("mesh.yaml"), "budget: 600", "budget: 610")
    with tempfile.TemporaryDirectory() as name:
        for what, request, target in (
            ("one file of the sample mesh", described, TARGET_ONE_FILE),
            ("the sample mesh", everywhere, TARGET_SAMPLE),
        ):
            folder = Path(name, what.replace(" ", "-"))
            for part in (FOLDER, "pipelines"):
                shutil.copytree(SAMPLE / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            measure(what, folder, request, target)
        folder = Path(name, "large")
        example.write(folder / FOLDER, domains, products, 1, DAY)
        first = min((folder / FOLDER / "contracts").glob("*/*.odcs.yaml"))
        large = BenchmarkRequest(first.relative_to(folder / FOLDER), "purpose: What", "purpose: All that")
        measure(f"{domains} x {products}", folder, large, TARGET_LARGE, rounds=1)


if __name__ == "__main__":
    main()
