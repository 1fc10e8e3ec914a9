"""Unmodified clients of Athena, each against the rows that the pipeline wrote: boto3, awswrangler and PyAthena."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.sandbox.runs import client_ground
from tests.sandbox.runs.client_ground import COLUMNS, COUNT, DATABASE, GENERAL, LABELLED, PII, ClientGround, written

pytestmark = pytest.mark.long

WORKGROUPS: Final = {GENERAL: "mesh-general", PII: "mesh-pii"}
EVERYTHING: Final = "select * from readings order by id"
NESTED: Final = ("tags", "counts", "place")
ATOMS: Final = tuple(name for name in COLUMNS if name not in NESTED)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientGround]:
    with client_ground.client_ground(tmp_path_factory.mktemp("clients") / "mesh") as opened:
        opened.write(written())
        yield opened


def become(ground: ClientGround, patch: pytest.MonkeyPatch, who: str) -> None:
    """Have the environment of somebody, as `mesh credentials` prints it."""
    for name, value in ground.caller(who).given.items():
        patch.setenv(name, value)


@pytest.fixture
def pii(ground: ClientGround, monkeypatch: pytest.MonkeyPatch) -> ClientGround:
    become(ground, monkeypatch, PII)
    return ground


def covered(who: str) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if who == PII or name != LABELLED)


# ---- boto3


def start(athena: Any, sql: str, who: str = PII, **more: Any) -> str:
    context = {"Catalog": "AwsDataCatalog", "Database": DATABASE}
    started = athena.start_query_execution(
        QueryString=sql, WorkGroup=WORKGROUPS[who], QueryExecutionContext=context, **more
    )
    return str(started["QueryExecutionId"])


def text(value: Any) -> str | None:
    """A value as GetQueryResults has it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, datetime.datetime):
        zone = " UTC" if value.tzinfo else ""
        return value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03}{zone}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={text(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return text(dict(value))
    if isinstance(value, list):
        return "[" + ", ".join(str(text(each)) for each in value) + "]"
    return str(value)


def texts(row: dict[str, Any], columns: tuple[str, ...]) -> list[str | None]:
    """A row of cells; of a map that is empty braces, which a list does not tell from an empty one."""
    return ["{}" if name == "counts" and row[name] == [] else text(row[name]) for name in columns]


def cells(row: dict[str, Any]) -> list[str | None]:
    return [cell.get("VarCharValue") for cell in row["Data"]]


@pytest.mark.parametrize("who", [GENERAL, PII])
def test_boto3_pages_through_every_row_with_the_columns_of_the_clearance(ground: ClientGround, who: str) -> None:
    athena, columns = ground.caller(who).client("athena"), covered(who)
    query = start(athena, EVERYTHING, who)
    pages = list(athena.get_paginator("get_query_results").paginate(QueryExecutionId=query))
    found = [cells(row) for page in pages for row in page["ResultSet"]["Rows"]]
    assert [len(page["ResultSet"]["Rows"]) for page in pages] == [1000, COUNT - 999]
    assert found[0] == list(columns)
    assert found[1:] == [texts(row, columns) for row in written()]
    told = pages[1]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [each["Name"] for each in told] == list(columns)


def reason(athena: Any, query: str) -> str:
    """The reason for which a query failed; empty where it did not."""
    told = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
    assert told["State"] in ("FAILED", "SUCCEEDED")
    return str(told.get("StateChangeReason") or "")


def test_unload_into_a_folder_with_files_is_refused_and_leaves_them(ground: ClientGround) -> None:
    athena, results = ground.caller(PII).client("athena"), ground.plan.results_bucket("orders")
    place = f"s3://{results}/pii/kept/"
    first, second = (
        start(athena, f"unload (select {column} from readings) to '{place}' with (format = 'parquet')")
        for column in ("id", "price")
    )
    assert reason(athena, first) == ""
    assert reason(athena, second) == f"HIVE_PATH_ALREADY_EXISTS: Target directory for UNLOAD already exists: {place}"


def test_another_data_catalog_is_not_answered_from_the_accounts_own(ground: ClientGround) -> None:
    athena = ground.caller(PII).client("athena")
    started = athena.start_query_execution(
        QueryString="select 1",
        WorkGroup=WORKGROUPS[PII],
        QueryExecutionContext={"Catalog": "s3tablescatalog/x", "Database": DATABASE},
    )
    assert reason(athena, started["QueryExecutionId"]) == (
        "CATALOG_NOT_FOUND: line 1:1: Catalog 's3tablescatalog/x' not found"
    )


TYPES: Final = {
    "id": ("varchar", 2147483647, 0),
    "at": ("timestamp", 3, 0),
    "seen": ("timestamp with time zone", 3, 0),
    "day": ("date", 0, 0),
    "price": ("decimal", 12, 2),
    "weight": ("double", 17, 0),
    "tilt": ("float", 17, 0),
    "amount": ("bigint", 19, 0),
    "shelf": ("integer", 10, 0),
    "sold": ("boolean", 0, 0),
    "seal": ("varbinary", 1073741824, 0),
    "tags": ("array", 0, 0),
    "counts": ("map", 0, 0),
    "place": ("row", 0, 0),
}


def test_boto3_is_told_the_types_of_columns(ground: ClientGround) -> None:
    athena = ground.caller(PII).client("athena")
    result = athena.get_query_results(QueryExecutionId=start(athena, EVERYTHING), MaxResults=5)
    told = result["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    found = {each["Name"]: (each["Type"], each["Precision"], each["Scale"]) for each in told}
    assert {name: found[name] for name in TYPES} == TYPES
    assert len(result["ResultSet"]["Rows"]) == 5
    assert result["NextToken"]


def test_the_file_of_a_result_is_csv_with_a_null_that_is_no_empty_text(ground: ClientGround) -> None:
    caller = ground.caller(PII)
    athena = caller.client("athena")
    query = start(athena, "select id, note from readings where shelf in (-3, -4) or id = 'r00006' order by id")
    told = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
    assert (told["Status"]["State"], told["WorkGroup"], told["StatementType"]) == ("SUCCEEDED", "mesh-pii", "DML")
    place = told["ResultConfiguration"]["OutputLocation"]
    assert place.endswith(f"/pii/{query}.csv")
    bucket, _, key = place.removeprefix("s3://").partition("/")
    body = caller.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert body == '"id","note"\n"r00003",""\n"r00004","  kept  "\n"r00006",\n'


def test_parameters_are_values_and_never_sql(ground: ClientGround) -> None:
    athena = ground.caller(PII).client("athena")
    query = start(athena, "select id from readings where note = ? and shelf = ?", ExecutionParameters=["'NULL'", "-14"])
    rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    expected = [row["id"] for row in written() if row["note"] == "NULL" and row["shelf"] == -14]
    assert [cells(row)[0] for row in rows[1:]] == expected
    failed = start(athena, "select id from readings where note = ?", ExecutionParameters=["note"])
    assert athena.get_query_execution(QueryExecutionId=failed)["QueryExecution"]["Status"]["State"] == "FAILED"


def test_a_query_that_has_ended_stays_as_it_ended(ground: ClientGround) -> None:
    athena = ground.caller(PII).client("athena")
    query = start(athena, "select 1")
    athena.stop_query_execution(QueryExecutionId=query)
    told = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
    assert told["Status"]["State"] == "SUCCEEDED"


@pytest.mark.parametrize("operation", ["get_query_execution", "get_query_results", "stop_query_execution"])
def test_an_execution_of_another_workgroup_is_refused(ground: ClientGround, operation: str) -> None:
    query = start(ground.caller(PII).client("athena"), "select 1")
    refused = ground.caller(GENERAL).refusal("athena", operation, QueryExecutionId=query)
    assert "not authorized to perform: athena:" in refused
    assert "workgroup/mesh-pii" in refused


WRITES: Final = (
    "insert into readings (id) values ('x')",
    "delete from readings",
    "update readings set note = 'x'",
    "merge into readings using (values 'x') as s (k) on id = k when matched then delete",
    "create table mine as select 1 as one",
    "drop table readings",
)


@pytest.mark.parametrize("sql", WRITES)
def test_an_analyst_is_refused_every_write_in_the_words_of_aws(ground: ClientGround, sql: str) -> None:
    athena = ground.caller(PII).client("athena")
    told = athena.get_query_execution(QueryExecutionId=start(athena, sql))["QueryExecution"]["Status"]
    assert told["State"] == "FAILED"
    words = r"PERMISSION_DENIED: Insufficient Lake Formation permission|is not authorized to perform: glue:\w+Table"
    assert re.search(words, told["StateChangeReason"])


def test_a_result_is_not_told_to_who_may_not_read_its_object(ground: ClientGround) -> None:
    """An analyst whose right to the objects of results is taken away, and who has all the others."""
    from sandbox.emulator import backends

    caller = ground.caller(GENERAL)
    query = start(caller.client("athena"), "select 1", GENERAL)
    assert caller.refusal("athena", "get_query_results", QueryExecutionId=query) == ""
    account = ground.plan.domains["orders"].access.account_id
    [role] = [each for each in backends.iam(account).roles.values() if each.name == "general"]
    kept = dict(role.policies)
    try:
        for name, text in kept.items():
            role.policies[name] = text.replace('"s3:GetObject"', '"s3:GetObjectTorrent"')
        assert role.policies != kept
        refused = caller.refusal("athena", "get_query_results", QueryExecutionId=query)
        assert re.search(r"s3:GetObject on resource: .*/general/.*\.csv", refused)
    finally:
        role.policies.update(kept)


# ---- awswrangler


def wrangled(sql: str, **more: Any) -> Any:
    import awswrangler as wr

    return wr.athena.read_sql_query(
        sql, database=DATABASE, workgroup="mesh-pii", ctas_approach=False, unload_approach=False, **more
    )


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """Rows of pandas, with None for what is missing, and datetimes and lists of Python."""
    import numpy
    import pandas

    def plain(value: Any) -> Any:
        if isinstance(value, pandas.Timestamp):
            return None if value is pandas.NaT else value.to_pydatetime()
        if isinstance(value, numpy.ndarray):
            return value.tolist()
        return None if not isinstance(value, list | dict) and pandas.isna(value) else value

    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def test_awswrangler_reads_every_column_that_is_no_nested_one(pii: ClientGround) -> None:
    """An empty text is missing, for pandas tells it from no other cell without characters."""
    names = [name for name in ATOMS if name != "seal"]
    found = rows_of(wrangled(f"select {', '.join(names)} from readings order by id"))
    assert found == [{name: row[name] for name in names} | {"note": row["note"] or None} for row in written()]


def test_awswrangler_reads_nested_columns_as_json(pii: ClientGround) -> None:
    columns = ", ".join(f"json_format(cast({name} as json)) as {name}" for name in NESTED)
    found = rows_of(wrangled(f"select id, {columns} from readings order by id"))
    told = [{name: value and json.loads(value) for name, value in row.items() if name != "id"} for row in found]
    assert told == [
        {
            "tags": row["tags"],
            "counts": None if row["counts"] is None else dict(row["counts"]),
            "place": row["place"],
        }
        for row in written()
    ]


def test_awswrangler_reads_in_chunks_and_takes_parameters(pii: ClientGround) -> None:
    chunks = list(wrangled(EVERYTHING.replace("*", "id, note"), chunksize=500))
    assert [len(chunk) for chunk in chunks] == [500, 500, COUNT - 1000]
    assert [row["id"] for chunk in chunks for row in rows_of(chunk)] == [row["id"] for row in written()]
    named = wrangled("select id from readings where note = :note", params={"note": 'said "so", twice'})
    assert sorted(named["id"]) == [row["id"] for row in written() if row["note"] == 'said "so", twice']
    marked = wrangled(
        "select count(*) n from readings where note = ? and amount > ?",
        params=["'a,b;c'", "10000000019"],
        paramstyle="qmark",
    )
    expected = [row for row in written() if row["note"] == "a,b;c" and row["amount"] > 10_000_000_019]
    assert list(marked["n"]) == [len(expected)]


def test_awswrangler_unloads_to_the_prefix_of_its_clearance(pii: ClientGround) -> None:
    import awswrangler as wr

    results = pii.plan.results_bucket("orders")
    found = wr.athena.read_sql_query(
        "select id, price, tags, place from readings order by id",
        database=DATABASE,
        workgroup="mesh-pii",
        ctas_approach=False,
        unload_approach=True,
        s3_output=f"s3://{results}/pii/unloaded/",
    )
    assert rows_of(found) == [{name: row[name] for name in ("id", "price", "tags", "place")} for row in written()]


def test_awswrangler_finds_tables_and_types(pii: ClientGround) -> None:
    import awswrangler as wr

    described = wr.catalog.get_table_types(database=DATABASE, table="readings")
    assert described is not None
    assert tuple(described) == COLUMNS
    assert described["price"] == "decimal(12,2)"


# ---- PyAthena


def connection(**more: Any) -> Any:
    """A connection; of itself PyAthena names the catalog `awsdatacatalog`, which no policy has."""
    import pyathena

    settings = {"work_group": "mesh-pii", "schema_name": DATABASE, "catalog_name": "AwsDataCatalog", **more}
    return pyathena.connect(poll_interval=0.01, **settings)


def test_pyathena_reads_every_column_as_python_has_it(pii: ClientGround) -> None:
    """Numbers in maps and rows come as the texts that they are in a result, in which no inner type is told."""
    with connection().cursor() as cursor:
        found = cursor.execute(EVERYTHING).fetchall()
        assert [each[0] for each in cursor.description] == list(COLUMNS)
    expected = [
        {
            **row,
            "counts": None if row["counts"] is None else {name: str(number) for name, number in row["counts"]},
            "place": row["place"] and {name: str(each) for name, each in row["place"].items()},
        }
        for row in written()
    ]
    assert [dict(zip(COLUMNS, row, strict=True)) for row in found] == expected


def test_pyathena_formats_parameters_and_sends_those_of_athena(pii: ClientGround) -> None:
    with connection().cursor() as cursor:
        cursor.execute(
            "select id from readings where day = %(day)s and price > %(price)s order by id",
            {"day": datetime.date(2026, 3, 2), "price": 1000},
        )
        expected = [row["id"] for row in written() if row["day"] == datetime.date(2026, 3, 2) and row["price"] > 1000]
        assert [row[0] for row in cursor.fetchall()] == expected
        cursor.execute("select shelf from readings where id = ?", ["'r00003'"], paramstyle="qmark")
        assert cursor.fetchall() == [(-3,)]


def test_pyathena_makes_frames_of_pandas(pii: ClientGround) -> None:
    """Its cursor of Arrow is not here: it opens S3 by a file system of Arrow's that it tells no endpoint."""
    from pyathena.pandas.cursor import PandasCursor

    names = ("id", "at", "price", "weight", "amount", "sold")
    cursor = connection(cursor_class=PandasCursor).cursor()
    found = rows_of(cursor.execute(f"select {', '.join(names)} from readings order by id").as_pandas())
    assert found == [{name: row[name] for name in names} for row in written()]


def test_pyathena_lists_the_tables_that_the_clearance_sees(
    ground: ClientGround, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in (GENERAL, PII):
        become(ground, monkeypatch, who)
        [table] = connection(work_group=WORKGROUPS[who]).cursor().list_table_metadata(schema_name=DATABASE)
        assert table.name == "readings"
        assert tuple(column.name for column in table.columns) == covered(who)


def test_pyathena_is_told_why_a_query_fails(pii: ClientGround) -> None:
    import pyathena

    with pytest.raises(pyathena.OperationalError, match="COLUMN_NOT_FOUND"):
        connection().cursor().execute("select nope from readings")
