"""The page of findings: each finding stands there once, with a word of what came of it and tests that there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sized
from pathlib import Path

import pytest

from mesh.acceptance.fitting_resources import PLAN_RULES
from mesh.acceptance.inner_rules import FIT_RULES, VALUE_RULES
from mesh.acceptance.named_resources import NAMING
from mesh.acceptance.policy_subjects import SUBJECTS
from mesh.acceptance.public_policies import FIXED
from mesh.aws.property_shapes import shapes
from tests.docs.held_pages import TESTS, findings, missing
from tests.mesh.acceptance.test_fitting_resources import WRONG as MISFITS
from tests.mesh.acceptance.test_inner_rules import WRONG as INNER
from tests.mesh.acceptance.test_policy_documents import WRONG as DOCUMENTS
from tests.mesh.acceptance.test_policy_subjects import OTHER_SUBJECTS, PUBLIC
from tests.mesh.acceptance.test_property_values import REQUIRED_LISTS
from tests.mesh.acceptance.test_property_values import WRONG as VALUES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "held-to-aws.md").read_text("utf-8")
FINDINGS = findings(PAGE)

OF_THE_REVIEWS = {
    *(f"A{number}" for number in range(1, 6)),
    *(f"B{number}" for number in range(1, 11)),
    *(f"C{number}" for number in range(1, 10)),
    *(f"S-{letter}" for letter in "ABCDEFGHIJKL"),
    *(f"D-1.{number}" for number in range(1, 8)),
    "D-3.2",
    *(f"F-B{number}" for number in range(1, 7)),
    *(f"F-major-{number}" for number in (1, 3, 4, 5)),
    *(
        f"E-{each}"
        for each in ("answers", "bytes", "calls", "names", "opt-in", "partitions", "regions", "units", "walls", "zones")
    ),
}


def test_every_finding_stands_there_once() -> None:
    found = [row[0].partition(" ")[0] for row in FINDINGS]
    assert sorted(found) == sorted(OF_THE_REVIEWS)


def test_what_came_of_it_is_one_of_three_words_and_what_is_mended_is_held_by_a_test() -> None:
    assert {row[1] for row in FINDINGS} <= {"mended", "decided", "open"}
    assert [row[0] for row in FINDINGS if row[1] == "mended" and not TESTS.search(row[3])] == []


def test_what_aws_or_a_scanner_would_stop_at_is_held_by_a_test_whatever_came_of_it() -> None:
    assert [row[0] for row in FINDINGS if re.match(r"[ABSDF]", row[0]) and not TESTS.search(row[3])] == []


def test_a_first_check_is_on_the_list_of_first_checks() -> None:
    listed = (ROOT / "docs" / "on-aws.md").read_text("utf-8").partition("## 12. First checks on AWS")[2]
    said = [row[2] for row in FINDINGS if "first check" in row[2]]
    named = [re.findall(r"first check \(\*(.+?)\*\)", each) for each in said]
    assert len(said) > 4
    assert [each for each, names in zip(said, named, strict=True) if not names] == []
    assert [name for names in named for name in names if f"\n| {name}" not in listed] == []


@pytest.mark.parametrize(
    ("of", "numbers"),
    [
        ("shapes.json", (sum(len(each.properties) for each in shapes().types.values()), VALUES, REQUIRED_LISTS)),
        ("policy_documents.py", (DOCUMENTS,)),
        ("policy_subjects.py", (SUBJECTS, OTHER_SUBJECTS)),
        ("public_policies.py", (FIXED, PUBLIC)),
        ("inner_rules.py", (VALUE_RULES, FIT_RULES, INNER)),
        ("named_resources.py", (NAMING,)),
        ("fitting_resources.py", (PLAN_RULES, MISFITS)),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_numbers_are_those_of_the_tables(of: str, numbers: Iterable[Sized | int]) -> None:
    (line,) = (each for each in PAGE.splitlines() if each.startswith("* **") and f"{of}`" in each.partition("**:")[0])
    said = re.findall(r"\b\d+\b", line.partition("**:")[2].partition(": `tests/")[0])
    assert [*map(int, said)] == [each if isinstance(each, int) else len(each) for each in numbers]


def test_the_tests_that_hold_them_are_there() -> None:
    assert len(TESTS.findall(PAGE)) > 30
    assert missing(PAGE) == []
