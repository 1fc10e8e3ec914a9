"""Proofs of all invariants of a generated mesh: seconds, memory and growth; and sizes of documents as it grows.

python -m benchmarks.proof [DOMAINS] [PRODUCTS]
"""

from __future__ import annotations

import datetime
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mesh import example
from mesh.access.sizes import largest, sizes
from mesh.load import load
from mesh.plan import build
from mesh.proof import written_labels
from mesh.proof.prove import prove

DAY = datetime.date(2026, 12, 1)
TARGET_SECONDS, TARGET_MEGABYTES, TARGET_SHARE = 30.0, 500, 0.8
SIZES = (10, 100, 1000)


def proven(directory: Path) -> dict[str, float]:
    """Wall seconds, requests decided, peak memory and the verdict for a mesh in a folder."""
    gc.set_threshold(100_000, 50, 1000)  # as the `mesh` command does
    started = time.perf_counter()
    mesh = load(directory).usable()
    results = list(prove(build(mesh, DAY), written_labels.read(directory, mesh)))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    slowest = max(results, key=lambda result: result.seconds)
    return {
        "seconds": seconds,
        "requests": sum(result.checked for result in results),
        "megabytes": peak,
        "holds": all(result.holds for result in results),
        "slowest": slowest.seconds,
    }


def in_its_own_process(directory: Path) -> dict[str, float]:
    """The measurements of `proven` in a process of its own, so that the peak of memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.proof", "--of", str(directory)], check=True, capture_output=True, text=True
    )
    measurements: dict[str, float] = json.loads(done.stdout)
    return measurements


def main() -> None:
    """Print the tables."""
    if sys.argv[1:2] == ["--of"]:
        print(json.dumps(proven(Path(sys.argv[2]))))
        return
    domains, products = int((sys.argv[1:2] or ["100"])[0]), int((sys.argv[2:3] or ["10"])[0])
    with tempfile.TemporaryDirectory() as name:
        meshes = {size: Path(name, str(size)) for size in SIZES}
        for size, directory in meshes.items():
            example.write(directory, size, 2, 2, DAY)
        small, large = Path(name, "small"), Path(name, "large")
        example.write(small, max(domains // 10, 1), products, 2, DAY)
        example.write(large, domains, products, 2, DAY)
        few, many = in_its_own_process(small), in_its_own_process(large)
        by_size = {size: largest(sizes(build(load(directory).usable(), DAY))) for size, directory in meshes.items()}
    for count, proof in ((max(domains // 10, 1), few), (domains, many)):
        verdict = "every invariant holds" if proof["holds"] else "NOT EVERY INVARIANT HOLDS"
        print(
            f"{count:4} x {products}: {proof['seconds']:6.1f} s, {proof['requests']:,} requests, "
            f"{proof['megabytes']:.0f} MB; {verdict}"
        )
    growth = many["seconds"] / few["seconds"]
    print(f"target {TARGET_SECONDS:.0f} s, {TARGET_MEGABYTES} MB; growth x{growth:.1f} (linear is x10)")
    print(
        f"\n{'largest of its kind, characters':34}"
        + "".join(f"{size:>8} domains" for size in SIZES)
        + "    of its quota"
    )
    for kind, document in by_size[SIZES[-1]].items():
        row = "".join(f"{by_size[count][kind].characters:>16,}" for count in SIZES)
        over = "" if document.share <= TARGET_SHARE else f"  over {TARGET_SHARE:.0%}"
        print(f"{kind:34}{row}{document.share:>15.0%}{over}")


if __name__ == "__main__":
    main()
