"""What every bad program begins with, done well: one provider, which names its account, role, region and tags."""

from __future__ import annotations

import json
from typing import Any, Final

import pulumi_aws as aws
from pulumi import ResourceOptions

ACCOUNT: Final = "111122223333"
BOUNDARY: Final = f"arn:aws:iam::{ACCOUNT}:policy/mesh/boundary"


def in_account() -> ResourceOptions:
    """Options of a resource in the account."""
    provider = aws.Provider(
        "account",
        region="eu-west-1",
        allowed_account_ids=[ACCOUNT],
        assume_roles=[{"role_arn": f"arn:aws:iam::{ACCOUNT}:role/mesh/deploy"}],
        default_tags={"tags": {"mesh": "example", "mesh:stack": "by-hand", "mesh:owner": "platform"}},
    )
    return ResourceOptions(provider=provider)


def document(principal: Any, action: str, condition: Any = None, **more: Any) -> str:
    """A policy of one statement that allows something."""
    statement = {"Sid": "TheExample", "Effect": "Allow", "Principal": principal, "Action": action, **more}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}
    )


def role(
    name: str, principal: Any, condition: Any, opts: ResourceOptions, action: str = "sts:AssumeRole"
) -> aws.iam.Role:
    """A role within its boundary, whose name only AWS will know."""
    trust = document(principal, action, condition)
    return aws.iam.Role(
        name, assume_role_policy=trust, permissions_boundary=BOUNDARY, description="An example", opts=opts
    )
