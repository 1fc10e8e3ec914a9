"""Two buckets, one without a public-access block; the name of the other only the update knows."""

from __future__ import annotations

import pulumi_aws as aws

from tests.policies.programs.written_account import in_account
from tests.policies.programs.written_bucket import bucket


def program() -> None:
    """Declares the buckets, and all that belongs to one of them."""
    opts = in_account()
    names = aws.sqs.Queue("names", name="names", sqs_managed_sse_enabled=True, opts=opts)
    bucket("closed", opts, of=names.arn.apply(lambda arn: arn.rpartition(":")[2].lower()))
    bucket("orders", opts, without=["block"])
