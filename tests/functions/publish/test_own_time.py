"""The benchmark of the function's own time: it publishes with the function as it is."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.house.tree import ROOT


def test_the_benchmark_of_the_functions_own_time_publishes() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.publishing", "5"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert re.search(
        r"^5 columns, 1 new files: \d+\.\d ms of the function's own \(target 100\)$", told.stdout, re.MULTILINE
    )
