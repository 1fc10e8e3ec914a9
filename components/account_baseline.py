"""Baseline of an account: public access block, key, log and result buckets, workgroups."""

from __future__ import annotations

from typing import Final

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.account_boundary import boundary_policy
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.protection import protected
from components.renamed import formerly
from mesh import names
from mesh.plan.nodes import AccountBaselineArgs

FORCE: Final = True
"""Athena keeps a history of queries in a workgroup, and deletes none that was used, unless it is told to
(RecursiveDeleteOption): that of a clearance that goes could never go."""

SCAN_LIMIT: Final = 10 * 2**40
"""Bytes that one query may read before Athena stops it: a mistake costs 50 USD at the most, at 5 USD a TiB."""


class AccountBaseline(ComponentResource):
    """The baseline of every account of the mesh: of domains (but for their boundary), of partners, of governance.

    Outputs: `key_arn`, `log_bucket`, `results_bucket`, `workgroups`.
    """

    def __init__(self, name: str, args: AccountBaselineArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:AccountBaseline", name, None, formerly("mesh:aws:DomainAccount", opts))
        child = ResourceOptions(parent=self)
        aws.s3.AccountPublicAccessBlock(
            name,
            account_id=args.account_id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        if args.with_boundary:
            boundary_policy(name, args, child)
        self.key = self._key(name, args)
        self.logs = self._logs(name, args)
        self.results = self._results(name, args)
        self.workgroups = [
            self._workgroup(name, workgroup, location, args) for workgroup, location in args.workgroups.items()
        ]
        self.register_outputs(
            {
                "key_arn": self.key.arn,
                "log_bucket": self.logs.name,
                "results_bucket": self.results.name,
                "workgroups": [workgroup.name for workgroup in self.workgroups],
            }
        )

    def _key(self, name: str, args: AccountBaselineArgs) -> aws.kms.Key:
        """The account's own key, which new disks use by default."""
        child = ResourceOptions(parent=self)
        key = aws.kms.Key(
            name,
            description=f"What the account of {args.owner} keeps for itself: query results, disks",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=args.key_policy.text(),
            opts=protected(self, args.deletion_protection),
        )
        aws.kms.Alias(
            name,
            name=f"alias/{names.ACCOUNT_KEY_ALIAS}",
            target_key_id=key.key_id,
            opts=protected(self, args.deletion_protection),
        )
        aws.ebs.EncryptionByDefault(name, enabled=True, opts=child)
        aws.ebs.DefaultKmsKey(name, key_arn=key.arn, opts=child)
        return key

    def _logs(self, name: str, args: AccountBaselineArgs) -> PrivateBucket:
        return PrivateBucket(
            f"{name}-logs",
            PrivateBucketArgs(
                bucket=args.log_bucket,
                deletion_protection=args.deletion_protection,
                expire_after=args.log_retention,
            ),
            policy=args.log_bucket_policy.text(),
            opts=ResourceOptions(parent=self),
        )

    def _results(self, name: str, args: AccountBaselineArgs) -> PrivateBucket:
        return PrivateBucket(
            f"{name}-results",
            PrivateBucketArgs(
                bucket=args.results_bucket,
                deletion_protection=False,
                log_bucket=args.log_bucket,
                expire_after=args.results_retention,
                expire_noncurrent_after=1,
            ),
            policy=args.results_bucket_policy.text(),
            key_arn=self.key.arn,
            opts=ResourceOptions(parent=self, depends_on=[self.logs]),
        )

    def _workgroup(self, name: str, workgroup: str, location: str, args: AccountBaselineArgs) -> aws.athena.Workgroup:
        return aws.athena.Workgroup(
            f"{name}-{workgroup}",
            name=workgroup,
            description="Queries over the mesh; results stay in this account",
            configuration={
                # Results go to this location, encrypted, whatever a client asks for (I24).
                "enforce_workgroup_configuration": True,
                "publish_cloudwatch_metrics_enabled": True,
                "requester_pays_enabled": False,
                "bytes_scanned_cutoff_per_query": SCAN_LIMIT,
                "result_configuration": {
                    "output_location": location,
                    "expected_bucket_owner": args.account_id,
                    "encryption_configuration": {"encryption_option": "SSE_KMS", "kms_key_arn": self.key.arn},
                },
            },
            force_destroy=FORCE,
            opts=ResourceOptions(parent=self, depends_on=[self.results]),
        )
