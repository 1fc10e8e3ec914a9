"""Resources of a private bucket: the bucket, and each of its settings."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.aws.bucket_namespace import namespace
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker

SETTINGS = (
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "bucketOwnershipControls:BucketOwnershipControls",
    "bucketPolicy:BucketPolicy",
    "bucketPublicAccessBlock:BucketPublicAccessBlock",
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
)
"""Settings that every bucket has, and of which no call names more than the bucket."""


def private_bucket(
    make: StackMaker,
    name: str,
    bucket: str,
    *,
    protected: bool,
    log_bucket: str | None = None,
    locked: bool = False,
    tagged: bool = False,
) -> Iterator[DeployedResource]:
    """The bucket with its settings, as the component `PrivateBucket` makes it."""
    yield make(
        "s3/bucket:Bucket",
        name,
        given=bucket,
        bucket=bucket,
        bucketNamespace=namespace(bucket),
        forceDestroy=None if protected else True,
        objectLockEnabled=True if locked else None,
        tags=SET if tagged else None,
    )
    for setting in SETTINGS:
        yield make(f"s3/{setting}", name, given=bucket, bucket=bucket)
    enabled = {"status": "Enabled"}
    yield make(
        "s3/bucketVersioning:BucketVersioning", name, given=bucket, bucket=bucket, versioningConfiguration=enabled
    )
    if log_bucket:
        yield make(
            "s3/bucketLogging:BucketLogging",
            name,
            given=bucket,
            bucket=bucket,
            targetBucket=log_bucket,
            targetPrefix=f"{bucket}/",
        )
    if locked:
        yield make("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", name, given=bucket, bucket=bucket)
