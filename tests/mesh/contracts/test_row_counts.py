"""The fewest rows of a table, as its contract's quality rules have it."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.contracts.row_counts import is_checked, least_rows
from mesh.model import Element


@pytest.mark.parametrize(
    ("rules", "least"),
    [
        ([], None),
        ([{"metric": "rowCount", "mustBeGreaterThan": 10}], 11),
        ([{"metric": "rowCount", "mustBeGreaterOrEqualTo": 10}], 10),
        ([{"metric": "rowCount", "mustBeBetween": [5, 9]}], 5),
        ([{"metric": "rowCount", "mustBeLessThan": 5}], None),
        (
            [
                {"metric": "rowCount", "mustBeGreaterThan": 0.5},
                {"metric": "rowCount", "mustBeGreaterThan": float("inf")},
            ],
            1,
        ),
        ([{"metric": "rowCount", "mustBeGreaterOrEqualTo": 1.5}], 2),
        ([{"metric": "nullValues", "mustBeGreaterThan": 10}], None),
        ([{"metric": "rowCount", "mustBeGreaterThan": 1}, {"metric": "rowCount", "mustBeGreaterThan": 7}], 8),
    ],
)
def test_the_fewest_rows_are_those_of_the_strictest_rule(rules: list[dict[str, Any]], least: int | None) -> None:
    assert least_rows(Element((), {"quality": rules})) == least


@pytest.mark.parametrize(
    ("rule", "checked"),
    [
        ({"metric": "rowCount", "mustBeGreaterThan": 10}, True),
        ({"metric": "rowCount", "mustBeGreaterOrEqualTo": 10, "severity": "error"}, True),
        # The greatest number of rows is nobody's to check.
        ({"metric": "rowCount", "mustBeBetween": [5, 9]}, False),
        ({"metric": "rowCount", "mustBeGreaterThan": 1, "mustBeLessThan": 5}, False),
        ({"metric": "rowCount"}, False),
        ({"metric": "nullValues", "mustBeGreaterThan": 10}, False),
    ],
)
def test_a_rule_is_checked_if_it_asks_for_the_fewest_rows_and_nothing_else(rule: dict[str, Any], checked: bool) -> None:
    assert is_checked(rule) == checked
