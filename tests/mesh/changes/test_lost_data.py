"""Lost data: every type that the mesh makes is decided, and fewer days delete what is there."""

from __future__ import annotations

from typing import Final

import pytest

from mesh.aws.plugin_table import plugin_types
from mesh.changes.lost_data import EXPIRING, HELD, lost_by_a_change, lost_by_removal
from mesh.changes.value_changes import ValueChange

LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"


def test_types_that_hold_data_are_types_of_the_plugin() -> None:
    assert {*HELD, *EXPIRING} <= plugin_types().keys()


def test_a_bucket_that_goes_loses_its_objects_and_a_policy_nothing() -> None:
    assert lost_by_removal("aws:s3/bucket:Bucket") == "its objects and their old versions"
    assert lost_by_removal("aws:s3/bucketPolicy:BucketPolicy") == ""


@pytest.mark.parametrize(
    ("token", "change", "lost"),
    [
        (
            LIFECYCLE,
            ValueChange("rules[files].expiration.days", 400, 30),
            "what is older than 30 days, within a day or two",
        ),
        (LIFECYCLE, ValueChange("rules[files].expiration.days", 30, 400), ""),
        (LIFECYCLE, ValueChange("rules[files].expiration.days", 30, None), ""),
        (LIFECYCLE, ValueChange("rules[files].status", "Enabled", "Disabled"), ""),
        (
            LIFECYCLE,
            ValueChange("rules[new]", None, {"id": "new", "expiration": {"days": 7}}),
            "what is older than 7 days, within a day or two",
        ),
        (
            "aws:glue/catalogTableOptimizer:CatalogTableOptimizer",
            ValueChange("configuration.x.icebergConfiguration.snapshotRetentionPeriodInDays", 30, 15),
            "snapshots, and files that no snapshot names, that are older than 15 days",
        ),
        (
            "aws:cloudwatch/logGroup:LogGroup",
            ValueChange("retentionInDays", 400, 90),
            "log events that are older than 90 days",
        ),
        (
            "aws:cloudwatch/logGroup:LogGroup",
            ValueChange("retentionInDays", 400, 1),
            "log events that are older than 1 day",
        ),
        (
            "aws:sqs/queue:Queue",
            ValueChange("messageRetentionSeconds", 600, 60),
            "messages that are older than 60 seconds",
        ),
        ("aws:cloudwatch/logGroup:LogGroup", ValueChange("tags.days", 400, 90), ""),
        ("aws:iam/role:Role", ValueChange("maxSessionDuration", 400, 90), ""),
    ],
)
def test_fewer_days_delete_what_is_there(token: str, change: ValueChange, lost: str) -> None:
    assert lost_by_a_change(token, [change]) == lost
