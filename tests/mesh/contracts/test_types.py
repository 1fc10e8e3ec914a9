"""Column types: read, refused, and written as Iceberg has them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.contracts import types
from mesh.contracts.types import ColumnType, Part, UnknownTypeError, parse

IDENTIFIERS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
PLAIN = st.sampled_from(sorted(types.PLAIN)).map(ColumnType)
DECIMALS = st.integers(1, 38).flatmap(lambda p: st.integers(0, p).map(lambda s: ColumnType("decimal", (p, s))))


def _nested(inner: st.SearchStrategy[ColumnType]) -> st.SearchStrategy[ColumnType]:
    arrays = inner.map(lambda part: ColumnType("array", parts=(Part("element", part),)))
    maps = st.tuples(inner, inner).map(
        lambda two: ColumnType("map", parts=(Part("key", two[0], True), Part("value", two[1])))
    )
    fields = st.lists(st.tuples(IDENTIFIERS, inner), min_size=1, max_size=4)
    return arrays | maps | fields.map(lambda parts: ColumnType("struct", parts=tuple(Part(*part) for part in parts)))


TYPES = st.recursive(PLAIN | DECIMALS, _nested, max_leaves=12)


@given(TYPES)
def test_a_type_reads_as_it_is_written(column: ColumnType) -> None:
    assert parse(str(column)) == column
    assert parse(str(column).upper().replace(",", " , ")).name == column.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a type, found the end"),
        ("varchar(10)", "'varchar' is no type"),
        ("decimal", "expected '(', found the end"),
        ("decimal(39,2)", "precision 1 to 38"),
        ("decimal(9,10)", "scale not above it"),
        ("decimal(" + "9" * 5000 + ",1)", "precision 1 to 38"),
        ("array<int", "expected '>', found the end"),
        ("array<>", "'>' is no type"),
        ("map<int>", "expected ',', found '>'"),
        ("struct<a int>", "expected ':', found 'int'"),
        ("int int", "'int' does not belong at the end"),
        ("int;", "';' does not belong into a type"),
        ("array<" * 33 + "int" + ">" * 33, "nested more than 32 times"),
    ],
)
def test_a_text_that_is_no_type_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(UnknownTypeError) as told:
        parse(text)
    assert message in str(told.value)


@given(st.text(alphabet="abint<>(),: 019", max_size=30))
def test_any_text_is_a_type_or_is_refused(text: str) -> None:
    with contextlib.suppress(UnknownTypeError):
        assert str(parse(text))


def test_every_logical_type_has_a_physical_one_that_exists() -> None:
    assert all(parse(physical) for physical in types.LOGICAL.values())
