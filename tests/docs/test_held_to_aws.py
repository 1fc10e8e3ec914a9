"""The page of findings: each finding stands there once, with a word of what came of it and tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "held-to-aws.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if re.match(r"\| \S+\d? ", line)]
FINDINGS = [row for row in ROWS if row[0] != "finding"]
TESTS = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")

OF_THE_REVIEWS = {
    *(f"A{number}" for number in range(1, 6)),
    *(f"B{number}" for number in range(1, 11)),
    *(f"C{number}" for number in range(1, 10)),
    *(f"S-{letter}" for letter in "ABCDEFGHIJKL"),
    *(f"E-{subject}" for subject in ("names", "opt-in", "regions", "units", "zones")),
}


def test_every_finding_stands_there_once() -> None:
    found = [row[0].partition(" ")[0] for row in FINDINGS]
    assert sorted(found) == sorted(OF_THE_REVIEWS)


def test_what_came_of_it_is_one_of_three_words_and_what_is_mended_is_held_by_a_test() -> None:
    assert {row[1] for row in FINDINGS} <= {"mended", "decided", "open"}
    assert [row[0] for row in FINDINGS if row[1] == "mended" and not TESTS.search(row[3])] == []


def test_the_tests_that_hold_them_are_there() -> None:
    named = TESTS.findall(PAGE)
    assert len(named) > 30
    missing = [f"{file}::{name}" for file, name in named if f"def {name}(" not in (ROOT / file).read_text("utf-8")]
    assert missing == []
