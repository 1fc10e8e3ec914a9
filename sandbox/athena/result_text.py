"""Values as Athena writes them into a result: CSV files and GetQueryResults have the same text.

Source: Athena User Guide, "Work with query results"; Trino's and Java's notation, which PyAthena and awswrangler parse.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa


def result_rows(batch: pa.RecordBatch) -> Iterator[list[str | None]]:
    """Rows of a result, each value as text; None is NULL."""
    types = [each.type for each in batch.schema]
    columns = [
        [athena_text(value, type_) for value in column.to_pylist(maps_as_pydicts=None)]
        for column, type_ in zip(batch.columns, types, strict=True)
    ]
    for row in zip(*columns, strict=True):
        yield list(row)


def athena_text(value: Any, type_: pa.DataType) -> str | None:
    """The text of a value, as Arrow gives it to Python; None for NULL.

    A timestamp has three digits of a second; six where it has a finer fraction, as those of Iceberg tables can.
    """
    return None if value is None else _text(value, type_)


def _text(value: Any, type_: pa.DataType) -> str:
    if value is None:
        return "null"
    if pa.types.is_nested(type_):
        return _nested_text(value, type_)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value, narrow=pa.types.is_float32(type_))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return _timestamp_text(value)
    if isinstance(value, time):
        return value.isoformat(_digits(value.microsecond))
    if isinstance(value, bytes):
        return value.hex(" ")
    return str(value)


def _nested_text(value: Any, type_: pa.DataType) -> str:
    if pa.types.is_struct(type_):
        return _braces((each.name, _text(value[each.name], each.type)) for each in type_)
    if pa.types.is_map(type_):
        return _braces((_text(key, type_.key_type), _text(each, type_.item_type)) for key, each in value)
    return f"[{', '.join(_text(each, type_.value_type) for each in value)}]"


def _braces(pairs: Iterator[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{name}={value}" for name, value in pairs) + "}"


def _digits(microseconds: int) -> str:
    return "microseconds" if microseconds % 1000 else "milliseconds"


def _timestamp_text(value: datetime) -> str:
    zone = ""
    if value.tzinfo is not None:
        value, zone = value.astimezone(UTC).replace(tzinfo=None), " UTC"
    return value.isoformat(" ", _digits(value.microsecond)) + zone


def _float_text(value: float, narrow: bool) -> str:
    """A number as Java's `toString` writes it: with an exponent below 0.001 and from 10^7 on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    sign, digits, exponent = Decimal(_shortest(value) if narrow else repr(value)).as_tuple()
    figures = "".join(map(str, digits)).rstrip("0") or "0"
    power = int(exponent) + len(digits) - 1
    if -3 <= power < 7:
        shown = format(Decimal((0, tuple(map(int, figures)), power - len(figures) + 1)), "f")
        shown = shown if "." in shown else f"{shown}.0"
    else:
        shown = f"{figures[0]}.{figures[1:] or '0'}E{power}"
    return f"-{shown}" if sign else shown


def _shortest(value: float) -> str:
    """The fewest digits that name a number of 32 bits."""
    packed = struct.pack("f", value)
    return next(text for digits in range(1, 18) if struct.pack("f", float(text := f"{value:.{digits}g}")) == packed)
