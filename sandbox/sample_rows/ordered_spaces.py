"""Spaces of numbers, dates and times of day, within the bounds that a contract sets and near what is plausible."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final, NamedTuple

from sandbox.sample_rows.column_rules import Placed
from sandbox.sample_rows.leaf import WHOLE, Leaf, decimal_of, is_number, moment
from sandbox.sample_rows.plausible_words import number_hint
from sandbox.sample_rows.value_spaces import ComputedSpace, Space

EPOCH: Final = datetime.datetime(1970, 1, 1)
_DAY: Final = 86_400
_MICRO: Final = Fraction(1, 1_000_000)
_FIRST: Final = Fraction((datetime.datetime(1900, 1, 1) - EPOCH).days * _DAY)
_LAST: Final = Fraction((datetime.datetime(2200, 1, 1) - EPOCH).days * _DAY)
_LATER: Final = re.compile(r"until|_to$|due|^ends?_|expir|end_date")
_BIRTH: Final = re.compile(r"birth|(^|_)dob")


class Interval(NamedTuple):
    """Numbers from `low` to `high`, both included, that are multiples of `unit`."""

    low: Fraction
    high: Fraction
    unit: Fraction

    @property
    def first(self) -> int:
        """The least multiple, in units."""
        return math.ceil(self.low / self.unit)

    @property
    def size(self) -> int:
        """Number of the multiples."""
        return max(0, math.floor(self.high / self.unit) - self.first + 1)


def _limits(leaf: Leaf, least: Fraction, most: Fraction, unit: Fraction) -> tuple[Interval, bool, bool] | None:
    """Bounds of a type, cut to those of the contract, and whether it sets the low and the high one; None, with the
    fault, where nothing is between them.
    """
    low, high, sets_low, sets_high = least, most, False, False
    for placed in leaf.rules.bounds:
        number = _number(leaf, placed.value)
        if number is None:
            leaf.fault(placed.path, f"has the {placed.path[-1]} {placed.value!r}, which is no {leaf.type}: correct it")
            return None
        key = str(placed.path[-1])
        shift = _beyond(number, unit) if key.startswith("exclusive") else Fraction(0)
        if key.endswith("inimum"):
            low, sets_low = max(low, number + shift), True
        else:
            high, sets_high = min(high, number - shift), True
    made = Interval(low, high, unit)
    if made.size:
        return made, sets_low, sets_high
    told = " and ".join(f"{p.path[-1]} {p.value}" for p in leaf.rules.bounds) or "its type"
    step = leaf.rules.option("multipleOf")
    what = f"multiple of {step}" if step is not None and low <= high else f"{leaf.type}"
    where = leaf.rules.bounds[0].path if leaf.rules.bounds else leaf.path
    leaf.fault(where, f"has {told}, and no {what} is within them: correct one of the two")
    return None


def _beyond(number: Fraction, unit: Fraction) -> Fraction:
    """Distance of the next multiple from a number, if the number is one; else less than a unit."""
    return unit if number % unit == 0 else unit / 2**20


def _number(leaf: Leaf, value: Any) -> Fraction | None:
    if leaf.type.name in ("date", "timestamp", "timestamptz", "string"):
        made = moment(value) if isinstance(value, (str, datetime.date)) else None
        return None if made is None else seconds(made)
    if not is_number(value) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return Fraction(str(value))


def seconds(when: datetime.datetime) -> Fraction:
    """Seconds since 1970 of a moment without a zone."""
    return Fraction((when - EPOCH) // datetime.timedelta(microseconds=1), 1_000_000)


# ---- numbers


def number_space(leaf: Leaf) -> Space | None:
    """Numbers that a leaf has; None, with the fault, where none holds its rules."""
    step = leaf.rules.option("multipleOf")
    multiple = Fraction(str(step)) if is_number(step) and step > 0 else None
    least, most, unit = _type_limits(leaf, multiple)
    found = _limits(leaf, least, most, unit)
    if found is None:
        return None
    interval, sets_low, sets_high = found
    if multiple is None and leaf.type.name in ("float", "double"):
        interval = _finer(leaf, interval, sets_low and sets_high)
    interval = _plausible(leaf, interval, sets_low, sets_high)
    return ComputedSpace(interval.size, _maker(leaf, interval))


def _type_limits(leaf: Leaf, multiple: Fraction | None) -> tuple[Fraction, Fraction, Fraction]:
    name = leaf.type.name
    if name in WHOLE:
        top = 1 << WHOLE[name] - 1
        least, most, unit = Fraction(-top), Fraction(top - 1), Fraction(1)
    elif name == "decimal":
        precision, scale = leaf.type.numbers
        unit = Fraction(1, 10**scale)
        most = (10**precision - 1) * unit
        least = -most
    else:
        # Eighths and the like are the same number in 32 and in 64 bits.
        bounds = [abs(Fraction(str(p.value))) for p in leaf.rules.bounds if is_number(p.value)]
        most = max([*bounds, Fraction(10**9 if name == "double" else 2**20)]) * 2
        least, unit = -most, Fraction(1, 1000) if name == "double" else Fraction(1, 256)
        if multiple is not None:
            unit = multiple
    if multiple is not None and name not in ("float", "double"):
        unit = Fraction(math.lcm(unit.numerator, multiple.numerator), math.gcd(unit.denominator, multiple.denominator))
    return least, most, unit


def _finer(leaf: Leaf, interval: Interval, is_bounded: bool) -> Interval:
    """A unit with which enough numbers are within bounds, and each is exact in the bits of the type."""
    unit = interval.unit
    span = interval.high - interval.low
    while is_bounded and span and span / unit < max(leaf.need, 200):
        unit /= 2 if leaf.type.name == "float" else 10
    return interval._replace(unit=unit)


def _plausible(leaf: Leaf, hard: Interval, sets_low: bool, sets_high: bool) -> Interval:
    """The part of the numbers that a column of such a name has, if there are enough of them."""
    hint = number_hint(leaf.name)
    low, high = (Fraction(hint.low), Fraction(hint.high)) if hint else (Fraction(0), Fraction(1000))
    if hint is None:
        if sets_low and sets_high:
            low, high = hard.low, hard.high
        elif sets_low:
            low, high = hard.low, hard.low + 1000 * max(hard.unit, 1)
        elif sets_high:
            low, high = hard.high - 1000 * max(hard.unit, 1), hard.high
        if leaf.need > 1000:
            high = max(high, low + leaf.need * hard.unit)
    narrow = hard._replace(low=max(low, hard.low), high=min(high, hard.high))
    return narrow if narrow.size >= max(1, leaf.need) else hard


def _maker(leaf: Leaf, interval: Interval) -> Callable[[int], Any]:
    first, unit, name = interval.first, interval.unit, leaf.type.name
    if name in WHOLE:
        return partial(_whole, first, int(unit))
    if name == "decimal":
        scale = leaf.type.numbers[1]
        return partial(_digits, first, int(unit * 10**scale), scale)
    return partial(_quotient, first, unit.numerator, unit.denominator)


def _whole(first: int, step: int, number: int) -> int:
    return (first + number) * step


def _digits(first: int, units: int, scale: int, number: int) -> Decimal:
    return decimal_of((first + number) * units, scale)


def _quotient(first: int, numerator: int, denominator: int, number: int) -> float:
    return (first + number) * numerator / denominator


# ---- dates and times


def time_space(leaf: Leaf, kind: str) -> Space | None:
    """Dates (`date`), moments (`timestamp`, `timestamptz`) or times of day (`time`) of a leaf."""
    if kind == "time":
        return ComputedSpace(_DAY, lambda number: (EPOCH + datetime.timedelta(seconds=number)).time())
    unit = Fraction(_DAY if kind == "date" else 1)
    found = _limits(leaf, _FIRST, _LAST, unit)
    if found is None:
        return None
    hard, sets_low, sets_high = found
    window = _window(leaf, kind, hard, sets_low, sets_high)
    if window is None:
        return None
    while kind != "date" and window.size < leaf.need and window.unit > _MICRO:
        window = window._replace(unit=window.unit / 1000)
    first, unit = window.first, window.unit
    if kind == "date":
        return ComputedSpace(window.size, lambda n: (EPOCH + datetime.timedelta(days=first + n)).date())
    zone = datetime.UTC if kind == "timestamptz" else None
    start, micros = EPOCH.replace(tzinfo=zone), int(unit / _MICRO)
    return ComputedSpace(window.size, lambda n: start + datetime.timedelta(microseconds=(first + n) * micros))


def _window(leaf: Leaf, kind: str, hard: Interval, sets_low: bool, sets_high: bool) -> Interval | None:
    """The part of the times that is fresh, or else plausible: the last thirty days."""
    now, month = seconds(leaf.now), Fraction(30 * _DAY)
    if leaf.fresh is not None:
        return _fresh(leaf, kind, hard, leaf.fresh)
    if _BIRTH.search(leaf.name):
        low, high = seconds(datetime.datetime(1950, 1, 1)), seconds(datetime.datetime(2005, 12, 31))
    elif _LATER.search(leaf.name):
        low, high = now, now + 2 * month
    else:
        low, high = now - month, now - 60
    if kind == "date" and not _BIRTH.search(leaf.name):
        low = min(low, high - leaf.need * _DAY)
    recent = hard._replace(low=max(low, hard.low), high=min(high, hard.high))
    if recent.size >= max(1, min(leaf.need, 1 if kind != "date" else leaf.need)):
        return recent
    if sets_low and not sets_high:
        beside = hard._replace(high=min(hard.high, hard.low + max(month, leaf.need * hard.unit)))
    elif sets_high and not sets_low:
        beside = hard._replace(low=max(hard.low, hard.high - max(month, leaf.need * hard.unit)))
    else:
        beside = hard
    return beside if beside.size >= leaf.need else hard


def _fresh(leaf: Leaf, kind: str, hard: Interval, level: Placed) -> Interval | None:
    """The times that are not older than a service level wants; None, with the fault, where bounds allow none."""
    now, age = seconds(leaf.now), level.value
    span = Fraction(age // datetime.timedelta(microseconds=1), 1_000_000)
    oldest, newest = now - min(span * 9 / 10, Fraction(30 * _DAY)), now - min(Fraction(60), span / 10)
    if kind == "date" and oldest % _DAY:
        oldest = min(oldest + _DAY - oldest % _DAY, now - now % _DAY)
    fresh = hard._replace(low=max(hard.low, oldest), high=min(hard.high, max(newest, oldest)))
    if kind == "date" and 0 < fresh.size < leaf.need:
        # Days that all differ cannot all be fresh; the newest is.
        fresh = fresh._replace(low=max(hard.low, (fresh.first + fresh.size - leaf.need) * fresh.unit))
    if fresh.size:
        return fresh
    leaf.fault(level.path, f"is to be no older than {age}, and its bounds allow no such {kind}: correct one")
    return None
