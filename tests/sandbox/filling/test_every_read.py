"""Every clearance in every home reads every product through every port: columns as the files say, rows as generated.

Rows are whole ones, of every type, made once more by the generator; those of viewing hours, which a pipeline makes, are
counted here from the sessions that were generated.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest
import yaml
from botocore.exceptions import ClientError

from mesh.contracts.types import ColumnType
from mesh.evaluator.moments import midday
from mesh.folder import plan_folder
from mesh.load import load
from sandbox.emulator.request_origin import coming_from
from sandbox.filling.fill import fill
from sandbox.filling.filled import Filled, Sample
from sandbox.rehearsal.credentials import session_credentials
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from sandbox.sample_rows.mesh_rows import sample_rows
from tests.house.tree import ROOT
from tests.sandbox.filling.athena_words import cell

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]

STACKS = ROOT / "stacks"
MESH = plan_folder(STACKS, datetime.date(2026, 12, 1))
REGION = "eu-west-1"
ROWS = 120
NOW = midday(MESH.as_of)
HOURS = ("playback.viewing-hours", "viewing_hours")


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
    def reference(self) -> str:
        return f"{self.domain}.{self.name}"

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
        return names, [row or [""] for row in rows]

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


class Made(NamedTuple):
    """Rows that a table is to have, and the types of its columns."""

    types: Mapping[str, ColumnType]
    rows: list[dict[str, Any]]

    def texts(self, columns: Iterable[str]) -> Counter[tuple[str, ...]]:
        """How often each row is there, by some columns, as a result of Athena has it."""
        types = [(column, self.types[column]) for column in columns]
        return Counter(tuple(cell(row[name], type_) for name, type_ in types) for row in self.rows)


@pytest.fixture(scope="module")
def made() -> Mapping[tuple[str, str], Made]:
    """Rows of every table by product and name."""
    found: dict[tuple[str, str], Made] = {}
    for product, tables in sample_rows(load(STACKS), ROWS, 1, NOW).products.items():
        for name, table in tables.items():
            types = {column: each.type for column, each in table.columns.items()}
            found[product, name] = Made(types, [table.row(number) for number in range(table.rows)])
    hours = found[HOURS]
    sessions = found["playback.sessions", "sessions"].rows
    found[HOURS] = Made(hours.types, [dict(zip(hours.types, row, strict=True)) for row in viewing_hours(sessions)])
    return found


def viewing_hours(sessions: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """What `viewing_hours.py` is to make of sessions, of which all days are asked for."""
    cells: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for each in sessions:
        if each["device"] is not None:
            key = (each["session_date"], each["title_id"], each["country"], each["device"]["family"])
            cells.setdefault(key, []).append(each)
    rows: dict[tuple[Any, ...], list[tuple[int, int, int, int]]] = {}
    for (day, title, country, family), viewed in cells.items():
        profiles = len({each["profile_id"] for each in viewed} - {None})
        long = [each for each in viewed if (each["watched_seconds"] or 0) >= 120]
        seconds = sum(each["watched_seconds"] or 0 for each in viewed)
        completed = sum(each["end_reason"] == "credits" for each in long)
        key = (day, title, country if profiles >= 50 else "ZZ", family)
        rows.setdefault(key, []).append((seconds, len(long), completed, profiles))
    for key, parts in rows.items():
        seconds, views, completions, profiles = (sum(column) for column in zip(*parts, strict=True))
        yield (*key, seconds / 3600, views, completions, (profiles + 5) // 10 * 10, False, NOW.replace(tzinfo=None))


def test_the_sample_was_written_published_and_refused_as_it_should_be(filled: Filled) -> None:
    assert filled.differences == []
    assert {each.reference for each in PRODUCTS} == {each.product for each in filled.tables}


def test_tables_have_the_columns_that_the_files_say_and_the_rows_that_were_made(
    somebody: Somebody, made: Mapping[tuple[str, str], Made]
) -> None:
    # Columns of an entry say what is used, and not what may be read.
    entries: list[str | dict[str, Any]] = DOMAINS[somebody.home].get("consumes") or []
    consumes = {each if isinstance(each, str) else each["product"] for each in entries}
    for product in PRODUCTS:
        if "table" not in product.ports:
            continue
        consumed = product.reference in consumes
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
            rows = Counter(tuple(row) for row in answer[1])
            assert rows == made[product.reference, table].texts(answer[0]), (somebody.clearance, somebody.home, name)
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


def test_the_rows_of_viewing_hours_are_those_of_its_pipeline(
    filled: Filled, made: Mapping[tuple[str, str], Made]
) -> None:
    """They are counted here, and not read back; several rows, or nothing would be compared."""
    (written,) = [each for each in filled.tables if (each.product, each.table) == HOURS]
    assert (written.runtime, written.rows) == ("glue-python", len(made[HOURS].rows))
    assert written.rows > 20


def test_files_have_the_rows_that_were_generated(filled: Filled, made: Mapping[tuple[str, str], Made]) -> None:
    """Whole rows, of every table of a product with files; what players send comes in below `files/incoming/`."""
    ran = {each.product for each in filled.tables if each.runtime}
    with_files = [each for each in PRODUCTS if "files" in each.ports]
    assert {each.reference for each in with_files if each.reference in ran} == {"playback.heartbeats"}
    for product in with_files:
        if product.reference in ran:
            continue
        bucket = MESH.plan.domains[product.domain].products[product.name].bucket
        for table in product.tables:
            (body,) = objects(bucket, f"files/{table}/").values()
            expected, stored = made[product.reference, table], pq.read_table(io.BytesIO(body))
            found = Made(expected.types, stored.to_pylist())
            assert stored.column_names == list(expected.types), (product.name, table)
            assert found.texts(expected.types) == expected.texts(expected.types), (product.name, table)


def test_the_raw_files_name_what_the_mesh_has() -> None:
    assert len(PRODUCTS) == sum(len(domain.products) for domain in MESH.plan.domains.values())
    assert Path(STACKS / "clearances").is_dir()
