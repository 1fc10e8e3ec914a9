"""Iceberg's own client against the served organisation, as the role of a pipeline, every call decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow
import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.types import StringType

from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN, REGION
from tests.sandbox.enforcement import lake_ground
from tests.sandbox.enforcement.lake_ground import DATABASE, LAKE, PIPELINE

pa: Any = pyarrow  # it has no types
NAME = f"{DATABASE}.sessions"


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with lake_ground.lake_ground() as opened:
        lake_ground.create(opened.client("glue", DOMAIN))
        yield opened


@pytest.fixture(scope="module")
def pipeline(organization: EnforcedOrganization) -> str:
    return lake_ground.role(organization, "pipeline", *PIPELINE)


def catalog(organization: EnforcedOrganization, arn: str) -> Any:
    keys = lake_ground.keys_of(arn)
    names = {"aws_access_key_id": "access-key-id", "aws_secret_access_key": "secret-access-key"}
    credentials = {names.get(name, "session-token"): value for name, value in keys.items()}
    where = {"endpoint": organization.endpoint, "region": REGION}
    of_glue = {f"glue.{name}": value for name, value in {**credentials, **where}.items()}
    of_s3 = {f"s3.{name}": value for name, value in {**credentials, **where}.items()}
    return GlueCatalog("draft", **of_glue, **of_s3)


def rows(table: Any, *ids: str) -> Any:
    hours = {"session_id": list(ids), "hours": [len(each) for each in ids], "device": [{"family": "tv"}] * len(ids)}
    return pa.Table.from_pydict(hours, schema=table.schema().as_arrow())


def ids(table: Any) -> list[str]:
    return sorted(table.scan().to_arrow()["session_id"].to_pylist())


def test_a_table_that_glue_made_is_loaded_with_the_ids_that_were_given(
    organization: EnforcedOrganization, pipeline: str
) -> None:
    table = catalog(organization, pipeline).load_table(NAME)
    assert table.format_version == 2
    assert table.location() == f"s3://{LAKE}/tables/sessions"
    assert table.schema().schema_id == 3
    assert [(field.field_id, field.name) for field in table.schema().fields] == [
        (1, "session_id"),
        (4, "hours"),
        (7, "device"),
    ]
    assert table.schema().identifier_field_names() == {"session_id"}
    assert table.schema().find_field("device.family").field_id == 9
    assert ids(table) == []


def test_rows_are_appended_overwritten_and_deleted_and_the_draft_points_at_each_commit(
    organization: EnforcedOrganization, pipeline: str
) -> None:
    table = catalog(organization, pipeline).load_table(NAME)
    before = table.metadata_location
    table.append(rows(table, "a", "bb"))
    assert ids(table) == ["a", "bb"]
    table.overwrite(rows(table, "c", "dd"))
    assert ids(table) == ["c", "dd"]
    table.delete("session_id == 'c'")
    again = catalog(organization, pipeline).load_table(NAME)
    assert ids(again) == ["dd"]
    assert again.metadata_location == table.metadata_location != before
    assert lake_ground.metadata(organization)["table-uuid"] == str(table.metadata.table_uuid)


def test_the_second_of_two_writers_goes_on_from_the_first(organization: EnforcedOrganization, pipeline: str) -> None:
    one, other = (catalog(organization, pipeline).load_table(NAME) for _ in range(2))
    before = ids(one)
    one.append(rows(one, "one"))
    other.append(rows(other, "other"))
    assert ids(catalog(organization, pipeline).load_table(NAME)) == sorted([*before, "one", "other"])


def test_a_commit_that_rests_on_an_older_version_is_refused(organization: EnforcedOrganization, pipeline: str) -> None:
    glue: Any = lake_ground.client(organization, "glue", pipeline)
    table = glue.get_table(DatabaseName=DATABASE, Name="sessions")["Table"]
    older = str(int(table["VersionId"]) - 1)
    with pytest.raises(glue.exceptions.ConcurrentModificationException, match="concurrent"):
        glue.update_table(DatabaseName=DATABASE, TableInput={"Name": "sessions"}, VersionId=older, SkipArchive=True)
    assert glue.get_table(DatabaseName=DATABASE, Name="sessions")["Table"]["VersionId"] == table["VersionId"]


def test_the_mesh_evolves_a_table_in_which_a_client_wrote_and_no_row_is_lost(
    organization: EnforcedOrganization, pipeline: str
) -> None:
    table = catalog(organization, pipeline).load_table(NAME)
    table.append(rows(table, "kept"))
    before = ids(table)
    added = {"Id": 12, "Name": "region", "Required": False, "Type": '"string"'}
    lake_ground.evolve(organization.client("glue", DOMAIN), added)
    evolved = catalog(organization, pipeline).load_table(NAME)
    assert ids(evolved) == before
    assert evolved.schema().schema_id == 4
    assert sorted(evolved.schemas()) == [3, 4]
    assert evolved.schema().find_field("region").field_id == 12
    full = pa.Table.from_pylist([{"session_id": "eu", "region": "eu"}], schema=evolved.schema().as_arrow())
    evolved.append(full)
    assert ids(evolved) == sorted([*before, "eu"])


def test_a_client_evolves_the_schema_by_a_commit_of_its_own(organization: EnforcedOrganization, pipeline: str) -> None:
    table = catalog(organization, pipeline).load_table(NAME)
    with table.update_schema() as update:
        update.add_column("note", StringType())
    described = organization.client("glue", DOMAIN).get_table(DatabaseName=DATABASE, Name="sessions")["Table"]
    assert described["StorageDescriptor"]["Columns"][-1]["Name"] == "note"


def test_another_role_reads_neither_the_table_nor_its_files(organization: EnforcedOrganization, pipeline: str) -> None:
    stranger = lake_ground.role(organization, "stranger", PIPELINE[1])
    with pytest.raises(Exception, match=r"not authorized to perform: glue:GetTable"):
        catalog(organization, stranger).load_table(NAME)
    only_glue = lake_ground.role(organization, "only-glue", PIPELINE[3])
    with pytest.raises(Exception, match=r"(?i)access.?denied"):
        catalog(organization, only_glue).load_table(NAME)
    with pytest.raises(Exception, match=r"not authorized to perform: glue:DeleteTable"):
        catalog(organization, pipeline).drop_table(NAME)
