"""CPU seconds to read a generated mesh of many contracts, in this tree and in an earlier one, side by side.

    git worktree add ../before COMMIT
    python -m benchmarks.reading ../before [CONTRACTS] [ROUNDS]

Each tree writes the mesh with its own generator, and reads it with its own loader, in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
TARGET = 1.25

_WRITE = """
import datetime, sys
from pathlib import Path
from mesh import example
example.write(Path(sys.argv[1]), int(sys.argv[2]), 10, 1, datetime.date(2026, 12, 1))
"""
_READ = """
import gc, sys, time
from pathlib import Path
from mesh.load import load
gc.set_threshold(100_000, 50, 1000)  # as the `mesh` command does
load(Path("/nonexistent"))
started = time.process_time()
mesh = load(Path(sys.argv[1])).usable()
print(time.process_time() - started, len(mesh.contracts))
"""


def run(tree: Path, program: str, *arguments: object) -> str:
    """What a program prints that runs with a tree's own modules."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = {"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"}
    return subprocess.run(command, cwd=tree, env=environment, check=True, capture_output=True, text=True).stdout


def read(tree: Path, folder: Path, contracts: int) -> float:
    """CPU seconds of one reading."""
    seconds, number = run(tree, _READ, folder).split()
    if int(number) != contracts:
        raise SystemExit(f"{tree} read {number} of {contracts} contracts")
    return float(seconds)


def main() -> None:
    """Print the table."""
    if not sys.argv[1:]:
        raise SystemExit(f"usage: python -m benchmarks.reading EARLIER_TREE [CONTRACTS] [ROUNDS]\n{__doc__}")
    before = Path(sys.argv[1]).resolve()
    contracts, rounds = int((sys.argv[2:3] or ["10000"])[0]), int((sys.argv[3:4] or ["5"])[0])
    trees = {"before": before, "now": HERE}
    with tempfile.TemporaryDirectory() as name:
        folders = {each: Path(name, each) for each in trees}
        for each, tree in trees.items():
            run(tree, _WRITE, folders[each], contracts // 10)
        seconds: dict[str, list[float]] = {each: [] for each in trees}
        for _ in range(rounds):
            for each, tree in trees.items():
                seconds[each].append(read(tree, folders[each], contracts))
    for each, taken in seconds.items():
        print(f"{each:8} {min(taken):6.2f} s CPU at best, {max(taken):6.2f} s at worst, {contracts:,} contracts")
    print(f"ratio    {min(seconds['now']) / min(seconds['before']):6.2f} (target {TARGET})")


if __name__ == "__main__":
    main()
