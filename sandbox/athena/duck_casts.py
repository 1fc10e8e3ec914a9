"""Casts, divisions and sums with Trino's meaning in DuckDB's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlglot import exp

from sandbox.athena.duck_text import put, quoted
from sandbox.athena.named_tables import place
from sandbox.athena.query_errors import QueryError
from sandbox.athena.sql_types import FLOATING, MOMENT, TEXT, WHOLE, digits, kind, type_of

_ELSE_TYPES: Final[dict[exp.DType, str]] = {
    exp.DType.INT: "INTEGER",
    exp.DType.TEXT: "VARCHAR",
    exp.DType.VARBINARY: "BLOB",
    exp.DType.TIMESTAMPTZ: "TIMESTAMPTZ",
}
_DATE: Final = r"\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}"
_ZONE: Final = r"(?:\s*(?:[+-]\d{1,2}(?::?\d\d)?|Z|[A-Za-z]+(?:/[A-Za-z_]+)*))?"
_CLOCK: Final = r"(?:[ T]\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)?"
_FORMS: Final = {
    **dict.fromkeys(WHOLE, r"\s*[+-]?\d+\s*"),
    exp.DType.DATE: _DATE + r"\s*",
    exp.DType.TIMESTAMP: _DATE + _CLOCK + r"\s*",
    exp.DType.TIMESTAMPTZ: _DATE + _CLOCK + _ZONE + r"\s*",
    exp.DType.BOOLEAN: r"(?i)t|f|true|false|1|0",
    exp.DType.DECIMAL: r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?",
}
"""Texts that Trino reads as a value of a type; DuckDB reads more ("2.5" as a whole number, "epoch" as a date)."""


def not_known(node: exp.Expr, word: str) -> QueryError:
    """A refusal of what depends on a type that cannot be told before the query runs."""
    return QueryError(
        f"NOT_SUPPORTED: {place(node)}: the type of a value of {word} is not known here; write "
        f"CAST(value AS type) around it"
    )


def mismatch(node: exp.Expr, sign: str, left: exp.DataType | None, right: exp.DataType | None) -> QueryError:
    """Athena's sentence for an operator that two types do not have."""
    return QueryError(
        f"TYPE_MISMATCH: {place(node)}: Cannot apply operator: {_shown(node.this, left)} {sign} "
        f"{_shown(node.expression, right)}"
    )


def _shown(node: exp.Expr, type_: exp.DataType | None) -> str:
    if isinstance(node, exp.Literal) and node.is_string:
        return f"varchar({len(node.name)})"
    return type_.sql("trino").lower() if type_ else "unknown"


def duck_type(type_: exp.DataType) -> str:
    """A type in DuckDB's words."""
    inner = type_.expressions
    match type_.this:
        case exp.DType.DECIMAL:
            precision, scale = digits(type_) or (38, 0)
            return f"DECIMAL({precision}, {scale})"
        case exp.DType.ARRAY:
            return f"{duck_type(inner[0])}[]"
        case exp.DType.MAP:
            return f"MAP({duck_type(inner[0])}, {duck_type(inner[1])})"
        case exp.DType.STRUCT:
            if not all(isinstance(field, exp.ColumnDef) for field in inner):
                raise QueryError(
                    f"NOT_SUPPORTED: {place(type_.parent)}: ROW without names of fields cannot be used here"
                )
            fields = (f"{quoted(field.name)} {duck_type(field.args['kind'])}" for field in inner)
            return f"STRUCT({', '.join(fields)})"
        case _:
            return _ELSE_TYPES.get(type_.this, str(type_.this.value))


def cast(node: exp.Cast | exp.TryCast, known: Mapping[int, exp.DataType]) -> exp.Expr:
    """CAST and TRY_CAST (Trino, "Conversion functions")."""
    value, to = node.this, node.to
    source = kind(type_of(value, known))
    trying = isinstance(node, exp.TryCast)
    word = "TRY_CAST" if trying else "CAST"
    target = duck_type(to)
    if isinstance(value, exp.Null):
        return put(f"CAST(NULL AS {target})", of=node)
    if source is None:
        raise not_known(node, "CAST")
    if to.this in TEXT:
        return _to_text(node, source, known)
    if to.this is exp.DType.JSON:
        return put("to_json({0})", value, of=node)
    if source in TEXT and to.this in _FORMS:
        form = _FORMS[to.this]
        wrong = (
            "NULL" if trying else f"error('INVALID_CAST_ARGUMENT: Cannot cast ''' || {{0}} || ''' to {to.this.value}')"
        )
        return put(
            f"CASE WHEN regexp_full_match({{0}}, '{form}') THEN {word}(trim({{0}}) AS {target}) "
            f"WHEN {{0}} IS NOT NULL THEN {wrong} END",
            value,
            of=node,
        )
    if source in FLOATING and to.this in WHOLE:
        return put(f"{word}(round({{0}}) AS {target})", value, of=node)
    if to.this in {exp.DType.ARRAY, exp.DType.MAP, exp.DType.STRUCT} and "VARCHAR" in target and _has(value, known):
        raise QueryError(
            f"NOT_SUPPORTED: {place(node)}: a cast of DOUBLE to VARCHAR cannot be run here; cast to DECIMAL first"
        )
    return put(f"{word}({{0}} AS {target})", value, of=node)


def _has(value: exp.Expr, known: Mapping[int, exp.DataType]) -> bool:
    type_ = type_of(value, known)
    return bool(type_) and any(part.this in FLOATING for part in type_.find_all(exp.DataType))


def _to_text(node: exp.Cast | exp.TryCast, source: exp.DType, known: Mapping[int, exp.DataType]) -> exp.Expr:
    """Texts of values: a timestamp has three digits behind its seconds."""
    value = node.this
    if source in {*TEXT, *WHOLE, exp.DType.DECIMAL, exp.DType.BOOLEAN, exp.DType.DATE}:
        written = "CAST({0} AS VARCHAR)"
    elif source in MOMENT:
        zone = " UTC" if source is exp.DType.TIMESTAMPTZ else ""
        written = f"strftime({{0}}, '%Y-%m-%d %H:%M:%S.%g{zone}')"
    elif source is exp.DType.JSON:
        written = "json_extract_string({0}, '$')"
    else:
        shown = type_of(value, known)
        raise QueryError(
            f"NOT_SUPPORTED: {place(node)}: a cast of {shown.sql('trino') if shown else source.value} to VARCHAR "
            f"cannot be run here; cast to DECIMAL first"
        )
    length = node.to.expressions
    return put(f"left({written}, {int(length[0].name)})" if length else written, value, of=node)


def divide(node: exp.Div, known: Mapping[int, exp.DataType]) -> exp.Expr:
    """`/`: whole numbers lose what is behind the point, decimals are rounded half up to the larger scale (Trino,
    "Mathematical functions and operators", "Decimal functions and operators")."""
    left, right = type_of(node.this, known), type_of(node.expression, known)
    one, two = kind(left), kind(right)
    if isinstance(node.this, exp.Null) or isinstance(node.expression, exp.Null):
        return exp.Null()
    numbers = {*WHOLE, *FLOATING, exp.DType.DECIMAL}
    if (one in FLOATING or two in FLOATING) and {one, two} <= numbers | {None}:
        return put("CAST({0} AS DOUBLE) / CAST({1} AS DOUBLE)", node.this, node.expression, of=node)
    if one is None or two is None:
        raise not_known(node, "a division")
    if not {one, two} <= numbers:
        raise mismatch(node, "/", left, right)
    if {one, two} <= WHOLE:
        return put("{0} // {1}", node.this, node.expression, of=node)
    (p1, s1), (p2, s2) = digits(left) or (38, 0), digits(right) or (38, 0)
    scale = max(s1, s2)
    return put(exact(p1, s1, p2, s2, scale), node.this, node.expression, of=node)


def exact(p1: int, s1: int, p2: int, s2: int, scale: int) -> str:
    """A quotient of decimals by whole numbers, since DuckDB has only that of DOUBLE."""

    def whole(place_: int, precision: int, behind: int) -> str:
        return (
            f"CAST(replace(CAST(CAST({{{place_}}} AS DECIMAL({precision}, {behind})) AS VARCHAR), '.', '') AS HUGEINT)"
        )

    shift = scale - s1 + s2
    quotient = (
        "_d.n // _d.d + CASE WHEN 2 * abs(_d.n % _d.d) >= abs(_d.d) "
        "THEN CASE WHEN (_d.n < 0) = (_d.d < 0) THEN 1 ELSE -1 END ELSE 0 END"
    )
    shown = f"CASE WHEN _q < 0 THEN '-' ELSE '' END || CAST(abs(_q) // {10**scale} AS VARCHAR)"
    if scale:
        shown += f" || '.' || lpad(CAST(abs(_q) % {10**scale} AS VARCHAR), {scale}, '0')"
    precision = min(38, max(p1 + s2 + max(s2 - s1, 0), scale + 1))
    return (
        f"list_transform(list_transform([struct_pack(n := {whole(0, p1, s1)} * {10**shift}, d := {whole(1, p2, s2)})], "
        f"lambda _d: CAST({quotient} AS HUGEINT)), lambda _q: CAST({shown} AS DECIMAL({precision}, {scale})))[1]"
    )


def add(node: exp.Add | exp.Sub, known: Mapping[int, exp.DataType]) -> exp.Expr:
    """`+` and `-`: a date stays a date (Trino, "Date and time functions and operators")."""
    sign = "+" if isinstance(node, exp.Add) else "-"
    left, right = type_of(node.this, known), type_of(node.expression, known)
    one, two = kind(left), kind(right)
    if exp.DType.INTERVAL in {one, two}:
        other = two if one is exp.DType.INTERVAL else one
        if other is None:
            raise not_known(node, f"{sign} with an interval")
        if other is exp.DType.DATE:
            unit = next((found.args["unit"].name.upper() for found in node.find_all(exp.Interval)), "DAY")
            if unit not in {"DAY", "WEEK", "MONTH", "YEAR"}:
                raise QueryError(
                    f"INVALID_FUNCTION_ARGUMENT: {place(node)}: Cannot add hour, minutes or seconds to a date"
                )
            return put(f"CAST({{0}} {sign} {{1}} AS DATE)", node.this, node.expression, of=node)
        if other not in {*MOMENT, exp.DType.INTERVAL}:
            raise mismatch(node, sign, left, right)
        return put(f"{{0}} {sign} {{1}}", node.this, node.expression, of=node)
    numbers = {*WHOLE, *FLOATING, exp.DType.DECIMAL, None}
    if {one, two} <= {exp.DType.DATE, *MOMENT} and sign == "-":
        raise QueryError(
            f"NOT_SUPPORTED: {place(node)}: a difference of dates cannot be run here; write date_diff('day', a, b)"
        )
    if not {one, two} <= numbers:
        raise mismatch(node, sign, left, right)
    if one is None and two is None and sign == "-" and not node.find(exp.Null):
        raise not_known(node, "a difference")
    return node
