"""`mesh plan` beside the synthesis of AWS CDK (node) for the same products: time and memory of whole processes.

    make cdk && python -m benchmarks.plans

Both make as many keys, buckets, tables, databases, roles and permissions, which the last lines count. Time is the best
of several rounds, in which both take turns; memory is what all processes of a command have at once, each page that
they share counted once, in runs that are not timed.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mesh import example

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / ".tools" / "cdk" / "node_modules"
APP = ROOT / "benchmarks" / "cdk" / "app.js"
DAY = datetime.date(2026, 12, 1)
DOMAINS, PRODUCTS, ROUNDS = 10, 10, 3
TARGET_DOMAIN, TARGET_MESH, TARGET_MEMORY = 0.33, 1.0, 0.5
ENTITIES = {
    "keys": ("aws:kms/key:Key", "AWS::KMS::Key"),
    "buckets": ("aws:s3/bucket:Bucket", "AWS::S3::Bucket"),
    "tables": ("aws:glue/catalogTable:CatalogTable", "AWS::Glue::Table"),
    "optimizers": ("aws:glue/catalogTableOptimizer:CatalogTableOptimizer", "AWS::Glue::TableOptimizer"),
    "databases": ("aws:glue/catalogDatabase:CatalogDatabase", "AWS::Glue::Database"),
    "roles": ("aws:iam/role:Role", "AWS::IAM::Role"),
    "labels": ("aws:lakeformation/resourceLfTag:ResourceLfTag", "AWS::LakeFormation::TagAssociation"),
    "permissions": ("aws:lakeformation/permissions:Permissions", "AWS::LakeFormation::PrincipalPermissions"),
}


class SpentTime(NamedTuple):
    """Seconds on the clock, and of all processors together."""

    wall: float
    cpu: float


class TimedCommand(NamedTuple):
    """A command line, with what it needs in its environment."""

    words: list[str]
    environment: dict[str, str]

    def start(self) -> subprocess.Popen[bytes]:
        """The command as a process."""
        environment = {**os.environ, **self.environment}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or every run would compile what it imports
        return subprocess.Popen(self.words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self) -> SpentTime:
        """The time that one run takes."""
        started, process = time.perf_counter(), self.start()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"failed: {' '.join(self.words)}")
        return SpentTime(time.perf_counter() - started, used.ru_utime + used.ru_stime)

    def megabytes(self) -> float:
        """Megabytes at the most in one run, of the process and those that it started."""
        process, most = self.start(), 0.0
        while process.poll() is None:
            most = max(most, sum(_megabytes(number) for number in _family(process.pid)))
            time.sleep(0.05)
        return most


def _family(number: int) -> Iterator[int]:
    """A process with all that come from it."""
    yield number
    try:
        for task in Path(f"/proc/{number}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))
    except OSError:
        return  # it has ended meanwhile


def _megabytes(number: int) -> float:
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def planned(folder: Path, *more: str) -> TimedCommand:
    """`mesh plan` of a mesh."""
    mesh = str(Path(sys.executable).parent / "mesh")
    return TimedCommand([mesh, "plan", "--dir", str(folder), "--as-of", DAY.isoformat(), *more], {})


def synthesised(out: Path, domains: int, *more: str) -> TimedCommand:
    """CDK's synthesis of as many products."""
    words = ["node", str(APP), str(out), str(domains), str(PRODUCTS), *more]
    return TimedCommand(words, {"NODE_PATH": str(MODULES)})


def compare(what: str, ours: TimedCommand, theirs: TimedCommand, target: float) -> None:
    """Print both times and both memories, with their ratios."""
    ours.run()  # the first run writes byte code
    rounds = [(ours.run(), theirs.run()) for _ in range(ROUNDS)]
    mesh, cdk = min(mesh for mesh, _ in rounds), min(cdk for _, cdk in rounds)
    print(
        f"{what}: mesh plan {mesh.wall:.2f} s, CDK {cdk.wall:.2f} s; ratio {mesh.wall / cdk.wall:.2f} (target {target})"
    )
    print(f"{what}: of processors {mesh.cpu:.2f} s and {cdk.cpu:.2f} s; ratio {mesh.cpu / cdk.cpu:.2f}", flush=True)
    if Path("/proc/self/smaps_rollup").exists():
        memory, heap = ours.megabytes(), theirs.megabytes()
        ratio = f"ratio {memory / heap:.2f} (target {TARGET_MEMORY})"
        print(f"{what}: mesh plan {memory:.0f} MB, CDK {heap:.0f} MB; {ratio}", flush=True)


def count(folder: Path, out: Path) -> None:
    """Print how many of each entity both make."""
    plan = subprocess.run(
        planned(folder, "--json").words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    ours = Counter(item["type"] for stack in json.loads(plan.stdout)["stacks"] for item in stack["resources"])
    templates = [json.loads(path.read_text()) for path in out.glob("*.template.json")]
    theirs = Counter(item["Type"] for template in templates for item in template.get("Resources", {}).values())
    for name, (mesh, cdk) in ENTITIES.items():
        print(f"{name:12} {ours[mesh]:>5} of mesh plan, {theirs[cdk]:>5} of CDK")
    resources = sum(number for kind, number in ours.items() if kind.startswith("aws:"))
    print(f"{'all':12} {resources:>5} of mesh plan, {theirs.total():>5} of CDK")


def main() -> None:
    """Print the figures, or why there are none."""
    if not shutil.which("node"):
        print("skipped: there is no node, which AWS CDK needs (https://nodejs.org)")
        return
    if not MODULES.is_dir():
        print("skipped: there is no AWS CDK in .tools/cdk; make cdk")
        return
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name, "mesh"), Path(name, "out")
        example.write(folder, DOMAINS, PRODUCTS, 1, DAY)
        stack = f"domain-{example.domain_name(0)}"
        compare(
            f"one stack of {PRODUCTS} products",
            planned(folder, "--stack", stack),
            synthesised(out / "one", 1, "domain-d-0"),
            TARGET_DOMAIN,
        )
        every = synthesised(out / "every", DOMAINS)
        compare(f"{DOMAINS} x {PRODUCTS}, every stack", planned(folder), every, TARGET_MESH)
        count(folder, out / "every")


if __name__ == "__main__":
    main()
