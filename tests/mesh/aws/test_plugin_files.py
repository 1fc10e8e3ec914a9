"""Files of the plugin's types for data and its network: what they say together, and of what the program sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from mesh.aws.plugin_table import plugin_types
from mesh.aws.plugin_types import STEPS, PluginCall, PluginStep, PluginType
from mesh.iam.keys import ADMINISTER_KEY
from mesh.iam.product.bucket_policy import HEAD, START

OF_A_BUCKET: Final = ("GetBucket", "GetEncryption", "GetLifecycle", "GetReplication")
UNIT: Final = "arn:aws:organizations::100000000000:ou/o-a1b2c3d4e5/ou-a1b2-11111111"
ICEBERG: Final = {"openTableFormatInput": {"icebergInput": {"icebergTableInput": {"location": "s3://b/tables/t/"}}}}


def of(token: str) -> PluginType:
    return plugin_types()[token]


def asked(token: str, step: PluginStep, inputs: Mapping[str, Any]) -> list[str]:
    """Actions of a step for these inputs, in order, without the closing read."""
    calls: tuple[PluginCall, ...] = getattr(of(token), step)
    return [call.action for call in calls if call.made(inputs)]


# ---- Glue


def test_a_table_of_iceberg_asks_for_its_metadata_and_one_of_parquet_does_not() -> None:
    token = "aws:glue/catalogTable:CatalogTable"
    metadata = ["s3:PutObject", "s3:GetObject", "lakeformation:GetDataAccess"]
    started = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "lakeformation:GetDataAccess"]
    assert asked(token, "create", {"tableType": "EXTERNAL_TABLE"}) == ["glue:CreateTable"]
    assert asked(token, "create", ICEBERG) == ["glue:CreateTable", *started]
    assert asked(token, "update", ICEBERG) == ["glue:GetTable", "glue:UpdateTable", *metadata]


def test_who_starts_a_table_may_do_with_its_metadata_what_its_creation_asks_and_no_more() -> None:
    for step, may in (("create", START), ("update", HEAD)):
        calls = asked("aws:glue/catalogTable:CatalogTable", step, ICEBERG)
        assert {action for action in calls if action.startswith("s3:")} == set(may)


# ---- Lake Formation


def test_a_grant_to_a_unit_is_shared_by_whoever_grants_and_one_to_a_role_is_not() -> None:
    token = "aws:lakeformation/permissions:Permissions"
    role = {"principal": "arn:aws:iam::111122223333:role/mesh/clearance/pii"}
    assert asked(token, "create", role) == ["lakeformation:GrantPermissions"]
    assert asked(token, "delete", role) == ["lakeformation:RevokePermissions"]
    for step in ("create", "delete"):
        shared = [action for action in asked(token, step, {"principal": UNIT}) if action.startswith("ram:")]
        assert len(shared) >= 4


def test_what_is_never_updated_is_replaced_by_every_property() -> None:
    for name in ("permissions:Permissions", "resource:Resource", "resourceLfTag:ResourceLfTag"):
        each = of(f"aws:lakeformation/{name}")
        assert each.update == ()
        assert {name.partition(".")[0] for call in each.every_call for name in call.names} <= set(each.replaces) | {
            "account",
            "region",
        }


# ---- KMS


def test_a_key_that_the_program_makes_is_administered_by_what_its_policy_lets_the_deployment_do() -> None:
    inputs = {"policy": "{}", "enableKeyRotation": True, "deletionWindowInDays": 30, "tags": {"mesh": "aurora"}}
    calls = {action for step in STEPS for action in asked("aws:kms/key:Key", step, inputs)}
    calls |= {action for step in STEPS for action in asked("aws:kms/alias:Alias", step, {"targetKeyId": "x"})}
    on_no_key = {"kms:CreateKey", "kms:ListAliases"}
    assert calls - on_no_key - set(ADMINISTER_KEY) == set()
    assert set(ADMINISTER_KEY) - calls == {"kms:CancelKeyDeletion", "kms:DisableKey"}


# ---- S3


def test_a_bucket_reads_what_resources_of_their_own_set_too_but_for_three() -> None:
    bucket = {call.action for call in of("aws:s3/bucket:Bucket").read}
    settings = {
        token: {call.action for call in each.read}
        for token, each in plugin_types().items()
        if token.startswith("aws:s3/bucket")
        and token not in ("aws:s3/bucket:Bucket", "aws:s3/bucketObjectv2:BucketObjectv2")
    }
    alone = {token.rpartition(":")[2] for token, reads in settings.items() if not reads <= bucket}
    assert alone == {"BucketNotification", "BucketOwnershipControls", "BucketPublicAccessBlock"}
    assert all(action.partition(":")[2].startswith(OF_A_BUCKET) for reads in settings.values() for action in reads)


def test_a_bucket_whose_settings_are_resources_of_their_own_is_made_by_two_calls() -> None:
    looks, *creates = asked("aws:s3/bucket:Bucket", "create", {"bucket": "b", "tags": {"mesh": "aurora"}})
    assert (looks, creates) == ("s3:ListBucket", ["s3:CreateBucket", "s3:TagResource"])
    locked = asked("aws:s3/bucket:Bucket", "create", {"bucket": "b", "objectLockEnabled": True})
    assert locked[2:] == ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]


def test_a_bucket_is_emptied_where_the_program_says_so_and_past_a_lock_where_it_has_one() -> None:
    token = "aws:s3/bucket:Bucket"
    assert asked(token, "delete", {}) == ["s3:DeleteBucket", "s3:ListBucket"]
    emptied = asked(token, "delete", {"forceDestroy": True})
    assert "s3:DeleteObjectVersion" in emptied
    assert "s3:BypassGovernanceRetention" not in emptied


def test_a_role_that_is_passed_is_passed_to_the_service_that_asks() -> None:
    """`iam:PassedToService` is the service of the type: S3 for replication, Glue for jobs, Lake Formation for data."""
    passed = {
        (each.token.split(":")[1].partition("/")[0], call.keys["iam:PassedToService"].partition(".")[0])
        for each in plugin_types().values()
        if each.token.split(":")[1].partition("/")[0] in {"athena", "glue", "lakeformation", "s3"}
        for call in each.every_call
        if call.action == "iam:PassRole"
    }
    assert passed == {("athena", "athena"), ("glue", "glue"), ("lakeformation", "lakeformation"), ("s3", "s3")}


# ---- EC2


def test_tags_of_a_creation_name_the_creation_that_they_come_with() -> None:
    for token, each in plugin_types().items():
        tags = [call for call in each.create if call.action == "ec2:CreateTags"]
        creations = {call.action.partition(":")[2] for call in each.create} - {"CreateTags"}
        taken_over = token.startswith("aws:ec2/default")
        for call in tags:
            assert call.keys.get("ec2:CreateAction") in ({None} if taken_over else creations), token


@pytest.mark.parametrize(
    ("inputs", "kinds"),
    [
        ({"routeTableIds": ["rtb-1", "rtb-2"]}, ["vpc", "vpc-endpoint", "route-table", "route-table"]),
        ({"subnetIds": ["s-1"], "securityGroupIds": ["sg-1"]}, ["vpc", "vpc-endpoint", "subnet", "security-group"]),
    ],
)
def test_an_endpoint_is_asked_on_the_tables_or_on_the_subnets_and_groups_that_it_joins(
    inputs: Mapping[str, Any], kinds: list[str]
) -> None:
    each = of("aws:ec2/vpcEndpoint:VpcEndpoint")
    values = {"region": "eu-west-1", "account": "111122223333", "vpcId": "vpc-1", **inputs}
    (creates,) = [call for call in each.create if call.action == "ec2:CreateVpcEndpoint" and call.made(values)]
    assert [arn.split(":")[5].partition("/")[0] for arn in each.resources(creates, values)] == kinds


def test_what_aws_makes_with_a_network_is_never_deleted() -> None:
    kept = {token for token, each in plugin_types().items() if token.startswith("aws:ec2/") and not each.delete}
    assert kept == {"aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"}


def test_a_type_that_refuses_deletion_says_what_forces_it_where_there_is_a_property() -> None:
    for token in ("aws:athena/workgroup:Workgroup", "aws:s3/bucket:Bucket"):
        each = of(token)
        assert each.refuses_deletion
        assert "forceDestroy" in each.refuses_deletion.do
        assert "forceDestroy" in each.reads_back
