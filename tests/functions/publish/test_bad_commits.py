"""Bad commits, each with the sentence that its owner gets: nothing moves, and readers keep the last good data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import fastavro
import pyarrow as pa
import pytest
from botocore.exceptions import ClientError
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.types import StringType

from tests.functions.publish.organization import BUCKET, DRAFT, Harbour, table
from tests.functions.publish.writers import Writer, first_metadata, ship

EVOLVING = "`mesh up --stack domain-harbour` (on AWS `pulumi up -s domain-harbour`)"
SHIPS = "harbour.berths, table ships: "
EXPIRE = "readers could ask for the table as of then; expire that snapshot (`expire_snapshots`) and commit again"
PLACE = f"s3://{BUCKET}/tables/ships/"


@pytest.fixture
def good(organization: Harbour, writer: Writer) -> str:
    """The pointer that readers have before the bad commit."""
    pointer = writer.append(ship(1))
    organization.published()
    return pointer


def refused(organization: Harbour, good: str, *sentences: str) -> None:
    """The function refuses, tells the owner once, and readers have what they had."""
    organization.published()
    assert organization.sentences == [SHIPS + sentence for sentence in sentences]
    assert organization.pointer() == good
    assert organization.record["refused"]["sentences"] == organization.sentences
    organization.published()
    assert organization.told() == ["product published", "publication refused"]


def changed(writer: Writer, change: Callable[[dict[str, Any]], None], path: str = "") -> str:
    """Commit the draft's metadata with a change; the draft's rows stay."""
    metadata = writer.metadata()
    change(metadata)
    return writer.commit("ships", metadata, path)


def with_field(number: int, **values: Any) -> Callable[[dict[str, Any]], None]:
    """A change of one field of the schema, by its place; a place after the last adds one."""

    def change(metadata: dict[str, Any]) -> None:
        fields = metadata["schemas"][0]["fields"]
        if number == len(fields):
            fields.append({"required": False, "type": "string", **values})
        else:
            fields[number] |= values

    return change


def test_a_column_too_many(organization: Harbour, writer: Writer, good: str) -> None:
    with writer.table().update_schema() as update:
        update.add_column("email", StringType())
    refused(
        organization,
        good,
        "column 'email' (id 101, string) is not in the contract; allowed are the columns of version 1.0.0: take it out "
        f"of the draft, or add it to the contract, run `mesh lock` and then {EVOLVING}",
    )


def test_a_missing_column(organization: Harbour, writer: Writer, good: str) -> None:
    with writer.table().update_schema(allow_incompatible_changes=True) as update:
        update.delete_column("tons")
    refused(
        organization,
        good,
        f"column 'tons' (id 4, double) is missing, the contract of version 1.0.0 has it: {EVOLVING} evolves the draft",
    )


def test_another_type(organization: Harbour, writer: Writer, good: str) -> None:
    changed(writer, with_field(2, type="long"))
    refused(
        organization,
        good,
        "column 'country' is long, the contract says string: write it as string, or change the contract, run "
        f"`mesh lock` and then {EVOLVING}",
    )


def test_a_renamed_column(organization: Harbour, writer: Writer, good: str) -> None:
    with writer.table().update_schema() as update:
        update.rename_column("captain", "skipper")
    refused(
        organization,
        good,
        "column 'skipper' has the id 2, which is 'captain' in the contract: readers would see values of 'captain' "
        "under a name without its labels; give it its name back, or write the rename into the contract "
        f"(`renamedFrom`), run `mesh lock` and then {EVOLVING}",
    )


def test_the_values_of_a_labelled_column_under_another_columns_name(
    organization: Harbour, writer: Writer, good: str
) -> None:
    def exchanged(metadata: dict[str, Any]) -> None:
        fields = metadata["schemas"][0]["fields"]
        fields[1]["id"], fields[2]["id"] = 3, 2

    changed(writer, exchanged)
    again = (
        "a client's CREATE, REPLACE or ALTER numbers columns anew, or the draft has the ids of an older schema; "
        f"{EVOLVING} evolves the draft with the lock's ids"
    )
    snapshot = writer.metadata()["current-snapshot-id"]
    refused(
        organization,
        good,
        f"column 'captain' has the id 3, the lock gives it 2: {again}",
        f"column 'country' has the id 2, the lock gives it 3: {again}",
        f"snapshot {snapshot} was written when column 'captain' had the id 3, which the contract of version 1.0.0 does "
        f"not say: {EXPIRE}",
    )


def test_ids_of_a_clients_create(organization: Harbour, writer: Writer, good: str) -> None:
    metadata = first_metadata(organization.contract["tables"][0], **{"table-uuid": writer.metadata()["table-uuid"]})
    for number, field in enumerate(metadata["schemas"][0]["fields"]):
        field["id"] = 10 + number
    writer.commit("ships", metadata)
    organization.published()
    assert organization.pointer() == good
    said = ("ship", 10, 1), ("captain", 11, 2), ("country", 12, 3), ("tons", 13, 4)
    assert organization.sentences == [
        f"{SHIPS}column '{name}' has the id {number}, the lock gives it {locked}: a client's CREATE, REPLACE or ALTER "
        f"numbers columns anew, or the draft has the ids of an older schema; {EVOLVING} evolves the draft with the "
        "lock's ids"
        for name, number, locked in said
    ]


def test_null_where_a_column_is_required(organization: Harbour, writer: Writer, good: str) -> None:
    with writer.table().update_schema(allow_incompatible_changes=True) as update:
        update.make_column_optional("ship")
    writer.append(ship(2), {**ship(3), "ship": None})
    refused(
        organization,
        good,
        f"column 'ship' takes null, the contract says it is required: {EVOLVING} makes it required in the draft",
    )


def test_a_null_in_a_file_of_a_required_column(organization: Harbour, writer: Writer, good: str) -> None:
    with writer.table().update_schema(allow_incompatible_changes=True) as update:
        update.make_column_optional("ship")
    writer.append({**ship(3), "ship": None})
    changed(writer, lambda metadata: _required_again(metadata))
    refused(
        organization,
        good,
        "column 'ship' is null in 1 rows, the contract says it is required: write values there, or let the contract "
        "say `required: false`",
    )


def _required_again(metadata: dict[str, Any]) -> None:
    for schema in metadata["schemas"]:
        schema["fields"][0]["required"] = True


def test_a_metadata_file_outside_the_prefix(organization: Harbour, writer: Writer, good: str) -> None:
    path = f"s3://{BUCKET}/tables/other/metadata/1.metadata.json"
    changed(writer, lambda _: None, path)
    refused(
        organization,
        good,
        f"the draft table {DRAFT}.ships points at the metadata file '{path}', which is not below {PLACE}metadata/: "
        "point it back, and write metadata there",
    )
    assert organization.calls.count("s3:GetObject") == 2, "the record, and the manifest list of what is published"


@pytest.mark.parametrize("name", ["write.data.path", "write.metadata.path", "write.object-storage.path"])
@pytest.mark.parametrize(
    "place", [f"s3://{BUCKET}/tables/other", "s3://elsewhere/x/", f"{PLACE}../other", f"{PLACE}%2e%2E/o"]
)
def test_a_property_that_points_outside(
    organization: Harbour, writer: Writer, good: str, name: str, place: str
) -> None:
    changed(writer, lambda metadata: metadata["properties"].update({name: place}))
    refused(organization, good, f"the property {name} is '{place}', which is not below {PLACE}: remove the property")


def test_a_location_outside(organization: Harbour, writer: Writer, good: str) -> None:
    elsewhere = f"s3://{BUCKET}/tables/other"
    changed(writer, lambda metadata: metadata.update(location=elsewhere))
    refused(
        organization,
        good,
        f"the draft says that it lies at '{elsewhere}', the contract's place is {PLACE}: set its location back",
    )


def test_a_catalog_location_outside(organization: Harbour, writer: Writer, good: str) -> None:
    elsewhere = f"s3://{BUCKET}/tables/other/"
    writer.point("ships", good, StorageDescriptor={"Location": elsewhere, "Columns": []})
    organization.published()
    refused(
        organization,
        good,
        f"the draft table {DRAFT}.ships lies at '{elsewhere}', the contract's place is {PLACE}: set its location back, "
        f"or run {EVOLVING}",
    )


def test_a_manifest_list_outside(organization: Harbour, writer: Writer, good: str) -> None:
    elsewhere = f"s3://{BUCKET}/tables/other/metadata/snap.avro"
    writer.append(ship(2))
    number = writer.metadata()["current-snapshot-id"]
    changed(writer, lambda metadata: metadata["snapshots"][-1].update({"manifest-list": elsewhere}))
    refused(
        organization,
        good,
        f"the manifest list '{elsewhere}' of snapshot {number} is not below {PLACE}: expire the snapshot and commit "
        "again",
    )


def test_the_manifest_list_of_an_old_snapshot_outside(organization: Harbour, writer: Writer, good: str) -> None:
    """Readers may ask for the table as of any snapshot, not just the last."""
    elsewhere = f"s3://{BUCKET}/tables/other/metadata/snap.avro"
    number = writer.metadata()["current-snapshot-id"]
    writer.append(ship(2))
    changed(writer, lambda metadata: metadata["snapshots"][0].update({"manifest-list": elsewhere}))
    refused(
        organization,
        good,
        f"the manifest list '{elsewhere}' of snapshot {number} is not below {PLACE}: expire the snapshot and commit "
        "again",
    )


def rewritten(organization: Harbour, path: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change every record of an Avro file of the draft."""
    bucket, _, key = path.removeprefix("s3://").partition("/")
    opened = fastavro.reader(BytesIO(organization.s3.get_object(Bucket=bucket, Key=key)["Body"].read()))
    records: list[Any] = list(opened)
    for record in records:
        change(record)
    target = BytesIO()
    fastavro.writer(target, opened.writer_schema, records)
    organization.s3.put_object(Bucket=bucket, Key=key, Body=target.getvalue())


def manifest_of(writer: Writer) -> tuple[str, str]:
    """The manifest list of the draft's last snapshot, and the manifest that its commit added."""
    table_ = writer.table()
    snapshot = table_.current_snapshot()
    assert snapshot
    added = [each for each in snapshot.manifests(table_.io) if each.added_snapshot_id == snapshot.snapshot_id]
    return snapshot.manifest_list, added[0].manifest_path


def test_a_manifest_outside(organization: Harbour, writer: Writer, good: str) -> None:
    writer.append(ship(2))
    listed, manifest = manifest_of(writer)
    elsewhere = f"s3://{BUCKET}/tables/other/metadata/m0.avro"

    def change(line: dict[str, Any]) -> None:
        if line["manifest_path"] == manifest:
            line["manifest_path"] = elsewhere

    rewritten(organization, listed, change)
    refused(
        organization,
        good,
        f"the manifest '{elsewhere}' is not below {PLACE}: roll the commit back and write below the table's prefix",
    )


@pytest.mark.parametrize("content", [0, 1, 2], ids=["data", "position deletes", "equality deletes"])
def test_a_file_outside(organization: Harbour, writer: Writer, good: str, content: int) -> None:
    writer.append(ship(2))
    _, manifest = manifest_of(writer)
    elsewhere = f"s3://{BUCKET}/tables/other/data/1.parquet"
    rewritten(organization, manifest, lambda e: e["data_file"].update(file_path=elsewhere, content=content))
    refused(
        organization,
        good,
        f"the file '{elsewhere}' is not below {PLACE}: write data below the table's prefix, `add_files` of files "
        "elsewhere is not allowed",
    )


def test_a_name_mapping_that_reads_a_labelled_column_as_another(
    organization: Harbour, writer: Writer, good: str
) -> None:
    mapping = '[{"field-id": 3, "names": ["country", "captain"]}]'
    changed(writer, lambda metadata: metadata["properties"].update({"schema.name-mapping.default": mapping}))
    refused(
        organization,
        good,
        "the property schema.name-mapping.default reads values of 'captain' as 'country': remove 'captain' from the "
        "names of field 3",
    )


@pytest.mark.parametrize("version", [1, 3])
def test_another_format_version(organization: Harbour, writer: Writer, good: str, version: int) -> None:
    changed(writer, lambda metadata: metadata.update({"format-version": version}))
    refused(
        organization,
        good,
        f"the draft has format version {version}, allowed is 2: {EVOLVING} makes drafts of version 2; do not set "
        "`format-version`",
    )


def test_another_table_in_its_place(organization: Harbour, writer: Writer, good: str) -> None:
    before = writer.metadata()["table-uuid"]
    writer.make(organization.contract["tables"][0])
    refused(
        organization,
        good,
        f"the draft is another table (table-uuid {writer.metadata()['table-uuid']}) than the published one ({before}): "
        "somebody dropped it or made it anew, and readers would lose what is there; point the draft back at "
        f"'{good}', or publish under a new table of the contract ({EVOLVING} makes it)",
    )


def test_a_draft_made_anew_before_there_were_rows_is_published(organization: Harbour, writer: Writer) -> None:
    organization.published()
    writer.make(organization.contract["tables"][0])
    pointer = writer.append(ship(1))
    organization.published()
    assert organization.pointer() == pointer


def test_a_draft_made_anew_after_its_rows_were_deleted_is_published(
    organization: Harbour, writer: Writer, good: str
) -> None:
    writer.table().delete("ship > 0")
    organization.published()
    writer.make(organization.contract["tables"][0])
    pointer = writer.append(ship(1))
    organization.published()
    assert organization.pointer() == pointer


def test_a_partition_by_a_labelled_column(organization: Harbour, writer: Writer, good: str) -> None:
    with writer.table().update_spec() as update:
        update.add_identity("captain")
    refused(
        organization,
        good,
        "the draft is partitioned by identity of the labelled column 'captain', whose values would stand in keys: no "
        "labelled column is allowed in a partition spec; replace the field",
    )


def test_a_partition_that_the_contract_does_not_have(organization: Harbour, writer: Writer, good: str) -> None:
    with writer.table().update_spec() as update:
        update.add_identity("country")
    refused(
        organization,
        good,
        "the draft is partitioned by identity(3) as 1000, the contract says nothing (transform, source id, field id): "
        "set the spec back, or change the contract and run `mesh lock`",
    )


def test_a_draft_that_is_gone(organization: Harbour, writer: Writer, good: str) -> None:
    organization.glue.delete_table(DatabaseName=DRAFT, Name="ships")
    refused(
        organization,
        good,
        f"the draft table {DRAFT}.ships is gone: readers keep what was published; {EVOLVING} makes it again",
    )


def test_a_draft_that_is_no_iceberg_table(organization: Harbour, writer: Writer, good: str) -> None:
    writer.point("ships", good, Parameters={})
    refused(
        organization,
        good,
        f"the draft table {DRAFT}.ships is no Iceberg table with a metadata file, the contract says it is one: "
        f"{EVOLVING} makes it again",
    )


def test_a_metadata_file_that_is_not_there(organization: Harbour, writer: Writer, good: str) -> None:
    writer.point("ships", f"{PLACE}metadata/none.metadata.json")
    refused(
        organization,
        good,
        f"there is no file '{PLACE}metadata/none.metadata.json': readers would fail; commit again without it, or write "
        "it anew",
    )


def test_a_file_that_the_check_may_not_read(organization: Harbour, writer: Writer, good: str) -> None:
    """AWS answers so of a file that is not there, to whom it lets list a prefix only."""

    def denied(_: int, name: str) -> None:
        if name == "GetObject" and len(organization.calls) > 2:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, name)

    pointer = writer.append(ship(2))
    organization.before_call = denied
    organization.run()
    assert organization.pointer() == good
    assert organization.sentences == [
        f"{SHIPS}there is no file '{pointer}', or the check may not read it: readers would fail; commit again without "
        "it, or write it anew"
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["schemas"].insert(0, {**m["schemas"][0], "fields": []}),
        lambda m: m["snapshots"].append(m["snapshots"][0]),
        lambda m: m["partition-specs"].append({"spec-id": 0, "fields": []}),
        lambda m: m["partition-specs"].append({"spec-id": 5}),
        lambda m: m.update(properties={"write.data.path": 5}),
        lambda m: m.update(statistics=["x"]),
        lambda m: m["schemas"][0]["fields"][0].update(required="false"),
        lambda m: m["schemas"][0]["fields"][0].update(id="1"),
        lambda m: m["snapshots"][0].update({"schema-id": 77}),
    ],
    ids=["schema twice", "snapshot twice", "spec twice", "spec", "property", "statistics", "required", "id", "schema"],
)
def test_metadata_that_readers_may_take_in_two_ways_is_refused(
    organization: Harbour, writer: Writer, good: str, change: Callable[[dict[str, Any]], None]
) -> None:
    path = changed(writer, change)
    organization.published()
    assert organization.pointer() == good
    (sentence,) = organization.sentences
    assert sentence.startswith(f"{SHIPS}'{path}' is no metadata of an Iceberg table: ")


def test_a_key_that_stands_twice(organization: Harbour, writer: Writer, good: str) -> None:
    path = f"{PLACE}metadata/twice.metadata.json"
    text = json.dumps(writer.metadata()).replace("{", '{"current-schema-id": 9, ', 1)
    organization.s3.put_object(Bucket=BUCKET, Key=path.removeprefix(f"s3://{BUCKET}/"), Body=text.encode())
    writer.point("ships", path)
    organization.published()
    assert organization.pointer() == good
    assert "a key stands twice" in organization.sentences[0]


def test_a_main_branch_that_is_elsewhere(organization: Harbour, writer: Writer, good: str) -> None:
    number = writer.metadata()["current-snapshot-id"]
    writer.append(ship(2))
    now = writer.metadata()["current-snapshot-id"]
    changed(writer, lambda metadata: metadata["refs"]["main"].update({"snapshot-id": number}))
    refused(
        organization,
        good,
        f"the branch main is at snapshot {number}, current-snapshot-id says {now}: readers would differ in what they "
        "see; commit again",
    )


@pytest.mark.parametrize(
    "metadata", [{}, [], {"format-version": 2}, {"format-version": 2, "schemas": [], "current-schema-id": 0}]
)
def test_a_metadata_file_that_is_none(
    organization: Harbour, writer: Writer, good: str, metadata: Mapping[str, Any]
) -> None:
    path = writer.commit("ships", metadata)
    organization.published()
    assert organization.pointer() == good
    (sentence,) = organization.sentences
    assert sentence.startswith(f"{SHIPS}'{path}' is no metadata of an Iceberg table: ")


def test_a_manifest_that_is_no_avro_file(organization: Harbour, writer: Writer, good: str) -> None:
    writer.append(ship(2))
    _, manifest = manifest_of(writer)
    bucket, _, key = manifest.removeprefix("s3://").partition("/")
    organization.s3.put_object(Bucket=bucket, Key=key, Body=b"no avro")
    organization.published()
    assert organization.pointer() == good
    (sentence,) = organization.sentences
    assert sentence.startswith(f"{SHIPS}'{manifest}' is no Avro file that can be read: ")


def test_several_findings_are_told_at_once(organization: Harbour, writer: Writer, good: str) -> None:
    def change(metadata: dict[str, Any]) -> None:
        with_field(4, id=9, name="email")(metadata)
        with_field(3, type="float")(metadata)

    changed(writer, change)
    organization.published()
    assert [sentence.removeprefix(SHIPS)[:14] for sentence in organization.sentences] == [
        "column 'tons' ",
        "column 'email'",
        f"snapshot {writer.metadata()['current-snapshot-id']}"[:14],
    ]


def test_a_bad_snapshot_that_was_rolled_back_is_not_shown_as_history(
    organization: Harbour, writer: Writer, good: str
) -> None:
    """The rename and its undoing leave a snapshot that a reader could ask for, with its schema."""
    with writer.table().update_schema() as update:
        update.rename_column("captain", "skipper")
    table_ = writer.table()
    row = {"ship": 2, "skipper": "c", "country": "nl", "tons": 1.0}
    table_.append(pa.Table.from_pylist([row], schema=schema_to_pyarrow(table_.schema())))
    number = writer.metadata()["current-snapshot-id"]
    with writer.table().update_schema() as update:
        update.rename_column("skipper", "captain")
    writer.append(ship(3))
    refused(
        organization,
        good,
        f"snapshot {number} was written when column 'skipper' had the id 2, which the contract of version 1.0.0 "
        f"does not say: {EXPIRE}",
    )
    writer.table().maintenance.expire_snapshots().by_id(number).commit()
    organization.published()
    assert organization.pointer() == writer.pointer()


def test_a_nested_field_is_held_to_the_contract(organization: Harbour, writer: Writer) -> None:
    nested = {"type": "struct", "fields": [{"id": 5, "name": "email", "required": False, "type": "string"}]}
    columns = [
        *organization.contract["tables"][0]["columns"],
        {
            "id": 4,
            "name": "mail",
            "type": "struct<email:string>",
            "iceberg_type": nested,
            "required": False,
            "comment": "",
            "labels": ["pii"],
        },
    ]
    columns = [*columns[:3], columns[4]]
    organization.configure({**organization.contract, "tables": [table(columns=columns)]})
    writer.make(organization.contract["tables"][0])
    organization.published()
    good = organization.pointer()
    assert good
    changed(writer, lambda metadata: metadata["schemas"][0]["fields"][3]["type"]["fields"][0].update(name="phone"))
    organization.published()
    (sentence,) = organization.sentences
    assert sentence.startswith(f"{SHIPS}column 'mail.phone' has the id 5, which is 'mail.email' in the contract")


def test_a_name_that_a_contract_gives_to_another_column_is_not_shown_over_older_values(
    organization: Harbour, writer: Writer, good: str
) -> None:
    """Readers may ask for the published version as of then: its `captain` would be read without a label."""
    number = writer.metadata()["current-snapshot-id"]
    ids = {"ship": 1, "country": 2, "captain": 3, "tons": 4}
    columns = [
        {**each, "id": ids[each["name"]], "labels": ["pii"] if each["name"] == "country" else []}
        for each in organization.contract["tables"][0]["columns"]
    ]
    organization.configure({**organization.contract, "version": "2.0.0", "tables": [table(columns=columns)]})

    def evolved(metadata: dict[str, Any]) -> None:
        names = {value: name for name, value in ids.items()}
        fields = [{**each, "name": names[each["id"]]} for each in metadata["schemas"][0]["fields"]]
        metadata["schemas"].append({**metadata["schemas"][0], "schema-id": 1, "fields": fields})
        metadata["current-schema-id"] = 1

    changed(writer, evolved)
    organization.published()
    assert organization.pointer() == good
    assert organization.sentences == [
        f"{SHIPS}snapshot {number} was written when column 'captain' had the id 2, which the contract of version 2.0.0 "
        f"does not say: {EXPIRE}"
    ]


def test_a_name_that_is_no_columns_any_more_holds_nothing_up(organization: Harbour, writer: Writer, good: str) -> None:
    columns = [
        {**each, "name": "skipper" if each["name"] == "captain" else each["name"]}
        for each in organization.contract["tables"][0]["columns"]
    ]
    organization.configure({**organization.contract, "version": "2.0.0", "tables": [table(columns=columns)]})

    def evolved(metadata: dict[str, Any]) -> None:
        fields = [dict(each) for each in metadata["schemas"][0]["fields"]]
        fields[1]["name"] = "skipper"
        metadata["schemas"].append({**metadata["schemas"][0], "schema-id": 1, "fields": fields})
        metadata["current-schema-id"] = 1

    new = changed(writer, evolved)
    organization.published()
    assert organization.pointer() == new
