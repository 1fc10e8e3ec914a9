"""Functions of Athena engine version 3 that can be run here, each with its meaning in DuckDB.

Meanings are Trino's ("Functions and operators"), also of NULL and of what is out of bounds. What is not in the list is
not registered.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Function(NamedTuple):
    """A function: how few and how many arguments, its text in DuckDB (`{0}` is the first argument, `{*}` all of them)
    and the type of its result: a type's name, `=0` for that of argument 0, `[0` for an array of it, `]0` for an element
    of it, `@` for a decision of the dialect, empty where it is not known."""

    least: int
    most: int
    text: str
    type: str = ""


MANY: Final = 100
_SPACES: Final = "(' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13))"
_BOUND: Final = "CASE WHEN {1} = 0 OR -({1}) > length({0}) THEN substr({0}, 1, 0) ELSE substr({0}, {1}) END"
_BOUND_THREE: Final = (
    "CASE WHEN {2} <= 0 OR {1} = 0 OR -({1}) > length({0}) THEN substr({0}, 1, 0) ELSE substr({0}, {1}, {2}) END"
)
_PADDED: Final = (
    "CASE WHEN {1} NOT BETWEEN 0 AND 1048576 THEN "
    "error('INVALID_FUNCTION_ARGUMENT: Target length must be in the range [0..1048576]') ELSE CAST({1} AS INTEGER) END"
)
_REPEATED: Final = (
    "CASE WHEN {1} > 10000 THEN "
    "error('INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be less than or equal to 10000') "
    "WHEN {1} < 0 THEN "
    "error('INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be greater than or equal to 0') "
    "ELSE {1} END"
)
"""Bounds of what makes a long value of a short one, which no limit of time or memory sees: that of `repeat` is
Trino's; `lpad` and `rpad`, which have all of a 32-bit number there, have what the memory holds here."""
_MATCHES: Final = "list_transform({0}, {1})"
_HAS_NULL: Final = "len({0}) > list_count({0})"


def _one(text: str, kind: str = "") -> Function:
    return Function(1, 1, text, kind)


def _two(text: str, kind: str = "") -> Function:
    return Function(2, 2, text, kind)


def _three(text: str, kind: str = "") -> Function:
    return Function(3, 3, text, kind)


def _same(names: str, kind: str, arguments: int = 1) -> dict[str, Function]:
    """Functions that DuckDB has by the same name with the same meaning."""
    listed = ", ".join(f"{{{number}}}" for number in range(arguments))
    return {name: Function(arguments, arguments, f"{name}({listed})", kind) for name in names.split()}


TEXTS: Final = {
    **_same("lower upper", "varchar"),
    **_same("length", "bigint"),
    **{name: _three(f"{name}({{0}}, {_PADDED}, {{2}})", "varchar") for name in ("lpad", "rpad")},
    **_same("translate", "varchar", 3),
    **_same("starts_with", "boolean", 2),
    **_same("strpos", "bigint", 2),
    "char_length": _one("length({0})", "bigint"),
    "chr": _one("chr(CAST({0} AS INTEGER))", "varchar"),
    "codepoint": _one("ord({0})", "integer"),
    "concat_ws": Function(2, MANY, "concat_ws({*})", "varchar"),
    "trim": _one(f"trim({{0}}, {_SPACES})", "varchar"),
    "ltrim": _one(f"ltrim({{0}}, {_SPACES})", "varchar"),
    "rtrim": _one(f"rtrim({{0}}, {_SPACES})", "varchar"),
    "replace": Function(2, 3, "@", "varchar"),
    "reverse": _one("@", "=0"),
    "substr": Function(2, 3, "@", "varchar"),
    "substring": Function(2, 3, "@", "varchar"),
    "split": _two("str_split({0}, {1})", "array(varchar)"),
    "split_part": _three(
        "CASE WHEN {2} < 1 THEN error('INVALID_FUNCTION_ARGUMENT: Index must be greater than zero') "
        "ELSE str_split({0}, {1})[{2}] END",
        "varchar",
    ),
    "levenshtein_distance": _two("levenshtein({0}, {1})", "bigint"),
    "hamming_distance": _two("hamming({0}, {1})", "bigint"),
    "regexp_like": _two("regexp_matches({0}, {1})", "boolean"),
    "regexp_extract": Function(2, 3, "@", "varchar"),
    "regexp_extract_all": Function(2, 3, "regexp_extract_all({*})", "array(varchar)"),
    "regexp_count": _two("len(regexp_extract_all({0}, {1}))", "bigint"),
    "regexp_split": _two("regexp_split_to_array({0}, {1})", "array(varchar)"),
    "regexp_replace": Function(2, 3, "@", "varchar"),
    "to_utf8": _one("encode({0})", "varbinary"),
    "from_utf8": _one("decode({0})", "varchar"),
    "to_hex": _one("to_hex({0})", "varchar"),
    "from_hex": _one("from_hex({0})", "varbinary"),
    "to_base64": _one("to_base64({0})", "varchar"),
    "from_base64": _one("from_base64({0})", "varbinary"),
    "md5": _one("unhex(md5({0}))", "varbinary"),
    "sha256": _one("unhex(sha256({0}))", "varbinary"),
    "json_parse": _one("json({0})", "json"),
    "json_format": _one("CAST({0} AS VARCHAR)", "varchar"),
    "json_array_length": _one("CAST(json_array_length({0}) AS BIGINT)", "bigint"),
    "json_extract": _two("@", "json"),
    "json_extract_scalar": _two("@", "varchar"),
}

NUMBERS: Final = {
    **_same("exp ln log2 log10 sqrt cbrt sin cos tan asin acos atan degrees radians", "double"),
    **_same("log atan2", "double", 2),
    "abs": _one("abs({0})", "=0"),
    "sign": _one("@", "=0"),
    "ceil": _one("@", "@"),
    "ceiling": _one("@", "@"),
    "floor": _one("@", "@"),
    "round": Function(1, 2, "@", "@"),
    "truncate": _one("@", "@"),
    "power": _two("CAST(pow({0}, {1}) AS DOUBLE)", "double"),
    "pow": _two("CAST(pow({0}, {1}) AS DOUBLE)", "double"),
    "mod": _two("@", "@"),
    "pi": Function(0, 0, "pi()", "double"),
    "e": Function(0, 0, "exp(CAST(1 AS DOUBLE))", "double"),
    "nan": Function(0, 0, "CAST('NaN' AS DOUBLE)", "double"),
    "infinity": Function(0, 0, "CAST('Infinity' AS DOUBLE)", "double"),
    "is_nan": _one("isnan({0})", "boolean"),
    "is_finite": _one("isfinite({0})", "boolean"),
    "is_infinite": _one("isinf({0})", "boolean"),
    "bitwise_and": _two("(CAST({0} AS BIGINT) & CAST({1} AS BIGINT))", "bigint"),
    "bitwise_or": _two("(CAST({0} AS BIGINT) | CAST({1} AS BIGINT))", "bigint"),
    "bitwise_xor": _two("xor(CAST({0} AS BIGINT), CAST({1} AS BIGINT))", "bigint"),
    "bitwise_not": _one("(~CAST({0} AS BIGINT))", "bigint"),
    "to_base": _two("lower(to_base({0}, {1}))", "varchar"),
    "random": Function(0, 0, "random()", "double"),
    "rand": Function(0, 0, "random()", "double"),
    "greatest": Function(1, MANY, "@", "@"),
    "least": Function(1, MANY, "@", "@"),
    "coalesce": Function(2, MANY, "coalesce({*})", "@"),
    "nullif": _two("nullif({0}, {1})", "=0"),
    "try": _one("try({0})", "=0"),
}

TIMES: Final = {
    **_same("year month day quarter hour minute second", "bigint"),
    "day_of_month": _one("day({0})", "bigint"),
    "day_of_week": _one("isodow({0})", "bigint"),
    "dow": _one("isodow({0})", "bigint"),
    "day_of_year": _one("dayofyear({0})", "bigint"),
    "doy": _one("dayofyear({0})", "bigint"),
    "week": _one("week({0})", "bigint"),
    "week_of_year": _one("week({0})", "bigint"),
    "year_of_week": _one("isoyear({0})", "bigint"),
    "yow": _one("isoyear({0})", "bigint"),
    "millisecond": _one("(millisecond({0}) % 1000)", "bigint"),
    "last_day_of_month": _one("last_day({0})", "date"),
    "date": _one("CAST({0} AS DATE)", "date"),
    "date_trunc": _two("@", "=1"),
    "date_add": _three("@", "=2"),
    "date_diff": _three("@", "bigint"),
    "date_format": _two("@", "varchar"),
    "date_parse": _two("@", "timestamp"),
    "from_unixtime": _one("to_timestamp({0})", "timestamp with time zone"),
    "to_unixtime": _one("epoch({0})", "double"),
    "from_iso8601_timestamp": _one("CAST({0} AS TIMESTAMPTZ)", "timestamp with time zone"),
    "from_iso8601_date": _one("CAST({0} AS DATE)", "date"),
    "at_timezone": _two("@", "@"),
    "now": Function(0, 0, "@", "timestamp with time zone"),
}

_ANY: Final = (
    f"CASE WHEN {{0}} IS NULL THEN NULL WHEN list_contains({_MATCHES}, {{yes}}) THEN {{then}} "
    f"WHEN len({_MATCHES}) > list_count({_MATCHES}) THEN NULL ELSE NOT {{then}} END"
)


def _quantified(yes: str, then: str) -> Function:
    return _two(_ANY.replace("{yes}", yes).replace("{then}", then), "boolean")


COLLECTIONS: Final = {
    **_same("flatten", "]0"),
    "cardinality": _one("@", "bigint"),
    "element_at": _two("@", "]0"),
    "contains": _two(
        f"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL WHEN list_contains({{0}}, {{1}}) THEN true "
        f"WHEN {_HAS_NULL} THEN NULL ELSE false END",
        "boolean",
    ),
    "array_distinct": _one("list_filter({0}, lambda _e, _i: list_position({0}, _e) = _i)", "=0"),
    "array_sort": _one("list_sort({0}, 'ASC', 'NULLS LAST')", "=0"),
    "array_max": _one(f"CASE WHEN {_HAS_NULL} THEN NULL ELSE list_max({{0}}) END", "]0"),
    "array_min": _one(f"CASE WHEN {_HAS_NULL} THEN NULL ELSE list_min({{0}}) END", "]0"),
    "array_join": Function(2, 3, "@", "varchar"),
    "array_position": _two(
        "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE CAST(coalesce(list_position({0}, {1}), 0) AS BIGINT) END",
        "bigint",
    ),
    "array_remove": _two("list_filter({0}, lambda _e: _e IS DISTINCT FROM {1})", "=0"),
    "slice": _three(
        "CASE WHEN {1} = 0 THEN error('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1') "
        "WHEN {1} > 0 THEN list_slice({0}, {1}, {1} + {2} - 1) WHEN -({1}) > len({0}) THEN list_slice({0}, 1, 0) "
        "ELSE list_slice({0}, len({0}) + {1} + 1, len({0}) + {1} + {2}) END",
        "=0",
    ),
    "sequence": Function(2, 3, "@", "@"),
    "repeat": _two(f"list_transform(range({_REPEATED}), lambda _e: {{0}})", "[0"),
    "transform": _two("list_transform({0}, {1})", ""),
    "filter": _two("list_filter({0}, {1})", "=0"),
    "reduce": Function(4, 4, "@", "=1"),
    "any_match": _quantified("true", "true"),
    "all_match": _quantified("false", "false"),
    "none_match": _quantified("true", "false"),
    "map": Function(0, 2, "map({*})", "@"),
    "map_keys": _one("map_keys({0})", "@"),
    "map_values": _one("map_values({0})", "@"),
    "map_entries": _one("map_entries({0})", "@"),
    "map_from_entries": _one("map_from_entries({0})", "@"),
    "map_concat": Function(2, MANY, "map_concat({*})", "=0"),
    "row": Function(1, MANY, "row({*})", "@"),
    "concat": Function(2, MANY, "@", "=0"),
}

AGGREGATES: Final = {
    **_same("corr covar_pop covar_samp regr_slope regr_intercept", "double", 2),
    **_same("stddev stddev_samp stddev_pop variance var_samp var_pop", "double"),
    **_same("min max any_value", "=0"),
    **_same("bool_and bool_or", "boolean"),
    "count": Function(0, 1, "@", "bigint"),
    "count_if": _one("count(CASE WHEN {0} THEN 1 END)", "bigint"),
    "sum": _one("sum({0})", "@"),
    "avg": _one("avg({0})", "@"),
    "every": _one("bool_and({0})", "boolean"),
    "arbitrary": _one("any_value({0})", "=0"),
    "array_agg": _one("list({0})", "[0"),
    "max_by": _two("arg_max_null({0}, {1})", "=0"),
    "min_by": _two("arg_min_null({0}, {1})", "=0"),
    "geometric_mean": _one("geometric_mean({0})", "double"),
    "approx_distinct": _one("count(DISTINCT {0})", "bigint"),
    "approx_percentile": _two("quantile_disc({0}, {1})", "=0"),
    "histogram": _one("histogram({0})", ""),
    "map_agg": _two("@", "@"),
    "bitwise_and_agg": _one("bit_and(CAST({0} AS BIGINT))", "bigint"),
    "bitwise_or_agg": _one("bit_or(CAST({0} AS BIGINT))", "bigint"),
    "grouping": Function(1, MANY, "grouping({*})", "bigint"),
}

WINDOWS: Final = {
    **{name: Function(0, 0, f"{name}()", "bigint") for name in ("row_number", "rank", "dense_rank")},
    **{name: Function(0, 0, f"{name}()", "double") for name in ("percent_rank", "cume_dist")},
    **_same("ntile", "bigint"),
    **_same("first_value last_value", "=0"),
    **_same("nth_value", "=0", 2),
    "lag": Function(1, 3, "lag({*})", "=0"),
    "lead": Function(1, 3, "lead({*})", "=0"),
}

ALLOWED: Final[dict[str, Function]] = {**TEXTS, **NUMBERS, **TIMES, **COLLECTIONS, **AGGREGATES, **WINDOWS}
"""Every function that a query may call, by its name in lower case."""

SUBSTRING: Final = {2: _BOUND, 3: _BOUND_THREE}
"""`substr`: positions before the first character are empty in Trino, where DuckDB starts at the first."""


def sequence_end(steps: str) -> str:
    """The second argument of `sequence`, where there are no more than so many steps (Athena User Guide, "Athena engine
    version 3 reference", "Limitations")."""
    return (
        f"CASE WHEN {steps} >= 50000 THEN error('INVALID_FUNCTION_ARGUMENT: result of sequence function must not have "
        f"more than 50000 entries') ELSE {{1}} END"
    )
