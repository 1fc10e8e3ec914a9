"""Partner's account above the baseline: its inbox, its own catalog, and the role of its people."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.protection import protected
from mesh import names
from mesh.iam.mesh_catalog import ABOUT_DEFAULT, ATHENAS_DATABASE
from mesh.plan.nodes import PartnerAccountArgs


class PartnerAccount(ComponentResource):
    """The account of a partner; its baseline (`AccountBaseline`) has to exist.

    Lake Formation is not used here: the policies of bucket and key decide who reads the inbox. Outputs: `inbox`,
    `key_arn`, `access_role_arn`.
    """

    def __init__(
        self, name: str, args: PartnerAccountArgs, log_bucket: str, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mesh:aws:PartnerAccount", name, None, opts)
        self.key = self._key(name, args)
        self.inbox = PrivateBucket(
            name,
            PrivateBucketArgs(
                bucket=args.inbox,
                deletion_protection=args.deletion_protection,
                log_bucket=log_bucket,
                expire_after=args.retention,
            ),
            policy=args.bucket_policy.text(),
            key_arn=self.key.arn,
            opts=ResourceOptions(parent=self),
        )
        self.database = aws.glue.CatalogDatabase(
            name,
            name=names.snake(args.partner),
            catalog_id=args.account_id,
            description=f"What the mesh delivered to {args.partner}",
            location_uri=f"s3://{args.inbox}/",
            opts=ResourceOptions(parent=self),
        )
        # Empty: Athena asks everyone who queries to see a database of this name, and makes it where it may.
        aws.glue.CatalogDatabase(
            f"{name}-{ATHENAS_DATABASE}",
            name=ATHENAS_DATABASE,
            catalog_id=args.account_id,
            description=ABOUT_DEFAULT,
            opts=ResourceOptions(parent=self),
        )
        self.key_arn, self.key_id, self.access_role_arn = self.key.arn, self.key.key_id, self._access(name, args).arn
        self.register_outputs(
            {"inbox": self.inbox.name, "key_arn": self.key_arn, "access_role_arn": self.access_role_arn}
        )

    def _key(self, name: str, args: PartnerAccountArgs) -> aws.kms.Key:
        key = aws.kms.Key(
            name,
            description=names.inbox_key_description(args.partner),
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=args.key_policy.text(),
            opts=protected(self, args.deletion_protection),
        )
        aws.kms.Alias(
            name,
            name=f"alias/{names.INBOX_KEY_ALIAS}",
            target_key_id=key.key_id,
            opts=protected(self, args.deletion_protection),
        )
        return key

    def _access(self, name: str, args: PartnerAccountArgs) -> MeshRole:
        """The role of the partner's people."""
        return MeshRole(
            name,
            MeshRoleArgs(
                arn=names.role(args.account_id, "access"),
                description=f"People of partner {args.partner}",
                trust=args.access.trust,
                permissions=args.access.permissions,
                boundary=names.boundary(args.account_id),
            ),
            opts=ResourceOptions(parent=self),
        )
