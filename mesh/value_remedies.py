"""Values in the form that is expected, for the person who wrote them in another: what to write instead.

Nothing is guessed: where two forms may be meant, both are told; where none is near, nothing is.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

_QUARTERS: Final = {
    **dict.fromkeys(("d", "day"), 4),
    **dict.fromkeys(("w", "wk", "week"), 28),
    **dict.fromkeys(("mo", "month"), 122),
    **dict.fromkeys(("y", "yr", "year"), 1461),
}
"""Lengths of time in quarters of a day, so that ten years have their leap days."""
_MINUTES: Final = {
    **dict.fromkeys(("m", "min", "minute"), ("minute", 1)),
    **dict.fromkeys(("h", "hr", "hour"), ("hour", 1)),
    **dict.fromkeys(("d", "day"), ("hour", 24)),
}
_LENGTH: Final = re.compile(r"\s*([0-9]{1,5})\s*-?\s*([a-z]+?)s?\.?\s*", re.IGNORECASE)
_GROUPED: Final = re.compile(r"[^0-9]{0,12}?([0-9]{1,3}(?:[ ,.'_][0-9]{3})+|[0-9]{1,12})[^0-9]{0,12}")
_DAY: Final = re.compile(r"\s*([0-9]{1,4})\s*([./-])\s*([0-9]{1,2})\s*\2\s*([0-9]{1,4})(?:[T ].*)?")
_TRUTH: Final = {
    **dict.fromkeys(("true", "yes", "on", "y", "1", "enabled"), "true"),
    **dict.fromkeys(("false", "no", "off", "n", "0", "disabled"), "false"),
}


def write(*values: str, otherwise: str = "") -> str:
    """The end of a sentence, `: write '28 days'`, with the values that may be meant; else with another end."""
    return f": write {' or '.join(values)}" if values else otherwise


# ---- numbers, times, days


def days(value: object) -> tuple[str, ...]:
    """The length of time in days that a text such as `4 weeks` stands for."""
    length = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    number = -(-int(length[1]) * _QUARTERS.get(length[2].lower(), 0) // 4) if length else 0
    return (f"'{number} day{'s' if number > 1 else ''}'",) if 0 < number < 100_000 else ()


def minutes(value: object) -> tuple[str, ...]:
    """The length of time in minutes or hours that a text such as `2h` stands for; both for a number alone."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 100_000:
        return (_length(value, "minute"), _length(value, "hour"))
    length = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    unit, factor = _MINUTES.get(length[2].lower(), ("", 0)) if length else ("", 0)
    return (_length(int(length[1]) * factor, unit),) if length and 0 < int(length[1]) * factor < 100_000 else ()


def _length(number: int, unit: str) -> str:
    return f"'{number} {unit}{'s' if number > 1 else ''}'"


def whole_number(value: object) -> tuple[str, ...]:
    """The whole number in a text such as `$4,000 USD`, or the two beside a fraction."""
    if isinstance(value, float):
        both = (math.floor(value), math.ceil(value)) if abs(value) < 1e12 else ()
        return tuple(dict.fromkeys(map(str, both)))
    found = _GROUPED.fullmatch(value) if isinstance(value, str) else None
    return (re.sub("[^0-9]", "", found[1]),) if found else ()


def truth(value: object) -> tuple[str, ...]:
    """The truth value that a text such as `yes` stands for."""
    meant = _TRUTH.get(str(value).strip().lower())
    return (meant,) if meant else ()


def dates(value: object) -> tuple[str, ...]:
    """The day that a text such as `27.11.2027` stands for, as year-month-day; both where two days may be meant."""
    written = _DAY.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        return ()
    first, mark, second, third = int(written[1]), written[2], int(written[3]), int(written[4])
    if len(written[1]) == 4:
        orders = [(first, second, third)]
    elif len(written[4]) == 4:
        # A point stands behind a day; a stroke behind a day or a month.
        orders = [(third, second, first), *([] if mark == "." else [(third, first, second)])]
    else:
        return ()
    return tuple(dict.fromkeys(day for order in orders if (day := _nearest_day(*order))))


def _nearest_day(year: int, month: int, day: int) -> str:
    """A day as year-month-day, the last of its month for one behind it; empty for none."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and year):
        return ""
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1])).isoformat()


def account_id(value: object) -> tuple[str, ...]:
    """The account id in a text such as `3100-0000-0013`."""
    digits = re.sub("[ -]", "", str(value))
    return (f'"{digits}"',) if re.fullmatch("[0-9]{12}", digits) else ()


# ---- texts of a form


def repaired(value: object, fits: Callable[[str], bool]) -> str:
    """The nearest text that is of the form that is wanted; empty when none is."""
    # What stands for several has no one name that is meant.
    if not isinstance(value, str) or len(value) > 300 or re.search(r"[*?$\[]", value):
        return ""
    return next((text for text in _repairs(value) if text != value and fits(text)), "")


def _repairs(value: str) -> Iterator[str]:
    """A text with what people write too much taken away, or put there when it is left out."""
    text = value.strip()
    address = re.sub(r"^[a-z+]+://", "", text)
    yield text
    yield address.rstrip("/")
    yield re.sub(r"\s*[/:>]+\s*", ".", text)  # domain/product
    yield address.partition("/")[2].removesuffix(".git").rstrip("/")
    yield re.sub(r"(?<=[0-9])[a-z]$", "", text)  # an availability zone for its region
    yield f"@{text}"
    yield f"arn:aws:sso:::instance/{text}"
    yield text.lstrip("-")
    yield text.rpartition("/")[2]
    words = re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()
    yield re.sub("[^a-z0-9.]+", "-", words).strip("-")
    yield re.sub("[^a-z0-9]+", "", words)


# ---- values of another kind


def of_kind(value: object, wanted: str) -> str:
    """The end of a sentence on a value of another kind than the one of JSON Schema that is wanted."""
    if value is None:
        return {"array": ": write [] for none", "string": ": write one"}.get(wanted, "")
    match wanted:
        case "array":
            if isinstance(value, Mapping):
                return ": write each of its entries behind a '-'" if value else ""
            return write(f"[{value}]") if isinstance(value, str) and value else ""
        case "object":
            return _as_keys(value)
        case "string":
            return _as_text(value)
        case "integer" | "number":
            return _as_number(value)
        case "boolean":
            return write(*truth(value))
        case _:
            return ""


def _as_number(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value.strip()):
        return ": remove the quotes"
    return write(*whole_number(value))


def _as_text(value: object) -> str:
    if isinstance(value, bool | int | float):
        return ": put it in quotes"
    entries = cast("list[object]", value) if isinstance(value, list) else []
    if not entries or not all(isinstance(entry, str) for entry in entries):
        return ""
    return write(str(entries[0])) if len(entries) == 1 else ": write one of them"


def _as_keys(value: object) -> str:
    entries = cast("list[object]", value) if isinstance(value, list) else []
    if entries and all(isinstance(entry, str) for entry in entries):
        return write(f"each as '{entries[0]}: …', without '-' and brackets")
    if len(entries) == 1:
        return ": remove the '-'"
    if entries and all(isinstance(entry, Mapping) for entry in entries):
        first = next(itertools.chain(*(cast("Mapping[str, Any]", entry) for entry in entries)), "")
        return write(f"each under its name, without '- {first}:'") if first else ""
    return ""
