"""Private bucket: the settings that every bucket of the mesh has, whatever it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
from pulumi import ComponentResource, Input, ResourceOptions

from components.protection import protected
from mesh.aws.bucket_namespace import namespace

LifecycleRuleArgs = aws.s3.BucketLifecycleConfigurationRuleArgs
Encryption = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateBucketArgs:
    """Name and lifecycle of a bucket; `expire_after` (objects) and `expire_noncurrent_after` (old versions) in days.

    `expire_below` are days by folder, where not everything in the bucket expires: of what lies elsewhere nothing does.
    Without `deletion_protection` a bucket is deleted with its objects: S3 writes access logs to the last moment.
    `log_bucket` is None for a bucket that holds access logs itself. `object_lock_days` locks in compliance mode.
    """

    bucket: str
    deletion_protection: bool
    log_bucket: str | None = None
    expire_after: int | None = None
    expire_below: Mapping[str, int] = field(default_factory=dict[str, int])
    expire_noncurrent_after: int = 30
    object_lock_days: int | None = None
    tags: Mapping[str, str] | None = None


class PrivateBucket(ComponentResource):
    """A bucket with public access blocked, owner enforced, versioned, encrypted by default, with a policy.

    `policy` is the resource policy as JSON. `key_arn` is None where S3's own key is the only one that works (the target
    of access logs: S3 User Guide, "Enabling Amazon S3 server access logging"). Outputs: `bucket` (name), `arn`.
    """

    bucket: aws.s3.Bucket

    def __init__(
        self,
        name: str,
        args: PrivateBucketArgs,
        policy: Input[str],
        key_arn: Input[str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:PrivateBucket", name, None, opts)
        child = protected(self, args.deletion_protection)
        self.bucket = aws.s3.Bucket(
            name,
            bucket=args.bucket,
            bucket_namespace=namespace(args.bucket),
            # A bucket of access logs is never empty for long: S3 still writes what happened before.
            force_destroy=None if args.deletion_protection else True,
            object_lock_enabled=True if args.object_lock_days else None,
            tags=args.tags,
            opts=child,
        )
        self.name, self.arn = self.bucket.bucket, self.bucket.arn
        self._close(name, args, policy)
        self.versioning = aws.s3.BucketVersioning(
            name, bucket=self.name, versioning_configuration={"status": "Enabled"}, opts=child
        )
        self._encrypt(name, args, key_arn)
        self._expire(name, args)
        if args.log_bucket:
            aws.s3.BucketLogging(
                name, bucket=self.name, target_bucket=args.log_bucket, target_prefix=f"{args.bucket}/", opts=child
            )
        if args.object_lock_days:
            self._lock(name, args, args.object_lock_days)
        self.register_outputs({"bucket": self.name, "arn": self.arn})

    def _close(self, name: str, args: PrivateBucketArgs, policy: Input[str]) -> None:
        """Public access block, object ownership and policy."""
        child = protected(self, args.deletion_protection)
        block = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        aws.s3.BucketOwnershipControls(
            name, bucket=self.name, rule={"object_ownership": "BucketOwnerEnforced"}, opts=child
        )
        # After the block: S3 then refuses a policy that would make the bucket public.
        aws.s3.BucketPolicy(
            name, bucket=self.name, policy=policy, opts=protected(self, args.deletion_protection, depends_on=[block])
        )

    def _encrypt(self, name: str, args: PrivateBucketArgs, key_arn: Input[str] | None) -> None:
        with_key = key_arn is not None
        default = Encryption(sse_algorithm="aws:kms" if with_key else "AES256", kms_master_key_id=key_arn)
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=self.name,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=default,
                    # One data key a bucket for a time, instead of a call to KMS for every object.
                    bucket_key_enabled=True if with_key else None,
                )
            ],
            opts=protected(self, args.deletion_protection),
        )

    def _expire(self, name: str, args: PrivateBucketArgs) -> None:
        expiration = (
            aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=args.expire_after) if args.expire_after else None
        )
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.name,
            rules=[
                LifecycleRuleArgs(
                    id="clean-up",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    abort_incomplete_multipart_upload=(
                        aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                            days_after_initiation=7
                        )
                    ),
                    noncurrent_version_expiration=(
                        aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                            noncurrent_days=args.expire_noncurrent_after
                        )
                    ),
                    expiration=expiration,
                ),
                *(
                    LifecycleRuleArgs(
                        id=f"expire-{folder}",
                        status="Enabled",
                        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=f"{folder}/"),
                        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
                    )
                    for folder, days in args.expire_below.items()
                ),
            ],
            opts=protected(self, args.deletion_protection, depends_on=[self.versioning]),
        )

    def _lock(self, name: str, args: PrivateBucketArgs, days: int) -> None:
        aws.s3.BucketObjectLockConfiguration(
            name,
            bucket=self.name,
            rule={"default_retention": {"mode": "COMPLIANCE", "days": days}},
            opts=protected(self, args.deletion_protection, depends_on=[self.versioning]),
        )


def filled(arn: pulumi.Output[str], text: str, placeholder: str) -> pulumi.Output[str]:
    """A document's text with an ARN that only AWS knows in the place of a placeholder."""
    return arn.apply(lambda value: text.replace(placeholder, value))
