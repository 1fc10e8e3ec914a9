"""Replication: copies where the rule's role may make them, their status, and a way for what existed before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, REGION
from tests.sandbox.enforcement import lake_ground
from tests.sandbox.enforcement.test_gate import allow, policy
from tests.sandbox.enforcement.waking_ground import admin, role

SOURCE, INBOX = "outbox", "inbox"
ROLE = f"arn:aws:iam::{DOMAIN}:role/replication"
JOB = f"arn:aws:iam::{DOMAIN}:role/backfill"
DELIVERS = ["s3:ReplicateObject", "s3:ObjectOwnerOverrideToBucketOwner"]
RULE = {
    "ID": "out",
    "Priority": 1,
    "Status": "Enabled",
    "Filter": {"Prefix": "outbound/"},
    "DeleteMarkerReplication": {"Status": "Disabled"},
    "Destination": {"Bucket": f"arn:aws:s3:::{INBOX}", "Account": GOVERNANCE},
}


@pytest.fixture
def organization() -> Iterator[EnforcedOrganization]:
    with lake_ground.lake_ground() as opened:
        for name, account in ((SOURCE, DOMAIN), (INBOX, GOVERNANCE)):
            s3 = admin(opened, "s3", account)
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        delivered = allow(DELIVERS, Principal={"AWS": ROLE}, Resource=f"arn:aws:s3:::{INBOX}/*")
        admin(opened, "s3", GOVERNANCE).put_bucket_policy(Bucket=INBOX, Policy=json.dumps(policy(delivered)))
        reads = allow(["s3:GetReplicationConfiguration", "s3:GetObjectVersionForReplication"], Resource="*")
        role(opened, DOMAIN, "replication", "s3.amazonaws.com", reads, allow(DELIVERS, Resource="*"))
        starts = allow(["s3:GetReplicationConfiguration", "s3:InitiateReplication"], Resource="*")
        role(opened, DOMAIN, "backfill", "batchoperations.s3.amazonaws.com", starts)
        admin(opened, "s3", DOMAIN).put_object(Bucket=SOURCE, Key="outbound/before", Body=b"before")
        admin(opened, "s3", DOMAIN).put_bucket_replication(
            Bucket=SOURCE, ReplicationConfiguration={"Role": ROLE, "Rules": [RULE]}
        )
        yield opened


def status(organization: EnforcedOrganization, key: str, bucket: str = SOURCE, account: str = DOMAIN) -> str | None:
    told: dict[str, Any] = admin(organization, "s3", account).head_object(Bucket=bucket, Key=key)
    return told.get("ReplicationStatus")


def inbox(organization: EnforcedOrganization) -> list[str]:
    listed = admin(organization, "s3", GOVERNANCE).list_objects_v2(Bucket=INBOX)
    return [each["Key"] for each in listed.get("Contents", ())]


def test_the_status_of_a_copy_is_told_on_both_sides(organization: EnforcedOrganization) -> None:
    s3 = admin(organization, "s3", DOMAIN)
    s3.put_object(Bucket=SOURCE, Key="outbound/a", Body=b"a")
    s3.put_object(Bucket=SOURCE, Key="kept/a", Body=b"a")
    assert inbox(organization) == ["outbound/a"]
    assert status(organization, "outbound/a") == "COMPLETED"
    assert status(organization, "outbound/a", INBOX, GOVERNANCE) == "REPLICA"
    assert status(organization, "kept/a") is None


def test_a_copy_that_is_refused_has_failed_and_a_job_delivers_it_later(organization: EnforcedOrganization) -> None:
    inboxes, s3 = admin(organization, "s3", GOVERNANCE), admin(organization, "s3", DOMAIN)
    kept = inboxes.get_bucket_policy(Bucket=INBOX)["Policy"]
    inboxes.delete_bucket_policy(Bucket=INBOX)
    s3.put_object(Bucket=SOURCE, Key="outbound/a", Body=b"a")
    assert (inbox(organization), status(organization, "outbound/a")) == ([], "FAILED")
    inboxes.put_bucket_policy(Bucket=INBOX, Policy=kept)
    assert organization.gate.replication.replicate_existing(SOURCE, JOB) == 2
    assert (inbox(organization), status(organization, "outbound/a")) == (["outbound/a", "outbound/before"], "COMPLETED")


def test_what_existed_before_the_rule_is_delivered_by_a_job_once(organization: EnforcedOrganization) -> None:
    assert (inbox(organization), status(organization, "outbound/before")) == ([], None)
    assert organization.gate.replication.replicate_existing(SOURCE, JOB) == 1
    assert organization.gate.replication.replicate_existing(SOURCE, JOB) == 0
    assert inbox(organization) == ["outbound/before"]


def test_what_existed_before_the_rule_is_delivered_when_it_is_written_over_itself(
    organization: EnforcedOrganization,
) -> None:
    admin(organization, "s3", DOMAIN).copy_object(
        Bucket=SOURCE,
        Key="outbound/before",
        CopySource=f"{SOURCE}/outbound/before",
        MetadataDirective="REPLACE",
    )
    assert inbox(organization) == ["outbound/before"]


def test_a_job_whose_role_may_not_start_a_copy_delivers_nothing(organization: EnforcedOrganization) -> None:
    admin(organization, "iam", DOMAIN).delete_role_policy(RoleName="backfill", PolicyName="mesh")
    assert organization.gate.replication.replicate_existing(SOURCE, JOB) == 0
    assert "s3:GetReplicationConfiguration" in organization.gate.replication.failed[-1]
    assert inbox(organization) == []
