"""Partners: what a pipeline delivers is a table in the partner's own catalog, which its people query."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh.folder import plan_folder
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.runs.real_clients import Caller, deployed

pytestmark = pytest.mark.long

MESH = plan_folder(Path(__file__).parents[2] / "mesh" / "tiny", datetime.date(2027, 1, 1))
PLAN = MESH.plan
PARCELS = PLAN.domains["orders"].products["parcels"].bucket
INBOX = PLAN.inbox("courier")
FOLDER = "outbound/courier/orders__parcels/parcels"
HUB = PLAN.perimeter.governance_id
TABLE = {"DatabaseName": "courier", "Name": "orders__parcels__parcels"}


class Ground(NamedTuple):
    """The deployed tiny mesh, the pipeline of its parcels, and the courier's people."""

    organization: EnforcedOrganization
    pipeline: Caller
    partner: Caller


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with deployed(MESH) as organization:
        callers = [Caller(organization, MESH, who) for who in ("pipeline:orders.parcels", "partner:courier")]
        yield Ground(organization, *callers)


def parquet(**columns: list[Any]) -> bytes:
    """A file of Parquet."""
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


def rows(partner: Caller) -> list[dict[str, Any]]:
    """The rows of the table as an engine finds them: by its folder and its columns."""
    described = partner.client("glue").get_table(**TABLE)["Table"]
    storage = described["StorageDescriptor"]
    bucket, _, prefix = storage["Location"].removeprefix("s3://").partition("/")
    assert (bucket, described.get("PartitionKeys", [])) == (INBOX, [])
    s3 = partner.client("s3")
    found: list[dict[str, Any]] = []
    for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []):
        body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
        found += pq.read_table(io.BytesIO(body), columns=[c["Name"] for c in storage["Columns"]]).to_pylist()
    return found


def test_what_the_pipeline_delivers_is_rows_of_the_partners_table(ground: Ground) -> None:
    s3 = ground.pipeline.client("s3")
    first, second = parquet(id=["a"], weight=[1.5]), parquet(id=["b"], weight=[2.5])
    s3.put_object(Bucket=PARCELS, Key=f"{FOLDER}/day=2027-01-01/part-0.parquet", Body=first)
    s3.put_object(Bucket=PARCELS, Key=f"{FOLDER}/day=2027-01-02/part-0.parquet", Body=second)
    assert rows(ground.partner) == [{"id": "a", "weight": 1.5}, {"id": "b", "weight": 2.5}]
    # A correction is the same key once more.
    s3.put_object(Bucket=PARCELS, Key=f"{FOLDER}/day=2027-01-02/part-0.parquet", Body=parquet(id=["b"], weight=[3.0]))
    assert rows(ground.partner)[1] == {"id": "b", "weight": 3.0}


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("athena", "list_work_groups", {}),
        ("athena", "list_data_catalogs", {}),
        ("athena", "list_databases", {"CatalogName": "AwsDataCatalog"}),
        (
            "athena",
            "get_table_metadata",
            {"CatalogName": "AwsDataCatalog", "DatabaseName": "courier", "TableName": TABLE["Name"]},
        ),
        ("athena", "start_query_execution", {"WorkGroup": "mesh", "QueryString": "select * from courier.parcels"}),
        ("glue", "get_catalog_import_status", {}),
        ("glue", "get_database", {"Name": "default"}),
        ("glue", "get_partitions", {"DatabaseName": "courier", "TableName": TABLE["Name"]}),
    ],
)
def test_a_query_of_the_partner_is_not_refused(
    ground: Ground, service: str, operation: str, parameters: dict[str, str]
) -> None:
    assert ground.partner.refusal(service, operation, **parameters) == ""


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("glue", "get_tables", {"CatalogId": HUB, "DatabaseName": "orders__parcels"}),
        ("glue", "update_table", {"DatabaseName": "courier", "TableInput": {"Name": TABLE["Name"]}}),
        ("glue", "delete_table", TABLE),
        ("athena", "start_query_execution", {"WorkGroup": "primary", "QueryString": "select 1"}),
        ("s3", "delete_object", {"Bucket": INBOX, "Key": f"{FOLDER}/day=2027-01-01/part-0.parquet"}),
    ],
)
def test_neither_the_mesh_nor_what_the_mesh_made_is_the_partners(
    ground: Ground, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    assert ground.partner.refusal(service, operation, **parameters) != ""


@pytest.mark.parametrize("key", ["outbound/courier/orders__customers/customers/x", "outbound/courier/x"])
def test_a_product_does_not_come_among_what_another_delivers(ground: Ground, key: str) -> None:
    failed = ground.organization.gate.replication.failed
    ground.pipeline.client("s3").put_object(Bucket=PARCELS, Key=key, Body=b"x")
    (refused,) = failed
    failed.clear()
    assert f"{PARCELS}/{key}" in refused
    assert "s3:ReplicateObject" in refused


def test_what_failed_or_came_before_the_agreement_is_delivered_when_the_pipeline_writes_it_again(
    ground: Ground,
) -> None:
    from sandbox.emulator import backends

    key = f"{FOLDER}/day=2026-12-31/part-0.parquet"
    # As if the object had been there before the rule: S3 replicates what is new.
    backends.s3(PLAN.domains["orders"].access.account_id).put_object(PARCELS, key, parquet(id=["z"], weight=[9.0]))
    assert {"id": "z", "weight": 9.0} not in rows(ground.partner)
    s3 = ground.pipeline.client("s3")
    s3.copy_object(
        Bucket=PARCELS, Key=key, CopySource={"Bucket": PARCELS, "Key": key}, MetadataDirective="REPLACE", Metadata={}
    )
    assert {"id": "z", "weight": 9.0} in rows(ground.partner)
