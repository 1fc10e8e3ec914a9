"""A bucket that copies what is written to a bucket of somebody else's; which role does, only the update knows."""

from __future__ import annotations

import pulumi_aws as aws

from tests.policies.programs.written_account import ACCOUNT, in_account, role


def program() -> None:
    """Declares the replication of a bucket that is there."""
    opts = in_account()
    source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    made = role("copies", {"Service": "s3.amazonaws.com"}, source, opts)
    aws.s3.BucketReplicationConfig(
        "copies",
        bucket="example-orders",
        role=made.arn,
        rules=[
            {
                "id": "analytics",
                "status": "Enabled",
                "destination": {"bucket": "arn:aws:s3:::analytics-company-drop", "account": "999988887777"},
            }
        ],
        opts=opts,
    )
