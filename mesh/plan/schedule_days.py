"""Days to which a schedule of `cron(…)` comes: one that never comes starts nothing, and nobody is told.

Sources: EventBridge User Guide, "Cron expressions" (`L` the last day, `W` the weekday nearest to a day of the same
month, `3#2` the second Tuesday of a month); Glue Developer Guide, "Time-based schedules for jobs and crawlers".
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from typing import Final, NamedTuple

from mesh.plan.schedules import FIELDS, number_of, values

_DAY, _MONTH, _DAY_OF_WEEK, _YEAR = range(2, 6)
_EVERY_CALENDAR: Final = range(2000, 2400)
"""Years that have every calendar there is: Gregorian ones come again after 400 years."""
_SATURDAY: Final = 7


class Never(NamedTuple):
    """A schedule that starts nothing any more: the sentence on it, and whether it once named a day that came."""

    told: str
    once_came: bool


def never_comes(text: str, as_of: datetime.date) -> Never | None:
    """Says why a schedule that AWS takes comes to no day from `as_of` on; None for one that comes."""
    if not text.startswith("cron("):
        return None
    fields = text.removeprefix("cron(").removesuffix(")").split()
    month, year = fields[_MONTH], fields[_YEAR]
    if next(_days(fields), None) is None:
        kind = _DAY_OF_WEEK if fields[_DAY] == "?" else _DAY
        of_years = "" if year == "*" else f" of the years '{year}'"
        has = f"no month '{month}'{of_years} has the {FIELDS[kind].name} '{fields[kind]}'"
        return Never(f"{has}; write a day that comes", once_came=False)
    if year == "*" or any(day >= as_of for day in _days(fields)):
        return None
    return Never(f"all days of the years '{year}' that it names are past on {as_of}; write a year that comes", True)


def _days(fields: list[str]) -> Iterator[datetime.date]:
    """Days that the fields of `cron` name, in their order; of years left open those of every calendar."""
    years = _EVERY_CALENDAR if fields[_YEAR] == "*" else _named(fields[_YEAR], _YEAR)
    months = _named(fields[_MONTH], _MONTH)
    for year in years:
        for month in months:
            for day in sorted(_days_of_a_month(fields, year, month)):
                yield datetime.date(year, month, day)


def _named(written: str, position: int) -> list[int]:
    return sorted({value for part in written.split(",") for value in values(part, FIELDS[position])})


def _days_of_a_month(fields: list[str], year: int, month: int) -> set[int]:
    last = calendar.monthrange(year, month)[1]
    if fields[_DAY] != "?":
        return {day for part in fields[_DAY].split(",") for day in _by_date(part, year, month, last)}
    parts = fields[_DAY_OF_WEEK].split(",")
    return {day for part in parts for day in range(1, last + 1) if _is_named(part, year, month, day, last)}


def _by_date(part: str, year: int, month: int, last: int) -> list[int]:
    """Days of a month that a part of the field for days of the month stands for."""
    if part == "L":
        return [last]
    if part.endswith("W"):
        day = last if part == "LW" else int(part[:-1])
        return [_nearest_weekday(year, month, day, last)] if day <= last else []
    return [day for day in values(part, FIELDS[_DAY]) if day <= last]


def _nearest_weekday(year: int, month: int, day: int, last: int) -> int:
    of_week = calendar.weekday(year, month, day)
    if of_week == calendar.SATURDAY:
        return day - 1 if day > 1 else day + 2
    if of_week == calendar.SUNDAY:
        return day + 1 if day < last else day - 2
    return day


def _is_named(part: str, year: int, month: int, day: int, last: int) -> bool:
    """Whether a part of the field for days of the week stands for a day of a month."""
    of_week = (calendar.weekday(year, month, day) + 1) % 7 + 1
    name, nth, number = part.partition("#")
    if nth:
        return of_week == number_of(name, FIELDS[_DAY_OF_WEEK]) and (day - 1) // 7 + 1 == int(number)
    if part == "L":
        return of_week == _SATURDAY
    if part.endswith("L"):
        return of_week == number_of(part[:-1], FIELDS[_DAY_OF_WEEK]) and day > last - 7
    return of_week in values(part, FIELDS[_DAY_OF_WEEK])
