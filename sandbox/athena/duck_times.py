"""Functions of dates and times in DuckDB's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlglot import exp

from sandbox.athena.duck_casts import not_known
from sandbox.athena.duck_text import put
from sandbox.athena.named_tables import place
from sandbox.athena.query_errors import QueryError
from sandbox.athena.sql_functions import ALLOWED
from sandbox.athena.sql_types import MOMENT, kind, type_of
from sandbox.athena.sql_words import date_pattern

_STEPS: Final = {
    "millisecond": "to_milliseconds({0})", "second": "to_seconds({0})", "minute": "to_minutes({0})",
    "hour": "to_hours({0})", "day": "to_days(CAST({0} AS INTEGER))", "week": "to_weeks(CAST({0} AS INTEGER))",
    "month": "to_months(CAST({0} AS INTEGER))", "quarter": "to_months(CAST(3 * {0} AS INTEGER))",
    "year": "to_years(CAST({0} AS INTEGER))",
}  # fmt: skip
_OF_A_DAY: Final = frozenset({"millisecond", "second", "minute", "hour"})

_PARTS: Final = {
    "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAY_OF_MONTH", "DAY_OF_WEEK", "DOW", "DAY_OF_YEAR", "DOY",
    "YEAR_OF_WEEK", "YOW", "HOUR", "MINUTE", "SECOND",
}  # fmt: skip
DECIDED_TIMES: Final = frozenset({"date_format", "date_parse", "date_trunc", "date_add", "date_diff"})
AS_LOCAL: Final = frozenset({"date", "date_format", *(part.lower() for part in _PARTS)})
"""Functions that read the clock of the zone in which a moment is shown."""


def of_times(name: str, node: exp.Anonymous, known: Mapping[int, exp.DataType]) -> exp.Expr:
    """A function of dates that depends on a literal or a type."""
    given = node.expressions
    match name:
        case "date_format":
            return put("strftime({0}, {1})", given[0], date_pattern(given[1], node), of=node)
        case "date_parse":
            return put("strptime({0}, {1})", given[0], date_pattern(given[1], node), of=node)
        case "date_trunc":
            unit, of = _unit(given[0], node), _time(given[1], node, known)
            if of is exp.DType.DATE and unit in _OF_A_DAY:
                raise QueryError(f"INVALID_FUNCTION_ARGUMENT: {place(node)}: '{unit}' is not a valid DATE field")
            cut = f"date_trunc('{unit}', {{0}})"
            return put(f"CAST({cut} AS DATE)" if of is exp.DType.DATE else cut, given[1], of=node)
        case "date_add":
            unit, of = _unit(given[0], node), _time(given[2], node, known)
            if of is exp.DType.DATE and unit in _OF_A_DAY:
                raise QueryError(f"INVALID_FUNCTION_ARGUMENT: {place(node)}: '{unit}' is not a valid DATE field")
            moved = f"{{1}} + {_STEPS[unit]}"
            return put(f"CAST({moved} AS DATE)" if of is exp.DType.DATE else moved, given[1], given[2], of=node)
        case _:
            unit = _unit(given[0], node)
            first, second = _time(given[1], node, known), _time(given[2], node, known)
            to = "TIMESTAMPTZ" if exp.DType.TIMESTAMPTZ in {first, second} else "TIMESTAMP"
            return put(f"date_sub('{unit}', CAST({{0}} AS {to}), CAST({{1}} AS {to}))", given[1], given[2], of=node)


def date_part(part: str, value: exp.Expr, node: exp.Expr) -> exp.Expr:
    """EXTRACT (Trino, "Date and time functions", "Extraction function")."""
    if part.upper() not in _PARTS:
        raise QueryError(f"SYNTAX_ERROR: {place(node)}: Invalid EXTRACT field: {part}")
    return put(ALLOWED[part.lower()].text, value, of=node)


def _unit(node: exp.Expr, of: exp.Expr) -> str:
    unit = node.name.lower() if isinstance(node, exp.Literal) and node.is_string else ""
    if unit not in _STEPS:
        raise QueryError(
            f"INVALID_FUNCTION_ARGUMENT: {place(of)}: '{unit or node.sql('trino')}' is not a valid Timestamp field"
        )
    return unit


def _time(value: exp.Expr, node: exp.Expr, known: Mapping[int, exp.DataType]) -> exp.DType:
    of = kind(type_of(value, known))
    if of is None:
        raise not_known(node, "a function of dates")
    if of not in {exp.DType.DATE, *MOMENT}:
        raise QueryError(f"TYPE_MISMATCH: {place(node)}: Unexpected parameters for function {node.name.lower()}")
    return of
