"""Actions on S3 buckets by purpose, and the part that the policies of several buckets share."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is_not, not_a_service
from mesh.iam.statement import Statement, when

READ_OBJECTS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectAttributes",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersionTagging",
    "s3:GetObjectVersionTorrent",
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectAnnotation",
    "s3:GetObjectVersionAnnotation",
    "s3:GetObjectVersionAnnotationForReplication",
)

LIST_BUCKET = ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads")

WRITE_OBJECTS = (
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:AbortMultipartUpload",
    "s3:RestoreObject",
    "s3:PutObjectTagging",
    "s3:DeleteObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:ReplicateObject",
    "s3:ReplicateDelete",
    "s3:ReplicateTags",
    "s3:PutObjectAnnotation",
    "s3:PutObjectVersionAnnotation",
    "s3:DeleteObjectAnnotation",
    "s3:DeleteObjectVersionAnnotation",
    "s3:ReplicateObjectAnnotation",
    "s3:UpdateObjectEncryption",
)

READER_ACTIONS = ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:GetBucketLocation")

CONFIGURE_BUCKET = (
    "s3:CreateBucketMetadataTableConfiguration",
    "s3:DeleteBucket",
    "s3:DeleteBucketMetadataTableConfiguration",
    "s3:DeleteBucketPolicy",
    "s3:PutAccelerateConfiguration",
    "s3:PutAnalyticsConfiguration",
    "s3:PutBucketAbac",
    "s3:PutBucketAcl",
    "s3:PutBucketCORS",
    "s3:PutBucketLogging",
    "s3:PutBucketNotification",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketRequestPayment",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutBucketWebsite",
    "s3:PutEncryptionConfiguration",
    "s3:PutIntelligentTieringConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutMetricsConfiguration",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
    "s3:PutReplicationConfiguration",
    "s3:UpdateBucketMetadata*",
)


def encrypted_in_transit(*resources: str) -> tuple[Statement, Statement]:
    """Statements about transport: TLS only, and TLS 1.2 or newer."""
    return (
        Statement(
            sid="RefusePlainHttp",
            what="Nobody reaches the bucket over plain HTTP.",
            why="Objects and signatures could be read on the way.",
            principal="*",
            actions=("s3:*",),
            resources=resources,
            conditions=(when("BoolIfExists", "aws:SecureTransport", "false"),),
        ),
        Statement(
            sid="RefuseOldTls",
            what="Nobody reaches the bucket with a TLS older than 1.2.",
            why="TLS 1.0 and 1.1 have known attacks.",
            principal="*",
            actions=("s3:*",),
            resources=resources,
            conditions=(when("NumericLessThan", "s3:TlsVersion", "1.2"),),
        ),
    )


def own_account_only(perimeter: Perimeter, whole: str, objects: str, account_id: str) -> tuple[Statement, ...]:
    """Statements about a bucket of its own account alone: others, and services for outsiders, reach nothing."""
    return (
        Statement(
            sid="RefuseOtherAccounts",
            what="Callers of any other account reach nothing in the bucket.",
            why="What an account keeps for itself is for nobody else, whatever Allow is added later.",
            principal="*",
            actions=("s3:*",),
            resources=(whole, objects),
            conditions=(
                when("StringNotEqualsIfExists", "aws:PrincipalAccount", account_id),
                not_a_service(),
            ),
        ),
        Statement(
            sid="RefuseServicesForOutsiders",
            what="An AWS service that acts for an account outside the organisation reaches nothing.",
            why=(
                "Services are exempt from the refusal of other accounts, and an outsider can set one to work (confused "
                "deputy)."
            ),
            principal="*",
            actions=("s3:*",),
            resources=(whole, objects),
            conditions=(
                when("StringNotEqualsIfExists", "aws:SourceOrgID", perimeter.organization),
                when("Null", "aws:SourceAccount", "false"),
                when("Bool", "aws:PrincipalIsAWSService", "true"),
            ),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            what="Only the account's deployment changes how the bucket is set up.",
            why="Policy, encryption, lifecycle and replication decide who reads and what stays.",
            but="The account's stack makes the bucket.",
            principal="*",
            actions=CONFIGURE_BUCKET,
            resources=(whole, objects),
            conditions=(caller_is_not(names.deploy_role(account_id)), not_a_service()),
        ),
    )


def only_services_write(objects: str) -> Statement:
    """Statement about a log: nobody adds to it but the service that keeps it."""
    return Statement(
        sid="RefuseOtherWriters",
        what="Only AWS services write objects.",
        why="A log that a person can add to is no evidence.",
        principal="*",
        actions=("s3:PutObject", "s3:ReplicateObject"),
        resources=(objects,),
        conditions=(not_a_service(),),
    )
