"""A location that Lake Formation guards against those alone who were opted in; its role only the update knows."""

from __future__ import annotations

import pulumi_aws as aws

from tests.policies.programs.written_account import ACCOUNT, in_account, role


def program() -> None:
    """Declares the location, and the role that reads it."""
    opts = in_account()
    source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    reader = role("locations", {"Service": "lakeformation.amazonaws.com"}, source, opts)
    aws.lakeformation.Resource(
        "orders",
        arn="arn:aws:s3:::example-orders/tables",
        role_arn=reader.arn,
        use_service_linked_role=False,
        hybrid_access_enabled=True,
        opts=opts,
    )
