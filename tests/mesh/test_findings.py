"""Sentences that findings share: lists of names, and the nearest name."""

from __future__ import annotations

import pytest

from mesh.findings import listed, nearest, unknown


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("pi", ["pii", "general"], "; did you mean 'pii'?"),
        ("PII", ["pii", "general"], "; did you mean 'pii'?"),
        ("physicaltype", ["logicalType", "physicalType"], "; did you mean 'physicalType'?"),
        ("name", ["name"], ""),
        ("name", ["name", "names"], "; did you mean 'names'?"),
        ("zebra", ["pii", "general"], ""),
        ("x", [], ""),
    ],
)
def test_the_nearest_name_is_found_in_any_case_and_is_never_the_name_itself(
    name: str, known: list[str], expected: str
) -> None:
    assert nearest(name, known) == expected


def test_an_unknown_name_is_told_with_what_is_known() -> None:
    assert unknown("label", "PII", ["pii", "general"]) == (
        "unknown label 'PII'; did you mean 'pii'? Known: general and pii"
    )
    assert unknown("label", "zebra", ["pii"]) == "unknown label 'zebra'; known: pii"


def test_names_are_listed_in_order_and_at_most_twelve() -> None:
    assert listed([]) == "none"
    assert listed("ba") == "a and b"
    assert listed("abcdefghijklmn") == "a, b, c, d, e, f, g, h, i, j, k, l and 2 more"
