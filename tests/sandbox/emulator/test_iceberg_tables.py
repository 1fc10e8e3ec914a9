"""Iceberg tables that Glue makes: their files, their versions, and what an update of somebody else does to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN
from tests.sandbox.enforcement import lake_ground
from tests.sandbox.enforcement.lake_ground import DATABASE, LAKE, LOCATION

ADDED = {"Id": 12, "Name": "region", "Required": False, "Type": '"string"'}


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with lake_ground.lake_ground() as opened:
        yield opened


@pytest.fixture
def glue(organization: EnforcedOrganization) -> Iterator[Any]:
    client = organization.client("glue", DOMAIN)
    lake_ground.create(client)
    yield client
    client.delete_table(DatabaseName=DATABASE, Name="sessions")


def table(glue: Any) -> dict[str, Any]:
    found: dict[str, Any] = glue.get_table(DatabaseName=DATABASE, Name="sessions")["Table"]
    return found


def test_the_first_file_is_in_the_bucket_encrypted_with_its_key(organization: EnforcedOrganization, glue: Any) -> None:
    pointer = table(glue)["Parameters"]["metadata_location"]
    assert pointer.startswith(f"{LOCATION}metadata/00000-")
    stored = organization.client("s3", DOMAIN).head_object(Bucket=LAKE, Key=pointer.removeprefix(f"s3://{LAKE}/"))
    assert stored["ServerSideEncryption"] == "aws:kms"


def test_columns_are_described_in_the_words_of_glue(glue: Any) -> None:
    columns = {each["Name"]: each["Type"] for each in table(glue)["StorageDescriptor"]["Columns"]}
    assert columns == {"session_id": "string", "hours": "bigint", "device": "struct<family:string>"}


def test_a_table_that_is_made_again_at_its_place_is_another_table(
    organization: EnforcedOrganization, glue: Any
) -> None:
    before = lake_ground.metadata(organization)["table-uuid"]
    glue.delete_table(DatabaseName=DATABASE, Name="sessions")
    lake_ground.create(glue)
    assert lake_ground.metadata(organization)["table-uuid"] != before


def test_an_update_points_at_a_new_file_and_keeps_parameters_of_others(
    organization: EnforcedOrganization, glue: Any
) -> None:
    first = table(glue)
    mine = {**first["Parameters"], "owner": "playback"}
    kept = {"Name": "sessions", "Parameters": mine, "StorageDescriptor": first["StorageDescriptor"]}
    glue.update_table(DatabaseName=DATABASE, TableInput=kept)
    lake_ground.evolve(glue, ADDED)
    after = table(glue)
    assert after["Parameters"]["previous_metadata_location"] == first["Parameters"]["metadata_location"]
    assert "/metadata/00001-" in after["Parameters"]["metadata_location"]
    assert after["Parameters"]["owner"] == "playback"
    assert after["StorageDescriptor"]["Columns"][-1]["Name"] == "region"
    assert lake_ground.metadata(organization)["current-schema-id"] == 4


def test_a_commit_replaces_everything_that_it_does_not_say(glue: Any) -> None:
    location = table(glue)["Parameters"]["metadata_location"]
    bare = {"Name": "sessions", "Parameters": {"table_type": "ICEBERG", "metadata_location": location}}
    glue.update_table(DatabaseName=DATABASE, TableInput=bare)
    assert table(glue)["Parameters"] == bare["Parameters"]
    assert "StorageDescriptor" not in table(glue)


def test_an_older_version_is_kept_unless_the_update_skips_the_archive(glue: Any) -> None:
    def versions() -> list[str]:
        told = glue.get_table_versions(DatabaseName=DATABASE, TableName="sessions")["TableVersions"]
        return sorted(each["VersionId"] for each in told)

    glue.update_table(DatabaseName=DATABASE, TableInput={"Name": "sessions"}, VersionId="1")
    assert versions() == ["1", "2"]
    glue.update_table(DatabaseName=DATABASE, TableInput={"Name": "sessions"}, VersionId="2", SkipArchive=True)
    assert versions() == ["1", "3"]
    with pytest.raises(ClientError, match="ConcurrentModificationException"):
        glue.update_table(DatabaseName=DATABASE, TableInput={"Name": "sessions"}, VersionId="2")
    assert versions() == ["1", "3"]


def test_a_schema_is_not_changed_where_the_metadata_is_gone(glue: Any) -> None:
    lost = {"Name": "sessions", "Parameters": {"table_type": "ICEBERG", "metadata_location": f"{LOCATION}metadata/x"}}
    glue.update_table(DatabaseName=DATABASE, TableInput=lost)
    with pytest.raises(ClientError, match=r"InvalidInputException.*cannot be read"):
        lake_ground.evolve(glue, ADDED)
    assert table(glue)["Parameters"] == lost["Parameters"]


def test_a_table_in_a_bucket_that_there_is_not_is_not_made(glue: Any) -> None:
    iceberg = {**lake_ground.iceberg_input(), "Location": "s3://nowhere/tables/t/"}
    made = {"IcebergInput": {"MetadataOperation": "CREATE", "CreateIcebergTableInput": iceberg}}
    with pytest.raises(ClientError, match=r"InvalidInputException.*NoSuchBucket"):
        glue.create_table(DatabaseName=DATABASE, Name="lost", OpenTableFormatInput=made)
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table(DatabaseName=DATABASE, Name="lost")


def test_whoever_may_not_write_the_metadata_makes_no_table(organization: EnforcedOrganization, glue: Any) -> None:
    makes = {"Effect": "Allow", "Action": "glue:*", "Resource": "*"}
    maker = lake_ground.client(organization, "glue", lake_ground.role(organization, "maker", makes))
    with pytest.raises(ClientError, match=r"not authorized to perform: s3:PutObject on resource: .*/metadata/"):
        lake_ground.create(maker, "others")
    with pytest.raises(ClientError, match=r"not authorized to perform: s3:PutObject"):
        lake_ground.evolve(maker, ADDED)
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table(DatabaseName=DATABASE, Name="others")
