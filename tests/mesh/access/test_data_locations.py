"""Data locations: who may point a database or table where, and with whose role it is then read."""

from __future__ import annotations

import dataclasses

from mesh import names
from mesh.access import data_locations, from_plan, planned_lakes
from mesh.access.data_locations import (
    may_create_database,
    may_create_tables,
    may_grant,
    may_point,
    read_with,
    registered,
)
from mesh.access.lake import Lake, LakeDatabase, Lakes, LakeTable, LocationGrant
from mesh.evaluator import Request, decide
from mesh.plan import Plan
from mesh.plan.nodes.grants import Grant, NamedResource, WholeCatalog

PROFILES = "arn:aws:s3:::aurora-identity--profiles/tables"


def _central(plan: Plan) -> Lake:
    return planned_lakes.lakes(plan).lakes[plan.perimeter.governance_id]


def _without_profiles(lake: Lake) -> Lake:
    return dataclasses.replace(lake, locations=tuple(each for each in lake.locations if each.arn != PROFILES))


def _publisher(plan: Plan, domain: str) -> str:
    return names.publisher_role(plan.perimeter.governance_id, domain)


def test_every_table_of_the_plan_is_read_with_the_role_of_its_own_domain(plan: Plan) -> None:
    hub, lakes = plan.perimeter.governance_id, planned_lakes.lakes(plan)
    checked = 0
    for domain in plan.domains.values():
        for entry in domain.catalog.values():
            for table in entry.tables:
                assert read_with(lakes, hub, entry.database, table.name) == names.location_role(hub, domain.name)
                checked += 1
    assert checked > 20


def test_the_nearest_registered_location_counts(plan: Plan) -> None:
    lake = _central(plan)
    found = registered(lake, "s3://aurora-identity--profiles/tables/profiles/")
    assert found is not None
    assert found.arn == PROFILES
    assert registered(lake, "s3://aurora-identity--profiles/tables-of-another/") is None
    assert registered(lake, "s3://elsewhere/") is None


def test_at_a_registered_location_a_publisher_makes_nothing_without_a_grant(plan: Plan) -> None:
    lake = _central(plan)
    assert may_point(lake, _publisher(plan, "identity"), f"{PROFILES}/x")
    for domain in ("ads", "content"):
        assert may_point(lake, _publisher(plan, domain), f"{PROFILES}/x") is None
    granted = dataclasses.replace(
        lake, location_grants=(LocationGrant(principal=_publisher(plan, "content"), arn=PROFILES),)
    )
    assert may_point(granted, _publisher(plan, "content"), f"{PROFILES}/x")
    assert may_point(granted, _publisher(plan, "ads"), f"{PROFILES}/x") is None


def test_governance_makes_databases_wherever_they_are_and_publishers_make_none(plan: Plan) -> None:
    lake = _central(plan)
    for place in (f"{PROFILES}/x", "s3://elsewhere/"):
        assert may_create_database(lake, names.deploy_role(lake.account), place)
        for domain in ("identity", "content"):
            assert may_create_database(lake, _publisher(plan, domain), place) is None
    stranger = f"arn:aws:iam::{plan.perimeter.governance_id}:role/somebody"
    assert may_create_database(_without_profiles(lake), stranger, PROFILES) is None


def test_tables_below_the_location_of_their_own_database_need_no_grant(plan: Plan) -> None:
    lake, name = _central(plan), "identity__profiles"
    database, publisher = lake.databases[name], _publisher(plan, "identity")
    assert may_create_tables(lake, publisher, database, name)
    assert may_point(lake, publisher, f"{PROFILES}/profiles/", database, name)
    other = _publisher(plan, "content")
    assert may_point(lake, other, f"{PROFILES}/profiles/", database, name) is None
    on = NamedResource(catalog=lake.account, database=name)
    shared = Grant(name="shared", principal=other, permissions=("CREATE_TABLE",), on=on)
    assert may_point(dataclasses.replace(lake, grants=(shared,)), other, f"{PROFILES}/profiles/", database, name)


def test_grants_are_made_by_administrators_creators_and_holders_of_the_option(plan: Plan) -> None:
    lake, name = _central(plan), "identity__profiles"
    assert may_grant(lake, names.deploy_role(lake.account), "CREATE_TABLE", name)
    database = dataclasses.replace(lake.databases[name], creator="its creator")
    made = dataclasses.replace(lake, databases={**lake.databases, name: database})
    assert may_grant(made, "its creator", "CREATE_TABLE", name)
    for domain in ("identity", "content"):
        assert may_grant(lake, _publisher(plan, domain), "CREATE_TABLE", name) is None
    on = NamedResource(catalog=lake.account, database=name)
    for option in (True, False):
        grant = Grant(name="g", principal="somebody", permissions=("CREATE_TABLE",), on=on, grantable=option)
        assert bool(may_grant(dataclasses.replace(lake, grants=(grant,)), "somebody", "CREATE_TABLE", name)) is option


def test_a_squat_takes_a_location_that_is_not_registered_and_nobody_but_governance_deregisters_one(plan: Plan) -> None:
    hub, content, world = plan.perimeter.governance_id, _publisher(plan, "content"), from_plan.world(plan)
    for role in (content, plan.domains["content"].access.deploy_role, plan.domains["content"].deciding.deploy_role):
        assert not decide(Request(role, "lakeformation:DeregisterResource", "*"), world).allowed
    assert decide(Request(names.deploy_role(hub), "lakeformation:DeregisterResource", "*"), world).allowed
    # What a location that is not registered would let a publisher do, step by step.
    lake, squat = _central(plan), "content__squat"
    maker = Grant(
        name="maker", principal=content, permissions=("CREATE_DATABASE",), on=WholeCatalog(catalog=lake.account)
    )
    lake = dataclasses.replace(lake, grants=(*lake.grants, maker))
    assert may_create_database(lake, content, PROFILES) is None
    assert may_create_database(_without_profiles(lake), content, PROFILES)
    columns = ("user_id", "email", "birth_year")
    table = LakeTable(location=f"{PROFILES}/profiles/", columns=columns)
    label = dict.fromkeys(("pii", "confidential", "financial", "restricted"), "false")
    database = LakeDatabase(creator=content, labels=label, tables={"profiles": table}, location=PROFILES)
    again = dataclasses.replace(lake, databases={**lake.databases, squat: database})
    assert may_point(again, content, table.location, database, squat)
    lakes = Lakes([again, *(each for each in planned_lakes.lakes(plan).lakes.values() if each.account != hub)])
    assert read_with(lakes, hub, squat, "profiles") == names.location_role(hub, "identity")


def test_places_are_one_however_they_are_written() -> None:
    assert {data_locations.place(text) for text in ("s3://a/b", "s3://a/b/", "arn:aws:s3:::a/b", "s3a://a/b//")} == {
        "a/b/"
    }
