"""Column types: read in many notations, refused with a remedy, and written in one."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.errors import ParseError

from mesh.contracts import logical_types, types
from mesh.contracts.iceberg import iceberg_type
from mesh.contracts.type_names import ALIASES, FOREIGN, NESTED, PLAIN
from mesh.contracts.types import IDENTIFIER, ColumnType, Part, UnknownTypeError, parse, read

PAGE = Path(__file__).resolve().parents[3] / "docs" / "types.md"
IDENTIFIERS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
PLAIN_TYPES = st.sampled_from(sorted(PLAIN)).map(ColumnType)
DECIMALS = st.integers(1, 38).flatmap(lambda p: st.integers(0, p).map(lambda s: ColumnType("decimal", (p, s))))


def _nested(inner: st.SearchStrategy[ColumnType]) -> st.SearchStrategy[ColumnType]:
    arrays = inner.map(types.array)
    maps = st.tuples(inner, inner).map(lambda two: types.mapping(*two))
    fields = st.dictionaries(IDENTIFIERS, inner, min_size=1, max_size=4)
    return arrays | maps | fields.map(lambda parts: types.struct([Part(*part) for part in parts.items()]))


TYPES = st.recursive(PLAIN_TYPES | DECIMALS, _nested, max_leaves=12)


def holds(type_: ColumnType) -> bool:
    """Whether a type can be written as it stands: nothing is open, and fields have names that are each there once."""
    for inner in type_.walk():
        names = [part.name for part in inner.parts]
        if inner.is_open or len(set(names)) < len(names) or not all(map(IDENTIFIER.fullmatch, names)):
            return False
    return True


@given(TYPES)
def test_a_type_reads_as_it_is_written(column: ColumnType) -> None:
    assert parse(str(column)) == column
    assert " " not in str(column)


@given(TYPES)
def test_case_and_space_do_not_count(column: ColumnType) -> None:
    assert parse(str(column).upper().replace(",", " , ").replace(":", " : ").replace("<", " < ")) == column


@given(TYPES)
def test_the_notations_of_trino_and_bigquery_say_the_same(column: ColumnType) -> None:
    text = str(column)
    trino = text.replace("<", "(").replace(">", ")").replace(":", " ").replace("struct(", "row(")
    assert parse(trino) == column
    assert parse(text.replace(":", " ")) == column


TOKENS = (
    *("<", ">", "(", ")", ",", ":", "[]", "[3]", "`", '"', "'", " ", "not null", "comment 'x'", "1", "38", "99", "-1"),
    *("a", "B", "array", "list", "map", "struct", "row", "decimal", "int", "varchar", "timestamp", "with time zone"),
    *("optional", "required", "unsigned", "vector", "double precision", "max", "7: a: optional", "number", "ſ", "K"),
)


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map("".join) | st.text(max_size=30))
def test_any_text_is_a_type_that_holds_or_is_refused(text: str) -> None:
    with contextlib.suppress(UnknownTypeError):
        found = parse(text)
        assert holds(found)
        assert parse(str(found)) == _bare(found)


ODD_NAMES = ("a", "A", "a-b", "`a`", '"b"', "`b c`", '"b-c"', "12", "(", "ſ", "`ſ`", "int", "")


@given(
    st.lists(
        st.tuples(st.sampled_from(ODD_NAMES), st.sampled_from([":", " "]), st.sampled_from(["int", "array<int>", "x"])),
        min_size=1,
        max_size=2,
    )
)
def test_a_struct_has_fields_with_names_or_is_refused(fields: list[tuple[str, str, str]]) -> None:
    text = f"struct<{','.join(''.join(field) for field in fields)}>"
    with contextlib.suppress(UnknownTypeError):
        assert holds(parse(text))


def _bare(type_: ColumnType) -> ColumnType:
    """A type without what its text does not say: `not null` and comments."""
    parts = (Part(p.name, _bare(p.type), type_.name == "map" and p.name == "key") for p in type_.parts)
    return ColumnType(type_.name, type_.numbers, tuple(parts))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a type, found the end"),
        ("decimal", "a decimal without its digits: write decimal(p,s), such as decimal(18,2)"),
        ("decimal(39,2)", "precision 1 to 38"),
        ("decimal(9,10)", "scale 0 or more and not above it"),
        ("decimal(" + "9" * 5000 + ",1)", "precision 1 to 38"),
        ("decimal(max)", "has digits in numbers"),
        ("array", "an array, and nothing says what is in it: write array<string>"),
        ("array<map>", "a map, and nothing says what is in it"),
        ("array<int", "expected '>', found the end"),
        ("array<int)", "expected '>', found ')'"),
        ("array<>", "expected a type, found '>'"),
        ("map<int>", "expected ',', found '>'"),
        ("struct<a:>", "expected a type, found '>'"),
        ("struct<:int>", "a field of a struct needs a name and a type, as in struct<a:int>; found ':'"),
        ("struct<a:int comment>", "expected ',' or '>', found 'comment'"),
        ("struct<1: a: optional int (x>", "a ')' is missing"),
        ("int int", "'int' does not belong at the end"),
        ("int;", "';' does not belong at the end"),
        ("int[3]", "an array is written array<…>"),
        ("date(3)", "'date(3)' is no type; write date"),
        ("varchar(0)", "'varchar(0)' is no type; write string"),
        ("timestamp(12)", "'timestamp(12)' is no type; write timestamp"),
        ("fixed(10,2)", "is a type of MySQL"),
        ("bigit", "'bigit' is no type; did you mean 'bigint'?"),
        ("array<" * 33 + "int" + ">" * 33, "nested more than 32 times"),
        ("int" + "[]" * 33, "nested more than 32 times"),
        ("array<" * 20 + "int" + "[]" * 13 + ">" * 20, "nested more than 32 times"),
    ],
)
def test_a_text_that_is_no_type_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(UnknownTypeError) as told:
        parse(text)
    assert message in str(told.value)


def test_depth_is_counted_and_not_brackets() -> None:
    wide = "struct<" + ",".join(f"f{n}:array<string>" for n in range(100)) + ">"
    assert parse(wide).depth == 2
    assert parse("array<" * 32 + "int" + ">" * 32).depth == 32


def test_a_struct_of_many_fields_is_read_at_once() -> None:
    assert len(parse("struct<" + ",".join(f"f{n} int" for n in range(5000)) + ">").parts) == 5000


# ---- names


@pytest.mark.parametrize("name", sorted(ALIASES))
def test_an_alias_has_the_same_iceberg_type_as_its_name(name: str) -> None:
    assert iceberg_type(parse(name), "x", {}) == iceberg_type(parse(ALIASES[name].name), "x", {})
    assert ALIASES[name].source


OF_SQLGLOT = {
    "string": "TEXT VARCHAR CHAR NCHAR NVARCHAR BPCHAR UUID JSON JSONB ENUM",
    "binary": "BINARY VARBINARY BLOB",
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INT",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "timestamp": "TIMESTAMP TIMESTAMPNTZ DATETIME",
    "timestamptz": "TIMESTAMPTZ TIMESTAMPLTZ",
}
"""Types of sqlglot by ours."""

DIALECTS = ("athena", "trino", "hive", "spark", "postgres", "redshift", "bigquery", "snowflake")

UNKNOWN_TO_SQLGLOT = frozenset(
    {
        *("large_string", "large_binary", "fixed_size_binary", "half_float", "float16", "float32"),
        *("uint8", "uint16", "uint32", "nclob", "national char", "national char varying"),
        *("national character", "national character varying"),
    }
)
"""Names of Arrow, and long names of SQL."""


@pytest.mark.parametrize("name", sorted(ALIASES))
def test_another_reader_of_sql_takes_an_alias_for_the_same_type(name: str) -> None:
    found: set[str] = set()
    for dialect in DIALECTS:
        with contextlib.suppress(ParseError):
            found.add(exp.DataType.build(name, dialect=dialect, udt=False).this.name)
    assert bool(found) == (name not in UNKNOWN_TO_SQLGLOT)
    assert not found or found & set(OF_SQLGLOT[ALIASES[name].name].split())


def test_the_page_on_types_has_every_name() -> None:
    rows = [line.split("|") for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| `[a-z]+` \|", line)]
    written: dict[str, set[str]] = {}
    for row in rows:
        (name,) = re.findall(r"`([^`]+)`", row[1])
        written[name] = set(re.findall(r"`([^`]+)`", row[3]))
        assert json.loads(iceberg_type(parse(name), "x", {})) == row[2].strip()
    assert written == {name: {alias for alias, one in ALIASES.items() if one.name == name} for name in PLAIN}


def test_each_name_is_of_one_kind() -> None:
    every = [*PLAIN, *ALIASES, *FOREIGN, *NESTED, "decimal", "numeric", "dec"]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_a_type_of_another_platform_is_refused_with_one_of_ours(name: str) -> None:
    with pytest.raises(UnknownTypeError) as told:
        read(name)
    assert f"'{name}' is a type of {FOREIGN[name].platform}; write" in str(told.value)
    proposed = FOREIGN[name].nearest.partition(",")[0] if "<" not in FOREIGN[name].nearest else FOREIGN[name].nearest
    if proposed and "(" not in proposed and not proposed.startswith(("one ", "the ", "bigint or", "array")):
        assert parse(proposed)


def test_every_logical_type_has_a_physical_one_that_exists() -> None:
    assert all(parse(physical) for physical in logical_types.LOGICAL.values())


def test_timestamptz_is_a_type_of_iceberg() -> None:
    assert json.loads(iceberg_type(parse("timestamp with time zone"), "x", {})) == "timestamptz"
