"""Policies of what every account keeps for itself: its log bucket, its bucket of query results, its KMS key.

Quotas: bucket policy 20,480 bytes, key policy 32,768 bytes.
"""

from __future__ import annotations

from typing import Final

from mesh.iam.buckets import DELETE_OBJECTS, READ_OBJECTS, encrypted_in_transit, only_services_write, own_account_only
from mesh.iam.keys import (
    USE_KEY,
    account_uses_through_services,
    deployment_administers,
    only_through_services,
    preview_looks,
)
from mesh.iam.perimeter import Perimeter, caller_is_not, not_a_service, through
from mesh.iam.statement import Document, Statement, account, document, service, when

THROUGH: Final = ("s3", "ec2", "athena")
"""Services through which an account uses its own key: for query results, disks and workgroups."""


def log_bucket_policy(perimeter: Perimeter, bucket: str, account_id: str) -> Document:
    """Resource policy of an account's log bucket: S3 writes for this account's buckets, nobody deletes."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    return document(
        *encrypted_in_transit(whole, objects),
        Statement(
            sid="S3DeliversAccessLogs",
            what="S3 writes the access logs of the account's own buckets.",
            why="Every bucket of the account logs here.",
            effect="Allow",
            principal=service("logging.s3.amazonaws.com"),
            actions=("s3:PutObject",),
            resources=(objects,),
            conditions=(when("StringEquals", "aws:SourceAccount", account_id),),
        ),
        *own_account_only(perimeter, whole, objects, account_id),
        only_services_write(objects),
        Statement(
            sid="RefuseDeletionOfLogs",
            what="Nobody deletes a log, the deployment included.",
            why="Whoever did something could remove the trace of it; logs end by the lifecycle rule alone.",
            principal="*",
            actions=DELETE_OBJECTS,
            resources=(objects,),
        ),
    )


def results_bucket_policy(perimeter: Perimeter, bucket: str, account_id: str, readers: tuple[str, ...]) -> Document:
    """Resource policy of an account's query results: read in this account, by roles that query there (I13, I24).

    `readers` are patterns of those roles: of clearances and the check of drafts, or the access role of a partner's
    account; none where nobody queries.
    """
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    return document(
        *encrypted_in_transit(whole, objects),
        *own_account_only(perimeter, whole, objects, account_id),
        Statement(
            sid="RefuseOtherReaders",
            what="Nobody reads a result but the roles that query in the account.",
            why="A result is data: jobs and administrators do not read what a cleared person has queried.",
            but="A result is its reader's own: Athena writes it and reads it back as the caller." if readers else "",
            principal="*",
            actions=READ_OBJECTS,
            resources=(objects,),
            conditions=(
                *((caller_is_not(*readers),) if readers else ()),
                not_a_service(),
            ),
        ),
    )


def account_key_policy(perimeter: Perimeter, account_id: str) -> Document:
    """Resource policy of the key for what an account keeps for itself: query results and disks."""
    return document(
        deployment_administers(account_id),
        preview_looks(account_id),
        account_uses_through_services(perimeter, account_id, *THROUGH),
        Statement(
            sid="DisksTakeGrants",
            what="Callers of the account let EC2 use the key for disks, by grants.",
            why="An encrypted disk cannot be attached without one.",
            effect="Allow",
            principal=account(account_id),
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(when("Bool", "kms:GrantIsForAWSResource", "true"), through(perimeter, "ec2")),
        ),
        Statement(
            sid="RefuseOtherAccounts",
            what="Callers of any other account do not use the key.",
            why="What an account keeps for itself is for nobody else, whatever Allow is added later.",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(when("StringNotEqualsIfExists", "kms:CallerAccount", account_id), not_a_service()),
        ),
        only_through_services(perimeter, *THROUGH),
    )
