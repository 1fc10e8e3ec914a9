"""Sentences that findings share: lists of names, and the nearest name."""

from __future__ import annotations

import pytest

from mesh.findings import listed, nearest, nearest_reference, unknown


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("pi", ["pii", "general"], "; did you mean 'pii'?"),
        ("PII", ["pii", "general"], "; did you mean 'pii'?"),
        ("physicaltype", ["logicalType", "physicalType"], "; did you mean 'physicalType'?"),
        ("name", ["name"], ""),
        ("name", ["name", "names"], "; did you mean 'names'?"),
        ("zebra", ["pii", "general"], ""),
        ("Login_Risk", ["login-risk", "accounts"], "; did you mean 'login-risk'?"),
        ("x", [], ""),
    ],
)
def test_the_nearest_name_is_found_in_any_case_and_is_never_the_name_itself(
    name: str, known: list[str], expected: str
) -> None:
    assert nearest(name, known) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("playback.session", "; did you mean 'playback.sessions'?"),
        ("playback.Viewing_Hours", "; did you mean 'playback.viewing-hours'?"),
        ("playback.payments", ""),
        ("playback.titles", "; did you mean 'content.titles'?"),
        ("playbak.sessions", "; did you mean 'playback.sessions'?"),
        ("Playback.session", "; did you mean 'playback.sessions'?"),
        ("legal.cases", ""),
        ("session", "; did you mean 'playback.sessions'?"),
    ],
)
def test_the_nearest_product_is_near_by_its_own_name(reference: str, expected: str) -> None:
    """`playback.payments` is no `playback.viewing-hours`, whatever the two begin with."""
    known = ["content.titles", "playback.sessions", "playback.viewing-hours"]
    assert nearest_reference(reference, known) == expected


def test_an_unknown_name_is_told_with_what_is_known() -> None:
    assert unknown("label", "PII", ["pii", "general"]) == (
        "unknown label 'PII'; did you mean 'pii'? Known: general and pii"
    )
    assert unknown("label", "zebra", ["pii"]) == "unknown label 'zebra'; known: pii; choose one"


def test_names_are_listed_in_order_and_at_most_twelve() -> None:
    assert listed([]) == "none"
    assert listed("ba") == "a and b"
    assert listed("abcdefghijklmn") == "a, b, c, d, e, f, g, h, i, j, k, l and 2 more"
