"""A grant that reads a table by its name, past all labels; to whom only the update knows."""

from __future__ import annotations

import pulumi_aws as aws

from tests.policies.programs.written_account import ACCOUNT, in_account, role


def program() -> None:
    """Declares the grant, to a role that is made beside it."""
    opts = in_account()
    analysts = role("analysts", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/staff"}, None, opts)
    aws.lakeformation.Permissions(
        "analysts",
        principal=analysts.arn,
        permissions=["SELECT"],
        table={"database_name": "shop__orders", "name": "orders"},
        opts=opts,
    )
