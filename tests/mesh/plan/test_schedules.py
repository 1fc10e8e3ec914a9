"""Schedules as AWS's guides have them: their own examples are taken, and what they rule out is told."""

from __future__ import annotations

import pytest

from mesh.plan.schedules import mistake

TAKEN_BY_GLUE = (
    "cron(0 10 * * ? *)",
    "cron(15 12 * * ? *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(0 8 1 * ? *)",
    "cron(0/15 * * * ? *)",
    "cron(0/10 * ? * MON-FRI *)",
    "cron(0/5 8-17 ? * MON-FRI *)",
    "cron(0,57 4 * * ? *)",
    "cron(0 4 L * ? 2027-2030)",
    "cron(0 4 3W JAN,JUL ? *)",
    "cron(0 4 ? * 6L *)",
)
"""The first seven are the examples of Glue's guide."""

REFUSED_BY_GLUE = (
    "",
    "daily",
    "rate(5 minutes)",
    "cron()",
    "cron(0 4 * * ?)",
    "cron(0 4 * * ? * *)",
    "cron(0 4 * * * *)",
    "cron(0 4 ? * ? *)",
    "cron(60 4 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 4 0 * ? *)",
    "cron(0 4 32 * ? *)",
    "cron(0 4 32W * ? *)",
    "cron(0 4 * 13 ? *)",
    "cron(0 4 * FEB-JAN ? *)",
    "cron(0 4 ? * 8 *)",
    "cron(0 4 ? * MON#1 *)",
    "cron(0 4 * * ? 1969)",
    "cron(0 4 * * ? 2200)",
    "cron(0/0 4 * * ? *)",
    "cron(0/x 4 * * ? *)",
    "cron(5-1 4 * * ? *)",
    "cron(0, 4 * * ? *)",
    "cron(? 4 * * ? *)",
    "cron(0 4 ?,1 * ? *)",
    "cron(0/4 * * * ? *)",
    "cron(* 4 * * ? *)",
    "cron(1-3 4 * * ? *)",
    "cron(0,57 * * * ? *)",
    "cron(0,57 23,0 * * ? *)",
)


@pytest.mark.parametrize("text", TAKEN_BY_GLUE)
def test_what_glue_takes_is_no_mistake(text: str) -> None:
    assert mistake(text, of_glue=True) == ""


@pytest.mark.parametrize("text", REFUSED_BY_GLUE)
def test_what_glue_refuses_is_told(text: str) -> None:
    assert mistake(text, of_glue=True) != ""


@pytest.mark.parametrize(
    "text",
    ["rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "rate(7 days)", "cron(* * * * ? *)", "cron(0 4 ? * MON#1 *)"],
)
def test_eventbridge_takes_rates_and_every_minute(text: str) -> None:
    assert mistake(text, of_glue=False) == ""


@pytest.mark.parametrize(
    "text", ["rate(1 hours)", "rate(2 hour)", "rate(0 minutes)", "rate(5 seconds)", "rate(1 week)", "at(2027-01-01)"]
)
def test_eventbridge_refuses_a_rate_of_another_form(text: str) -> None:
    assert mistake(text, of_glue=False) != ""
