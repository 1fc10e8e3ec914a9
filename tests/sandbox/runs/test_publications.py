"""One row's whole way: from a client's commit to a draft, by every event, check and label, to an analyst's catalog.

Nothing is stood in for: the mesh is deployed, the function runs from its archive, and each call is decided. The tests
are one story, in their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow
import pytest
from pyiceberg.types import StringType

from mesh import names
from sandbox.rehearsal.check import check
from sandbox.rehearsal.personas import provisioned
from tests.sandbox.runs.publication_ground import Ground, ground

pytestmark = pytest.mark.long

pa: Any = pyarrow  # it has no types


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("mesh") / "stacks") as opened:
        yield opened


@pytest.fixture(autouse=True)
def everything_is_delivered(mesh: Ground) -> Iterator[None]:
    mesh.heard()
    for domain in mesh.plan.domains:
        mesh.at_home(domain)
    yield
    assert mesh.organization.gate.deliveries.undelivered() == {}


def append(mesh: Ground, product: str, **columns: list[str]) -> str:
    """The metadata file of a draft, with rows more."""
    table = mesh.draft(product)
    table.append(pa.table(columns, schema=table.schema().as_arrow()))
    return str(table.metadata_location)


def pointer(mesh: Ground, product: str) -> str:
    return str(mesh.published(product)["Parameters"]["metadata_location"])


# ---- published


def test_a_deployment_publishes_a_draft_without_a_row(mesh: Ground) -> None:
    assert "/metadata/00000-" in pointer(mesh, "customers")
    assert mesh.columns("clearance:pii@orders", "customers") == ["id", "email"]
    assert mesh.record("customers")["history"] == []


def test_what_a_pipeline_commits_is_what_the_hub_points_at(mesh: Ground) -> None:
    committed = append(mesh, "customers", id=["1", "2"], email=["a@b.example", "c@d.example"])
    assert "/metadata/00001-" in committed
    assert pointer(mesh, "customers") == committed
    published = mesh.record("customers")["published"]
    assert published["tables"]["customers"]["pointer"] == committed
    assert mesh.heard() == [
        (
            "product published",
            "mesh.orders.customers",
            {
                "product": "orders.customers",
                "id": published["id"],
                "at": published["at"],
                "version": "1.0.0",
                "owner": {"team": "orders", "email": "orders@tiny.example"},
                "tables": {"customers": committed},
            },
        )
    ]


def test_the_columns_of_the_hub_have_the_labels_of_the_contract(mesh: Ground) -> None:
    assert mesh.labels("customers") == {
        "id": {"financial": "false", "pii": "false"},
        "email": {"financial": "false", "pii": "true"},
    }


@pytest.mark.parametrize(
    ("who", "columns"),
    [
        ("clearance:general@orders", ["id"]),
        ("clearance:pii@orders", ["id", "email"]),
        ("clearance:general@shop", ["id"]),
        ("clearance:pii@shop", ["id", "email"]),
    ],
)
def test_an_analyst_sees_through_a_link_the_columns_of_the_clearance(
    who: str, columns: list[str], mesh: Ground
) -> None:
    assert mesh.columns(who, "customers") == columns


def test_the_file_that_is_published_is_read_by_the_location_role_and_by_no_analyst(mesh: Ground) -> None:
    bucket, _, key = pointer(mesh, "customers").removeprefix("s3://").partition("/")
    content = mesh.caller("location:orders").client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert b'"table-uuid"' in content
    for who in ("clearance:pii@orders", "owner@orders", "publisher:orders", "publication"):
        assert mesh.caller(who).refusal("s3", "get_object", Bucket=bucket, Key=key) != ""


def test_of_two_writers_both_are_published(mesh: Ground) -> None:
    one, other = mesh.draft("customers"), mesh.draft("customers")
    for table, number in ((one, "3"), (other, "4")):
        table.append(pa.table({"id": [number], "email": [None]}, schema=table.schema().as_arrow()))
    assert pointer(mesh, "customers") == other.metadata_location
    assert sorted(mesh.draft("customers").scan().to_arrow()["id"].to_pylist()) == ["1", "2", "3", "4"]
    assert [kind for kind, _, _ in mesh.heard()] == ["product published"] * 2


# ---- refused


def test_a_column_too_many_is_not_published_and_its_sentence_is_told(mesh: Ground) -> None:
    before, description = pointer(mesh, "customers"), mesh.published("customers")
    with mesh.draft("customers").update_schema() as update:
        update.add_column("phone", StringType())
    assert pointer(mesh, "customers") == before
    assert mesh.published("customers") == description
    record = mesh.record("customers")
    (sentence,) = record["refused"]["sentences"]
    assert "column 'phone'" in sentence
    assert "not in the contract" in sentence
    assert record["published"]["tables"]["customers"]["pointer"] == before
    ((kind, source, detail),) = mesh.at_home("orders")
    assert (kind, source, detail["sentences"]) == ("publication refused", "mesh.orders.customers", [sentence])
    assert mesh.at_home("shop") == []


def test_a_refusal_is_told_once(mesh: Ground) -> None:
    mesh.organization.gate.deliveries.sweep("mesh-sweep")
    assert (mesh.heard(), mesh.at_home("orders")) == ([], [])


def test_who_reads_the_record_is_the_domain_s_owner_or_engineer_and_nobody_else(mesh: Ground) -> None:
    account = mesh.plan.domains["orders"].access.account_id
    bucket = mesh.plan.perimeter.buckets.publications(mesh.hub)
    asked = {"Bucket": bucket, "Key": f"{account}/customers.json"}
    with provisioned(mesh.plan, lambda _: False) as present:
        everybody = {persona.who for persona in present if persona.role}
        readers = {who for who in everybody if not mesh.caller(who).refusal("s3", "get_object", **asked)}
    assert len(everybody) > 40
    assert readers == {"owner@orders", "engineer@orders", "publication"}


# ---- undone


@pytest.mark.parametrize(
    "who", ["owner@shop", "engineer@orders", "pipeline:orders.customers", "clearance:pii@orders", "deploy@orders"]
)
def test_nobody_but_the_owner_asks_for_a_rollback(who: str, mesh: Ground) -> None:
    before, earlier = pointer(mesh, "customers"), mesh.record("customers")["history"][0]["id"]
    assert "not authorized to perform: events:PutEvents" in mesh.ask(
        who, "orders.customers", action="rollback", to=earlier
    )
    assert pointer(mesh, "customers") == before
    assert mesh.heard() == []


def test_another_owner_who_speaks_of_an_own_product_is_not_heard(mesh: Ground) -> None:
    before, earlier = pointer(mesh, "customers"), mesh.record("customers")["history"][0]["id"]
    asked = {"action": "rollback", "to": earlier}
    assert mesh.ask("owner@shop", "orders.customers", speaking_of="shop.clicks", **asked) == ""
    assert pointer(mesh, "customers") == before
    assert mesh.record("customers")["pinned"] is None
    assert "only mesh.orders.customers may" in mesh.log()[-2]


def test_the_owner_goes_back_to_a_publication_and_forward_when_the_draft_is_mended(mesh: Ground) -> None:
    history = mesh.record("customers")["history"]
    assert mesh.ask("owner@orders", "orders.customers", action="rollback", to=history[0]["id"]) == ""
    assert pointer(mesh, "customers") == history[0]["tables"]["customers"]["pointer"]
    assert mesh.record("customers")["pinned"] == history[0]["id"]
    assert [kind for kind, _, _ in mesh.heard()] == ["publication requested", "product published"]
    with mesh.draft("customers").update_schema(allow_incompatible_changes=True) as update:
        update.delete_column("phone")
    assert pointer(mesh, "customers") == history[0]["tables"]["customers"]["pointer"]
    assert mesh.ask("owner@orders", "orders.customers", action="retry") == ""
    assert pointer(mesh, "customers") == mesh.draft("customers").metadata_location
    assert mesh.record("customers")["pinned"] is None


# ---- plain Parquet


def test_a_run_of_plain_parquet_is_published_when_it_ends(mesh: Ground) -> None:
    with pytest.raises(Exception, match="Table visits not found"):
        mesh.columns("clearance:pii@orders", "visits")
    mesh.write_run("1", end=False, id=["1"], phone=["+1"])
    assert mesh.heard() == []
    mesh.write_run("2", id=["1"], phone=["+1"])
    assert mesh.published("visits")["StorageDescriptor"]["Location"].endswith("/tables/visits/run=2/")
    assert mesh.columns("clearance:general@orders", "visits") == ["id"]
    assert mesh.columns("clearance:pii@orders", "visits") == ["id", "phone"]


def test_a_run_with_a_null_where_none_may_be_is_not_published(mesh: Ground) -> None:
    mesh.write_run("3", id=["2", None], phone=["+1", "+2"])
    assert mesh.published("visits")["StorageDescriptor"]["Location"].endswith("/tables/visits/run=2/")
    (sentence,) = mesh.record("visits")["refused"]["sentences"]
    assert "column 'id' is null in 1 rows" in sentence
    ((kind, source, detail),) = mesh.at_home("orders")
    assert (kind, source, detail["sentences"]) == ("publication refused", "mesh.orders.visits", [sentence])
    assert mesh.at_home("shop") == []


def test_a_pipeline_withdraws_a_run_that_it_may_not_delete(mesh: Ground) -> None:
    pipeline = mesh.caller("pipeline:orders.visits")
    place = {"Bucket": mesh.plan.domains["orders"].products["visits"].bucket}
    assert pipeline.refusal("s3", "delete_object", **place, Key="tables/visits/run=3/_SUCCESS") != ""
    pipeline.client("s3").put_object(**place, Key="tables/visits/run=3/_WITHDRAWN", Body=b"")
    mesh.organization.gate.deliveries.sweep("mesh-sweep")
    assert mesh.record("visits")["refused"] is None


@pytest.mark.parametrize(
    ("run", "pattern"),
    [("5", {"detail-type": [names.REFUSED]}), ("6", {"source": [{"prefix": "mesh.orders."}]})],
)
def test_no_rule_of_another_domain_brings_a_refusal_over(run: str, pattern: dict[str, Any], mesh: Ground) -> None:
    events, deliveries = mesh.caller("deploy@shop").client("events"), mesh.organization.gate.deliveries
    heard = mesh.plan.domains["shop"].heard
    assert heard is not None
    rule, bus = f"{heard.rule}--curious", {"EventBusName": heard.mesh_bus}
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern), **bus)
    target = {"Id": "own-bus", "Arn": heard.own_bus, "RoleArn": heard.role}
    events.put_targets(Rule=rule, Targets=[target], **bus)
    mesh.write_run(run, id=["2", None], phone=["+1", "+2"])
    events.remove_targets(Rule=rule, Ids=["own-bus"], **bus)
    events.delete_rule(Name=rule, **bus)
    (refused,) = deliveries.failed
    deliveries.failed.clear()
    assert (mesh.at_home("shop"), [kind for kind, _, _ in mesh.at_home("orders")]) == ([], [names.REFUSED])
    assert rule in refused
    assert "not authorized to perform: events:PutEvents" in refused
    withdrawn = {"Bucket": mesh.plan.domains["orders"].products["visits"].bucket, "Body": b""}
    pipeline = mesh.caller("pipeline:orders.visits").client("s3")
    pipeline.put_object(**withdrawn, Key=f"tables/visits/run={run}/_WITHDRAWN")
    deliveries.sweep("mesh-sweep")


# ---- what needs a query


def test_a_primary_key_is_asked_about_and_a_repeated_one_is_not_published(mesh: Ground) -> None:
    committed = append(mesh, "invoices", id=["1", "2"])
    assert pointer(mesh, "invoices") == committed
    append(mesh, "invoices", id=["2"])
    assert pointer(mesh, "invoices") == committed
    (sentence,) = mesh.record("invoices")["refused"]["sentences"]
    assert "the primary key (id) is not unique, 1 rows repeat one" in sentence
    assert [kind for kind, _, _ in mesh.heard()] == [names.PUBLISHED, names.REFUSED]


def ids(mesh: Ground, snapshot: int) -> list[str] | str:
    """Ids of the invoices of a snapshot, as an analyst queries them; or the reason why not."""
    athena = mesh.caller("clearance:general@orders").client("athena")
    sql = f"select id from orders__invoices.invoices for version as of {snapshot} order by id"
    query = athena.start_query_execution(QueryString=sql, WorkGroup="mesh-general")["QueryExecutionId"]
    status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
    if status["State"] != "SUCCEEDED":
        return str(status["StateChangeReason"])
    rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    return [row["Data"][0]["VarCharValue"] for row in rows[1:]]


def test_rows_that_were_refused_are_history_once_a_mend_is_published_unless_their_snapshot_is_expired(
    mesh: Ground,
) -> None:
    """As `docs/publishing.md` says: the pointer is the draft's metadata file, which names every snapshot of it."""
    unknown = "Iceberg snapshot ID does not exists"
    draft = mesh.draft("invoices")
    good, refused = draft.current_snapshot().parent_snapshot_id, draft.current_snapshot().snapshot_id
    assert ids(mesh, good) == ["1", "2"]
    assert unknown in ids(mesh, refused)
    draft.overwrite(pa.table({"id": ["1", "2", "3"]}, schema=draft.schema().as_arrow()))
    assert pointer(mesh, "invoices") == draft.metadata_location
    assert ids(mesh, refused) == ["1", "2", "2"]
    mended = draft.current_snapshot().snapshot_id
    append(mesh, "invoices", id=["3"])
    draft = mesh.draft("invoices")
    refused = draft.current_snapshot().snapshot_id
    draft.manage_snapshots().rollback_to_snapshot(mended).commit()
    draft.maintenance.expire_snapshots().by_id(refused).commit()
    append(mesh, "invoices", id=["4"])
    assert pointer(mesh, "invoices") == mesh.draft("invoices").metadata_location
    assert unknown in ids(mesh, refused)
    assert ids(mesh, mesh.draft("invoices").current_snapshot().snapshot_id) == ["1", "2", "3", "4"]


def test_the_live_checks_find_it_all_as_planned_and_no_query_is_unanswered(mesh: Ground) -> None:
    report = check(mesh.organization, mesh.plan)
    assert [str(each) for each in report.differences] == []
    assert (report.unanswered, report.stand_ins) == (0, 0)
