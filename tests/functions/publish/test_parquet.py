"""Plain Parquet by prefix: boto3 and pyarrow write a run, an end marker says that it is whole, the hub points at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import parquet_runs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.functions.publish.organization import (
    BUCKET,
    DATABASE,
    DRAFT,
    Harbour,
    column,
    contract,
    harbour,
    table,
)
from tests.functions.publish.writers import CLIENTS

CALLS = f"s3://{BUCKET}/tables/calls/"
COLUMNS = [
    column(None, "ship", "bigint", required=True),
    column(None, "note", labels=["pii"]),
]
DAY = column(None, "day", required=True)
BY_DAY = [{"name": "day", "transform": "identity", "source_id": None, "field_id": None}]
SAID = "harbour.berths, table calls: "


def parquet(*partitions: dict[str, Any], columns: list[dict[str, Any]] = COLUMNS, **more: Any) -> dict[str, Any]:
    return contract(table("calls", columns, format="parquet", partitions=list(partitions), **more))


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Harbour]:
    with harbour(tmp_path, parquet()) as made:
        yield ready(made)


@pytest.fixture
def daily(tmp_path: Path) -> Iterator[Harbour]:
    with harbour(tmp_path, parquet(*BY_DAY, columns=[*COLUMNS, DAY])) as made:
        yield ready(made, [{"Name": "day", "Type": "string"}])


def ready(organization: Harbour, keys: list[dict[str, str]] | None = None) -> Harbour:
    """The draft as the mesh makes it."""
    columns = [{"Name": "ship", "Type": "bigint"}, {"Name": "note", "Type": "string"}]
    storage = {"Location": CALLS, "Columns": columns}
    made: Any = {"Name": "calls", "StorageDescriptor": storage, "PartitionKeys": keys or []}
    organization.glue.create_table(DatabaseName=DRAFT, TableInput=made)
    CLIENTS["s3"] = organization.s3
    return organization


def put(organization: Harbour, key: str, body: bytes = b"") -> None:
    organization.s3.put_object(Bucket=BUCKET, Key=f"tables/calls/{key}", Body=body)


def batch(*ships: int | None, **more: Any) -> bytes:
    """A file of pyarrow's."""
    written = BytesIO()
    rows = pa.table({"ship": pa.array(ships, pa.int64()), "note": pa.array(["n"] * len(ships)), **more})
    pq.write_table(rows, written)
    return written.getvalue()


def run(organization: Harbour, name: str, *folders: str, body: bytes | None = None, ends: bool = True) -> None:
    for folder in folders or ("",):
        put(organization, f"run={name}/{folder}1.parquet", batch(1, 2) if body is None else body)
    if ends:
        put(organization, f"run={name}/_SUCCESS")


def place(organization: Harbour) -> str | None:
    stored = organization.hub_table("calls")
    return stored["StorageDescriptor"]["Location"] if stored else None


def days(organization: Harbour) -> dict[str, str]:
    found = organization.hub_glue.get_partitions(DatabaseName=DATABASE, TableName="calls")["Partitions"]
    return {each["Values"][0]: each["StorageDescriptor"]["Location"].removeprefix(CALLS) for each in found}


def test_a_table_without_a_run_is_not_published(plain: Harbour) -> None:
    plain.published()
    assert place(plain) is None
    assert plain.told() == []


def test_a_run_is_published_when_it_ends_and_whole(plain: Harbour) -> None:
    run(plain, "a", ends=False)
    plain.published()
    assert place(plain) is None
    put(plain, "run=a/_SUCCESS")
    event = {"bucket": {"name": BUCKET}, "object": {"key": "tables/calls/run=a/_SUCCESS"}}
    assert plain.run({"source": "aws.s3", "detail-type": "Object Created", "detail": event}) == []
    assert place(plain) == f"{CALLS}run=a/"
    assert plain.labels("calls") == {
        "ship": {"pii": "false", "financial": "false"},
        "note": {"pii": "true", "financial": "false"},
    }
    plain.published()
    assert plain.told() == ["product published"]


def test_the_next_run_takes_the_place_of_the_last(plain: Harbour) -> None:
    run(plain, "a")
    plain.published()
    run(plain, "b")
    plain.published()
    assert place(plain) == f"{CALLS}run=b/"
    first = plain.record["history"][0]
    plain.run(plain.request("rollback", first["id"]))
    assert place(plain) == f"{CALLS}run=a/"
    plain.run(plain.request("retry"))
    assert place(plain) == f"{CALLS}run=b/"


def test_a_backfill_replaces_the_partitions_that_it_wrote(daily: Harbour) -> None:
    run(daily, "a", "day=2026-01-01/", "day=2026-01-02/")
    daily.published()
    run(daily, "b", "day=2026-01-02/", "day=2026-01-03/")
    daily.published()
    assert days(daily) == {
        "2026-01-01": "run=a/day=2026-01-01/",
        "2026-01-02": "run=b/day=2026-01-02/",
        "2026-01-03": "run=b/day=2026-01-03/",
    }
    assert place(daily) == CALLS
    daily.run(daily.request("rollback", daily.record["history"][0]["id"]))
    assert days(daily) == {
        "2026-01-01": "run=a/day=2026-01-01/",
        "2026-01-02": "run=a/day=2026-01-02/",
        "2026-01-03": "run=rolled-back/",
    }
    daily.run(daily.request("retry"))
    assert days(daily)["2026-01-03"] == "run=b/day=2026-01-03/"


def test_runs_that_end_before_anybody_looks_are_published_in_their_order(daily: Harbour) -> None:
    run(daily, "z", "day=2026-01-01/", "day=2026-01-02/")
    run(daily, "zz", "day=2026-01-02/")
    daily.published()
    assert days(daily) == {"2026-01-01": "run=z/day=2026-01-01/", "2026-01-02": "run=zz/day=2026-01-02/"}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            batch(1, email=pa.array(["e"])),
            "column 'email' (BYTE_ARRAY) of '{file}' is not in the contract: write the run without it",
        ),
        (
            batch(1, note=pa.array([1], pa.int32())),
            "column 'note' of '{file}' is INT32, the contract says string, which is BYTE_ARRAY: write the run so",
        ),
        (
            batch(1, note=pa.array([["n"]])),
            "column 'note' of '{file}' is a group, the contract says string, which is BYTE_ARRAY: write the run so",
        ),
        (
            batch(None, 2),
            "column 'ship' is null in 1 rows, the contract says it is required: write values there, or let the "
            "contract say `required: false`",
        ),
        (
            b"no parquet",
            "'{file}' is no Parquet file: it does not end in PAR1: readers would fail; commit again without it, or "
            "write it anew",
        ),
        (b"", "'{file}' is empty: readers would fail; commit again without it, or write it anew"),
    ],
    ids=["a column too many", "another type", "a nested type", "a null", "no Parquet", "empty"],
)
def test_a_bad_run_is_not_published_and_the_next_good_one_is(plain: Harbour, body: bytes, sentence: str) -> None:
    run(plain, "a")
    plain.published()
    run(plain, "b", body=body)
    plain.published()
    assert place(plain) == f"{CALLS}run=a/"
    assert plain.sentences == [SAID + sentence.format(file=f"{CALLS}run=b/1.parquet")]
    run(plain, "c")
    plain.published()
    assert place(plain) == f"{CALLS}run=c/"


def test_a_missing_column(plain: Harbour) -> None:
    written = BytesIO()
    pq.write_table(pa.table({"ship": pa.array([1], pa.int64())}), written)
    run(plain, "a", body=written.getvalue())
    plain.published()
    assert plain.sentences == [
        f"{SAID}column 'note' (string) is missing in '{CALLS}run=a/1.parquet': write the run with it"
    ]


def test_files_that_come_after_the_end_are_refused(plain: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    run(plain, "a")
    real = parquet_runs.TableFiles.below

    def later(self: Any, prefix: str, delimiter: str = "") -> list[dict[str, Any]]:
        pages = real(self, prefix, delimiter)
        for page in pages:
            for each in page.get("Contents", []):
                if each["Key"].endswith(".parquet"):
                    each["LastModified"] += timedelta(seconds=5)
        return pages

    monkeypatch.setattr(parquet_runs.TableFiles, "below", later)
    plain.published()
    assert plain.sentences == [
        f"{SAID}'{CALLS}run=a/1.parquet' was written after the end marker of its run: a run writes all its files, then "
        "_SUCCESS, and its prefix is never written again; write a new run, and put an empty `_WITHDRAWN` into this one"
    ]


def test_folders_that_are_no_partitions_are_refused_until_the_run_is_withdrawn(daily: Harbour) -> None:
    run(daily, "a", "month=1/")
    daily.published()
    assert daily.sentences == [
        f"{SAID}run a has files in 'month=1', allowed below {CALLS}run=a/ is day=…: write a new run so, and put an "
        "empty `_WITHDRAWN` into this one"
    ]
    run(daily, "b", "day=2026-01-01/")
    daily.published()
    assert daily.hub_table("calls") is None
    put(daily, "run=a/_WITHDRAWN")
    daily.published()
    assert days(daily) == {"2026-01-01": "run=b/day=2026-01-01/"}


def test_a_draft_with_other_columns_is_refused(plain: Harbour) -> None:
    columns = [{"Name": "ship", "Type": "string"}, {"Name": "email", "Type": "string"}]
    made: Any = {"Name": "calls", "StorageDescriptor": {"Location": CALLS, "Columns": columns}}
    plain.glue.update_table(DatabaseName=DRAFT, TableInput=made)
    run(plain, "a")
    plain.published()
    assert [sentence.removeprefix(SAID).partition(",")[0] for sentence in plain.sentences] == [
        "column 'ship' of the draft is string",
        "column 'email' (string) is not in the contract; allowed are the columns of version 1.0.0: take it out of the "
        "draft",
        "column 'note' (string) is missing",
    ]


def test_a_primary_key_is_asked_of_the_run_alone(tmp_path: Path) -> None:
    with harbour(tmp_path, parquet(key=["ship"])) as organization:
        ready(organization)
        run(organization, "a")
        organization.published()
        assert organization.queries == [
            'SELECT count(*) - count(DISTINCT ROW("ship")) AS q0 FROM "harbour__berths__draft"."calls" '
            f"WHERE \"$path\" LIKE '{CALLS}run=a/%'"
        ]
