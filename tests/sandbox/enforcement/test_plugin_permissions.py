"""Permissions that only the AWS plugin misses: a resource is refused here as it would be on AWS."""

from __future__ import annotations

import json

import pytest

from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN, IDS, REGION, Aborted, Values, configured
from tests.sandbox.enforcement.plugin_roles import ALL, document, first_roles

SESSION = f"arn:aws:sts::{DOMAIN}:assumed-role/deploy/mesh"
DATABASE: Values = {"name": "playback"}
TABLE: Values = {"name": "sessions", "databaseName": "playback"}
TOKENS = {"database": "aws:glue/catalogDatabase:CatalogDatabase", "table": "aws:glue/catalogTable:CatalogTable"}
CATALOG = f"arn:aws:glue:{REGION}:{DOMAIN}:catalog"


@pytest.mark.parametrize(
    ("token", "inputs", "action", "on"),
    [
        (
            TOKENS["table"],
            TABLE,
            "glue:GetPartitionIndexes",
            CATALOG,
        ),
        ("aws:s3/bucket:Bucket", {"bucket": "mesh-new"}, "s3:GetBucketRequestPayment", "arn:aws:s3:::mesh-new"),
    ],
)
def test_a_read_that_only_the_plugin_makes_is_refused_as_on_aws_and_leaves_the_resource_half_made(
    token: str, inputs: Values, action: str, on: str
) -> None:
    deny = {"Effect": "Deny", "Action": action, "Resource": "*", "Sid": "NotThis"}
    with EnforcedOrganization(IDS, REGION, first_roles(ALL, deny)) as organization:
        organization.ensure_account("playback")
        driver = configured(organization, DOMAIN)
        if "databaseName" in inputs:
            driver.create("aws:glue/catalogDatabase:CatalogDatabase", {"name": inputs["databaseName"]})
        with pytest.raises(Aborted) as stopped:
            driver.create(token, inputs)
        session = f"arn:aws:sts::{DOMAIN}:assumed-role/deploy/mesh"
        assert f"AccessDenied: {session} is not authorized to perform: {action} on resource: {on}" in str(stopped.value)
        assert "with an explicit deny in identity" in str(stopped.value)
        assert stopped.value.half_made is not None
        assert {count.type for count in organization.counts()} >= {token}


def test_a_refused_read_back_is_told_again_until_the_permission_is_there() -> None:
    """The table is there, its read is refused; with the permission the next run finds it."""
    with EnforcedOrganization(IDS, REGION, first_roles(ALL)) as organization:
        organization.ensure_account("playback")
        driver = configured(organization, DOMAIN)
        driver.create(TOKENS["database"], DATABASE)
        id_, state = driver.create(TOKENS["table"], TABLE)
        client = organization.client("iam", DOMAIN, "mesh/deploy")
        denied = policy_of_deny("glue:GetPartitionIndexes")
        client.put_role_policy(RoleName="deploy", PolicyName="deny", PolicyDocument=denied)
        with pytest.raises(Aborted, match=r"reading Glue Catalog Table .*glue:GetPartitionIndexes"):
            driver.read(TOKENS["table"], id_, state, TABLE)
        client.delete_role_policy(RoleName="deploy", PolicyName="deny")
        assert driver.read(TOKENS["table"], id_, state, TABLE)[0] == id_


def policy_of_deny(action: str) -> str:
    return json.dumps(document({"Effect": "Deny", "Action": action, "Resource": "*"}))
