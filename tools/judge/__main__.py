"""`python -m tools.judge`: a plan on stdin, what the judges object to, and which of it stands suppressed."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tools.judge import suppressions
from tools.judge.checkov import checkov
from tools.judge.documents import documents
from tools.judge.iam_judges import cloudsplaining, parliament
from tools.judge.objection import Objection
from tools.judge.planned import resources
from tools.judge.workflow_judges import actionlint, zizmor

ROOT: Final = Path(__file__).resolve().parents[2]
SUPPRESSIONS: Final = Path(__file__).with_name("suppressions.yaml")


def main() -> int:
    """Judge the plan and the workflows; 1 where something is left."""
    planned = resources(json.load(sys.stdin))
    papers = documents(planned)
    with TemporaryDirectory(prefix="mesh-judge-") as folder:
        judges: dict[str, Callable[[], Iterable[Objection]]] = {
            "checkov": lambda: checkov(planned, Path(folder)),
            "parliament": lambda: parliament(papers),
            "cloudsplaining": lambda: cloudsplaining(papers),
            "zizmor": lambda: zizmor(ROOT),
        }
        program = shutil.which("actionlint")
        if program:
            judges["actionlint"] = lambda: actionlint(ROOT, Path(program))
        objections = {objection for name, judge in judges.items() for objection in _timed(name, judge)}
    accepted = suppressions.read(SUPPRESSIONS, ROOT)
    left = suppressions.complaints(objections, accepted)
    if not program:
        left.append("actionlint did not judge: neither it nor Go, with which it is built, is there")
    for line in left:
        sys.stdout.write(f"{line}\n")
    _summary(len(planned), len(papers), objections, accepted, left)
    return 1 if left else 0


def _timed(name: str, judge: Callable[[], Iterable[Objection]]) -> set[Objection]:
    start = time.perf_counter()
    found = set(judge())
    sys.stderr.write(f"{name}: {time.perf_counter() - start:.1f} s\n")
    return found


def _summary(
    planned: int,
    papers: int,
    objections: set[Objection],
    accepted: list[suppressions.Suppression],
    left: list[str],
) -> None:
    said = Counter(objection.judge for objection in objections)
    rows = Counter(suppression.judge for suppression in accepted)
    for judge in sorted(said | rows):
        sys.stdout.write(f"{judge}: {said[judge]:,} objections, {rows[judge]} suppressions\n")
    sys.stdout.write(f"{planned:,} resources and {papers} policy documents judged; {len(left):,} complaints left\n")


if __name__ == "__main__":
    sys.exit(main())
