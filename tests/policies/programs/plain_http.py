"""A bucket whose policy lets its readers in by plain HTTP as well; its own ARN only the update knows."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from tests.policies.programs.written_account import ACCOUNT, in_account
from tests.policies.programs.written_bucket import bucket, closing


def program() -> None:
    """Declares the bucket with a policy that refuses old TLS alone."""
    opts = in_account()
    made = bucket("orders", opts, without=["policy"])
    allowed = {
        "Sid": "AnalystsRead",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/analysts"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::example-orders/*",
    }
    old_tls = [each for each in json.loads(closing("example-orders"))["Statement"] if each["Sid"] == "RefuseOldTls"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed, *old_tls]})
    aws.s3.BucketPolicy("orders", bucket=made.bucket, policy=policy, opts=opts)
    pulumi.export("orders", made.arn)
