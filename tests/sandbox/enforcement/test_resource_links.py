"""Resource links that calls go through: with permissions on both sides, and the target's columns alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, REGION
from tests.sandbox.enforcement import lake_ground
from tests.sandbox.enforcement.test_gate import allow, policy
from tests.sandbox.enforcement.waking_ground import admin

HUB_DATABASE, LINK = "playback__sessions", "sessions_by_name"
COLUMNS = [{"Name": "session_id", "Type": "string"}, {"Name": "ip_address", "Type": "string"}]
TARGET = {"CatalogId": GOVERNANCE, "DatabaseName": HUB_DATABASE}
READS = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables", "glue:GetTableVersions"]


def on(account: str, *names: str) -> list[str]:
    return [f"arn:aws:glue:{REGION}:{account}:{name}" for name in ("catalog", *names)]


ON_THE_LINK = allow(
    READS, Resource=on(DOMAIN, f"database/{LINK}", f"table/{LINK}/*", "database/tables", "table/tables/*")
)
ON_THE_TARGET = allow(READS, Resource=on(GOVERNANCE, f"database/{HUB_DATABASE}", f"table/{HUB_DATABASE}/*"))


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with lake_ground.lake_ground() as opened:
        hub, own = admin(opened, "glue", GOVERNANCE), admin(opened, "glue", DOMAIN)
        hub.create_database(DatabaseInput={"Name": HUB_DATABASE, "Description": "Who watched what."})
        stored = {"Columns": COLUMNS, "Location": "s3://lake/tables/sessions/"}
        for name in ("sessions", "heartbeats"):
            hub.create_table(DatabaseName=HUB_DATABASE, TableInput={"Name": name, "StorageDescriptor": stored})
        domain = {"AWS": f"arn:aws:iam::{DOMAIN}:root"}
        shared = allow(READS, Principal=domain, Resource=on(GOVERNANCE, "database/*", "table/*"))
        hub.put_resource_policy(PolicyInJson=json.dumps(policy(shared)))
        own.create_database(DatabaseInput={"Name": LINK, "TargetDatabase": TARGET})
        own.create_database(DatabaseInput={"Name": "tables"})
        target = {**TARGET, "Name": "sessions"}
        own.create_table(DatabaseName="tables", TableInput={"Name": "mine", "TargetTable": target})
        yield opened


def reader(organization: EnforcedOrganization, name: str, *statements: Any) -> Any:
    return lake_ground.client(organization, "glue", lake_ground.role(organization, name, *statements))


@pytest.fixture(scope="module")
def both(organization: EnforcedOrganization) -> Any:
    return reader(organization, "both", ON_THE_LINK, ON_THE_TARGET)


@pytest.fixture(scope="module")
def link_alone(organization: EnforcedOrganization) -> Any:
    return reader(organization, "link-alone", ON_THE_LINK)


def test_tables_are_found_through_the_link_of_their_database(both: Any) -> None:
    table = both.get_table(DatabaseName=LINK, Name="sessions")["Table"]
    assert (table["CatalogId"], table["DatabaseName"], table["Name"]) == (GOVERNANCE, HUB_DATABASE, "sessions")
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == ["session_id", "ip_address"]
    assert {each["Name"] for each in both.get_tables(DatabaseName=LINK)["TableList"]} == {"sessions", "heartbeats"}
    versions = both.get_table_versions(DatabaseName=LINK, TableName="sessions")["TableVersions"]
    assert [each["VersionId"] for each in versions] == ["1"]


def test_a_table_is_found_through_its_own_link(both: Any) -> None:
    assert both.get_table(DatabaseName="tables", Name="mine")["Table"]["CatalogId"] == GOVERNANCE
    (listed,) = both.get_tables(DatabaseName="tables")["TableList"]
    assert (listed["Name"], listed["DatabaseName"]) == ("mine", "tables")
    assert [column["Name"] for column in listed["StorageDescriptor"]["Columns"]] == ["session_id", "ip_address"]


def test_a_link_tells_of_its_target_whom_the_target_admits(both: Any, link_alone: Any) -> None:
    for client, told in ((both, "Who watched what."), (link_alone, None)):
        database = client.get_database(Name=LINK)["Database"]
        assert (database["Name"], database.get("Description"), database["TargetDatabase"]) == (LINK, told, TARGET)
        listed = {each["Name"]: each for each in client.get_databases()["DatabaseList"]}
        assert listed[LINK].get("Description") == told


def test_whoever_has_permissions_on_one_side_alone_gets_nothing(
    organization: EnforcedOrganization, link_alone: Any
) -> None:
    with pytest.raises(ClientError, match=f"glue:GetTable on resource: arn:aws:glue:{REGION}:{GOVERNANCE}"):
        link_alone.get_table(DatabaseName=LINK, Name="sessions")
    (listed,) = link_alone.get_tables(DatabaseName="tables")["TableList"]
    assert "StorageDescriptor" not in listed
    target_alone = reader(organization, "target-alone", ON_THE_TARGET)
    assert target_alone.get_table(CatalogId=GOVERNANCE, DatabaseName=HUB_DATABASE, Name="sessions")
    with pytest.raises(ClientError, match=f"glue:GetTable on resource: arn:aws:glue:{REGION}:{DOMAIN}"):
        target_alone.get_table(DatabaseName=LINK, Name="sessions")


def test_nothing_is_found_through_a_link_that_is_not_in_the_target(both: Any) -> None:
    with pytest.raises(both.exceptions.EntityNotFoundException):
        both.get_table(DatabaseName=LINK, Name="plays")


def test_a_link_that_is_deleted_leaves_its_target(organization: EnforcedOrganization) -> None:
    own = admin(organization, "glue", DOMAIN)
    own.create_database(DatabaseInput={"Name": "short", "TargetDatabase": TARGET})
    own.delete_database(Name="short")
    own.create_table(DatabaseName="tables", TableInput={"Name": "gone", "TargetTable": {**TARGET, "Name": "sessions"}})
    own.delete_table(DatabaseName="tables", Name="gone")
    hub = admin(organization, "glue", GOVERNANCE)
    assert hub.get_table(DatabaseName=HUB_DATABASE, Name="sessions")["Table"]["Name"] == "sessions"
