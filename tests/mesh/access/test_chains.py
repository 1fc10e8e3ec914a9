"""A read is a chain: its links, which of them refuses, and that breaking any one of them breaks the read."""

from __future__ import annotations

import dataclasses

import pytest

from mesh import names
from mesh.access import from_plan, planned_lakes
from mesh.access.chains import DecidedReads, ReadPort, labels_by_column
from mesh.access.lake import Lakes
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.world import World
from mesh.plan import Plan

ADS, IDENTITY, HUB = "310000000013", "330000000039", "200000000002"
TABLE = [
    "starts the query",
    "asks Lake Formation for credentials",
    "keeps the result",
    "encrypts the result",
    "fetches the result",
    "decrypts the result",
    "finds the table in the mesh catalog",
    "finds the table in the mesh catalog",
    "finds the table in the mesh catalog",
    "Lake Formation lets columns through",
    "Lake Formation takes the location role",
    "finds the object",
    "the location role reads the data",
    "decrypts it",
]


def test_the_links_of_a_table_are_all_that_a_query_takes(access: DecidedReads) -> None:
    chain = access.read(access.reader("pii", "ads"), access.plan.domains["identity"].products["profiles"], "table")
    assert [link.purpose for link in chain.links] == TABLE
    assert chain.broken is None
    assert len(chain.columns) == 12


def test_files_are_found_read_and_decrypted(access: DecidedReads) -> None:
    chain = access.read(access.reader("pii", "ads"), access.plan.domains["identity"].products["profiles"], "files")
    asked = [(link.request.action, link.request.context) for link in chain.links if link.request]
    through = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}
    assert asked == [("s3:ListBucket", {}), ("s3:GetObject", {}), ("kms:Decrypt", through)]
    assert [link.decision.allowed for link in chain.links] == [True, True, True]


def test_a_clearance_that_does_not_cover_a_column_reads_the_others(access: DecidedReads, plan: Plan) -> None:
    chain = access.read(access.reader("general", "ads"), access.plan.domains["identity"].products["profiles"], "table")
    labels = labels_by_column(plan, "identity", "profiles")
    assert set(labels) - set(chain.columns) == {"profiles.birth_year", "profiles.profile_name"}


def test_files_of_a_labelled_product_are_refused_at_each_of_bucket_and_key(access: DecidedReads) -> None:
    chain = access.read(
        access.reader("general", "identity"), access.plan.domains["identity"].products["profiles"], "files"
    )
    sids = [link.decision.because[0].sid for link in chain.links]
    assert sids == ["RefuseOtherListers", "RefuseOtherReaders", "RefuseOtherUsers"]


def without(world: World, arn: str) -> World:
    """The world after a role has lost all that it may do."""
    roles = [dataclasses.replace(r, identity=()) if r.arn == arn else r for r in world.roles.values()]
    accounts, resources = world.accounts.values(), world.resources.values()
    home, now = world.home_address, world.now
    return World(world.organization, world.region, accounts, roles, resources, home_address=home, now=now)


@pytest.mark.parametrize(
    ("arn", "purpose"),
    [
        (names.clearance_role(ADS, "pii"), "starts the query"),
        (names.location_role(HUB, "identity"), "finds the object"),
    ],
)
def test_a_role_without_its_permissions_breaks_the_chain(plan: Plan, arn: str, purpose: str) -> None:
    access = DecidedReads(plan, without(from_plan.world(plan), arn))
    chain = access.read(access.reader("pii", "ads"), access.plan.domains["identity"].products["profiles"], "table")
    assert chain.broken
    assert chain.broken.purpose == purpose
    assert chain.columns == ()


@pytest.mark.parametrize("account", [HUB, ADS])
def test_without_the_grant_of_the_hub_or_of_the_own_account_no_column_comes_through(plan: Plan, account: str) -> None:
    lakes = [
        dataclasses.replace(lake, grants=()) if lake.account == account else lake
        for lake in planned_lakes.lakes(plan).lakes.values()
    ]
    access = DecidedReads(plan, lakes=Lakes(lakes))
    chain = access.read(access.reader("pii", "ads"), access.plan.domains["identity"].products["profiles"], "table")
    assert chain.broken
    assert chain.broken.purpose == "Lake Formation lets columns through"
    assert chain.columns == ()


@pytest.mark.parametrize(
    "principal",
    [
        f"arn:aws:iam::{IDENTITY}:role/an-administrator",
        f"arn:aws:iam::{IDENTITY}:root",
        f"arn:aws:iam::{IDENTITY}:role/mesh/deploy",
        f"arn:aws:iam::{IDENTITY}:role/mesh/pipeline/none/accounts",
        f"arn:aws:iam::{HUB}:role/mesh/location/ads",
        "arn:aws:iam::410000000072:role/mesh/access",
        "arn:aws:iam::100000000001:role/an-administrator",
        "arn:aws:iam::999999999999:root",
        "athena.amazonaws.com",
        "anonymous",
    ],
)
@pytest.mark.parametrize("port", ["table", "files"])
def test_who_holds_no_clearance_reads_through_no_port(access: DecidedReads, principal: str, port: ReadPort) -> None:
    chain = access.read_as(principal, access.plan.domains["identity"].products["profiles"], port)
    assert chain.broken is not None
    assert chain.columns == ()


@pytest.mark.parametrize("port", ["table", "files"])
def test_a_session_of_a_clearance_reads_what_the_role_reads(access: DecidedReads, port: ReadPort) -> None:
    product = access.plan.domains["identity"].products["profiles"]
    session = access.read_as(f"arn:aws:sts::{ADS}:assumed-role/pii/someone", product, port)
    role = access.read(access.reader("pii", "ads"), product, port)
    assert session.broken is None
    assert session.columns == role.columns


def test_a_name_that_names_no_caller_is_not_guessed(access: DecidedReads) -> None:
    with pytest.raises(UnknownError, match="is no principal"):
        access.read_as("somebody", access.plan.domains["identity"].products["profiles"], "files")


WRITERS_OF_TABLES = ("pipeline/none/impressions", "retention")
READERS_OF_TABLES = (*WRITERS_OF_TABLES, "location/ads", "check")


@pytest.mark.parametrize(
    ("key", "action", "roles"),
    [
        ("files/part-0.parquet", "s3:GetObject", {"pipeline/none/impressions"}),
        ("tables/t/data/part-0.parquet", "s3:GetObject", {*READERS_OF_TABLES}),
        ("tables/t/metadata/snap-1.avro", "s3:GetObject", {*READERS_OF_TABLES}),
        (
            "tables/t/metadata/00001-x.metadata.json", "s3:GetObject",
            {*READERS_OF_TABLES, "deploy"},
        ),
        ("tables/t/metadata/00001-x.metadata.json", "s3:PutObject", {*WRITERS_OF_TABLES, "deploy"}),
        ("tables/t/metadata/00001-x.metadata.json", "s3:DeleteObject", {"retention"}),
        ("tables/t/data/part-0.parquet", "s3:PutObject", {*WRITERS_OF_TABLES}),
        ("tables/t/data/part-0.parquet", "s3:DeleteObject", {"retention"}),
        ("tables/t/data/part-0.parquet", "s3:DeleteObjectVersion", set[str]()),
        ("files/part-0.parquet", "s3:DeleteObject", {"pipeline/none/impressions"}),
        ("outbound/p/part-0.parquet", "s3:GetObject", {"pipeline/none/impressions"}),
        ("outbound/p/part-0.parquet", "s3:GetObjectVersionForReplication", {"delivery/deliver-impressions"}),
    ],
)  # fmt: skip
def test_no_role_but_those_of_the_product_gets_an_object_and_decrypts_it(
    access: DecidedReads, key: str, action: str, roles: set[str]
) -> None:
    product = access.plan.domains["ads"].products["impressions"]
    readers = {
        arn.partition("role/mesh/")[2]
        for arn in access.world.roles
        if "/clearance/" not in arn
        and access.gets(arn, product, key, action).allowed
        and access.decrypts(arn, product).allowed
    }
    assert readers == roles
