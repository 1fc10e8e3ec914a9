"""A bucket with all that a bucket of the mesh has, for programs that leave one thing out."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from tests.policies.programs.written_account import ACCOUNT

KEY: Final = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1b2c3d4e-0000-4000-8000-000000000000"


def bucket(name: str, opts: ResourceOptions, *, of: Any = None, without: Collection[str] = ()) -> aws.s3.Bucket:
    """A bucket, and what stands beside it but for some of it: block, owner, versioning, policy, and the rest.

    `of` is its name, where that is not `example-<name>`.
    """
    protected = ResourceOptions.merge(opts, ResourceOptions(protect=True))
    made = aws.s3.Bucket(name, bucket=of or f"example-{name}", opts=protected)
    if "block" not in without:
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=made.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=opts,
        )
    if "versioning" not in without:
        aws.s3.BucketVersioning(name, bucket=made.bucket, versioning_configuration={"status": "Enabled"}, opts=opts)
    if "policy" not in without:
        aws.s3.BucketPolicy(name, bucket=made.bucket, policy=closing(f"example-{name}"), opts=opts)
    aws.s3.BucketOwnershipControls(name, bucket=made.id, rule={"object_ownership": "BucketOwnerEnforced"}, opts=opts)
    aws.s3.BucketLogging(name, bucket=made.id, target_bucket="example-logs", target_prefix=f"{name}/", opts=opts)
    _encrypt(name, made.id, opts)
    return made


def closing(name: str) -> str:
    """A policy that refuses plain HTTP and old TLS."""
    arns = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    conditions = {
        "RefusePlainHttp": {"Bool": {"aws:SecureTransport": "false"}},
        "RefuseOldTls": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    }
    refusals = [
        {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": arns, "Condition": condition}
        for sid, condition in conditions.items()
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": refusals})


def _encrypt(name: str, of: pulumi.Output[str], opts: ResourceOptions) -> None:
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}
    aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=of,
        rules=[{"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True}],
        opts=opts,
    )
    aws.s3.BucketLifecycleConfiguration(
        name,
        bucket=of,
        rules=[
            {
                "id": "clean-up",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                "noncurrent_version_expiration": {"noncurrent_days": 30},
            }
        ],
        opts=opts,
    )
