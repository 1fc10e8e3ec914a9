"""A queue into which everybody may write; its ARN, and so the whole text of a policy, only the update knows."""

from __future__ import annotations

import pulumi_aws as aws

from tests.policies.programs.written_account import in_account


def program() -> None:
    """Declares the queue, and a policy that is an object."""
    opts = in_account()
    queue = aws.sqs.Queue("orders", sqs_managed_sse_enabled=True, opts=opts)
    aws.sqs.QueuePolicy(
        "orders",
        queue_url=queue.id,
        policy={
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue.arn}
            ],
        },
        opts=opts,
    )
