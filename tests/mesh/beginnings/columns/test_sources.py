"""Columns out of files: each kind of source, what it gives, and a sentence for each column that no table can have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from mesh.beginnings.columns.given_columns import LOGICAL_OF, NewTable, identifier
from mesh.beginnings.columns.parquet_columns import notation
from mesh.beginnings.columns.source import columns_of
from mesh.beginnings.question import AnswerError
from mesh.contracts.type_names import PLAIN


def kinds(*tables: NewTable) -> dict[str, str]:
    return {column.name: str(column.kind) for table in tables for column in table.columns}


ARROW = {
    "a": (pa.int8(), "tinyint"),
    "b": (pa.int16(), "smallint"),
    "c": (pa.int32(), "int"),
    "d": (pa.int64(), "bigint"),
    "e": (pa.uint8(), "smallint"),
    "f": (pa.uint16(), "int"),
    "g": (pa.uint32(), "bigint"),
    "h": (pa.float32(), "float"),
    "i": (pa.float64(), "double"),
    "j": (pa.decimal128(18, 2), "decimal(18,2)"),
    "k": (pa.string(), "string"),
    "l": (pa.large_string(), "string"),
    "m": (pa.binary(), "binary"),
    "n": (pa.date32(), "date"),
    "o": (pa.timestamp("us"), "timestamp"),
    "p": (pa.timestamp("us", "UTC"), "timestamptz"),
    "q": (pa.bool_(), "boolean"),
    "r": (pa.list_(pa.int32()), "array<int>"),
    "s": (pa.map_(pa.string(), pa.int64()), "map<string,bigint>"),
    "t": (
        pa.struct([pa.field("x", pa.string()), pa.field("y", pa.list_(pa.date32()))]),
        "struct<x:string,y:array<date>>",
    ),
    "u": (pa.dictionary(pa.int32(), pa.string()), "string"),
    "v": (pa.binary(16), "binary"),
}
ARROW_REFUSED = {
    "a": (pa.uint64(), "'uint64' is a type of Arrow and ClickHouse, wider than bigint; write decimal(20,0)"),
    "b": (pa.time64("us"), "'time' is a type of SQL that neither Athena nor Glue stores; write string, as HH:MM:SS"),
    "c": (
        pa.duration("s"),
        "'duration' is a type of SQL that neither Athena nor Glue stores; write bigint, in a unit that the name says",
    ),
    "d": (pa.null(), "'null' is a type of a column without any value; write the type that values will have"),
    "e": (
        pa.decimal256(50, 2),
        "decimal(50,2): precision 1 to 38, scale 0 or more and not above it; write decimal(38,2)",
    ),
    "f": (
        pa.struct([pa.field("Größe", pa.int32())]),
        "'Größe' is no name of a field: letters, digits and '_', at most 128",
    ),
}


def test_a_parquet_file_gives_its_columns(tmp_path: Path) -> None:
    fields = [pa.field(name, kind, nullable=name != "k") for name, (kind, _) in ARROW.items()]
    fields.append(pa.field("Order ID", pa.string(), metadata={"comment": "Of the shop"}))
    path = tmp_path / "orders.parquet"
    parquet.write_table(pa.schema(fields).empty_table(), path)
    [table] = columns_of(str(path))
    assert kinds(table) == {name: ours for name, (_, ours) in ARROW.items()} | {"order_id": "string"}
    assert [column.name for column in table.columns if column.required] == ["k"]
    assert table.columns[-1].description == "Of the shop"
    assert table.remarks == ("column 'Order ID' is called order_id here",)


def test_types_of_a_parquet_file_that_no_table_has_are_each_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(
        pa.schema([pa.field(name, kind) for name, (kind, _) in ARROW_REFUSED.items()]).empty_table(), path
    )
    with pytest.raises(AnswerError) as refused:
        columns_of(str(path))
    assert str(refused.value).splitlines() == [
        f"{path} cannot be taken:",
        *(f"  column '{name}': {told}" for name, (_, told) in ARROW_REFUSED.items()),
    ]


@pytest.mark.parametrize("kind", [pa.month_day_nano_interval(), pa.sparse_union([pa.field("a", pa.int8())])], ids=str)
def test_types_that_parquet_does_not_store_have_names_that_are_refused(kind: Any) -> None:
    assert notation(kind) in ("interval", "union")


def test_a_csv_file_gives_what_its_rows_tell(tmp_path: Path) -> None:
    path = tmp_path / "a [1] *.csv"
    path.write_text(
        "id;Full Name;price;at;day;ok\n"
        "1;a b;1.5;2026-01-01 10:00:00;2026-01-01;true\n2;c;2.5;2026-01-02 10:00:00;2026-01-02;false\n"
    )
    [table] = columns_of(str(path))
    assert kinds(table) == {
        "id": "bigint",
        "full_name": "string",
        "price": "double",
        "at": "timestamp",
        "day": "date",
        "ok": "boolean",
    }


def test_a_csv_file_of_texts_alone_gives_its_first_line_as_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,city\na,b\nc,d\n")
    assert kinds(*columns_of(str(path))) == {"name": "string", "city": "string"}


CSV_REFUSED = {
    "a b,12:30:00\nc d,11:00:00\n": "has no line of names; add one as its first line, or give --columns",
    "at,id\n12:30:00,1\n11:00:00,2\n": "column 'at': 'time' is a type of SQL that neither Athena nor Glue stores",
}


@pytest.mark.parametrize("text", CSV_REFUSED)
def test_a_csv_file_without_names_or_with_other_types_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(AnswerError) as refused:
        columns_of(str(path))
    assert str(path) in str(refused.value)
    assert CSV_REFUSED[text] in str(refused.value)


DDL = {
    "hive": (
        "create external table sales.orders (id bigint comment 'The id', tags array<string>, `At` timestamp) "
        "partitioned by (day date) stored as parquet location 's3://x/'",
        {"id": "bigint", "tags": "array<string>", "at": "timestamp", "day": "date"},
    ),
    "postgres": (
        "CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY, note text, at timestamp with time zone, j jsonb);",
        {"id": "bigint", "note": "string", "at": "timestamptz", "j": "string"},
    ),
    "athena": (
        "CREATE TABLE o (a varchar(20), b decimal(18,2), c struct<x:int,y:string>, d double)",
        {"a": "string", "b": "decimal(18,2)", "c": "struct<x:int,y:string>", "d": "double"},
    ),
}


@pytest.mark.parametrize("dialect", DDL)
def test_ddl_gives_its_columns(dialect: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_text(DDL[dialect][0])
    tables = columns_of(str(path))
    assert kinds(*tables) == DDL[dialect][1]


def test_ddl_of_two_tables_gives_both_with_keys_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.ddl"
    path.write_text(
        "CREATE TABLE a (id bigint COMMENT 'The id', x date, PRIMARY KEY (id));\nCREATE TABLE b (y int NOT NULL);\n"
    )
    first, second = columns_of(str(path))
    assert (first.name, second.name) == ("a", "b")
    assert [(one.name, one.is_key, one.required, one.description) for one in first.columns] == [
        ("id", True, True, "The id"),
        ("x", False, False, ""),
    ]
    assert second.columns[0].required


def test_ddl_without_a_table_or_with_other_types_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    for text, told in (
        ("select 1", "there is no CREATE TABLE in it"),
        ("CREATE TABLE a (v VARIANT, n MONEY)", "column 'v': 'variant' is a type of Snowflake; write string"),
    ):
        path.write_text(text)
        with pytest.raises(AnswerError) as refused:
            columns_of(str(path))
        assert told in str(refused.value)


def test_an_answer_of_glue_gives_its_columns_and_partitions(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    storage = {
        "Columns": [{"Name": "id", "Type": "bigint", "Comment": "The id"}, {"Name": "m", "Type": "map<string,int>"}]
    }
    table = {"Name": "orders", "StorageDescriptor": storage, "PartitionKeys": [{"Name": "day", "Type": "date"}]}
    path.write_text(json.dumps({"Table": table}))
    [made] = columns_of(str(path))
    assert (made.name, kinds(made)) == ("orders", {"id": "bigint", "m": "map<string,int>", "day": "date"})
    for text, told in (("{}", "is no answer of `aws glue get-table`"), ("{", "is not JSON"), ("[]", "is no answer of")):
        path.write_text(text)
        with pytest.raises(AnswerError, match=told):
            columns_of(str(path))


IMPORTED = """\
version: 1.0.0
kind: DataContract
apiVersion: v3.1.0
id: my-data-contract
name: My Data Contract
status: draft
schema:
- name: orders
  physicalType: TABLE
  logicalType: object
  physicalName: orders
  properties:
  - name: order_id
    physicalType: bigint
    customProperties: [{property: icebergFieldId, value: 1}]
    logicalType: integer
    required: true
  - name: customer
    physicalType: struct
    logicalType: object
    properties:
    - {name: email, physicalType: string, logicalType: string, classification: pii}
    - {name: country, physicalType: string, logicalType: string}
"""


def test_a_contract_as_datacontract_imports_it_gives_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "imported.odcs.yaml"
    path.write_text(IMPORTED)
    [table] = columns_of(str(path))
    assert (table.name, kinds(table)) == (
        "orders",
        {"order_id": "bigint", "customer": "struct<email:string,country:string>"},
    )
    assert [column.classification for column in table.columns] == ["", "pii"]
    path.write_text(IMPORTED.replace("physicalType: bigint", "physicalType: VARIANT").replace("status: draft\n", ""))
    with pytest.raises(AnswerError, match="status"):
        columns_of(str(path))
    path.write_text(IMPORTED.replace("physicalType: bigint", "physicalType: VARIANT"))
    with pytest.raises(AnswerError, match=r"column 'order_id': 'variant' is a type of Snowflake; write string"):
        columns_of(str(path))


def test_columns_are_typed_with_brackets_keys_and_colons() -> None:
    [table] = columns_of("id: bigint primary key, m map<string, array<int>> not null, d decimal(18, 2)")
    assert kinds(table) == {"id": "bigint", "m": "map<string,array<int>>", "d": "decimal(18,2)"}
    assert [(one.is_key, one.required) for one in table.columns] == [(True, True), (False, True), (False, False)]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("id", "'id' is no column: write its name and its type, such as order_id string"),
        ("", "there is no column in it"),
        ("id bigint, 名 string", "column '名': a name has lower-case letters, digits and '_', at most 128"),
        ("a.parquet", "there is no file a.parquet; give one of .parquet,"),
    ],
)
def test_what_is_no_column_is_refused(answer: str, told: str) -> None:
    with pytest.raises(AnswerError) as refused:
        columns_of(answer)
    assert told in str(refused.value)


def test_a_file_that_is_broken_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for name, data in (
        ("a.parquet", b"PAR1nonsense"),
        ("a.sql", b"\xff\xfe"),
        ("a.csv", b"\x00\x01"),
        ("a.yaml", b"a: ["),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(AnswerError) as refused:
            columns_of(str(path))
        assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "a.json",
            "[1, 2]",
            "{} is no answer of `aws glue get-table`: it has no Table with StorageDescriptor and Columns",
        ),
        ("a.json", '{"Table": ', "{} is not JSON: "),
        (
            "a.json",
            '{"Table": {"StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}, {"Name": "b"}, 5]}}}',
            "{} is no answer of `aws glue get-table`: column 2 has no Name and Type",
        ),
        ("a.csv", "id,email,id,ID\n1,x,2,3\n", "{} has the column 'id' twice; rename one"),
        (
            "a.xlsx",
            "PK\x03\x04",
            "{} is no DDL that can be read: there is no CREATE TABLE in it; give one of .parquet, ",
        ),
        ("a.yaml", "kind: DataContract\nschema: 5", "  missing key 'id': "),
        ("b.csv", "stra\udcdfe,b\n\udce4,1\n", "{} is not UTF-8; save it as UTF-8"),
    ],
)
def test_what_a_file_is_not_is_said_of_that_file(name: str, text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8", errors="surrogateescape")
    with pytest.raises(AnswerError) as refused:
        columns_of(str(path))
    assert told.format(path) in str(refused.value)
    assert str(refused.value).count(name) == 1


def test_each_type_of_a_table_here_has_its_logical_type() -> None:
    assert set(LOGICAL_OF) == {*PLAIN, "decimal", "array", "map", "struct"}


@pytest.mark.parametrize(
    ("name", "made"),
    [("OrderID", "order_id"), ("Order ID", "order_id"), ("a-b.c", "a_b_c"), ("1st", "_1st"), ("", ""), ("é", "")],
)
def test_a_name_becomes_one_of_a_column(name: str, made: str) -> None:
    assert identifier(name) == made


LONG = "word " * 120


@pytest.mark.parametrize("of", ["column a", "table t"])
def test_a_description_that_is_too_long_is_cut_and_that_is_told(of: str, tmp_path: Path) -> None:
    column, table = (LONG, "") if of == "column a" else ("", LONG)
    answer = {"Name": "t", "Description": table, "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}]}}
    answer["StorageDescriptor"]["Columns"][0]["Comment"] = column  # pyright: ignore[reportArgumentType, reportIndexIssue]
    (tmp_path / "t.json").write_text(json.dumps({"Table": answer}))
    (made,) = columns_of(str(tmp_path / "t.json"))
    assert {len(made.description), len(made.columns[0].description)} == {0, 500}
    assert made.remarks == (f"the description of {of} has 599 characters, of which the first 500 are taken",)


def test_a_column_of_glue_without_a_name_is_refused_and_not_left_out(tmp_path: Path) -> None:
    columns = [{"Name": "a", "Type": "int"}, {"Type": "int"}, "b"]
    (tmp_path / "t.json").write_text(json.dumps({"Table": {"StorageDescriptor": {"Columns": columns}}}))
    with pytest.raises(AnswerError, match="column 2 has no Name and Type"):
        columns_of(str(tmp_path / "t.json"))


def test_of_many_mistakes_in_a_contract_the_rest_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"      - {{name: c{number}, physicalType: nonsense}}\n" for number in range(25))
    head = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n"
    (tmp_path / "c.yaml").write_text(f"{head}  - name: t\n    properties:\n{rows}")
    with pytest.raises(AnswerError) as refused:
        columns_of(str(tmp_path / "c.yaml"))
    lines = str(refused.value).splitlines()
    assert (len(lines), lines[-1]) == (22, "  … and 5 more")
