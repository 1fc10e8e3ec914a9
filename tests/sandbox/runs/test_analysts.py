"""Analysts: what consoles, drivers and BI tools ask is answered, of the own workgroup and own results alone."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh.folder import plan_folder
from tests.sandbox.runs.real_clients import Caller, deployed

pytestmark = pytest.mark.long

MESH = plan_folder(Path(__file__).parents[2] / "mesh" / "tiny", datetime.date(2027, 1, 1))
PLAN = MESH.plan
ORDERS = PLAN.domains["orders"]
RESULTS = PLAN.results_bucket("orders")
HUB = PLAN.perimeter.governance_id
OWN, OTHER = "mesh-general", "mesh-pii"
OF_A_CATALOG = {"CatalogName": "AwsDataCatalog", "DatabaseName": "orders__customers"}
METADATA: list[tuple[str, str, dict[str, str]]] = [
    ("athena", "list_work_groups", {}),
    ("athena", "list_data_catalogs", {}),
    ("athena", "list_engine_versions", {}),
    ("athena", "get_data_catalog", {"Name": "AwsDataCatalog"}),
    ("athena", "list_databases", {"CatalogName": "AwsDataCatalog"}),
    ("athena", "get_database", OF_A_CATALOG),
    ("athena", "list_table_metadata", OF_A_CATALOG),
    ("athena", "get_table_metadata", {**OF_A_CATALOG, "TableName": "customers"}),
    ("athena", "get_work_group", {"WorkGroup": OWN}),
    ("athena", "list_named_queries", {"WorkGroup": OWN}),
    ("athena", "list_prepared_statements", {"WorkGroup": OWN}),
    ("athena", "list_query_executions", {"WorkGroup": OWN}),
    ("glue", "get_catalog_import_status", {}),
    ("glue", "get_database", {"Name": "default"}),
]
"""Calls of consoles, of the drivers JDBC and ODBC, of dbt and of BI tools, before a query."""

OF_OTHERS: list[tuple[str, str, dict[str, str]]] = [
    ("athena", "get_work_group", {"WorkGroup": OTHER}),
    ("athena", "list_query_executions", {"WorkGroup": OTHER}),
    ("athena", "list_named_queries", {"WorkGroup": OTHER}),
    ("athena", "list_named_queries", {}),
    ("athena", "list_prepared_statements", {"WorkGroup": OTHER}),
    ("athena", "start_query_execution", {"WorkGroup": OTHER, "QueryString": "select 1"}),
    ("athena", "get_table_metadata", {"CatalogName": "x", "DatabaseName": "d", "TableName": "t"}),
    ("athena", "get_prepared_statement", {"WorkGroup": OWN, "StatementName": "x"}),
    (
        "athena",
        "create_named_query",
        {"WorkGroup": OWN, "Name": "x", "Database": "d", "QueryString": "select 'the address of somebody'"},
    ),
]
"""Calls that would tell queries of others, and those that would save one."""


@pytest.fixture(scope="module")
def analyst() -> Iterator[Caller]:
    with deployed(MESH) as organization:
        yield Caller(organization, MESH, "clearance:general@orders")


@pytest.mark.parametrize(("service", "operation", "parameters"), METADATA)
def test_what_tools_ask_before_a_query_is_not_refused(
    analyst: Caller, service: str, operation: str, parameters: dict[str, str]
) -> None:
    assert analyst.refusal(service, operation, **parameters) == ""


@pytest.mark.parametrize(("service", "operation", "parameters"), OF_OTHERS)
def test_queries_of_others_are_refused_and_none_is_saved(
    analyst: Caller, service: str, operation: str, parameters: dict[str, str]
) -> None:
    assert analyst.refusal(service, operation, **parameters) != ""


def test_an_analyst_finds_the_products_of_the_own_domain_by_name(analyst: Caller) -> None:
    glue = analyst.client("glue")
    found = {each["Name"]: each.get("TargetDatabase") for each in glue.get_databases()["DatabaseList"]}
    assert found["orders__customers"] == {"CatalogId": HUB, "DatabaseName": "orders__customers"}
    drafts = {name for name in found if name.endswith("__draft")}
    assert set(found) - drafts == {"default", "orders__customers", "orders__parcels"}
    # Lake Formation hides no name of what is IAM's: that there are drafts is told, what is in them is not.
    assert [analyst.refusal("glue", "get_tables", DatabaseName=draft) for draft in drafts].count("") == 0
    of_the_hub = glue.get_table(CatalogId=HUB, DatabaseName="orders__customers", Name="customers")["Table"]
    assert of_the_hub["Name"] == "customers"


def test_a_query_without_a_temporary_table_goes_from_its_start_to_its_result(analyst: Caller) -> None:
    """The calls of awswrangler's `read_sql_query` with `ctas_approach=False`."""
    athena, s3 = analyst.client("athena"), analyst.client("s3")
    group = athena.get_work_group(WorkGroup=OWN)["WorkGroup"]["Configuration"]
    assert group["ResultConfiguration"]["OutputLocation"] == f"s3://{RESULTS}/general/"
    started = athena.start_query_execution(
        WorkGroup=OWN, QueryString="select 1", QueryExecutionContext={"Database": "orders__customers"}
    )
    assert started["QueryExecutionId"]
    # Athena writes the result as the caller.
    s3.put_object(Bucket=RESULTS, Key="general/a.csv", Body=b"1")
    assert s3.get_object(Bucket=RESULTS, Key="general/a.csv")["Body"].read() == b"1"
    listed = s3.list_objects_v2(Bucket=RESULTS, Prefix="general/")
    assert {each["Key"] for each in listed["Contents"]} == {
        "general/a.csv",
        f"general/{started['QueryExecutionId']}.csv",
    }


@pytest.mark.parametrize("prefix", [None, "", "general", "pii/", "generalx/"])
def test_results_of_another_clearance_are_not_even_listed(analyst: Caller, prefix: str | None) -> None:
    below = {} if prefix is None else {"Prefix": prefix}
    assert "no identity policy" in analyst.refusal("s3", "list_objects_v2", Bucket=RESULTS, **below)
