"""Column types: read, refused, and written as Iceberg has them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.contracts import types
from mesh.contracts.types import ColumnType, UnknownTypeError, iceberg_types, parse

IDENTIFIERS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
PLAIN = st.sampled_from(sorted(types.ICEBERG_NAMES)).map(ColumnType)
DECIMALS = st.integers(1, 38).flatmap(lambda p: st.integers(0, p).map(lambda s: ColumnType("decimal", (p, s))))


def _nested(inner: st.SearchStrategy[ColumnType]) -> st.SearchStrategy[ColumnType]:
    arrays = inner.map(lambda part: ColumnType("array", parts=(("element", part),)))
    maps = st.tuples(inner, inner).map(lambda two: ColumnType("map", parts=(("key", two[0]), ("value", two[1]))))
    fields = st.lists(st.tuples(IDENTIFIERS, inner), min_size=1, max_size=4)
    return arrays | maps | fields.map(lambda parts: ColumnType("struct", parts=tuple(parts)))


TYPES = st.recursive(PLAIN | DECIMALS, _nested, max_leaves=12)


def written(column: ColumnType) -> str:
    """A type as Athena writes it."""
    if column.name == "decimal":
        return f"decimal({column.numbers[0]},{column.numbers[1]})"
    if column.name == "struct":
        return f"struct<{','.join(f'{name}:{written(part)}' for name, part in column.parts)}>"
    if column.parts:
        return f"{column.name}<{','.join(written(part) for _, part in column.parts)}>"
    return column.name


def ids(value: Any) -> Iterator[int]:
    """Every id in an Iceberg type."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "id" or key.endswith("-id"):
                yield part
            else:
                yield from ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from ids(part)


@given(TYPES)
def test_a_type_reads_as_it_is_written(column: ColumnType) -> None:
    assert parse(written(column)) == column
    assert parse(written(column).upper().replace(",", " , ")).name == column.name


@given(st.lists(TYPES, min_size=1, max_size=6))
def test_ids_of_nested_fields_are_unique_in_the_table_and_follow_those_of_the_columns(
    columns: list[ColumnType],
) -> None:
    found = [number for text in iceberg_types(columns) for number in ids(json.loads(text))]
    assert len(set(found)) == len(found)
    assert not found or sorted(found) == list(range(len(columns) + 1, len(columns) + 1 + len(found)))


def test_a_struct_is_written_as_glue_takes_it() -> None:
    (text,) = iceberg_types([parse("struct<a:int,b:array<decimal(9,2)>>")])
    assert json.loads(text) == {
        "type": "struct",
        "fields": [
            {"id": 2, "name": "a", "required": False, "type": "int"},
            {
                "id": 3,
                "name": "b",
                "required": False,
                "type": {"type": "list", "element-id": 4, "element": "decimal(9,2)", "element-required": False},
            },
        ],
    }
    assert iceberg_types([parse("bigint")]) == ['"long"']


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
        assert written(parse(text))


def test_every_logical_type_has_a_physical_one_that_exists() -> None:
    assert all(parse(physical) for physical in types.LOGICAL.values())
