"""A bucket that forgets what is overwritten: its versioning is suspended, and its id only the update knows."""

from __future__ import annotations

import pulumi_aws as aws

from tests.policies.programs.written_account import in_account
from tests.policies.programs.written_bucket import bucket


def program() -> None:
    """Declares the bucket, with notifications."""
    opts = in_account()
    made = bucket("orders", opts, without=["versioning"])
    aws.s3.BucketVersioning("orders", bucket=made.id, versioning_configuration={"status": "Suspended"}, opts=opts)
    aws.s3.BucketNotification("orders", bucket=made.id, eventbridge=True, opts=opts)
