"""A good commit is published: pointer, columns and labels of the hub; and what readers, owner and record see of it."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.io.pyarrow import schema_to_pyarrow

from tests.functions.publish.organization import (
    BUCKET,
    DATABASE,
    DOMAIN,
    DRAFT,
    HUB,
    SHIPS,
    SWEEP,
    Harbour,
    column,
    contract,
    table,
)
from tests.functions.publish.writers import Writer, rows, ship

PLACE = f"s3://{BUCKET}/tables/ships/"
OPEN = {"pii": "false", "financial": "false"}


def test_a_commit_of_pyiceberg_ends_in_the_hub(organization: Harbour, writer: Writer) -> None:
    pointer = writer.append(ship(1), ship(2))
    organization.published()
    assert organization.pointer() == pointer
    assert [row["ship"] for row in rows(pointer)] == [1, 2]
    assert organization.told() == ["product published"]
    (event,) = organization.events
    assert event["Source"] == "mesh.harbour.berths"
    assert json.loads(event["Detail"])["tables"] == {"ships": pointer}


def test_append_overwrite_and_delete_are_published_each(organization: Harbour, writer: Writer) -> None:
    writer.append(ship(1), ship(2), ship(3))
    organization.published()
    writer.table().delete("ship == 2")
    organization.published()
    assert sorted(row["ship"] for row in rows(organization.pointer() or "")) == [1, 3]
    opened = writer.table()
    opened.overwrite(pa.Table.from_pylist([ship(7)], schema=schema_to_pyarrow(opened.schema())))
    organization.published()
    assert organization.pointer() == writer.pointer()
    assert [row["ship"] for row in rows(organization.pointer() or "")] == [7]
    assert organization.told() == ["product published"] * 3


def test_of_two_writers_the_second_commits_again_and_both_are_published(organization: Harbour, writer: Writer) -> None:
    first, second = writer.table(), writer.table()
    schema = schema_to_pyarrow(first.schema())
    first.append(pa.Table.from_pylist([ship(1)], schema=schema))
    try:
        second.append(pa.Table.from_pylist([ship(2)], schema=schema))
    except CommitFailedException:
        writer.append(ship(2))
    organization.published()
    assert sorted(row["ship"] for row in rows(organization.pointer() or "")) == [1, 2]


def test_the_hub_has_the_contracts_columns_and_place_whatever_the_draft_says(
    organization: Harbour, writer: Writer
) -> None:
    pointer = writer.append(ship(1))
    writer.point(
        "ships",
        pointer,
        Description="nonsense",
        Parameters={"table_type": "ICEBERG", "metadata_location": pointer, "more": "x"},
        StorageDescriptor={"Location": PLACE, "Columns": [{"Name": "email", "Type": "string"}]},
    )
    organization.published()
    stored = organization.hub_table()
    assert stored
    assert [(each["Name"], each["Type"]) for each in stored["StorageDescriptor"]["Columns"]] == [
        ("ship", "bigint"),
        ("captain", "string"),
        ("country", "string"),
        ("tons", "double"),
    ]
    assert stored["StorageDescriptor"]["Location"] == PLACE
    assert stored["Parameters"] == {"EXTERNAL": "TRUE", "table_type": "ICEBERG", "metadata_location": pointer}
    assert stored["Description"] == "All ships."


def test_every_column_has_a_value_for_each_classification(organization: Harbour, writer: Writer) -> None:
    organization.published()
    assert organization.labels() == {
        "ship": OPEN,
        "captain": {"pii": "true", "financial": "false"},
        "country": OPEN,
        "tons": OPEN,
    }


def test_a_pointer_moves_in_one_update_that_names_the_version(organization: Harbour, writer: Writer) -> None:
    organization.published()
    before = organization.hub_table()
    made: list[object] = []
    organization.after_call = lambda _, name: made.append(organization.pointer()) if name == "UpdateTable" else None
    pointer = writer.append(ship(1))
    organization.published()
    assert [call for call in organization.calls if call.startswith("glue:Update")] == ["glue:UpdateTable"]
    assert made == [pointer]
    stored = organization.hub_table()
    assert before
    assert stored
    assert stored["Parameters"]["previous_metadata_location"] == before["Parameters"]["metadata_location"]


def test_of_what_is_unchanged_only_the_seal_is_read_again(organization: Harbour, writer: Writer) -> None:
    writer.append(ship(1))
    organization.published()
    organization.published()
    record, *seal, draft = organization.calls
    assert (record, seal, draft) == ("s3:GetObject", ["s3:GetObject", "s3:ListObjectsV2"], "glue:GetTable")
    assert organization.told() == ["product published"]


def test_a_hundred_events_of_one_product_are_one_look(organization: Harbour, writer: Writer) -> None:
    writer.append(ship(1))
    assert organization.run(*[SWEEP] * 100) == []
    assert organization.told() == ["product published"]
    assert organization.calls.count("glue:CreateTable") == 1


def test_a_label_that_a_contract_gains_closes_though_the_draft_is_refused(
    organization: Harbour, writer: Writer
) -> None:
    writer.append(ship(1))
    organization.published()
    writer.point("ships", "s3://elsewhere/1.metadata.json")
    columns = [*SHIPS[:2], {**SHIPS[2], "labels": ["pii"]}, SHIPS[3]]
    organization.configure(contract(table(columns=columns), version="1.1.0"))
    organization.published()
    assert organization.told()[-1] == "publication refused"
    assert organization.labels()["country"] == {"pii": "true", "financial": "false"}


def test_a_label_that_a_contract_loses_opens_when_the_draft_is_published(organization: Harbour, writer: Writer) -> None:
    pointer = writer.append(ship(1))
    organization.published()
    organization.configure(contract(table(columns=[SHIPS[0], {**SHIPS[1], "labels": []}, *SHIPS[2:]])))
    organization.published()
    assert organization.pointer() == pointer
    assert organization.labels()["captain"] == OPEN


def test_no_new_column_is_open_at_any_moment_before_it_may_be(organization: Harbour, writer: Writer) -> None:
    """A column without tags inherits `true`; so at no call is a labelled one seen with `false`."""
    writer.append(ship(1))
    organization.published()
    added = column(5, "email", labels=["pii", "financial"])
    organization.configure(contract(table(columns=[*SHIPS, added])))
    metadata = writer.metadata()
    field = {"id": 5, "name": "email", "required": False, "type": "string"}
    new = {**metadata["schemas"][0], "schema-id": 1, "fields": [*metadata["schemas"][0]["fields"], field]}
    writer.commit("ships", {**metadata, "schemas": [*metadata["schemas"], new], "current-schema-id": 1})
    seen: list[dict[str, str]] = []
    organization.after_call = lambda *_: seen.append(organization.labels().get("email", {}))
    organization.published()
    assert organization.labels()["email"] == {"pii": "true", "financial": "true"}
    assert all("false" not in labels.values() for labels in seen)


def test_tables_of_a_product_are_published_together_or_not_at_all(organization: Harbour) -> None:
    organization.configure(contract(table("ships"), table("docks")))
    writer = Writer(organization)
    organization.published()
    before = organization.pointer("ships"), organization.pointer("docks")
    good = writer.append(ship(1), name="ships")
    writer.point("docks", "s3://elsewhere/1.metadata.json")
    organization.published()
    assert (organization.pointer("ships"), organization.pointer("docks")) == before
    assert [sentence.partition(":")[0] for sentence in organization.sentences] == ["harbour.berths, table docks"]
    writer.point("docks", before[1] or "")
    organization.published()
    assert (organization.pointer("ships"), organization.pointer("docks")) == (good, before[1])


def test_the_owner_is_told_once_of_each_refusal_and_hears_of_the_end(organization: Harbour, writer: Writer) -> None:
    organization.published()
    for _ in range(2):
        writer.point("ships", "s3://elsewhere/1.metadata.json")
        organization.published()
        organization.published()
    writer.point("ships", "s3://elsewhere/2.metadata.json")
    organization.published()
    assert organization.told() == ["product published", "publication refused", "publication refused"]
    writer.point("ships", organization.pointer() or "")
    organization.published()
    assert organization.record["refused"] is None


def test_the_record_has_what_status_shows(organization: Harbour, writer: Writer) -> None:
    first = writer.append(ship(1))
    organization.published()
    second = writer.append(ship(2))
    organization.published()
    record = organization.record
    assert record["product"] == "harbour.berths"
    assert record["published"]["tables"]["ships"]["pointer"] == second
    assert record["published"]["tables"]["ships"]["version"] == "1.0.0"
    assert [each["tables"]["ships"]["pointer"] for each in record["history"]] == [first]
    assert {"id", "at", "tables"} <= set(record["published"])


def test_no_more_publications_are_kept_than_rollbacks_may_go_back(organization: Harbour, writer: Writer) -> None:
    pointers: list[str] = []
    for number in range(8):
        pointers.append(writer.append(ship(number)))
        organization.published()
    kept = [each["tables"]["ships"]["pointer"] for each in organization.record["history"]]
    assert kept == list(reversed(pointers[2:7]))


def test_a_table_that_was_changed_by_hand_is_published_over(organization: Harbour, writer: Writer) -> None:
    """The intent names a version that is gone; nobody else has written the record, so the function goes on."""
    organization.published()

    def by_hand(_: int, name: str) -> None:
        if name == "PutObject" and not changed:
            changed.append(1)
            stored = organization.hub_table()
            assert stored
            keys = ("Name", "TableType", "Parameters", "StorageDescriptor")
            organization.hub_glue.update_table(
                DatabaseName=DATABASE, TableInput={**{key: stored[key] for key in keys}, "Description": "by hand"}
            )

    changed: list[int] = []
    pointer = writer.append(ship(1))
    organization.after_call = by_hand
    organization.published()
    assert changed
    assert organization.pointer() == pointer
    assert (organization.hub_table() or {})["Description"] == "All ships."


@pytest.mark.parametrize("event", [{"source": "aws.s3", "detail": {"bucket": {"name": BUCKET}}}, {}, [], "text", None])
def test_an_event_that_says_nothing_is_not_repeated(organization: Harbour, writer: Writer, event: object) -> None:
    assert organization.run(event) == []  # type: ignore[arg-type]
    assert organization.calls == []


def test_events_of_other_accounts_and_places_wake_nobody(organization: Harbour, writer: Writer) -> None:
    objects = {"bucket": {"name": BUCKET}, "object": {"key": "files/1.parquet"}}
    organization.run(
        {"source": "aws.s3", "detail-type": "Object Created", "detail": objects},
        {"source": "aws.glue", "account": HUB, "detail": {"databaseName": DRAFT}},
    )
    assert organization.calls == []
    organization.run({"source": "aws.glue", "account": DOMAIN, "detail": {"databaseName": DRAFT}})
    assert organization.calls


def test_another_owner_is_no_new_publication(organization: Harbour, writer: Writer) -> None:
    """It would start pipelines that wait for one, and ask Athena for what was asked before."""
    writer.append(ship(1))
    organization.published()
    before, told = organization.record["published"], len(organization.events)
    organization.configure({**contract(), "owner": {"team": "pilots", "email": "pilots@example.com"}})
    organization.published()
    assert (organization.record["published"], len(organization.events)) == (before, told)
    organization.configure({**contract(), "version": "1.1.0"})
    organization.published()
    assert organization.record["published"] != before
