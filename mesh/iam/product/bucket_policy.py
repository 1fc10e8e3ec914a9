"""Bucket and key policy of a data product: who reads, who writes, and that nobody else does, the home domain included.

An Allow and the Deny that mirrors it are made from one list. A caller of the bucket's own account needs no Allow
in the bucket policy, so the lists are enforced by the Denies (`ArnNotLike aws:PrincipalArn`).
"""

from __future__ import annotations

from dataclasses import dataclass

from mesh import names
from mesh.iam.perimeter import (
    Perimeter,
    caller_is,
    caller_is_not,
    encrypted_in_transit,
    in_organization,
    inside_units,
    not_a_service,
    outside_units,
    through,
)
from mesh.iam.values import KEY_ARN, Document, Statement, account, document, when

READ_OBJECTS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectAttributes",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectTorrent",
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
DECRYPT = ("kms:Decrypt", "kms:DescribeKey")
ENCRYPT = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
USE_KEY = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "kms:GenerateMac",
    "kms:Sign",
    "kms:DeriveSharedSecret",
)
ADMINISTER_KEY = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:DisableKey",
    "kms:EnableKey*",
    "kms:Get*",
    "kms:List*",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
LOOK_AT_KEY = ("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who touches a product: ARNs, and patterns of ARNs, of roles.

    `pipeline` writes; `location` reads for Lake Formation (None without a table port); `clearances` are patterns of
    the clearance roles whose clearance covers every label (empty without a files port); `delivery` copies to partners;
    `publisher` starts tables: Glue writes an Iceberg table's first metadata file as whoever creates the table.
    """

    account_id: str
    pipeline: str
    location: str | None = None
    clearances: tuple[str, ...] = ()
    delivery: str | None = None
    publisher: str | None = None

    @property
    def writers(self) -> tuple[str, ...]:
        """Everyone who may write objects; the publisher is allowed metadata of tables only."""
        return (self.pipeline, self.publisher) if self.publisher else (self.pipeline,)

    @property
    def readers(self) -> tuple[str, ...]:
        """Everyone who may read objects."""
        single = (arn for arn in (self.pipeline, self.location, self.delivery, self.publisher) if arn)
        return (*single, *self.clearances)

    @property
    def deploy(self) -> str:
        """Who may change how the bucket and the key are set up."""
        return names.deploy_role(self.account_id)


def bucket_policy(perimeter: Perimeter, bucket: str, audience: Audience) -> Document:
    """Resource policy of a product's bucket; needs the key's ARN (`KEY_ARN`) filled in. Quota: 20,480 bytes."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    return document(
        *encrypted_in_transit(whole, objects),
        Statement(
            sid="RefuseOtherUnits",
            principal="*",
            actions=("s3:*",),
            resources=(whole, objects),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherReaders",
            principal="*",
            actions=READ_OBJECTS,
            resources=(objects,),
            conditions=(caller_is_not(*audience.readers), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherListers",
            principal="*",
            actions=LIST_BUCKET,
            resources=(whole,),
            conditions=(
                caller_is_not(*audience.readers, audience.deploy, names.preview_role(audience.account_id)),
                not_a_service(),
            ),
        ),
        Statement(
            sid="RefuseOtherWriters",
            principal="*",
            actions=WRITE_OBJECTS,
            resources=(objects,),
            conditions=(caller_is_not(*audience.writers), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            principal="*",
            actions=CONFIGURE_BUCKET,
            resources=(whole, objects),
            conditions=(caller_is_not(audience.deploy), not_a_service()),
        ),
        *_mandated_key(objects),
        _location_reads(perimeter, audience, whole),
        _cleared_read(perimeter, audience, whole, objects),
        _publisher_starts(perimeter, audience, whole),
    )


def _mandated_key(objects: str) -> tuple[Statement, ...]:
    """A put with another encryption or key is refused; one without headers gets the bucket's default (I11)."""
    header, key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    customer = "s3:x-amz-server-side-encryption-customer-algorithm"
    return (
        Statement(
            sid="RefuseOtherEncryption",
            principal="*",
            actions=("s3:PutObject",),
            resources=(objects,),
            conditions=(when("Null", header, "false"), when("StringNotEquals", header, "aws:kms")),
        ),
        Statement(
            sid="RefuseOtherKeys",
            principal="*",
            actions=("s3:PutObject",),
            resources=(objects,),
            conditions=(when("Null", key, "false"), when("StringNotEquals", key, KEY_ARN)),
        ),
        Statement(
            sid="RefuseCustomerKeys",
            principal="*",
            actions=("s3:PutObject",),
            resources=(objects,),
            conditions=(when("Null", customer, "false"),),
        ),
    )


def _location_reads(perimeter: Perimeter, audience: Audience, whole: str) -> Statement | None:
    """Tables only: that is the location registered with Lake Formation."""
    if audience.location is None:
        return None
    return Statement(
        sid="LakeFormationReads",
        effect="Allow",
        principal=account(perimeter.governance_id),
        actions=READER_ACTIONS,
        resources=(whole, f"{whole}/tables/*"),
        conditions=(caller_is(audience.location),),
    )


def _cleared_read(perimeter: Perimeter, audience: Audience, whole: str, objects: str) -> Statement | None:
    if not audience.clearances:
        return None
    return Statement(
        sid="ClearedPeopleRead",
        effect="Allow",
        principal="*",
        actions=READER_ACTIONS,
        resources=(whole, objects),
        conditions=(
            in_organization(perimeter),
            inside_units(perimeter.domains),
            caller_is(*audience.clearances),
        ),
    )


def _publisher_starts(perimeter: Perimeter, audience: Audience, whole: str) -> Statement | None:
    if audience.publisher is None:
        return None
    return Statement(
        sid="PublisherStartsTables",
        effect="Allow",
        principal=account(perimeter.governance_id),
        actions=("s3:GetObject", "s3:PutObject"),
        resources=(f"{whole}/tables/*/metadata/*",),
        conditions=(caller_is(audience.publisher),),
    )


def key_policy(perimeter: Perimeter, audience: Audience) -> Document:
    """Resource policy of a product's key. Quota: 32,768 bytes.

    No statement delegates to IAM: the account's own administrators cannot decrypt (I12). AWS refuses a key policy
    that locks its caller out; the caller is the deploy role, which `DeploymentAdministers` names.
    """
    crypto = document(
        Statement(
            sid="DeploymentAdministers",
            effect="Allow",
            principal=account(audience.account_id),
            actions=ADMINISTER_KEY,
            resources=("*",),
            conditions=(caller_is(audience.deploy),),
        ),
        Statement(
            sid="PreviewLooks",
            effect="Allow",
            principal=account(audience.account_id),
            actions=LOOK_AT_KEY,
            resources=("*",),
            conditions=(caller_is(names.preview_role(audience.account_id)),),
        ),
        Statement(
            sid="PipelineEncrypts",
            effect="Allow",
            principal=account(audience.account_id),
            actions=ENCRYPT,
            resources=("*",),
            conditions=(caller_is(audience.pipeline), through(perimeter, "s3")),
        ),
        _delivery_decrypts(perimeter, audience),
        _location_decrypts(perimeter, audience),
        _cleared_decrypt(perimeter, audience),
        _publisher_encrypts(perimeter, audience),
    )
    return crypto + document(
        Statement(
            sid="RefuseOtherUnits",
            principal="*",
            actions=("kms:*",),
            resources=("*",),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherUsers",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(caller_is_not(*audience.readers), not_a_service()),
        ),
        Statement(
            sid="RefuseUseOutsideS3",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(
                when("StringNotEquals", "kms:ViaService", f"s3.{perimeter.region}.amazonaws.com"),
                not_a_service(),
            ),
        ),
        Statement(
            sid="RefuseGrants",
            principal="*",
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(when("BoolIfExists", "kms:GrantIsForAWSResource", "false"),),
        ),
    )


def _delivery_decrypts(perimeter: Perimeter, audience: Audience) -> Statement | None:
    if audience.delivery is None:
        return None
    return Statement(
        sid="DeliveryDecrypts",
        effect="Allow",
        principal=account(audience.account_id),
        actions=DECRYPT,
        resources=("*",),
        conditions=(caller_is(audience.delivery), through(perimeter, "s3")),
    )


def _location_decrypts(perimeter: Perimeter, audience: Audience) -> Statement | None:
    if audience.location is None:
        return None
    return Statement(
        sid="LakeFormationDecrypts",
        effect="Allow",
        principal=account(perimeter.governance_id),
        actions=DECRYPT,
        resources=("*",),
        conditions=(caller_is(audience.location), through(perimeter, "s3")),
    )


def _cleared_decrypt(perimeter: Perimeter, audience: Audience) -> Statement | None:
    if not audience.clearances:
        return None
    return Statement(
        sid="ClearedPeopleDecrypt",
        effect="Allow",
        principal="*",
        actions=DECRYPT,
        resources=("*",),
        conditions=(
            in_organization(perimeter),
            inside_units(perimeter.domains),
            caller_is(*audience.clearances),
            through(perimeter, "s3"),
        ),
    )


def _publisher_encrypts(perimeter: Perimeter, audience: Audience) -> Statement | None:
    if audience.publisher is None:
        return None
    return Statement(
        sid="PublisherEncrypts",
        effect="Allow",
        principal=account(perimeter.governance_id),
        actions=ENCRYPT,
        resources=("*",),
        conditions=(caller_is(audience.publisher), through(perimeter, "s3")),
    )
