"""All benchmarks, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "pure",
    "process",
    "registration",
    "plans",
    "policy_pack",
    "requests",
    "deployment",
    "engines",
    "decide",
    "proof",
    "publishing",
    "query_scans",
    "laptop",
)


def main() -> None:
    """Run every benchmark, or the one that the argument names."""
    for name in sys.argv[1:] or NAMES:
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
