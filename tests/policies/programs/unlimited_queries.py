"""A workgroup in which a query may read without a limit; the key of its results only the update knows."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ResourceOptions

from tests.policies.programs.written_account import ACCOUNT, document, in_account


def program() -> None:
    """Declares the workgroup and its key."""
    opts = in_account()
    owner = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    deploys = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/mesh/deploy"}}
    key = aws.kms.Key(
        "results",
        description="Results of queries",
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=document(owner, "kms:PutKeyPolicy", deploys, Resource="*"),
        opts=ResourceOptions.merge(opts, ResourceOptions(protect=True)),
    )
    aws.athena.Workgroup(
        "analysts",
        name="analysts",
        description="Queries of analysts",
        configuration={
            "enforce_workgroup_configuration": True,
            "result_configuration": {
                "output_location": "s3://example-results/",
                "expected_bucket_owner": ACCOUNT,
                "encryption_configuration": {"encryption_option": "SSE_KMS", "kms_key_arn": key.arn},
            },
        },
        opts=opts,
    )
