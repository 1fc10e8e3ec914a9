"""Types of Parquet files: each type of a contract with what writers write for it, and with its neighbours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from parquet_footer import ParquetFooter, footer_findings, read_footer
from parquet_schema import columns
from promised_types import glue_type
from publish_settings import PromisedTable, product
from table_files import TableFiles

from tests.functions.publish.organization import BUCKET, column, contract, harbour, table

PLACE: Final = f"s3://{BUCKET}/tables/t/"
Reader = Callable[[bytes], ParquetFooter]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("organization")
    with harbour(folder) as organization:

        def read(body: bytes) -> ParquetFooter:
            organization.s3.put_object(Bucket=BUCKET, Key="tables/t/f", Body=body)
            return read_footer(TableFiles(organization.s3, PLACE), f"{PLACE}f")

        yield read


def promised(*types: str, required: bool = False) -> PromisedTable:
    made = [column(None, "c" if not number else f"c{number}", type_) for number, type_ in enumerate(types)]
    said = [{**each, "required": required} for each in made]
    return product(json.dumps(contract(table("t", said, format="parquet", location=PLACE)))).tables[0]


def written(values: pa.Array, **more: Any) -> bytes:
    body = BytesIO()
    pq.write_table(pa.table({"c": values}), body, **more)
    return body.getvalue()


TIMES: Final = [datetime(2026, 1, 1)]
STRUCT: Final = pa.struct([("city", pa.string()), ("floors", pa.list_(pa.int32()))])

ARRAYS: Final[Mapping[str, pa.Array]] = {
    "boolean": pa.array([True]),
    "tinyint": pa.array([1], pa.int8()),
    "smallint": pa.array([1], pa.int16()),
    "int": pa.array([1], pa.int32()),
    "bigint": pa.array([1], pa.int64()),
    "unsigned of 8": pa.array([1], pa.uint8()),
    "unsigned of 16": pa.array([1], pa.uint16()),
    "unsigned of 32": pa.array([1], pa.uint32()),
    "unsigned of 64": pa.array([1], pa.uint64()),
    "float of 16": pa.array([1.0], pa.float16()),
    "float": pa.array([1.0], pa.float32()),
    "double": pa.array([1.0], pa.float64()),
    "decimal(9,2)": pa.array([Decimal("1.25")], pa.decimal128(9, 2)),
    "decimal(10,2)": pa.array([Decimal("1.25")], pa.decimal128(10, 2)),
    "decimal(10,4)": pa.array([Decimal("1.25")], pa.decimal128(10, 4)),
    "decimal(38,0)": pa.array([Decimal(1)], pa.decimal128(38, 0)),
    "string": pa.array(["text"]),
    "large string": pa.array(["text"], pa.large_string()),
    "dictionary": pa.array(["text"]).dictionary_encode(),
    "binary": pa.array([b"\xff"]),
    "fixed": pa.array([b"\xff"], pa.binary(1)),
    "date": pa.array([date(2026, 1, 1)]),
    "time": pa.array([1], pa.time32("ms")),
    "milliseconds": pa.array(TIMES, pa.timestamp("ms")),
    "microseconds": pa.array(TIMES, pa.timestamp("us")),
    "microseconds in UTC": pa.array(TIMES, pa.timestamp("us", "UTC")),
    "nanoseconds": pa.array(TIMES, pa.timestamp("ns")),
    "nothing": pa.nulls(1),
    "array<string>": pa.array([["text"]]),
    "array<int>": pa.array([[1]], pa.list_(pa.int32())),
    "array<array<string>>": pa.array([[["text"]]]),
    "map<string,int>": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())),
    "map<string,bigint>": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
    "map as a list": pa.array([[{"key": "k", "value": 1}]]),
    "struct<city:string,floors:array<int>>": pa.array([{"city": "c", "floors": [1]}], STRUCT),
    "struct with less": pa.array([{"city": "c"}]),
    "struct with more": pa.array(
        [{"city": "c", "floors": [1], "email": "e"}],
        pa.struct([*STRUCT, pa.field("email", pa.string())]),
    ),
    "struct of another type": pa.array([{"city": 5, "floors": [1]}], pa.struct([("city", pa.int64()), STRUCT[1]])),
    "struct of another type inside": pa.array(
        [{"city": "c", "floors": [1]}], pa.struct([STRUCT[0], ("floors", pa.list_(pa.int64()))])
    ),
    "struct in capitals": pa.array([{"City": "c", "floors": [1]}], pa.struct([("City", pa.string()), STRUCT[1]])),
}
"""Arrays of pyarrow's by a name: the type of Glue that they are written for, or what they are."""

ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("large string", "dictionary"),
    "binary": ("fixed",),
    "timestamp": ("milliseconds", "microseconds", "microseconds in UTC"),
}
TYPES: Final = [
    "timestamp",
    "boolean",
    "tinyint",
    "smallint",
    "int",
    "bigint",
    "float",
    "double",
    "decimal(9,2)",
    "decimal(10,2)",
    "decimal(10,4)",
    "decimal(38,0)",
    "string",
    "binary",
    "date",
    "array<string>",
    "array<int>",
    "array<array<string>>",
    "map<string,int>",
    "map<string,bigint>",
    "struct<city:string,floors:array<int>>",
]


@pytest.mark.parametrize("type_", TYPES)
def test_a_type_takes_what_is_written_for_it_and_nothing_else(reader: Reader, type_: str) -> None:
    right = {type_, *ALSO.get(type_, ())}
    said = promised(type_)
    for name, values in ARRAYS.items():
        found = list(footer_findings(said, "f", reader(written(values))))
        assert bool(found) == (name not in right), (name, found)
        assert all(": write " in sentence and "'f'" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("type_", "values", "more"),
    [
        ("timestamp", pa.array(TIMES, pa.timestamp("us")), {"use_deprecated_int96_timestamps": True}),
        ("timestamp", pa.array(TIMES, pa.timestamp("us")), {"version": "1.0"}),
        ("decimal(9,2)", ARRAYS["decimal(9,2)"], {"store_decimal_as_integer": True}),
        ("decimal(10,2)", ARRAYS["decimal(10,2)"], {"store_decimal_as_integer": True}),
        ("array<int>", ARRAYS["array<int>"], {"use_compliant_nested_type": False}),
        ("tinyint", ARRAYS["tinyint"], {"version": "1.0"}),
        ("string", ARRAYS["string"], {"compression": "zstd", "use_dictionary": False}),
    ],
)
def test_what_writers_of_another_version_or_setting_write(
    reader: Reader, type_: str, values: pa.Array, more: dict[str, Any]
) -> None:
    assert list(footer_findings(promised(type_), "f", reader(written(values, **more)))) == []


def element(name: str, repetition: int = 1, **fields: Any) -> dict[int, Any]:
    numbers = {"type": 1, "children": 5, "old": 6, "scale": 7, "precision": 8, "new": 10}
    return {3: repetition, 4: name.encode(), **{numbers[key]: value for key, value in fields.items()}}


TEXT: Final = {"type": 6, "old": 0}
OLD_FORMS: Final[list[tuple[str, list[dict[int, Any]], str]]] = [
    ("tinyint", [element("c", type=1, old=15)], ""),
    ("tinyint", [element("c", type=1)], "is INT32 without a mark, the contract says tinyint, which is INT32 INT(8)"),
    ("smallint", [element("c", type=1, old=16)], ""),
    ("smallint", [element("c", type=1, old=15)], "is INT32 INT(8)"),
    ("int", [element("c", type=1, old=17)], ""),
    ("bigint", [element("c", type=2, old=18)], ""),
    ("bigint", [element("c", type=2, old=10)], "is INT64 TIMESTAMP(MICROS)"),
    ("timestamp", [element("c", type=2, old=9)], ""),
    ("timestamp", [element("c", type=3)], ""),
    ("timestamp", [element("c", type=2)], "is INT64 without a mark"),
    ("string", [element("c", **TEXT)], ""),
    ("string", [element("c", type=6)], "is BYTE_ARRAY without a mark"),
    ("string", [element("c", type=6, old=0, new={6: {}})], "is BYTE_ARRAY DATE and STRING"),
    ("string", [element("c", repetition=2, **TEXT)], "is repeated BYTE_ARRAY STRING"),
    ("decimal(10,2)", [element("c", type=2, old=5, scale=2, precision=10)], ""),
    ("decimal(10,2)", [element("c", type=6, old=5, scale=2, precision=10)], ""),
    ("decimal(10,2)", [element("c", type=1, old=5, scale=2, precision=10)], "is INT32"),
    ("decimal(10,0)", [element("c", type=2, old=5, precision=10)], ""),
    ("array<string>", [element("c", children=1, old=3), element("array", 2, **TEXT)], ""),
    (
        "array<string>",
        [element("c", children=1, old=3), element("bag", 2, children=1), element("array_element", **TEXT)],
        "",
    ),
    ("array<string>", [element("c", children=1), element("array", 2, **TEXT)], "is a group, the contract says array"),
    (
        "array<struct<a:string>>",
        [element("c", children=1, old=3), element("c_tuple", 2, children=1), element("a", **TEXT)],
        "",
    ),
    (
        "array<struct<a:string,b:int>>",
        [element("c", children=1, old=3), element("x", 2, children=2), element("a", **TEXT), element("b", type=1)],
        "",
    ),
    (
        "map<string,int>",
        [element("c", children=1, old=2), element("map", 2, children=2), element("k", 0, **TEXT), element("v", type=1)],
        "",
    ),
    (
        "map<string,int>",
        [
            element("c", children=1, old=1),
            element("map", 2, children=2, old=2),
            element("k", 0, **TEXT),
            element("v", type=1),
        ],
        "",
    ),
    (
        "map<string,int>",
        [element("c", children=1, old=1), element("map", 2, children=1), element("k", 0, **TEXT)],
        "is a group MAP, the contract says map<string,int>, which is a group, a MAP of a key and a value",
    ),
    ("struct<a:string>", [element("c", children=1, old=3), element("a", **TEXT)], "is a group LIST"),
    (
        "struct<a:string>",
        [element("c", children=2), element("a", **TEXT), element("a", **TEXT)],
        "'c.a' is in 'f' twice",
    ),
]


@pytest.mark.parametrize(("type_", "elements", "says"), OLD_FORMS)
def test_marks_of_the_old_form(type_: str, elements: list[dict[int, Any]], says: str) -> None:
    footer = ParquetFooter(columns([{4: b"root", 5: 1}, *elements]), 1, {})
    found = list(footer_findings(promised(type_), "f", footer))
    assert len(found) == bool(says)
    assert says in "".join(found)


def test_columns_of_one_name_and_of_another_case(reader: Reader) -> None:
    twice = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["c", "c"])
    body = BytesIO()
    pq.write_table(twice, body)
    assert list(footer_findings(promised("string"), "f", reader(body.getvalue()))) == [
        "column 'c' is in 'f' twice: write the run with each name once"
    ]
    body = BytesIO()
    pq.write_table(pa.table({"C": pa.array(["a"]), "c": pa.array(["b"])}), body)
    assert list(footer_findings(promised("string"), "f", reader(body.getvalue()))) == [
        "column 'C' of 'f' is 'c' in the contract: write the run with that name"
    ]


def test_nulls_of_a_nested_column_are_known_only_where_there_is_none(reader: Reader) -> None:
    one = pa.struct([("a", pa.int32())])
    assert reader(written(pa.array([{"a": 1}], one))).nulls == {"c": 0}
    assert reader(written(pa.array([{"a": None}], one))).nulls == {}
    assert reader(written(pa.array([[]], pa.list_(pa.int32())))).nulls == {}
    assert reader(written(pa.array([None, "a"]))).nulls == {"c": 1}
    assert reader(written(pa.array(["a"]), write_statistics=False)).nulls == {}


@pytest.mark.parametrize(
    "text", ["int", "decimal(10,2)", "struct<a:array<map<string,decimal(3,0)>>,b_1:struct<c:int>>"]
)
def test_types_of_glue_are_read(text: str) -> None:
    assert str(glue_type(text)) == text


def test_parts_that_are_required_take_no_null(reader: Reader) -> None:
    said = column(None, "c", "struct<city:string,floors:array<int>>", required_parts=["c.city", "c.floors.element"])
    needing = product(json.dumps(contract(table("t", [said], format="parquet", location=PLACE)))).tables[0]

    def found(city_may_be: bool, floor_may_be: bool, city: str | None = "c", **more: Any) -> list[str]:
        floors = pa.list_(pa.field("element", pa.int32(), nullable=floor_may_be))
        struct = pa.struct([pa.field("city", pa.string(), nullable=city_may_be), ("floors", floors)])
        return list(
            footer_findings(needing, "f", reader(written(pa.array([{"city": city, "floors": [1]}], struct), **more)))
        )

    assert found(city_may_be=False, floor_may_be=False) == []
    assert found(city_may_be=True, floor_may_be=True) == []
    (sentence,) = found(city_may_be=True, floor_may_be=True, city=None)
    assert sentence.startswith("'c.city' of 'f' may be null")
    uncounted = found(city_may_be=True, floor_may_be=True, write_statistics=False)
    assert [each.partition(" of ")[0] for each in uncounted] == ["'c.city'", "'c.floors.element'"]
    lacking = reader(written(pa.array([{"floors": [1]}])))
    assert any("'c.city' (string) is missing" in each for each in footer_findings(needing, "f", lacking, standing=True))
