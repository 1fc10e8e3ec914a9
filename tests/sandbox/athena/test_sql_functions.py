"""Each function of the list has the value that Trino's documentation, or its definition there, says."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import duckdb
import pytest

from sandbox.athena.duck_dialect import duck_sql
from sandbox.athena.sql_functions import ALLOWED
from sandbox.athena.statements import parse

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
ROWS = "from (values (1, 'a', 3e0), (2, 'b', 5e0), (3, cast(null as varchar), 7e0)) as t(i, s, d)"


@cache
def connected() -> duckdb.DuckDBPyConnection:
    """One DuckDB for all rows: they read no table."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def first(query: str) -> object:
    """The one value of a query."""
    row = connected().execute(duck_sql(parse(query, "db"), {}, NOW)).fetchone()
    assert row is not None
    return row[0]


VALUES: list[tuple[str, str, object]] = [
    ("lower", "lower('ÄB')", "äb"),
    ("upper", "upper('äb')", "ÄB"),
    ("length", "length('añb')", 3),
    ("char_length", "char_length('ab')", 2),
    ("lpad", "lpad('7', 3, '0')", "007"),
    ("rpad", "rpad('abcd', 2, 'x')", "ab"),
    ("translate", "translate('abcd', 'ad', 'z')", "zbc"),
    ("starts_with", "starts_with('abc', 'ab')", True),
    ("strpos", "strpos('high', 'ig')", 2),
    ("strpos", "strpos('high', 'x')", 0),
    ("chr", "chr(65)", "A"),
    ("codepoint", "codepoint('A')", 65),
    ("concat", "concat('a', 'b', 'c')", "abc"),
    ("concat", "concat('a', cast(null as varchar))", None),
    ("concat", "concat(array[1], array[2])", [1, 2]),
    ("concat_ws", "concat_ws('-', 'a', cast(null as varchar), 'b')", "a-b"),
    ("trim", "trim(chr(9) || ' a ')", "a"),
    ("ltrim", "ltrim('  a ')", "a "),
    ("rtrim", "rtrim('  a ')", "  a"),
    ("replace", "replace('abcb', 'b')", "ac"),
    ("replace", "replace('abcb', 'b', 'x')", "axcx"),
    ("reverse", "reverse('abc')", "cba"),
    ("reverse", "reverse(array[1, 2])", [2, 1]),
    ("substr", "substr('abc', -2)", "bc"),
    ("substr", "substr('abc', 0)", ""),
    ("substr", "substr('abc', -5)", ""),
    ("substr", "substr('abcd', 2, 2)", "bc"),
    ("substr", "substr('abcd', 2, -1)", ""),
    ("substring", "substring('abcd', -3, 2)", "bc"),
    ("split", "split('a,b,', ',')", ["a", "b", ""]),
    ("split_part", "split_part('a,b', ',', 2)", "b"),
    ("split_part", "split_part('a,b', ',', 3)", None),
    ("levenshtein_distance", "levenshtein_distance('kitten', 'sitting')", 3),
    ("hamming_distance", "hamming_distance('abc', 'abd')", 1),
    ("regexp_like", r"regexp_like('1a 2b 14m', '\d+b')", True),
    ("regexp_extract", r"regexp_extract('1a 2b 14m', '\d+')", "1"),
    ("regexp_extract", r"regexp_extract('1a 2b 14m', '(\d+)([a-z]+)', 2)", "a"),
    ("regexp_extract", "regexp_extract('abc', 'z')", None),
    ("regexp_extract_all", r"regexp_extract_all('1a 2b 14m', '\d+')", ["1", "2", "14"]),
    ("regexp_count", r"regexp_count('1a 2b 14m', '\s*[a-z]+\s*')", 3),
    ("regexp_split", r"regexp_split('1a 2b 14m', '\s*[a-z]+\s*')", ["1", "2", "14", ""]),
    ("regexp_replace", r"regexp_replace('1a 2b 14m', '\d+[ab] ')", "14m"),
    ("regexp_replace", r"regexp_replace('1a 2b 14m', '(\d+)([ab]) ', '3c$2 ')", "3ca 3cb 14m"),
    ("to_utf8", "to_utf8('a')", b"a"),
    ("from_utf8", "from_utf8(X'61')", "a"),
    ("to_hex", "to_hex(X'0aff')", "0AFF"),
    ("from_hex", "from_hex('0AFF')", b"\x0a\xff"),
    ("to_base64", "to_base64(X'41')", "QQ=="),
    ("from_base64", "from_base64('QQ==')", b"A"),
    ("md5", "to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661"),
    ("sha256", "to_hex(sha256(to_utf8('')))", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"),
    ("json_parse", "json_array_length(json_parse('[1, 2, 3]'))", 3),
    ("json_format", "json_format(json_parse('[1, 2, 3]'))", "[1,2,3]"),
    ("json_array_length", "json_array_length('[1, 2, 3]')", 3),
    ("json_extract", "json_extract('{\"a\": {\"b\": [1]}}', '$.a.b')", "[1]"),
    ("json_extract_scalar", "json_extract_scalar('[1, 2, 3]', '$[2]')", "3"),
    ("json_extract_scalar", "json_extract_scalar('{\"a\": [1]}', '$.a')", None),
    ("json_extract_scalar", "json_extract_scalar('no JSON', '$.a')", None),
    ("exp", "exp(0)", 1.0),
    ("ln", "ln(e())", 1.0),
    ("log2", "log2(8)", 3.0),
    ("log10", "log10(1000)", 3.0),
    ("log", "log(2, 8)", 3.0),
    ("sqrt", "sqrt(9)", 3.0),
    ("cbrt", "cbrt(27)", 3.0),
    ("sin", "sin(0)", 0.0),
    ("cos", "cos(0)", 1.0),
    ("tan", "tan(0)", 0.0),
    ("asin", "asin(0)", 0.0),
    ("acos", "acos(1)", 0.0),
    ("atan", "atan(0)", 0.0),
    ("atan2", "atan2(0, 1)", 0.0),
    ("degrees", "degrees(pi())", 180.0),
    ("radians", "radians(180)", math.pi),
    ("abs", "abs(-3)", 3),
    ("sign", "sign(-2.5e0)", -1.0),
    ("ceil", "ceil(1.2)", Decimal(2)),
    ("ceiling", "ceiling(-1.2e0)", -1.0),
    ("floor", "floor(-1.2)", Decimal(-2)),
    ("round", "round(2.5)", Decimal(3)),
    ("round", "round(-2.5e0)", -3.0),
    ("round", "cast(round(3.14159, 2) as varchar)", "3.14000"),
    ("truncate", "truncate(-1.9e0)", -1.0),
    ("power", "power(2, 3)", 8.0),
    ("pow", "pow(2, 3)", 8.0),
    ("mod", "mod(-7, 3)", -1),
    ("pi", "pi()", math.pi),
    ("e", "e()", math.e),
    ("nan", "is_nan(nan())", True),
    ("infinity", "infinity()", math.inf),
    ("is_nan", "is_nan(1e0)", False),
    ("is_finite", "is_finite(infinity())", False),
    ("is_infinite", "is_infinite(1e0 / 0)", True),
    ("bitwise_and", "bitwise_and(12, 10)", 8),
    ("bitwise_or", "bitwise_or(12, 10)", 14),
    ("bitwise_xor", "bitwise_xor(12, 10)", 6),
    ("bitwise_not", "bitwise_not(-12)", 11),
    ("to_base", "to_base(255, 16)", "ff"),
    ("random", "random() < 1", True),
    ("rand", "rand() >= 0", True),
    ("greatest", "greatest(1, 3, 2)", 3),
    ("greatest", "greatest(1, null)", None),
    ("least", "least(1, null)", None),
    ("least", "least(3, 2)", 2),
    ("coalesce", "coalesce(null, 2)", 2),
    ("nullif", "nullif(1, 1)", None),
    ("try", "try(1 / 0)", None),
    ("year", "year(date '2001-08-22')", 2001),
    ("month", "month(date '2001-08-22')", 8),
    ("day", "day(date '2001-08-22')", 22),
    ("day_of_month", "day_of_month(date '2001-08-22')", 22),
    ("quarter", "quarter(date '2001-08-22')", 3),
    ("hour", "hour(timestamp '2001-08-22 03:04:05.321')", 3),
    ("minute", "minute(timestamp '2001-08-22 03:04:05.321')", 4),
    ("second", "second(timestamp '2001-08-22 03:04:05.321')", 5),
    ("millisecond", "millisecond(timestamp '2001-08-22 03:04:05.321')", 321),
    ("day_of_week", "day_of_week(date '2024-01-07')", 7),
    ("dow", "dow(date '2024-01-01')", 1),
    ("day_of_year", "day_of_year(date '2024-02-01')", 32),
    ("doy", "doy(date '2024-12-31')", 366),
    ("week", "week(date '2021-01-01')", 53),
    ("week_of_year", "week_of_year(date '2021-01-04')", 1),
    ("year_of_week", "year_of_week(date '2021-01-01')", 2020),
    ("yow", "yow(date '2021-01-04')", 2021),
    ("last_day_of_month", "last_day_of_month(date '2024-02-03')", date(2024, 2, 29)),
    ("date", "date('2024-02-03')", date(2024, 2, 3)),
    ("date_trunc", "date_trunc('quarter', date '2001-08-22')", date(2001, 7, 1)),
    ("date_trunc", "date_trunc('week', timestamp '2001-08-22 03:04:05')", datetime(2001, 8, 20)),
    ("date_add", "date_add('month', 1, date '2020-01-31')", date(2020, 2, 29)),
    ("date_add", "date_add('second', 86, timestamp '2020-03-01 00:00:00')", datetime(2020, 3, 1, 0, 1, 26)),
    ("date_add", "date_add('quarter', -1, date '2020-03-01')", date(2019, 12, 1)),
    ("date_diff", "date_diff('second', timestamp '2020-03-01 00:00:00', timestamp '2020-03-02 00:00:00')", 86400),
    ("date_diff", "date_diff('day', timestamp '2020-03-01 23:00:00', timestamp '2020-03-02 01:00:00')", 0),
    ("date_diff", "date_diff('month', date '2020-03-31', date '2020-02-29')", -1),
    (
        "date_format",
        "date_format(timestamp '2022-10-02 03:04:05', '%Y-%c-%e %H:%i:%s %W %M')",
        "2022-10-2 03:04:05 Sunday October",
    ),
    ("date_parse", "date_parse('2022-10-02 03:04', '%Y-%m-%d %H:%i')", datetime(2022, 10, 2, 3, 4)),
    ("from_unixtime", "from_unixtime(1) = timestamp '1970-01-01 00:00:01 UTC'", True),
    ("to_unixtime", "to_unixtime(timestamp '1970-01-01 00:00:01.500')", 1.5),
    (
        "from_iso8601_timestamp",
        "from_iso8601_timestamp('2020-01-01T01:00:00+01:00') = timestamp '2020-01-01 00:00:00 UTC'",
        True,
    ),
    ("from_iso8601_date", "from_iso8601_date('2020-05-11')", date(2020, 5, 11)),
    ("at_timezone", "hour(at_timezone(timestamp '2012-10-31 01:00:00 UTC', 'America/Los_Angeles'))", 18),
    ("now", "now() = timestamp '2024-05-06 07:08:09 UTC'", True),
    ("flatten", "flatten(array[array[1], array[2, 3]])", [1, 2, 3]),
    ("cardinality", "cardinality(array[1, null])", 2),
    ("cardinality", "cardinality(map(array['a'], array[1]))", 1),
    ("element_at", "element_at(array[1, 2], 3)", None),
    ("element_at", "element_at(array[1, 2], -1)", 2),
    ("element_at", "element_at(map(array['a'], array[1]), 'b')", None),
    ("contains", "contains(array[1, 2], 2)", True),
    ("contains", "contains(array[1, null], 2)", None),
    ("array_distinct", "array_distinct(array[3, 1, 3, null, null])", [3, 1, None]),
    ("array_sort", "array_sort(array[3, null, 1])", [1, 3, None]),
    ("array_max", "array_max(array[1, 3])", 3),
    ("array_max", "array_max(array[1, null])", None),
    ("array_min", "array_min(array[1, 3])", 1),
    ("array_join", "array_join(array[1, null, 2], ',')", "1,2"),
    ("array_join", "array_join(array[1, null, 2], ',', 'x')", "1,x,2"),
    ("array_position", "array_position(array[1, 2], 2)", 2),
    ("array_position", "array_position(array[1, 2], 9)", 0),
    ("array_remove", "array_remove(array[1, 2, null, 1], 1)", [2, None]),
    ("slice", "slice(array[1, 2, 3], 2, 2)", [2, 3]),
    ("slice", "slice(array[1, 2, 3], -2, 1)", [2]),
    ("sequence", "sequence(3, 1)", [3, 2, 1]),
    (
        "sequence",
        "sequence(date '2020-01-30', date '2020-02-01')",
        [date(2020, 1, 30), date(2020, 1, 31), date(2020, 2, 1)],
    ),
    ("repeat", "repeat('a', 2)", ["a", "a"]),
    ("transform", "transform(array[5, 7], x -> x / 2)", [2, 3]),
    ("filter", "filter(array[5, -6, null, 7], x -> x > 0)", [5, 7]),
    ("reduce", "reduce(array[5, 20, 50], 0, (s, x) -> s + x, s -> s / 2)", 37),
    ("reduce", "reduce(array[5, 6], 0.5e0, (s, x) -> s + x, s -> s)", 11.5),
    ("reduce", "reduce(cast(array[] as array(integer)), 7, (s, x) -> s + x, s -> s)", 7),
    ("any_match", "any_match(array[1, 2], x -> x > 1)", True),
    ("any_match", "any_match(array[1, null], x -> x > 1)", None),
    ("all_match", "all_match(array[1, 2], x -> x > 1)", False),
    ("all_match", "all_match(cast(array[] as array(integer)), x -> x > 1)", True),
    ("none_match", "none_match(array[1, 2], x -> x > 5)", True),
    ("map", "map(array['a'], array[1])['a']", 1),
    ("map_keys", "map_keys(map(array['a'], array[1]))", ["a"]),
    ("map_values", "map_values(map(array['a'], array[1]))", [1]),
    ("map_entries", "cardinality(map_keys(map_from_entries(map_entries(map(array['a'], array[1])))))", 1),
    ("map_from_entries", "map_from_entries(array[row(1, 'x')])", {1: "x"}),
    ("map_concat", "map_concat(map(array['a'], array[1]), map(array['a', 'b'], array[2, 3]))", {"a": 2, "b": 3}),
    ("row", "cast(row(1, 'x') as row(n integer, t varchar)).t", "x"),
    ("count", f"count(*) {ROWS}", 3),
    ("count", f"count(s) {ROWS}", 2),
    ("count_if", f"count_if(i > 1) {ROWS}", 2),
    ("count_if", f"count_if(s > 'x') {ROWS} where i = 3", 0),
    ("sum", f"sum(i) {ROWS}", 6),
    ("avg", f"avg(i) {ROWS}", 2.0),
    ("avg", "avg(x) from (values 1.25, 1.30) as t(x)", Decimal("1.28")),
    ("avg", "avg(x) filter (where x > 2) from (values 1.25, 1.30) as t(x)", None),
    ("avg", "max(m) from (select avg(x) over () as m from (values 1.25, 1.30) as t(x)) as z", Decimal("1.28")),
    ("min", f"min(s) {ROWS}", "a"),
    ("max", f"max(i) {ROWS}", 3),
    ("any_value", f"any_value(s) {ROWS} where i > 1", "b"),
    ("arbitrary", f"arbitrary(i) {ROWS} where i = 3", 3),
    ("bool_and", f"bool_and(i > 1) {ROWS}", False),
    ("bool_or", f"bool_or(i > 1) {ROWS}", True),
    ("every", f"every(i > 0) {ROWS}", True),
    ("array_agg", f"array_agg(s order by i desc) {ROWS}", [None, "b", "a"]),
    ("max_by", f"max_by(s, i) {ROWS}", None),
    ("min_by", f"min_by(s, i) {ROWS}", "a"),
    ("geometric_mean", "geometric_mean(x) from (values 2e0, 8e0) as t(x)", 4.0),
    ("approx_distinct", f"approx_distinct(s) {ROWS}", 2),
    ("approx_percentile", f"approx_percentile(i, 0.5) {ROWS}", 2),
    ("histogram", f"histogram(s) {ROWS}", {"a": 1, "b": 1}),
    ("map_agg", f"map_agg(s, i) {ROWS}", {"a": 1, "b": 2}),
    ("bitwise_and_agg", f"bitwise_and_agg(i) {ROWS}", 0),
    ("bitwise_or_agg", f"bitwise_or_agg(i) {ROWS}", 3),
    ("grouping", f"max(g) from (select grouping(s) as g {ROWS} group by rollup(s)) as z", 1),
    ("corr", f"corr(d, i) {ROWS}", 1.0),
    ("covar_pop", f"covar_pop(d, i) {ROWS}", 4 / 3),
    ("covar_samp", f"covar_samp(d, i) {ROWS}", 2.0),
    ("regr_slope", f"regr_slope(d, i) {ROWS}", 2.0),
    ("regr_intercept", f"regr_intercept(d, i) {ROWS}", 1.0),
    ("stddev", f"stddev(d) {ROWS}", 2.0),
    ("stddev_samp", f"stddev_samp(d) {ROWS}", 2.0),
    ("stddev_pop", f"stddev_pop(d) {ROWS}", math.sqrt(8 / 3)),
    ("variance", f"variance(d) {ROWS}", 4.0),
    ("var_samp", f"var_samp(d) {ROWS}", 4.0),
    ("var_pop", f"var_pop(d) {ROWS}", 8 / 3),
    *(
        (name, f"x from (select i, {call} over (order by i) as x {ROWS}) as z where i = 2", value)
        for name, call, value in (
            ("row_number", "row_number()", 2),
            ("rank", "rank()", 2),
            ("dense_rank", "dense_rank()", 2),
            ("percent_rank", "percent_rank()", 0.5),
            ("cume_dist", "cume_dist()", 2 / 3),
            ("ntile", "ntile(3)", 2),
            ("first_value", "first_value(s)", "a"),
            ("last_value", "last_value(s)", "b"),
            ("nth_value", "nth_value(s, 1)", "a"),
            ("lag", "lag(s)", "a"),
            ("lag", "lag(s, 2, 'z')", "z"),
            ("lead", "lead(s)", None),
        )
    ),
]


def test_every_function_of_the_list_has_a_row() -> None:
    assert {name for name, _, _ in VALUES} == set(ALLOWED)
    assert all(f"{name}(" in call for name, call, _ in VALUES)


@pytest.mark.parametrize(("call", "value"), [(call, value) for _, call, value in VALUES])
def test_a_function_has_the_value_that_trino_gives(call: str, value: object) -> None:
    found = first(f"select {call}")
    if isinstance(value, float):
        assert isinstance(found, float)
        assert found == pytest.approx(value)
    else:
        assert found == value
        assert isinstance(found, bool) == isinstance(value, bool)
