"""Metadata in SQL, through the gate: whoever does not read a column is told neither its name nor a value of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from tests.sandbox.runs import client_ground
from tests.sandbox.runs.client_ground import CONTRACT, COUNT, DATABASE, GENERAL, PII, ClientGround, written
from tests.sandbox.runs.test_clients_sql import WORKGROUPS, cells

pytestmark = pytest.mark.long

WRITTEN: Final = yaml.safe_load(CONTRACT)["schema"][0]["properties"]
EVERY: Final = [each["name"] for each in WRITTEN]
WITHHELD: Final = [each["name"] for each in WRITTEN if "classification" in each]
SEEN: Final = [name for name in EVERY if name not in WITHHELD]
VALUES: Final = "@orders.example"
"""Part of each value of what is withheld, and of nothing else."""

TABLE: Final = f"{DATABASE}.readings"
OF_THE_SCHEMA: Final = f"where table_schema = '{DATABASE}' and table_name = 'readings'"

COLUMNS: Final = {
    "describe": f"describe {TABLE}",
    "describe formatted": f"describe formatted {TABLE}",
    "show columns": f"show columns in {TABLE}",
    "information_schema": f"select column_name from information_schema.columns {OF_THE_SCHEMA}",
    "star": f"select * from {TABLE} limit 0",
    "an older version": f"select * from {TABLE} for version as of {{first}} limit 0",
}
"""Statements whose answer has the names of columns, one a line or in its first row."""

OTHERS: Final = {
    "tables": f"select * from information_schema.tables {OF_THE_SCHEMA}",
    "whole columns": "select * from information_schema.columns",
    "properties": f"show tblproperties {TABLE}",
    "create": f"show create table {TABLE}",
    "partitions": f"show partitions {TABLE}",
    "explain": f"explain select * from {TABLE}",
    "explain as json": f"explain (format json) select * from {TABLE}",
    "explain analyze": f"explain analyze select * from {TABLE}",
    "older rows": f"select * from {TABLE} for version as of {{first}}",
    **{
        name: f'select * from {DATABASE}."readings${name}"'
        for name in ("snapshots", "history", "refs", "manifests", "files", "partitions")
    },
    "unload": f"unload (select * from {TABLE}) to 's3://{{results}}/general/told/' with (format = 'parquet')",
    "grouped": f"select note, count(*) n from {TABLE} group by 1",
    "a fault of a value": f"select cast(note as integer) from {TABLE}",
}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientGround]:
    with client_ground.client_ground(tmp_path_factory.mktemp("metadata") / "mesh") as opened:
        opened.write(written()[:7])
        opened.write(written()[7:])
        yield opened


class Told:
    """All that one statement tells who has started it: its rows, execution, statistics, and objects of its results."""

    def __init__(self, ground: ClientGround, who: str, sql: str) -> None:
        caller, results = ground.caller(who), ground.plan.results_bucket("orders")
        athena, s3 = caller.client("athena"), caller.client("s3")
        first = min(ground.draft().snapshots(), key=lambda each: each.timestamp_ms).snapshot_id
        started: str = athena.start_query_execution(
            QueryString=sql.format(first=first, results=results), WorkGroup=WORKGROUPS[who]
        )["QueryExecutionId"]
        self.execution: Any = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
        self.state = self.execution["Status"]["State"]
        statistics = athena.get_query_runtime_statistics(QueryExecutionId=started)
        self.rows: list[list[str | None]] = []
        if self.state == "SUCCEEDED":
            pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=started)
            self.rows = [cells(row) for page in pages for row in page["ResultSet"]["Rows"]]
        prefix = f"{WORKGROUPS[who].removeprefix('mesh-')}/"
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=results, Prefix=prefix).get("Contents", ())]
        own = [key for key in keys if started in key or "/told/" in key]
        bodies = [s3.get_object(Bucket=results, Key=key)["Body"].read() for key in own]
        texts = [json.dumps([self.execution, statistics, self.rows, own], default=str), *map(repr, bodies)]
        self.text = "\n".join(texts)

    @property
    def columns(self) -> list[str]:
        """Names, of which each line has one, or the first row all."""
        if len(self.rows) == 1 and len(self.rows[0]) > 1:
            return [str(each) for each in self.rows[0]]
        return [str(row[0]).split()[0] for row in self.rows if row[0] != "column_name"]


def test_the_contract_withholds_something_here() -> None:
    assert WITHHELD == ["email"]
    assert {VALUES in str(row[WITHHELD[0]]) for row in written()[:6]} == {True}


@pytest.mark.parametrize("what", COLUMNS)
@pytest.mark.parametrize(("who", "names"), [(GENERAL, SEEN), (PII, EVERY)])
def test_the_columns_told_are_those_of_the_contract_less_what_is_withheld(
    ground: ClientGround, what: str, who: str, names: list[str]
) -> None:
    told = Told(ground, who, COLUMNS[what])
    assert told.state == "SUCCEEDED", told.text
    assert told.columns == names
    if who == GENERAL:
        assert not [word for word in (*WITHHELD, VALUES) if word in told.text]


@pytest.mark.parametrize("what", OTHERS)
def test_nothing_withheld_is_in_rows_errors_statistics_and_files(ground: ClientGround, what: str) -> None:
    told = Told(ground, GENERAL, OTHERS[what])
    assert not [word for word in (*WITHHELD, VALUES) if word in told.text]


def test_what_is_not_withheld_is_told(ground: ClientGround) -> None:
    assert Told(ground, GENERAL, OTHERS["tables"]).rows[1:] == [["awsdatacatalog", DATABASE, "readings", "BASE TABLE"]]
    assert ["table_type\tICEBERG"] in Told(ground, GENERAL, OTHERS["properties"]).rows
    assert len(Told(ground, GENERAL, OTHERS["snapshots"]).rows) == 3
    assert len(Told(ground, GENERAL, OTHERS["older rows"]).rows) == 1 + 7
    assert len(Told(ground, GENERAL, f"select * from {TABLE}").rows) == 1 + COUNT
    whole = Told(ground, PII, OTHERS["older rows"])
    assert VALUES in whole.text


@pytest.mark.parametrize("place", ["{}", "t.{}", "max({})", "{} as note", "count({})"])
def test_a_withheld_column_is_missing_in_an_older_version_too(ground: ClientGround, place: str) -> None:
    """The statement has the name itself, so what is told is compared with what a column that nobody has is told."""
    sql = f"select {place} from {TABLE} for version as of {{first}} t"
    withheld, absent = (
        Told(ground, GENERAL, sql.replace("{}", name)).execution["Status"] for name in (WITHHELD[0], "nope_")
    )
    assert withheld["State"] == absent["State"] == "FAILED"
    assert withheld["StateChangeReason"] == absent["StateChangeReason"].replace("nope_", WITHHELD[0])


def test_glue_describes_the_same_columns(ground: ClientGround) -> None:
    glue = ground.caller(GENERAL).client("glue")
    table = glue.get_table(DatabaseName=DATABASE, Name="readings")["Table"]
    assert [each["Name"] for each in table["StorageDescriptor"]["Columns"]] == SEEN
    every = [table, *glue.get_tables(DatabaseName=DATABASE)["TableList"]]
    assert not [word for word in (*WITHHELD, VALUES) if word in json.dumps(every, default=str)]
