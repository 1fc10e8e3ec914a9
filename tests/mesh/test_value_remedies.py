"""Remedies for values of another form: the one that is meant, both where two may be, and none that is guessed."""

from __future__ import annotations

import re

import pytest

from mesh import value_remedies
from mesh.model.base import NAME_PATTERN, PRODUCT_PATTERN


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("27.11.2027", ("2027-11-27",)),
        ("03.04.2027", ("2027-04-03",)),
        ("03/04/2027", ("2027-04-03", "2027-03-04")),
        ("2027/11/27", ("2027-11-27",)),
        ("2027-2-3", ("2027-02-03",)),
        ("2027-02-30", ("2027-02-28",)),
        ("2027-13-01", ()),
        ("27.11.27", ()),
        ("never", ()),
        (7, ()),
    ],
)
def test_a_day_is_read_in_other_orders(written: object, wanted: tuple[str, ...]) -> None:
    assert value_remedies.dates(written) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("4 weeks", "'28 days'"),
        ("10 years", "'3653 days'"),
        ("1d", "'1 day'"),
        ("0 days", ""),
        ("400", ""),
        ("300 years", ""),
    ],
)
def test_a_length_of_time_is_told_in_days(written: str, wanted: str) -> None:
    assert "".join(value_remedies.days(written)) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [("$4,000", ("4000",)), ("900 USD", ("900",)), ("1.5", ()), ("4-6", ()), (1.5, ("1", "2")), ("x", ())],
)
def test_a_number_is_found_among_units_and_not_guessed(written: object, wanted: tuple[str, ...]) -> None:
    assert value_remedies.whole_number(written) == wanted


@pytest.mark.parametrize(
    ("written", "pattern", "wanted"),
    [
        ("loginRisk", NAME_PATTERN, "login-risk"),
        ("mesh/heartbeats/players-key", NAME_PATTERN, "players-key"),
        ("content/titles", PRODUCT_PATTERN, "content.titles"),
        ("Content.TitleList", PRODUCT_PATTERN, "content.title-list"),
        ("prod-*", NAME_PATTERN, ""),
        ("a" * 301, PRODUCT_PATTERN, ""),
    ],
)
def test_a_text_is_brought_into_the_form_that_is_wanted(written: str, pattern: str, wanted: str) -> None:
    assert value_remedies.repaired(written, lambda text: re.fullmatch(pattern, text) is not None) == wanted
