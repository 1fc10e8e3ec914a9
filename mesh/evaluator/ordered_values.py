"""Numbers and moments as policies and requests write them, and the order in which they stand."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from mesh.evaluator.errors import MalformedError, UnknownError
from mesh.evaluator.patterns import Test

_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def _number(text: str) -> Decimal:
    # Integers and decimals (IAM User Guide, "Numeric condition operators"), compared digit by digit.
    if not _DECIMAL.fullmatch(text):
        raise UnknownError(f"{text!r} is no number")
    return Decimal(text)


def _moment(text: str) -> Decimal:
    # A date has a form that the W3C has of ISO 8601, or is seconds since 1970 (IAM User Guide, "Date operators").
    if _YEAR_OR_DAY.fullmatch(text):
        raise UnknownError(f"{text!r} is a year or a day to ISO 8601, and that many seconds since 1970")
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    form = _DATE.fullmatch(text)
    if not form:
        raise MalformedError(f"{text!r} is no date: YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.s]]Z, or seconds")
    year, month, day, hour, minute, second, fraction, zone = form.groups()
    try:
        time = (int(hour or 0), int(minute or 0), int(second or 0))
        moment = datetime.datetime(int(year), int(month), int(day or 1), *time, tzinfo=_zone(zone or "Z"))
    except ValueError as error:
        raise MalformedError(f"{text!r} is no date: {error}") from error
    return Decimal((moment - _EPOCH) // _SECOND) + Decimal(f"0{fraction or ''}")


def _zone(text: str) -> datetime.timezone:
    if text == "Z":
        return datetime.UTC
    hours, minutes = int(text[1:3]), int(text[4:])
    if minutes >= _MINUTES:
        raise ValueError("a zone has less than 60 minutes")
    offset = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-offset if text[0] == "-" else offset)


_YEAR_OR_DAY: Final = re.compile(r"[0-9]{4}([0-9]{4})?")
_DATE: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?"
)
"""W3C, "Date and Time Formats"; a year alone is refused."""

_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_SECOND: Final = datetime.timedelta(seconds=1)
_MINUTES: Final = 60


def _ordered(read: Callable[[str], Decimal], compare: Callable[[Decimal, Decimal], bool]) -> Callable[..., Test]:
    def compiled(values: tuple[str, ...]) -> Test:
        bounds = tuple(read(value) for value in values)

        def test(text: str) -> bool:
            number = read(text)
            return any(compare(number, bound) for bound in bounds)

        return test

    return compiled


_ORDERS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "equals": lambda value, bound: value == bound,
    "lessthan": lambda value, bound: value < bound,
    "lessthanequals": lambda value, bound: value <= bound,
    "greaterthan": lambda value, bound: value > bound,
    "greaterthanequals": lambda value, bound: value >= bound,
}
ORDERED: Final[Mapping[str, Callable[[tuple[str, ...]], Test]]] = {
    **{f"numeric{name}": _ordered(_number, compare) for name, compare in _ORDERS.items()},
    **{f"date{name}": _ordered(_moment, compare) for name, compare in _ORDERS.items()},
}
"""Tests of numbers and of moments, by their operator without a negation."""
