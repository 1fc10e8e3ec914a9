"""CPU seconds to read, validate and plan a generated mesh: in all, per planned resource, and as it grows.

    python -m benchmarks.pure [DOMAINS] [PRODUCTS]

How many resources a mesh plans is counted, not assumed: a domain of every shape is registered in preview.
"""

from __future__ import annotations

import datetime
import gc
import sys
import tempfile
import time
from pathlib import Path

from mesh import example
from mesh.load import load
from mesh.plan import build, problems

DAY = datetime.date(2026, 12, 1)
TARGET_SECONDS, TARGET_MICROSECONDS = 3.0, 25.0


def pure(directory: Path) -> dict[str, float]:
    """CPU seconds of each part."""
    marks = [time.process_time()]
    loaded = load(directory)
    mesh = loaded.usable()
    marks.append(time.process_time())
    findings = problems(mesh, DAY)
    marks.append(time.process_time())
    plan = build(mesh, DAY)
    marks.append(time.process_time())
    documents = sum(
        len(product.bucket_policy.text()) + len(product.key_policy.text())
        for domain in plan.domains.values()
        for product in domain.products.values()
    )
    marks.append(time.process_time())
    errors = [finding for finding in findings if finding.severity in ("error", "lapse")]
    if errors or not documents:
        raise SystemExit(f"the generated mesh is not valid: {errors[:3]}")
    names = ("read", "rules", "plan", "bucket and key policies as text")
    return {name: after - before for name, before, after in zip(names, marks, marks[1:], strict=False)}


def resources(directory: Path, domains: int) -> int:
    """The number of AWS resources that the program registers: that of five domains, times the number of domains."""
    from mesh.folder import plan_folder
    from sandbox.runs.preview import preview

    mesh = plan_folder(directory, DAY)
    sample = [f"domain-{example.domain_name(number)}" for number in range(min(domains, 5))]
    runs = preview(mesh, sample)
    return round(sum(run.operations.get("create", 0) for run in runs) / len(sample) * domains)


def main() -> None:
    """Print the table."""
    gc.set_threshold(100_000, 50, 1000)  # as the `mesh` command does
    domains, products = int((sys.argv[1:2] or ["1000"])[0]), int((sys.argv[2:3] or ["10"])[0])
    with tempfile.TemporaryDirectory() as name:
        small, large = Path(name, "small"), Path(name, "large")
        example.write(small, max(domains // 10, 1), products, 1, DAY)
        example.write(large, domains, products, 1, DAY)
        pure(small)
        few, many = pure(small), min((pure(large) for _ in range(3)), key=lambda parts: sum(parts.values()))
        count = resources(large, domains)
    total = many["read"] + many["rules"] + many["plan"]
    for part, seconds in many.items():
        print(f"{part:34} {seconds:6.2f} s CPU")
    print(f"{domains} x {products}: {total:.2f} s CPU for read, rules and plan (target {TARGET_SECONDS})")
    print(f"{count:,} resources: {total / count * 1e6:.1f} µs each (target {TARGET_MICROSECONDS})")
    growth = total / (few["read"] + few["rules"] + few["plan"])
    print(f"growth from {domains // 10} to {domains} domains: x{growth:.1f} (linear is x10)")


if __name__ == "__main__":
    main()
