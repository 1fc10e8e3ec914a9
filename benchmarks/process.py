"""`mesh plan` of one domain stack as a whole process, against importing the SDK and the service modules it touches."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

TARGET_SECONDS, TARGET_MEGABYTES, TARGET_RATIO = 1.5, 200, 2.5
TOUCHED = (
    "athena.Workgroup", "budgets.Budget", "ebs.EncryptionByDefault", "glue.CatalogTable", "iam.Role", "kms.Key",
    "lakeformation.LfTag", "s3.Bucket",
)  # fmt: skip
MODULES = ", ".join(name.partition(".")[0] for name in TOUCHED)
FLOOR = "import pulumi_aws\n" + "\n".join(f"pulumi_aws.{name}" for name in TOUCHED)
ROUNDS = 7


def wall(command: list[str]) -> float:
    """Seconds of one run."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Print both times (best of several, taking turns), their ratio, and the peak memory."""
    mesh = str(Path(sys.executable).parent / "mesh")
    plan = [mesh, "plan", "--stack", "domain-playback", "--as-of", "2026-12-01"]
    floor = [sys.executable, "-c", FLOOR]
    rounds = [(wall(floor), wall(plan)) for _ in range(ROUNDS)]
    least, ours = min(seconds for seconds, _ in rounds), min(seconds for _, seconds in rounds)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"import of pulumi_aws ({MODULES}): {least:.2f} s")
    print(f"mesh plan --stack domain-playback: {ours:.2f} s (target {TARGET_SECONDS})")
    print(f"ratio {ours / least:.2f} (target {TARGET_RATIO}); {memory:.0f} MB at most (target {TARGET_MEGABYTES})")


if __name__ == "__main__":
    main()
