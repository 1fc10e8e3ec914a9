"""Types of columns: what is nested, what stands beside a type, and a table of cases, each with its source."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import ryaml
import sqlglot
from hypothesis import example, given
from hypothesis import strategies as st
from sqlglot import exp

from mesh.contracts import catalog, elements, logical_types
from mesh.contracts.column_types import TypePlace, column_type, judged_type, type_place
from mesh.contracts.iceberg import iceberg_type, nested_paths
from mesh.contracts.labels import LabelWords
from mesh.contracts.mistakes import ContractMistake
from mesh.contracts.type_names import MEANINGS
from mesh.contracts.types import ColumnType, Part, parse
from mesh.model import Contract

TABLE = Path(__file__).with_name("type_cases.md")
BASE = {"version": "1.0.0", "apiVersion": "v3.2.0", "description": {"purpose": "For tests."}}


class TypeCase(NamedTuple):
    """A row of the table of cases."""

    column: str
    parquet: str
    iceberg: str
    source: str


def _rows() -> list[TypeCase]:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")]
    rows = [TypeCase(*(cell.strip() for cell in line.strip("|").split(" |"))) for line in lines[1:]]
    return [row._replace(iceberg=row.parquet if row.iceberg == "same" else row.iceberg) for row in rows]


CASES = _rows()


def contract(column: Mapping[str, Any], **more: Any) -> Contract:
    return elements.read({**BASE, **more, "schema": [{"name": "t", "properties": [{"name": "x", **column}]}]})


def mistakes(of: Contract, table_format: str = "iceberg") -> list[ContractMistake]:
    return judged_type(of, of.tables[0].columns[0], type_place(of, table_format))[1]


def made(of: Contract, table_format: str = "iceberg") -> ColumnType:
    return column_type(of.tables[0].columns[0], type_place(of, table_format))


def shown(type_: Any) -> str:
    """An Iceberg type of JSON, as PyIceberg prints one: `list<struct<a: int!>>`."""
    if isinstance(type_, str):
        return re.sub(r",(?=\S)", ", ", type_)
    if type_["type"] == "list":
        return f"list<{shown(type_['element'])}{'!' if type_['element-required'] else ''}>"
    if type_["type"] == "map":
        return f"map<{shown(type_['key'])}, {shown(type_['value'])}{'!' if type_['value-required'] else ''}>"
    fields = (f"{f['name']}: {shown(f['type'])}{'!' if f['required'] else ''}" for f in type_["fields"])
    return f"struct<{', '.join(fields)}>"


def as_iceberg(type_: ColumnType) -> str:
    ids = {path: number for number, path in enumerate(nested_paths(type_, "x"), 2)}
    return shown(json.loads(iceberg_type(type_, "x", ids)))


def outcome(of: Contract, table_format: str) -> tuple[str, Sequence[ContractMistake]]:
    told = mistakes(of, table_format)
    if any(mistake.severity == "error" for mistake in told):
        return "refused", told
    type_ = made(of, table_format)
    return (str(type_) if table_format == "parquet" else as_iceberg(type_)), told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.column)
@pytest.mark.parametrize("table_format", ["parquet", "iceberg"])
def test_a_column_has_the_type_of_the_table_of_cases(case: TypeCase, table_format: str) -> None:
    column = ryaml.loads(case.column if case.column == "{}" else f"{{{case.column}}}")
    wanted = case.parquet if table_format == "parquet" else case.iceberg
    result, told = outcome(contract(column), table_format)
    message = " / ".join(mistake.message for mistake in told)
    if wanted.startswith("refused: "):
        assert result == "refused", message
        assert wanted.removeprefix("refused: ") in message
        assert len(told) == 1, "one fault, one finding"
    else:
        type_, _, warned = wanted.partition(" warned: ")
        assert result == type_, message
        assert warned in message
        assert bool(warned) == bool(told)


def test_the_table_of_cases_is_long_and_names_its_sources() -> None:
    assert len(CASES) >= 115
    assert len({case.column for case in CASES}) == len(CASES)
    accepted = [case for case in CASES if not case.iceberg.startswith("refused")]
    assert all(case.source or "is wrong" in case.parquet for case in accepted)


@pytest.mark.parametrize(
    "case", [c for c in CASES if not c.parquet.startswith("refused")], ids=lambda case: case.column
)
def test_what_glue_gets_is_read_by_another_reader_of_athenas_ddl(case: TypeCase) -> None:
    text = case.parquet.partition(" warned: ")[0]
    table = sqlglot.parse_one(f"CREATE EXTERNAL TABLE t (x {text}) LOCATION 's3://b/t/'", dialect="athena")
    kind = table.find(exp.ColumnDef).args["kind"]
    assert not kind.is_type(exp.DataType.Type.USERDEFINED)
    # Hive's dialect is that of the DDL of Athena; its spaces are the only difference.
    assert kind.sql("hive").lower().replace(" ", "") == text
    assert " " not in text


# ---- nested elements


def test_required_and_description_of_nested_elements_are_kept() -> None:
    street = {"name": "street", "logicalType": "string", "required": True, "description": "Of  the\nhouse."}
    of = contract({"logicalType": "object", "properties": [street, {"name": "nr", "logicalType": "integer"}]})
    assert made(of).parts == (
        Part("street", ColumnType("string"), True, "Of the house."),
        Part("nr", ColumnType("bigint")),
    )


def test_a_required_or_a_comment_of_the_text_is_kept_where_the_element_says_none() -> None:
    text = "struct<a:int not null comment 'x',b:int not null>"
    below = [{"name": "a", "logicalType": "integer"}, {"name": "b", "physicalType": "int", "required": False}]
    of = contract({"physicalType": text, "properties": below})
    assert made(of).parts == (Part("a", ColumnType("int"), True, "x"), Part("b", ColumnType("int")))


def test_a_mistake_stands_at_the_nested_element_and_names_it_by_its_path() -> None:
    below = [{"name": "email", "physicalType": "VARIANT"}]
    of = contract({"logicalType": "array", "items": {"logicalType": "object", "properties": below}})
    (mistake,) = mistakes(of)
    assert mistake.path == ("schema", 0, "properties", 0, "items", "properties", 0, "physicalType")
    assert mistake.message.startswith("type 'VARIANT' of column 'x.items.email': ")


def test_every_nested_mistake_is_told() -> None:
    below = [{"name": name, "physicalType": "money"} for name in "abc"]
    assert len(mistakes(contract({"properties": below}))) == 3


def test_elements_nested_too_deep_are_refused() -> None:
    column: dict[str, Any] = {"logicalType": "string"}
    for _ in range(32):
        column = {"logicalType": "array", "items": column}
    assert not mistakes(contract(column))
    (mistake,) = mistakes(contract({"logicalType": "array", "items": column}))
    assert "nested more than 32 times" in mistake.message


NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True)
PLAIN_ELEMENTS = st.sampled_from(["string", "int", "bigint", "double", "decimal(9,2)", "date", "timestamp"]).map(
    lambda text: ({"physicalType": text}, text)
)


def _nested(inner: st.SearchStrategy[tuple[dict[str, Any], str]]) -> st.SearchStrategy[tuple[dict[str, Any], str]]:
    """Elements with what stands below them, each with the text that says the same."""
    arrays = inner.map(lambda one: ({"logicalType": "array", "items": one[0]}, f"array<{one[1]}>"))
    maps = inner.map(
        lambda one: (
            {"logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": one[0]}},
            f"map<string,{one[1]}>",
        )
    )
    fields = st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    structs = fields.map(
        lambda named: (
            {"logicalType": "object", "properties": [{"name": name, **one[0]} for name, one in named.items()]},
            f"struct<{','.join(f'{name}:{one[1]}' for name, one in named.items())}>",
        )
    )
    return arrays | maps | structs


ELEMENTS = st.recursive(PLAIN_ELEMENTS, _nested, max_leaves=8)


@given(ELEMENTS)
def test_elements_and_the_text_that_says_the_same_make_one_type(element: tuple[dict[str, Any], str]) -> None:
    column, text = element
    assert str(made(contract(column))) == text
    both = contract({**column, "physicalType": text})
    assert not mistakes(both)
    assert str(made(both)) == text


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["day", "HH:mm:ss", "12", "-1", "i32", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "required"]), inner, max_size=2),
    max_leaves=4,
)
OPTIONS = st.dictionaries(
    st.sampled_from(
        ["format", "timezone", "defaultTimezone", "multipleOf", "elementType", "precision", "scale", "required"]
    ),
    ANYTHING,
)
EXTRAS = st.lists(
    st.fixed_dictionaries(
        {
            "property": st.sampled_from(["precision", "scale", "mapKeyType", "mapValueType", "other"]),
            "value": ANYTHING,
        }
    ),
    max_size=3,
)
PHYSICAL = st.none() | st.sampled_from(["decimal", "map", "array", "struct", "double", "int", "timestamp", "date", "x"])
LOGICAL_TYPES = st.none() | st.sampled_from(
    sorted({*logical_types.LOGICAL, "time", "object", "array", "map", "vector"})
)


@given(PHYSICAL, LOGICAL_TYPES, OPTIONS, EXTRAS, st.booleans())
@example(physical="timestamp", logical="date", options={}, extras=[], below=True)
def test_whatever_stands_beside_a_type_is_a_type_or_a_finding(
    physical: str | None, logical: str | None, options: dict[str, Any], extras: list[dict[str, Any]], below: bool
) -> None:
    # Options of an element without a logical type are free: the standard's schema says nothing of them.
    column = {"logicalTypeOptions": options, "customProperties": extras}
    column |= {"physicalType": physical} if physical else {}
    column |= {"logicalType": logical} if logical else {}
    column |= {"properties": [{"name": "a", "logicalType": "string"}]} if below else {}
    of = contract(column)
    type_, told = judged_type(of, of.tables[0].columns[0], TypePlace())
    assert type_ is not None or any(mistake.severity == "error" for mistake in told)
    assert type_ is None or parse(str(type_))


# ---- servers and versions


def test_a_name_that_means_more_on_a_server_of_the_contract_is_warned_of() -> None:
    servers = [{"server": "dev", "type": "bigquery"}, {"server": "here", "type": "glue"}]
    (mistake,) = mistakes(contract({"physicalType": "INTEGER"}, servers=servers))
    assert mistake.severity == "warning"
    assert "which has 64 bits on bigquery" in mistake.message
    assert mistake.message.endswith("write bigint")
    assert not mistakes(contract({"physicalType": "INTEGER"}, servers=servers[1:]))


def test_a_refused_type_names_the_server_that_has_it() -> None:
    (mistake,) = mistakes(contract({"physicalType": "VARIANT"}, servers=[{"server": "prod", "type": "snowflake"}]))
    assert "write string; the types are those of the table here, not of snowflake" in mistake.message


def test_number_is_not_that_of_json_where_a_server_has_another() -> None:
    column = {"logicalType": "number", "physicalType": "number"}
    (mistake,) = mistakes(contract(column, servers=[{"server": "prod", "type": "oracle"}]))
    assert mistake.severity == "error"


def test_every_type_that_a_meaning_proposes_is_one() -> None:
    for meanings in MEANINGS.values():
        for meaning in meanings.values():
            for text in meaning.nearest.split(" or "):
                assert not mistakes(contract({"physicalType": text}))


def test_a_date_of_3_0_can_have_a_time_of_day() -> None:
    column = {"logicalType": "date", "physicalType": "timestamp"}
    assert not mistakes(contract(column, apiVersion="v3.0.2"))
    assert mistakes(contract(column, apiVersion="v3.1.0"))[0].severity == "warning"


def test_a_contract_with_a_warning_only_has_its_table() -> None:
    of = contract({"logicalType": "number", "physicalType": "int"})
    words = LabelWords(frozenset())
    assert [mistake.severity for mistake in catalog.mistakes(of, words)] == ["warning"]
    assert str(catalog.tables(of, words, None)[0].columns[0].type) == "int"


def test_a_place_is_iceberg_without_servers_unless_it_says_so() -> None:
    assert type_place(contract({}), "iceberg") == TypePlace()
