"""Refusals of DuckDB's in Athena's words: no list of other names, no name of a relation."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import duckdb
from sqlglot import exp

from sandbox.athena.named_tables import place
from sandbox.athena.query_errors import INTERNAL, OF_THE_SYSTEM, QueryError
from sandbox.athena.sql_functions import ALLOWED
from sandbox.athena.sql_grammar import column_not_found
from sandbox.athena.statements import AthenaStatement

_OURS: Final = r"(INVALID_CAST_ARGUMENT|INVALID_FUNCTION_ARGUMENT): [^\n]*"


def told(error: duckdb.Error, statement: AthenaStatement) -> QueryError:
    """The reason for which a query failed, for its caller; names and places are those of the query's own text."""
    text = str(error)
    if found := re.search(_OURS, text):
        return QueryError(found[0])
    for pattern, sentence in _SENTENCES:
        if found := re.search(pattern, text, re.DOTALL):
            return sentence(found, statement)
    if isinstance(error, duckdb.ConversionException):
        return QueryError("INVALID_CAST_ARGUMENT: Cannot cast a value to the type that is asked for")
    if isinstance(error, duckdb.OutOfRangeException):
        return QueryError("NUMERIC_VALUE_OUT_OF_RANGE: a number is outside of the range of its type")
    if isinstance(error, duckdb.BinderException):
        return QueryError(
            "TYPE_MISMATCH: line 1:1: an operator or a function has values of types that it does not take"
        )
    if isinstance(error, duckdb.InvalidInputException):
        return QueryError("INVALID_FUNCTION_ARGUMENT: a function has a value that it does not take")
    return QueryError(f"{INTERNAL}: the query cannot be run ({type(error).__name__})", OF_THE_SYSTEM)


def _column(found: re.Match[str], statement: AthenaStatement) -> QueryError:
    """The column of the query that has the name; without it, DuckDB's name, which is the query's, too."""
    name = found["name"].lower()
    for column in statement.tree.find_all(exp.Column) if statement.tree else ():
        if name in {part.name.lower() for part in column.parts}:
            return column_not_found(column)
    for part in statement.tree.find_all(exp.Identifier) if statement.tree else ():
        if part.name.lower() == name:
            return column_not_found(part)
    return QueryError(
        "COLUMN_NOT_FOUND: line 1:1: A column cannot be resolved or requester is not authorized to access requested "
        "resources"
    )


def _at(found: re.Match[str], statement: AthenaStatement) -> str:
    name = found["name"].lower()
    for column in statement.tree.find_all(exp.Column) if statement.tree else ():
        if column.name.lower() == name:
            return place(column)
    return "line 1:1"


def _unmatched(found: re.Match[str], statement: AthenaStatement) -> QueryError:
    """A call with types that the function does not take."""
    for call in statement.tree.find_all(exp.Anonymous) if statement.tree else ():
        name = call.name.lower()
        if name in ALLOWED and ALLOWED[name].text.startswith(f"{found['name']}("):
            return QueryError(f"TYPE_MISMATCH: {place(call)}: Unexpected parameters for function {name}")
    return QueryError("TYPE_MISMATCH: line 1:1: an operator or a function has values of types that it does not take")


def _cast(found: re.Match[str], _: AthenaStatement) -> QueryError:
    return QueryError(f"INVALID_CAST_ARGUMENT: Cannot cast '{found['value']}' to the type that is asked for")


def _always(reason: str) -> Callable[[re.Match[str], AthenaStatement], QueryError]:
    return lambda _found, _statement: QueryError(reason)


_SENTENCES: Final[tuple[tuple[str, Callable[[re.Match[str], AthenaStatement], QueryError]], ...]] = (
    (r'Referenced column "(?P<name>[^"]+)" not found', _column),
    (r'does not have a column named "(?P<name>[^"]+)"', _column),
    (r'Referenced table "(?P<name>[^"]+)" not found', _column),
    (r'Column "(?P<name>[^"]+)" does not exist on (?:left|right) side of join', _column),
    (r'Could not find key "(?P<name>[^"]+)" in struct', _column),
    (
        r'Ambiguous reference to column name "(?P<name>[^"]+)"',
        lambda found, statement: QueryError(
            f"AMBIGUOUS_NAME: {_at(found, statement)}: Column '{found['name'].lower()}' is ambiguous"
        ),
    ),
    (
        r'column "(?P<name>[^"]+)" must appear in the GROUP BY',
        lambda found, statement: QueryError(
            f"EXPRESSION_NOT_AGGREGATE: {_at(found, statement)}: '{found['name'].lower()}' must be an aggregate "
            f"expression or appear in GROUP BY clause"
        ),
    ),
    (r"Division by zero", _always("DIVISION_BY_ZERO: Division by zero")),
    (
        r"More than one row returned by a subquery",
        _always("SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows"),
    ),
    (r"Could not convert string '(?P<value>[^']*)' to", _cast),
    (r"Malformed JSON", _always("INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON")),
    (r"Could not parse string", _always("INVALID_FUNCTION_ARGUMENT: Invalid format")),
    (r"(?:No function matches|function call) [^']*['\"](?P<name>\w+)\(", _unmatched),
)
