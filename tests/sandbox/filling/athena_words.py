"""Values of a sample as Athena's results have them, written from its User Guide and from Java's `toString` alone."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mesh.contracts.types import ColumnType


def cell(value: Any, type_: ColumnType) -> str:
    """A value in the file of a result, in which a null and an empty text look the same to a reader of CSV."""
    return "" if value is None else words(value, type_)


def words(value: Any, type_: ColumnType) -> str:
    if value is None:
        return "null"
    return _nested(value, type_) if type_.parts else _plain(value, type_)


def _nested(value: Any, type_: ColumnType) -> str:
    inner = [part.type for part in type_.parts]
    if type_.name == "array":
        return "[" + ", ".join(words(each, inner[0]) for each in value) + "]"
    if type_.name == "map":
        pairs = value.items() if isinstance(value, Mapping) else value
        return "{" + ", ".join(f"{words(key, inner[0])}={words(each, inner[1])}" for key, each in pairs) + "}"
    return "{" + ", ".join(f"{part.name}={words(value[part.name], part.type)}" for part in type_.parts) + "}"


def _plain(value: Any, type_: ColumnType) -> str:
    match type_.name:
        case "boolean":
            return "true" if value else "false"
        case "double":
            return _double(value)
        case "float":
            return _double(_shortest(struct.pack("f", value)))
        case "decimal":
            return f"{Decimal(value).quantize(Decimal(1).scaleb(-type_.numbers[1])):f}"
        case "timestamp" | "timestamptz":
            return _moment(value, " UTC" if type_.name == "timestamptz" else "")
        case "binary":
            return " ".join(f"{byte:02x}" for byte in value)
        case "string" | "tinyint" | "smallint" | "int" | "bigint" | "date":
            return str(value)
        case _:
            raise AssertionError(f"no words for {type_}")


def _shortest(narrow: bytes) -> float:
    """The number of the fewest digits that is the same in 32 bits."""
    (value,) = struct.unpack("f", narrow)
    digits = (float(f"{value:.{count}g}") for count in range(1, 18))
    return next(each for each in digits if struct.pack("f", each) == narrow)


def _moment(value: datetime.datetime, zone: str) -> str:
    plain = value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
    return f"{plain:%Y-%m-%d %H:%M:%S}.{f'{plain:%f}' if plain.microsecond % 1000 else f'{plain:%f}'[:3]}{zone}"


def _double(value: float) -> str:
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return format(Decimal(repr(value)), "f") if "e" in repr(value) else repr(value)
    figures, _, power = f"{Decimal(repr(value)).normalize():E}".partition("E")
    return f"{figures if '.' in figures else f'{figures}.0'}E{int(power)}"
