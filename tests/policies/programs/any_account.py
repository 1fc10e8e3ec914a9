"""A provider that does not say in which account it acts; the queue's key only the update knows."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ResourceOptions

from tests.policies.programs.written_account import ACCOUNT


def program() -> None:
    """Declares a queue in whatever account the role is of."""
    provider = aws.Provider(
        "somewhere",
        region="eu-west-1",
        assume_roles=[{"role_arn": f"arn:aws:iam::{ACCOUNT}:role/mesh/deploy"}],
        default_tags={"tags": {"mesh": "example", "mesh:stack": "by-hand", "mesh:owner": "platform"}},
    )
    opts = ResourceOptions(provider=provider)
    unanswered = aws.sqs.Queue("unanswered", name="unanswered", sqs_managed_sse_enabled=True, opts=opts)
    policy = unanswered.arn.apply(lambda arn: f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 3}}')
    aws.sqs.Queue("wake-ups", name="wake-ups", sqs_managed_sse_enabled=True, redrive_policy=policy, opts=opts)
