"""Regions: the file against botocore, moto and cfn-lint as they are installed, of which none is read at run time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

import pytest
from cfnlint.helpers import AVAILABILITY_ZONES
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from mesh.aws import aws_regions
from mesh.aws.aws_regions import AwsRegion, RegionTable, region_table, zone_letters
from mesh.aws.bucket_namespace import WITHOUT_NAMESPACES
from mesh.aws.packaged import packaged
from mesh.iam import network

ENDPOINT_OF: Final = {"ebs": "ec2", "provider": "sts", "ssoadmin": "sso", "sfn": "states", "cloudwatch": "monitoring"}
"""Endpoint prefixes of the plugin's files, where they differ from the file's name."""

WRONG_IN_MOTO: Final = {"af-south-1", "ap-southeast-3", "eu-south-1"}
"""Regions that moto has as `opt-in-not-required`; they are from 2020 and 2021, and AWS has them off until enabled."""

CLOUDFORMATION_TYPES: Final = (
    "Athena::WorkGroup CloudFormation::StackSet CloudTrail::Trail EC2::Subnet EC2::VPCEndpoint Events::EventBus "
    "Glue::Table KMS::Key LakeFormation::PrincipalPermissions LakeFormation::TagAssociation Logs::LogGroup "
    "RAM::ResourceShare S3::BucketPolicy SNS::Topic SSO::PermissionSet SecretsManager::Secret"
).split()
OLDEST: Final = {"us-east-1", "us-west-2", "ap-northeast-1", "us-west-1"}
"""Regions that have zones which not every account has."""


def of_botocore(name: str) -> dict[str, Any]:
    return json.loads(files("botocore").joinpath("data", name).read_text("utf-8"))


@pytest.fixture(scope="module")
def table() -> RegionTable:
    return region_table()


def zones_of_moto(region: str) -> set[str]:
    return {zone.name.removeprefix(region) for zone in RegionsAndZonesBackend.zones.get(region, [])}


def test_every_region_of_botocore_is_told_with_its_partition(table: RegionTable) -> None:
    for partition in of_botocore("partitions.json")["partitions"]:
        names = {name for name in partition["regions"] if not name.endswith("-global")}
        if partition["id"] == table.partition:
            assert set(table.regions) == names
            assert {table.other_partition(name) for name in names} == {None}
        else:
            assert {table.other_partition(name) for name in names} == {partition["id"]}


def test_a_service_is_in_a_region_as_botocore_has_an_endpoint(table: RegionTable) -> None:
    (aws,) = (each for each in of_botocore("endpoints.json")["partitions"] if each["partition"] == table.partition)
    services = aws["services"]
    for name, region in table.regions.items():
        assert set(region.lacks) == {need for need in table.needs if name not in services[need]["endpoints"]}, name
    for service in table.in_one_place:
        assert set(services[service]["endpoints"]) & set(table.regions) == set(), service


def test_what_the_mesh_needs_is_what_the_plugin_and_the_jobs_call(table: RegionTable) -> None:
    read = {path.name.removesuffix(".yaml") for path in files("mesh.aws").joinpath("plugin").iterdir()}
    called = {ENDPOINT_OF.get(name, name) for name in read} | set(network.SERVICES)
    assert called == {*table.needs, *table.in_one_place}


def test_cloudformation_has_the_types_of_the_mesh_wherever_a_mesh_can_be(table: RegionTable) -> None:
    providers = files("cfnlint").joinpath("data/schemas/providers")
    for region in table.taken:
        types = json.loads(providers.joinpath(f"{region}.json").read_text("utf-8"))
        assert [each for each in CLOUDFORMATION_TYPES if f"AWS::{each}" not in types] == [], region


def test_a_mesh_is_in_the_regions_that_are_on_in_every_account(table: RegionTable) -> None:
    assert set(table.taken) == set(RegionsAndZonesBackend.regions_opt_in_not_required) - WRONG_IN_MOTO
    assert {table.regions[name].opt_in for name in WRONG_IN_MOTO} == {True}


def test_every_account_has_a_zone_only_if_both_sources_have_it(table: RegionTable) -> None:
    for name, region in table.regions.items():
        if region.lacks:
            continue
        one, other = zones_of_moto(name), {zone.removeprefix(name) for zone in AVAILABILITY_ZONES[name]}
        assert set(region.zones) <= one & other, name
        assert set(region.known_zones) == one | other, name
        assert set(region.zones) == one & other or name in OLDEST, name


def test_a_mesh_has_two_zones_unless_no_two_are_everybodys(table: RegionTable) -> None:
    without = [name for name in table.taken if len(table.regions[name].default_zones) != 2]
    assert without == ["us-west-1"]
    assert table.regions["ap-northeast-1"].default_zones == ("a", "c")
    assert {table.regions[name].default_zones for name in table.taken} == {("a", "b"), ("a", "c"), ()}


@pytest.mark.parametrize(
    ("region", "zones", "letters"),
    [
        ("eu-west-1", None, ("a", "b")),
        ("ap-northeast-1", None, ("a", "c")),
        ("us-west-1", None, ()),
        ("eu-middle-7", None, ()),
        ("eu-west-1", ("c", "eu-west-1a"), ("c", "a")),
        ("eu-west-1", ("us-east-1a", "b"), ("us-east-1a", "b")),
    ],
)
def test_zones_are_letters_of_the_region(region: str, zones: tuple[str, ...] | None, letters: tuple[str, ...]) -> None:
    assert zone_letters(region, zones) == letters


def test_other_facts_name_regions_that_there_are(table: RegionTable) -> None:
    assert set(table.regions) >= WITHOUT_NAMESPACES
    # A mesh cannot be there: its names of buckets would be anybody's.
    assert WITHOUT_NAMESPACES.isdisjoint(table.taken)


def test_rows_say_nothing_twice(table: RegionTable) -> None:
    rows: Mapping[str, AwsRegion] = table.regions
    for name, region in rows.items():
        assert set(region.zones).isdisjoint(region.zones_of_some), name
        assert bool(region.known_zones) != bool(region.lacks), name
        assert re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", name)
        assert region.place


def test_a_column_that_nobody_reads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistyped(name: str) -> dict[str, Any]:
        return {**packaged(name), "regions": {"eu-west-1": {"place": "Dublin", "zonse": ["a", "b"]}}}

    monkeypatch.setattr(aws_regions, "packaged", mistyped)
    with pytest.raises(ValueError, match=r"regions\.yaml, eu-west-1: no column zonse"):
        region_table.__wrapped__()
