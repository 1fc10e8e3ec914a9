"""Values of partitions, which stand in the names of folders: `day=2026-01-01`, `berth=A%2F7`.

A value has one text of its column's type; another one would be a second partition of the same rows, or none that Glue
or Athena can read. Percent signs are those of writers: Hive and Spark escape some characters, pyarrow most.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from promised_types import glue_type
from publish_settings import PromisedColumn

NULL: Final = "__HIVE_DEFAULT_PARTITION__"
"""The value of rows whose column is null, as Hive, Spark and Athena write it."""

LONGEST: Final = 1024
"""Characters of a value (Glue API, ValueString)."""

_ESCAPED: Final = re.compile(r"%(?![0-9A-F]{2})|%(?:[46][1-9A-F]|[57][0-9A]|3[0-9]|2D|2E|5F|7E)")
"""A percent sign that begins no escape, or one that escapes a letter, a digit, `-`, `.`, `_` or `~`."""

_NO_TEXT: Final = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f]")
"""Characters that Glue takes in no text, control characters among it."""

_BITS: Final[Mapping[str, int]] = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")
_FRACTION: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.(?:0|[0-9]*[1-9])")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{0,5}[1-9])?")


class NoValueError(ValueError):
    """A folder does not say a value of its column; the text says what is allowed."""


def partition_value(column: PromisedColumn, text: str) -> str:
    """The value that a folder's text says; raises NoValueError."""
    return _value(column.type, column.required, text)


@lru_cache(65_536)
def _value(type_: str, required: bool, text: str) -> str:
    if _ESCAPED.search(text):
        raise NoValueError("percent signs escape bytes in two capital digits, and no letter, digit, '-', '.', '_', '~'")
    try:
        value = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise NoValueError("percent signs escape bytes of UTF-8") from None
    if value == NULL:
        if required:
            raise NoValueError("the contract says the column is required, and this folder has the rows without a value")
        return value
    if not value or len(value) > LONGEST or _NO_TEXT.search(value):
        raise NoValueError(f"a value has 1 to {LONGEST:,} characters, and no control characters")
    type_name = glue_type(type_).name
    says = _TYPES.get(type_name)
    allowed = says(value, type_) if says else ""
    if allowed:
        raise NoValueError(f"the contract says {type_}, of which a folder says {allowed}")
    return value


def _boolean(value: str, _: str) -> str:
    return "" if value in ("true", "false") else "true or false"


def _whole(value: str, type_: str) -> str:
    most = 2 ** (_BITS[type_] - 1)
    if _WHOLE.fullmatch(value) and -most <= int(value) < most:
        return ""
    return f"a whole number from {-most} to {most - 1}, without a plus, spaces or noughts before it"


def _decimal(value: str, type_: str) -> str:
    precision, scale = (*glue_type(type_).numbers, 0)[:2]
    digits = rf"\.[0-9]{{{scale}}}" if scale else ""
    matches = re.fullmatch(rf"-?(?:0|[1-9][0-9]*){digits}", value)
    whole = len(value.lstrip("-").partition(".")[0].lstrip("0"))
    if matches and whole <= precision - scale and not (value.startswith("-") and Decimal(value) == 0):
        return ""
    return f"a number with {scale} digits after the point and at most {precision - scale} before it, such as " + (
        f"1.{'0' * scale}" if scale else "1"
    )


def _fraction(value: str, type_: str) -> str:
    try:
        is_shortest = _FRACTION.fullmatch(value) and Decimal(value) == Decimal(_shortest(float(value), type_))
    except (OverflowError, struct.error):
        is_shortest = False
    if is_shortest and not (value.startswith("-") and float(value) == 0):
        return ""
    return "a number with a point and as few digits as tell it, such as 1.5; better partition by another column"


def _shortest(number: float, type_: str) -> str:
    if type_ == "double":
        return repr(number)
    (single,) = struct.unpack("<f", struct.pack("<f", number))
    for digits in range(1, 10):
        said = f"{single:.{digits}g}"
        if struct.unpack("<f", struct.pack("<f", float(said)))[0] == single:
            return said
    return repr(single)


def _date(value: str, _: str) -> str:
    return "" if _DATE.fullmatch(value) and _is(date.fromisoformat, value) else "a day such as 2026-01-31"


def _timestamp(value: str, _: str) -> str:
    if _TIME.fullmatch(value) and _is(datetime.fromisoformat, value.partition(".")[0]):
        return ""
    return "a time such as 2026-01-31 08:00:00 or 2026-01-31 08:00:00.25, to the microsecond"


def _is(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


_TYPES: Final[Mapping[str, Callable[[str, str], str]]] = {
    "boolean": _boolean,
    **dict.fromkeys(_BITS, _whole),
    "float": _fraction,
    "double": _fraction,
    "decimal": _decimal,
    "date": _date,
    "timestamp": _timestamp,
}
"""For each type but texts, what it allows if a value is not of it; empty if it is."""
