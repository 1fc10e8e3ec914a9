"""Schedules as AWS's guides have them: their own examples are taken, and what they rule out is told."""

from __future__ import annotations

import datetime

import pytest

from mesh.plan.schedule_days import never_comes
from mesh.plan.schedules import meant, mistake

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


@pytest.mark.parametrize(
    "text",
    [
        "rate(99999999999999999 days)",
        f"rate({'9' * 9000} minutes)",
        "rate(36501 days)",
        "rate(876001 hours)",
        "rate(1\u0663 hours)",
        "rate(01 hours)",
        "rate(30 seconds)",
        "cron(*/60 * * * ? *)",
        "cron(0 0/24 * * ? *)",
        "cron(\u00b2 4 * * ? *)",
        "cron(0 4 ? * FOOL *)",
        "cron(0 4 1\u0663W * ? *)",
    ],
)
def test_what_eventbridge_refuses_is_told(text: str) -> None:
    assert mistake(text, of_glue=False)


@pytest.mark.parametrize("text", ["rate(36500 days)", "cron(0 4 ? * MONL *)", "cron(0 0/23 * * ? *)"])
def test_what_eventbridge_takes_is_no_mistake(text: str) -> None:
    assert mistake(text, of_glue=False) == ""


NEW_YEAR = datetime.date(2027, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "cron(0 0 30 2 ? *)",
        "cron(0 0 30,31 FEB ? *)",
        "cron(0 0 31 2,4,6,9,11 ? *)",
        "cron(0 0 30W 2 ? *)",
        "cron(0 0 29 2 ? 2027)",
        "cron(0 0 29 2 ? 2100)",
        "cron(0 0 ? 2 2#5 2027)",
    ],
)
def test_a_day_that_no_calendar_has_is_an_error(text: str) -> None:
    never = never_comes(text, NEW_YEAR)
    assert never is not None
    assert not never.once_came


@pytest.mark.parametrize(
    "text",
    ["cron(0 0 1 1 ? 2020)", "cron(0 0 * * ? 1970-2026)", "cron(0 0 ? * 6L 2020-2026/6)", "cron(0 0 31 12 ? 2026)"],
)
def test_a_day_that_is_past_is_a_lapse(text: str) -> None:
    never = never_comes(text, NEW_YEAR)
    assert never is not None
    assert never.once_came
    assert never_comes(text, datetime.date(2020, 1, 1)) is None


@pytest.mark.parametrize(
    "text",
    [
        "rate(1 day)",
        "cron(0 0 1 1 ? 2027)",
        "cron(0 0 29 2 ? *)",
        "cron(0 0 29 2 ? 2027-2028)",
        "cron(0 0 LW 2 ? *)",
        "cron(0 0 ? 2 2#5 *)",
        "cron(0 0 31 * ? *)",
        "cron(0 0 ? 12 FRI 2020,2027)",
    ],
)
def test_a_day_that_comes_is_taken(text: str) -> None:
    assert never_comes(text, NEW_YEAR) is None
    assert never_comes("cron(0 0 * * ? *)", datetime.date.max) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("cron(0 0 1W 5 ? 2027)", 3),  # the first is a Saturday, and the month before does not count
        ("cron(0 0 31W 1 ? 2027)", 29),  # the last is a Sunday
        ("cron(0 0 LW 2 ? 2027)", 26),
        ("cron(0 0 L 2 ? 2027)", 28),
        ("cron(0 0 ? 2 6L 2027)", 26),
        ("cron(0 0 ? 2 3#4 2027)", 23),
        ("cron(0 0 ? 1 L 2027)", 30),
    ],
)
def test_the_last_day_is_the_one_that_aws_names(text: str, day: int) -> None:
    month = int(text.split()[3]) if text.split()[3].isdigit() else 0
    assert never_comes(text, datetime.date(2027, month, day)) is None
    assert never_comes(text, datetime.date(2027, month, day) + datetime.timedelta(1)) is not None


@pytest.mark.parametrize(
    ("text", "of_glue", "wanted"),
    [
        ("30 4 * * *", True, "cron(30 4 * * ? *)"),
        ("30 4 * * 1-5", True, "cron(30 4 ? * 2-6 *)"),
        ("0 4 * * 0", True, "cron(0 4 ? * 1 *)"),
        ("0 4 * * */2", True, "cron(0 4 ? * */2 *)"),
        ("cron(0 4 * * * *)", True, "cron(0 4 * * ? *)"),
        ("rate(5 minute)", False, "rate(5 minutes)"),
        ("rate(1 hours)", False, "rate(1 hour)"),
        ("rate(6 hours)", True, "cron(0 */6 * * ? *)"),
        ("rate(1 day)", True, "cron(0 0 * * ? *)"),
        ("rate(7 hours)", True, ""),
        ("rate(1 week)", False, ""),
        ("every morning", True, ""),
        ("61 4 * * *", True, ""),
    ],
)
def test_a_schedule_of_another_form_is_told_as_aws_takes_it(text: str, of_glue: bool, wanted: str) -> None:
    assert meant(text, of_glue) == wanted
