"""Schedules of pipelines as AWS takes them, in UTC: Glue's triggers, and EventBridge's rules for the other runtimes.

Sources: Glue Developer Guide, "Time-based schedules for jobs and crawlers" (six fields, one of the two kinds of day is
`?`, no rate faster than five minutes, no `rate(…)`); EventBridge User Guide, "Cron expressions" and "Rate expressions"
(a value of 1 takes the unit in the singular). Which days a schedule comes to says `mesh/plan/schedule_days.py`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

FASTEST_OF_GLUE: Final = 5
"""Minutes between two runs of a Glue trigger, at the least."""

MOST_MINUTES: Final = 100 * 365 * 24 * 60
"""Minutes of a rate at the most. AWS names no limit; a rule waits its rate first, and 100 years are for nobody."""

_RATE: Final = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9][0-9]+) (?:minutes|hours|days))\)")
_MINUTES: Final = {"minute": 1, "hour": 60, "day": 24 * 60}
_CRON: Final = re.compile(r"cron\(([^()]*)\)")


class CronField(NamedTuple):
    """A field of a cron expression: its name, the numbers that it takes, and words for them, the first first."""

    name: str
    first: int
    last: int
    words: tuple[str, ...] = ()


FIELDS: Final = (
    CronField("minute", 0, 59),
    CronField("hour", 0, 23),
    CronField("day of the month", 1, 31),
    CronField("month", 1, 12, tuple("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split())),
    CronField("day of the week", 1, 7, tuple("SUN MON TUE WED THU FRI SAT".split())),
    CronField("year", 1970, 2199),
)
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4
_CRON_FORM: Final = "cron(minutes hours day-of-month month day-of-week year)"
_EXAMPLE: Final = "as in cron(15 4 * * ? *), every day at 4:15 UTC"


def mistake(text: str, of_glue: bool) -> str:
    """The sentence on a schedule that AWS would refuse; empty for one that it takes."""
    if text.startswith("rate("):
        if of_glue:
            return f"Glue takes no rate; write {_CRON_FORM}, {_EXAMPLE}"
        return _wrong_rate(text)
    cron = _CRON.fullmatch(text)
    if cron is None:
        return f"a schedule is {_CRON_FORM}, {_EXAMPLE}"
    fields = cron[1].split()
    if len(fields) != len(FIELDS):
        return f"it has {len(fields)} fields, and AWS takes six: {_CRON_FORM}, {_EXAMPLE}"
    return _wrong_part(fields, of_glue) or _wrong_days(fields) or (_too_often(fields) if of_glue else "")


def meant(text: str, of_glue: bool) -> str:
    """The schedule that AWS takes and that is meant by one that it would refuse; empty where none is near."""
    if rate := re.fullmatch(r"rate\(\s*([0-9]+)\s*([a-z]+?)s?\s*\)", text):
        number = rate[1].lstrip("0")
        near = f"rate({number} {rate[2]}{'' if number == '1' else 's'})"
        near = _as_cron(number, rate[2]) if of_glue else near
    else:
        fields = text.removeprefix("cron(").removesuffix(")").split()
        near = f"cron({' '.join(_six(fields))})" if len(fields) in (5, 6) else text
    return "" if near == text or not near or mistake(near, of_glue) else near


def _as_cron(number: str, unit: str) -> str:
    """The cron expression of a rate that an hour or a day is made of; empty for one without any."""
    whole, every = ("day", "") if number == "1" and unit == "day" else (unit, "" if number == "1" else f"/{number}")
    if every and (len(number) > 2 or {"minute": 60, "hour": 24}.get(unit, 1) % int(number)):
        return ""
    fields = {"minute": f"*{every} * * * ? *", "hour": f"0 *{every} * * ? *", "day": "0 0 * * ? *"}
    return f"cron({fields[whole]})" if whole in fields else ""


def _six(fields: list[str]) -> list[str]:
    """Six fields, as AWS has them, of the five or six of another cron, which counts the days of the week from 0."""
    minute, hour, day, month, weekday, *year = fields
    if not year and "/" not in weekday:  # a step is no day
        weekday = re.sub("[0-7]", lambda number: str(int(number[0]) % 7 + 1), weekday)
    if "?" not in (day, weekday):
        day, weekday = ("?", weekday) if day == "*" and weekday != "*" else (day, "?")
    return [minute, hour, day, month, weekday, *(year or ["*"])]


def _wrong_rate(text: str) -> str:
    if not _RATE.fullmatch(text):
        return "a rate is a number and its unit, as in rate(1 hour) and rate(5 minutes)"
    number, unit = text.removeprefix("rate(").removesuffix(")").split()
    # A number of thousands of digits is none that Python reads.
    if len(number) <= len(str(MOST_MINUTES)) and int(number) * _MINUTES[unit.rstrip("s")] <= MOST_MINUTES:
        return ""
    return f"a rate is {MOST_MINUTES // _MINUTES['day']:,} days (100 years) at the most, as in rate(1 day)"


def _wrong_part(fields: list[str], of_glue: bool) -> str:
    for position, (written, field) in enumerate(zip(fields, FIELDS, strict=True)):
        for part in written.split(","):
            if not _is_taken(part, field, position, of_glue, alone=part == written):
                words = f" or {field.words[0]}-{field.words[-1]}" if field.words else ""
                return f"'{part}' is no {field.name}, which is {field.first}-{field.last}{words}"
    return ""


def _wrong_days(fields: list[str]) -> str:
    days = (fields[_DAY_OF_MONTH], fields[_DAY_OF_WEEK])
    if days.count("?") == 1:
        return ""
    return f"one of day of the month and day of the week is '?', and here are '{days[0]}' and '{days[1]}'"


def _too_often(fields: list[str]) -> str:
    gap = _shortest_gap(fields[0], fields[1])
    if gap >= FASTEST_OF_GLUE:
        return ""
    minutes = f"{gap} minute{'s' if gap > 1 else ''}"
    return f"a start follows {minutes} after another, and Glue takes {FASTEST_OF_GLUE} at the least"


def _is_taken(part: str, field: CronField, position: int, of_glue: bool, alone: bool) -> bool:
    """Whether AWS takes one of the parts, which commas separate, of a field."""
    is_day_of_month, is_day_of_week = position == _DAY_OF_MONTH, position == _DAY_OF_WEEK
    if part == "?":
        return alone and (is_day_of_month or is_day_of_week)
    if is_day_of_month and (day := re.fullmatch(r"([0-9]{1,2})W", part)):
        return field.first <= int(day[1]) <= field.last
    if is_day_of_month and part in ("L", "LW"):
        return True
    if is_day_of_week and (last := re.fullmatch(r"([1-7]|[A-Za-z]{3})?L", part)):
        return last[1] is None or number_of(last[1], field) is not None
    if is_day_of_week and not of_glue and (nth := re.fullmatch(r"([1-7]|[A-Za-z]{3})#[1-5]", part)):
        return number_of(nth[1], field) is not None
    return bool(values(part, field))


def values(part: str, field: CronField) -> list[int]:
    """The numbers that a part of a field stands for; none for one that AWS does not take."""
    span, slash, step = part.partition("/")
    # AWS refuses a step beyond the field, as in `*/60` of minutes.
    if slash and not (re.fullmatch("[0-9]{1,4}", step) and 0 < int(step) <= field.last):
        return []
    if span == "*":
        first, last = field.first, field.last
    else:
        begin, dash, end = span.partition("-")
        numbers = (number_of(begin, field), number_of(end, field) if dash else number_of(begin, field))
        if numbers[0] is None or numbers[1] is None or numbers[0] > numbers[1]:
            return []
        first, last = numbers[0], field.last if slash and not dash else numbers[1]
    return list(range(first, last + 1, int(step) if slash else 1))


def number_of(text: str, field: CronField) -> int | None:
    """The number that a text stands for in a field, which may be a word; None for one that AWS does not take."""
    if text.upper() in field.words:
        return field.words.index(text.upper()) + field.first
    return int(text) if re.fullmatch("[0-9]{1,4}", text) and field.first <= int(text) <= field.last else None


def _shortest_gap(minutes: str, hours: str) -> int:
    """Minutes between two starts that follow one another, within an hour and from one to the next."""
    starts = sorted({value for part in minutes.split(",") for value in values(part, FIELDS[0])})
    at = {value for part in hours.split(",") for value in values(part, FIELDS[1])}
    return min(_gaps(starts, any((hour + 1) % 24 in at for hour in at)), default=60)


def _gaps(starts: list[int], next_hour: bool) -> Iterator[int]:
    yield from (later - earlier for earlier, later in itertools.pairwise(starts))
    if next_hour:
        yield 60 - starts[-1] + starts[0]
