"""The list of known differences is the one that people read."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.known import KNOWN, unexplained
from tests.conformance.programs import PROGRAMS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"


def test_every_known_difference_is_a_heading_of_the_document() -> None:
    headings = {line.removeprefix("### ") for line in DOCUMENT.read_text().splitlines() if line.startswith("### ")}
    assert {known.title for known in KNOWN.values()} == headings


def test_every_known_difference_is_one_of_a_program() -> None:
    assert set(KNOWN) <= set(PROGRAMS)


def test_a_known_difference_that_is_gone_is_said() -> None:
    assert unexplained("half-made", []) == [
        "no longer a difference: A resource that was made but is not ready is a step"
    ]
    assert unexplained("half-made", ["run 1: steps of urn:Thing::b"]) == []
    assert unexplained("update", ["run 1: steps of urn:Thing::b"]) == ["run 1: steps of urn:Thing::b"]


def test_a_difference_that_comes_and_goes_may_be_absent_and_excuses_no_other_line() -> None:
    program, line = "destroy-refused-for-one-of-several", "run 2: steps of urn:Thing::b"
    assert unexplained(program, []) == []
    assert unexplained(program, [line]) == [line]
    assert [name for name, known in KNOWN.items() if not known.always] == [program]


def test_the_table_has_more_than_twenty_five_programs() -> None:
    assert len(PROGRAMS) >= 25
