"""A key that is gone seven days after somebody deletes it; whom its policy names only the update knows."""

from __future__ import annotations

import json

import pulumi_aws as aws
from pulumi import ResourceOptions

from tests.policies.programs.written_account import ACCOUNT, in_account, role


def program() -> None:
    """Declares the key, for a role that is made beside it."""
    opts = in_account()
    reader = role("reader", {"Service": "glue.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}, opts)
    aws.kms.Key(
        "orders",
        description="Orders of the shop",
        deletion_window_in_days=7,
        enable_key_rotation=True,
        policy=reader.arn.apply(_for),
        opts=ResourceOptions.merge(opts, ResourceOptions(protect=True)),
    )


def _for(arn: str) -> str:
    uses = ["kms:Decrypt", "kms:GenerateDataKey"]
    statement = {"Sid": "ReaderReads", "Effect": "Allow", "Principal": {"AWS": arn}, "Action": uses, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
