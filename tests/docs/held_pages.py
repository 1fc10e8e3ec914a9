"""Pages that say of each finding of a review what came of it, and what holds it: their rows, and what they name."""

from __future__ import annotations

import re
from typing import Final

from tests.docs.pages import ROOT

TESTS: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SAMPLES: Final = re.compile(r"`(tests/mesh/bad_input/samples/[\w-]+)`")


def findings(text: str) -> list[list[str]]:
    """The rows of findings of a page: the finding, one word, what came of it, and what holds it."""
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if re.match(r"\| \S+\d? ", line)
    ]
    return [row for row in rows if row[0] != "finding"]


def missing(text: str) -> list[str]:
    """What a page names that is not there: tests, and samples of bad input."""
    tests = [
        f"{file}::{name}"
        for file, name in TESTS.findall(text)
        if not (ROOT / file).exists() or f"def {name}(" not in (ROOT / file).read_text("utf-8")
    ]
    return [*tests, *(folder for folder in SAMPLES.findall(text) if not (ROOT / folder / "expected.txt").exists())]
