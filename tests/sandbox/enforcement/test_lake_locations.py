"""Lake Formation decides who makes a database, or points one or a table, at a registered place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from mesh.access.lake import Lake, LakeDatabase, Location, LocationGrant
from mesh.plan.nodes.grants import Grant, WholeCatalog
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.lake_locations import POINTS, refusal

HUB = "200000000002"
ADS, CONTENT = (f"arn:aws:iam::{HUB}:role/mesh/publisher/publish-{domain}" for domain in ("ads", "content"))
PLACE = "arn:aws:s3:::aurora-ads--impressions/tables"
AT = "s3://aurora-ads--impressions/tables/"
LAKE = Lake(
    account=HUB,
    databases={"ads__impressions": LakeDatabase(creator=ADS, labels={}, tables={}, location=AT)},
    grants=tuple(
        Grant(name=role, principal=role, permissions=("CREATE_DATABASE",), on=WholeCatalog(catalog=HUB))
        for role in (ADS, CONTENT)
    ),
    locations=(Location(arn=PLACE, role=f"arn:aws:iam::{HUB}:role/mesh/location/ads"),),
    location_grants=(LocationGrant(principal=ADS, arn=PLACE),),
)


def call(operation: str, **parameters: Any) -> AwsCall:
    """A call as the gate reads it, with its operation and parameters."""

    def text(name: str) -> str:
        return str(parameters.get(name) or "")

    return cast("AwsCall", SimpleNamespace(service="glue", operation=operation, parameters=parameters, text=text))


def database(operation: str, where: str = AT) -> AwsCall:
    described = {"Name": "content__squat", **({"LocationUri": where} if where else {})}
    return call(operation, DatabaseInput=described)


@pytest.mark.parametrize("operation", ["CreateDatabase", "UpdateDatabase"])
def test_a_database_is_made_and_moved_at_a_registered_place_with_the_grant_on_it_alone(operation: str) -> None:
    assert refusal(database(operation), LAKE, ADS) == ""
    assert refusal(database(operation, f"{AT}x/"), LAKE, ADS) == ""
    assert refusal(database(operation), LAKE, CONTENT) == f"{CONTENT} has no permission for {operation} at '{AT}'"
    assert "no permission" in refusal(database(operation, f"{AT}x/"), LAKE, CONTENT)


def test_a_database_without_a_place_takes_the_permission_to_make_one() -> None:
    assert refusal(database("CreateDatabase", ""), LAKE, CONTENT) == ""
    assert "no permission" in refusal(database("CreateDatabase", ""), LAKE, f"arn:aws:iam::{HUB}:role/somebody")
    assert refusal(database("UpdateDatabase", ""), LAKE, f"arn:aws:iam::{HUB}:role/somebody") == ""


@pytest.mark.parametrize("operation", ["CreateTable", "UpdateTable"])
def test_a_table_below_the_location_of_its_database_takes_nothing_more(operation: str) -> None:
    table = {"Name": "impressions", "StorageDescriptor": {"Location": f"{AT}impressions/"}}
    own = call(operation, DatabaseName="ads__impressions", TableInput=table)
    assert refusal(own, LAKE, ADS) == ""
    assert "no permission" in refusal(own, LAKE, CONTENT)
    elsewhere = call(operation, DatabaseName="content__titles", TableInput=table)
    assert "no permission" in refusal(elsewhere, LAKE, CONTENT)


def test_the_location_of_an_iceberg_table_is_where_the_table_is() -> None:
    iceberg = {"IcebergInput": {"CreateIcebergTableInput": {"Location": f"{AT}impressions/"}}}
    made = call("CreateTable", DatabaseName="content__titles", TableInput={"Name": "x"}, OpenTableFormatInput=iceberg)
    assert "no permission" in refusal(made, LAKE, CONTENT)
    assert {"CreateDatabase", "UpdateDatabase", "CreateTable", "UpdateTable"} == POINTS
