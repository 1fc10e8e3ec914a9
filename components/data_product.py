"""Data product in its domain's account: its key and its bucket, with their policies."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.private_bucket import PrivateBucket, PrivateBucketArgs, filled
from components.protection import protected
from mesh import names
from mesh.iam.statement import KEY_ARN
from mesh.plan.nodes import DataProductArgs


class DataProduct(ComponentResource):
    """The key and the bucket of a product; the account's log bucket (`args.log_bucket`) has to exist.

    Outputs: `bucket` (name), `bucket_arn`, `key_arn`.
    """

    def __init__(self, name: str, args: DataProductArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:DataProduct", name, None, opts)
        child = ResourceOptions(parent=self)
        self.key = self._key(name, args)
        aws.kms.Alias(
            name,
            name=f"alias/{names.key_alias(args.name)}",
            target_key_id=self.key.key_id,
            opts=protected(self, args.deletion_protection),
        )
        self.storage = PrivateBucket(
            name,
            PrivateBucketArgs(
                bucket=args.bucket,
                deletion_protection=args.deletion_protection,
                log_bucket=args.log_bucket,
                # Never what is below `tables/`: an expired file of a table breaks every query of it, and a rollback.
                expire_below=args.expiring,
                expire_noncurrent_after=args.old_versions,
                tags=args.tags,
            ),
            policy=filled(self.key.arn, args.bucket_policy.text(), KEY_ARN),
            key_arn=self.key.arn,
            opts=child,
        )
        # Events go to the default bus of the account, where the domain can make rules on them.
        aws.s3.BucketNotification(name, bucket=self.storage.name, eventbridge=True, opts=child)
        self.bucket, self.bucket_arn, self.key_arn = self.storage.name, self.storage.arn, self.key.arn
        self.register_outputs({"bucket": self.bucket, "bucket_arn": self.bucket_arn, "key_arn": self.key_arn})

    def _key(self, name: str, args: DataProductArgs) -> aws.kms.Key:
        return aws.kms.Key(
            name,
            description=f"Data product {args.domain}.{args.name}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=args.key_policy.text(),
            tags=args.tags,
            opts=protected(self, args.deletion_protection),
        )
