"""Every clearance in every home reads every product through every port: columns as the files say, rows as made."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest
import yaml
from botocore.exceptions import ClientError

from mesh.folder import plan_folder
from sandbox.emulator.request_origin import coming_from
from sandbox.filling.fill import fill
from sandbox.filling.filled import Filled, Sample
from sandbox.rehearsal.credentials import session_credentials
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.house.tree import ROOT

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]

STACKS = ROOT / "stacks"
MESH = plan_folder(STACKS, datetime.date(2026, 12, 1))
REGION = "eu-west-1"
ROWS = 120


def written(path: str) -> Any:
    return yaml.safe_load((STACKS / path).read_text("utf-8"))


DOMAINS: dict[str, Any] = {file.stem: written(f"domains/{file.name}") for file in (STACKS / "domains").glob("*.yaml")}
CLEARANCES: dict[str, set[str]] = {
    file.stem: set(written(f"clearances/{file.name}").get("reads") or ())
    for file in (STACKS / "clearances").glob("*.yaml")
}
ACCOUNTS = {name: domain.access.account_id for name, domain in MESH.plan.domains.items()}


def labels(element: Mapping[str, Any]) -> set[str]:
    """Labels of a column and of what is nested in it."""
    own = {word.strip() for word in str(element.get("classification") or "").split(",")} - {"", "public", "internal"}
    items = [element["items"]] if isinstance(element.get("items"), dict) else []
    return own.union(*(labels(part) for part in [*(element.get("properties") or ()), *items]))


class Product(NamedTuple):
    domain: str
    name: str
    ports: list[str]
    tables: dict[str, dict[str, set[str]]]
    """Tables with the labels of their columns, in the order of the contract."""

    @property
    def database(self) -> str:
        return f"{self.domain}__{self.name}".replace("-", "_")

    @property
    def labels(self) -> set[str]:
        return set().union(*(found for columns in self.tables.values() for found in columns.values()))


def products() -> Iterator[Product]:
    for domain, file in DOMAINS.items():
        for name, product in file["products"].items():
            contract = written(product.get("contract") or f"contracts/{domain}/{name}.odcs.yaml")
            tables = {
                table.get("physicalName") or table["name"]: {
                    column.get("physicalName") or column["name"]: labels(column) for column in table["properties"]
                }
                for table in contract["schema"]
            }
            yield Product(domain, name, product["ports"], tables)


PRODUCTS = list(products())


@pytest.fixture(scope="module")
def organization() -> Iterator[FreshOrganization]:
    with fresh_organization(MESH) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization.aws, organization.states))
        for run in workspace.up(MESH):
            assert not run.result.failures, run.result.failures
        yield organization


@pytest.fixture(scope="module")
def filled(organization: FreshOrganization) -> Filled:
    return fill(organization.aws, MESH, organization.jobs, Sample(rows=ROWS))


class Somebody:
    """A clearance in a home, as its role."""

    def __init__(self, organization: FreshOrganization, clearance: str, home: str) -> None:
        self.clearance, self.home, self._aws = clearance, home, organization.aws
        role = f"arn:aws:iam::{ACCOUNTS[home]}:role/mesh/clearance/{clearance}"
        self._keys = session_credentials(role, REGION)

    def client(self, service: str) -> Any:
        return self._aws._clients.own(service, REGION, self._keys)

    def query(self, sql: str) -> tuple[list[str], list[list[str]]] | str:
        """Names and rows; or the reason of the failure."""
        with coming_from("office"):
            athena, s3 = self.client("athena"), self.client("s3")
            begun = athena.start_query_execution(QueryString=sql, WorkGroup=f"mesh-{self.clearance}")
            told = athena.get_query_execution(QueryExecutionId=begun["QueryExecutionId"])["QueryExecution"]
            if told["Status"]["State"] != "SUCCEEDED":
                return str(told["Status"]["StateChangeReason"])
            bucket, _, key = told["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
            text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        names, *rows = csv.reader(io.StringIO(text))
        return names, rows

    def file(self, bucket: str, key: str) -> bytes | None:
        """An object; None for who may not read it."""
        try:
            with coming_from("office"):
                return bytes(self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] != "AccessDenied":
                raise
            return None


SOMEBODY = [(clearance, home) for home in sorted(DOMAINS) for clearance in sorted(CLEARANCES)]


@pytest.fixture(params=SOMEBODY, ids=lambda each: f"{each[0]}@{each[1]}")
def somebody(request: pytest.FixtureRequest, organization: FreshOrganization, filled: Filled) -> Somebody:
    return Somebody(organization, *request.param)


def objects(bucket: str, prefix: str) -> dict[str, bytes]:
    """Objects of a bucket, as they are stored."""
    from sandbox.emulator import backends

    keys = backends.bucket(bucket).keys
    return {key: keys.get(key).value for key in keys if key.startswith(prefix)}


def made(filled: Filled, product: Product, table: str) -> int:
    """Rows that were written to a table."""
    (found,) = (
        each for each in filled.tables if (each.product, each.table) == (f"{product.domain}.{product.name}", table)
    )
    return found.rows


def test_the_sample_was_written_published_and_refused_as_it_should_be(filled: Filled) -> None:
    assert filled.differences == []
    assert {f"{each.domain}.{each.name}" for each in PRODUCTS} == {each.product for each in filled.tables}


def test_tables_have_the_columns_that_the_files_say_and_the_rows_that_were_made(
    somebody: Somebody, filled: Filled
) -> None:
    home = DOMAINS[somebody.home]
    for product in PRODUCTS:
        if "table" not in product.ports:
            continue
        consumed = f"{product.domain}.{product.name}" in (home.get("consumes") or ())
        for table, columns in product.tables.items():
            name = f"{product.database}.{table}"
            reads = [column for column, needed in columns.items() if needed <= CLEARANCES[somebody.clearance]]
            answer = somebody.query(f"select * from {name}")
            if not (reads and (product.domain == somebody.home or consumed)):
                assert isinstance(answer, str), (somebody.clearance, somebody.home, name)
                assert answer.endswith(f"Table 'awsdatacatalog.{name}' does not exist"), answer
                continue
            assert not isinstance(answer, str), (somebody.clearance, somebody.home, name, answer)
            assert sorted(answer[0]) == sorted(reads), (somebody.clearance, somebody.home, name)
            assert len(answer[1]) == made(filled, product, table), (somebody.clearance, somebody.home, name)
            for column in set(columns) - set(reads):
                # A column that is withheld and one that nobody has are told of in the same words.
                withheld, absent = (somebody.query(f"select {each} from {name}") for each in (column, "no_such_column"))
                assert isinstance(withheld, str)
                assert isinstance(absent, str)
                assert withheld.replace(column, "_") == absent.replace("no_such_column", "_")


def test_files_are_read_by_who_holds_all_labels_of_the_product(somebody: Somebody) -> None:
    for product in PRODUCTS:
        if "files" not in product.ports:
            continue
        bucket = MESH.plan.domains[product.domain].products[product.name].bucket
        stored = objects(bucket, "files/")
        assert stored, product
        cleared = product.labels <= CLEARANCES[somebody.clearance]
        for key, content in stored.items():
            assert (somebody.file(bucket, key) == content) is cleared, (somebody.clearance, somebody.home, key)


def test_everybody_reads_the_values_that_were_written(organization: FreshOrganization, filled: Filled) -> None:
    """What is in the files of a product, by pyarrow, is what the query returns: the first text column of each table."""
    compared = 0
    for product in PRODUCTS:
        if not {"table", "files"} <= set(product.ports):
            continue
        bucket = MESH.plan.domains[product.domain].products[product.name].bucket
        reader = Somebody(organization, "restricted", product.domain)
        for table in product.tables:
            parts = [
                pq.read_table(io.BytesIO(body))
                for key, body in objects(bucket, f"files/{table}/").items()
                if key.endswith(".parquet")
            ]
            column = next((f.name for f in parts[0].schema if str(f.type) == "string"), None) if parts else None
            if column is None:
                continue
            answer = reader.query(f'select "{column}" from {product.database}.{table}')
            assert not isinstance(answer, str), answer
            values = Counter(each or "" for part in parts for each in part.column(column).to_pylist())
            assert Counter(row[0] if row else "" for row in answer[1]) == values, (product.name, table, column)
            compared += 1
    assert compared >= 3


def test_the_raw_files_name_what_the_mesh_has() -> None:
    assert len(PRODUCTS) == sum(len(domain.products) for domain in MESH.plan.domains.values())
    assert Path(STACKS / "clearances").is_dir()
