"""Unmodified clients of S3 on a port `files` and on results: polars, DuckDB by Arrow's file system, and pyiceberg."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import pyarrow
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet
import pytest

from tests.sandbox.runs import client_ground
from tests.sandbox.runs.client_ground import DATABASE, GENERAL, PII, PIPELINE, ClientGround, written

pytestmark = pytest.mark.long

pa: Any = pyarrow  # it has no types
KEY: Final = "files/day=2026-03-01/part-0.parquet"
COLUMNS: Final = ("id", "at", "day", "price", "weight", "amount", "sold", "note", "email", "tags", "place")
ROWS: Final = [{name: row[name] for name in COLUMNS} for row in written()]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientGround]:
    with client_ground.client_ground(tmp_path_factory.mktemp("files") / "mesh") as opened:
        body = BytesIO()
        pyarrow.parquet.write_table(pa.Table.from_pylist(ROWS), body)  # pyright: ignore[reportUnknownMemberType]
        pipeline = opened.caller(PIPELINE).client("s3")
        pipeline.put_object(Bucket=opened.bucket, Key=KEY, Body=body.getvalue())
        opened.write(written()[:10])
        yield opened


def storage_options(given: dict[str, str]) -> dict[str, str]:
    """What polars, as delta-rs and other users of object_store, takes."""
    return {
        "aws_access_key_id": given["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": given["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": given["AWS_SESSION_TOKEN"],
        "aws_endpoint_url": given["AWS_ENDPOINT_URL"],
        "aws_region": given["AWS_DEFAULT_REGION"],
        "aws_allow_http": "true",
    }


def file_system(given: dict[str, str]) -> Any:
    scheme, _, host = given["AWS_ENDPOINT_URL"].partition("://")
    return pyarrow.fs.S3FileSystem(
        access_key=given["AWS_ACCESS_KEY_ID"],
        secret_key=given["AWS_SECRET_ACCESS_KEY"],
        session_token=given["AWS_SESSION_TOKEN"],
        region=given["AWS_DEFAULT_REGION"],
        endpoint_override=host,
        scheme=scheme,
    )


def test_polars_reads_the_files_of_a_product_and_filters_them(ground: ClientGround) -> None:
    import polars

    options = storage_options(ground.caller(PII).given)
    place = f"s3://{ground.bucket}/{KEY}"
    assert polars.read_parquet(place, storage_options=options).to_dicts() == ROWS
    few = polars.scan_parquet(place, storage_options=options).filter(polars.col("note") == "NULL").select("id")
    assert few.collect()["id"].to_list() == [row["id"] for row in ROWS if row["note"] == "NULL"]


def test_polars_is_refused_what_its_clearance_does_not_cover(ground: ClientGround) -> None:
    import polars

    options = storage_options(ground.caller(GENERAL).given)
    with pytest.raises(Exception, match=r"(?i)forbidden|access.?denied|403"):
        polars.read_parquet(f"s3://{ground.bucket}/{KEY}", storage_options=options)


def test_duckdb_queries_the_files_by_the_file_system_of_arrow(ground: ClientGround) -> None:
    import duckdb

    system = file_system(ground.caller(PII).given)
    readings = pyarrow.dataset.dataset(f"{ground.bucket}/{KEY}", filesystem=system, format="parquet")
    with duckdb.connect() as database:
        database.register("readings", readings)
        found = database.execute("select id, price, place.city from readings where sold order by id").fetchall()
    assert found == [(row["id"], row["price"], row["place"]["city"]) for row in ROWS if row["sold"]]
    with pytest.raises(OSError, match="ACCESS_DENIED"):
        pyarrow.parquet.read_table(f"{ground.bucket}/{KEY}", filesystem=file_system(ground.caller(GENERAL).given))


def test_pyiceberg_reads_its_own_draft_and_nobody_elses_table(ground: ClientGround) -> None:
    found = ground.draft().scan(row_filter="shelf < -3").to_arrow().to_pylist()
    assert sorted(row["id"] for row in found) == [
        row["id"] for row in written()[:10] if row["shelf"] is not None and row["shelf"] < -3
    ]
    with pytest.raises(OSError, match="ACCESS_DENIED"):
        ground.iceberg(PII).load_table(f"{DATABASE}.readings")
