"""Resource policies of the governance account and of what every account keeps for itself.

Quotas: Glue catalog policy 10,240 bytes, event bus policy 10,240 characters, bucket policy 20,480 bytes.
"""

from __future__ import annotations

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
from mesh.iam.product import ADMINISTER_KEY, CONFIGURE_BUCKET, LOOK_AT_KEY, READ_OBJECTS, USE_KEY
from mesh.iam.roles import READ_CATALOG
from mesh.iam.values import Document, Statement, account, document, service, when


def catalog_policy(perimeter: Perimeter) -> Document:
    """Resource policy of the mesh catalog: domains read it, Lake Formation shares it, nobody else reaches it (I23).

    Reading needs catalog, database and table together; which of them is seen is decided by Lake Formation.
    """
    hub = f"arn:aws:glue:{perimeter.region}:{perimeter.governance_id}"
    everything = (f"{hub}:catalog", f"{hub}:database/*", f"{hub}:table/*")
    return document(
        Statement(
            sid="DomainsReadTheCatalog",
            effect="Allow",
            principal="*",
            actions=READ_CATALOG,
            resources=everything,
            conditions=(in_organization(perimeter), inside_units(perimeter.domains)),
        ),
        Statement(
            sid="LakeFormationShares",
            effect="Allow",
            principal=service("ram.amazonaws.com"),
            actions=("glue:ShareResource",),
            resources=everything,
        ),
        Statement(
            sid="RefuseOtherUnits",
            principal="*",
            actions=("glue:*",),
            resources=everything,
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherPublishers",
            principal="*",
            actions=(
                "glue:BatchCreate*",
                "glue:BatchDelete*",
                "glue:BatchUpdate*",
                "glue:Create*",
                "glue:Delete*",
                "glue:Update*",
            ),
            resources=everything,
            conditions=(
                caller_is_not(
                    names.publisher_role(perimeter.governance_id, "*"), names.deploy_role(perimeter.governance_id)
                ),
                not_a_service(),
            ),
        ),
    )


def bus_policy(perimeter: Perimeter) -> Document:
    """Resource policy of the mesh event bus: pipelines of domain accounts tell, nobody outside does."""
    hub = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}"
    bus, rules = f"{hub}:event-bus/{names.BUS}", f"{hub}:rule/{names.BUS}/*"
    return document(
        Statement(
            sid="PipelinesTellTheMesh",
            effect="Allow",
            principal="*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(
                in_organization(perimeter),
                inside_units(perimeter.domains),
                caller_is(names.pipeline_role("*", "*")),
            ),
        ),
        Statement(
            sid="DomainsSubscribe",
            effect="Allow",
            principal="*",
            actions=(
                "events:PutRule",
                "events:PutTargets",
                "events:DescribeRule",
                "events:DeleteRule",
                "events:RemoveTargets",
            ),
            resources=(bus, rules),
            conditions=(
                in_organization(perimeter),
                inside_units(perimeter.domains),
                caller_is(names.deploy_role("*")),
                when("StringEqualsIfExists", "events:creatorAccount", "${aws:PrincipalAccount}"),
            ),
        ),
        Statement(
            sid="RefuseOtherUnits",
            principal="*",
            actions=("events:*",),
            resources=(bus, rules),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            principal="*",
            actions=("events:DeleteEventBus", "events:PutPermission", "events:RemovePermission"),
            resources=(bus,),
            conditions=(caller_is_not(names.deploy_role(perimeter.governance_id)),),
        ),
    )


def log_bucket_policy(perimeter: Perimeter, bucket: str, account_id: str) -> Document:
    """Resource policy of an account's log bucket: S3 writes for this account's buckets, nobody deletes."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    return document(
        *encrypted_in_transit(whole, objects),
        Statement(
            sid="S3DeliversAccessLogs",
            effect="Allow",
            principal=service("logging.s3.amazonaws.com"),
            actions=("s3:PutObject",),
            resources=(objects,),
            conditions=(when("StringEquals", "aws:SourceAccount", account_id),),
        ),
        *_own_account_only(perimeter, whole, objects, account_id),
        _services_write(objects),
        Statement(
            sid="RefuseDeletionOfLogs",
            principal="*",
            actions=("s3:DeleteObject", "s3:DeleteObjectVersion"),
            resources=(objects,),
        ),
    )


def _services_write(objects: str) -> Statement:
    """Nobody adds a line to a log but the service that keeps it."""
    return Statement(
        sid="RefuseOtherWriters",
        principal="*",
        actions=("s3:PutObject", "s3:ReplicateObject"),
        resources=(objects,),
        conditions=(not_a_service(),),
    )


def results_bucket_policy(perimeter: Perimeter, bucket: str, account_id: str) -> Document:
    """Resource policy of an account's query results: read in this account, by roles that people hold (I13, I24)."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    return document(
        *encrypted_in_transit(whole, objects),
        *_own_account_only(perimeter, whole, objects, account_id),
        Statement(
            sid="RefuseOtherReaders",
            principal="*",
            actions=READ_OBJECTS,
            resources=(objects,),
            conditions=(
                caller_is_not(names.clearance_role(account_id, "*"), names.role(account_id, "access")),
                not_a_service(),
            ),
        ),
    )


def _own_account_only(perimeter: Perimeter, whole: str, objects: str, account_id: str) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseOtherAccounts",
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
            principal="*",
            actions=CONFIGURE_BUCKET,
            resources=(whole, objects),
            conditions=(caller_is_not(names.deploy_role(account_id)), not_a_service()),
        ),
    )


def account_key_policy(perimeter: Perimeter, account_id: str) -> Document:
    """Resource policy of the key for what an account keeps for itself: query results and disks."""
    return document(
        Statement(
            sid="DeploymentAdministers",
            effect="Allow",
            principal=account(account_id),
            actions=ADMINISTER_KEY,
            resources=("*",),
            conditions=(caller_is(names.deploy_role(account_id)),),
        ),
        Statement(
            sid="PreviewLooks",
            effect="Allow",
            principal=account(account_id),
            actions=LOOK_AT_KEY,
            resources=("*",),
            conditions=(caller_is(names.preview_role(account_id)),),
        ),
        Statement(
            sid="AccountUsesThroughItsServices",
            effect="Allow",
            principal=account(account_id),
            actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"),
            resources=("*",),
            conditions=(through(perimeter, "s3", "ec2", "athena"),),
        ),
        Statement(
            sid="DisksTakeGrants",
            effect="Allow",
            principal=account(account_id),
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(when("Bool", "kms:GrantIsForAWSResource", "true"), through(perimeter, "ec2")),
        ),
        Statement(
            sid="RefuseOtherAccounts",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(when("StringNotEqualsIfExists", "kms:CallerAccount", account_id), not_a_service()),
        ),
        Statement(
            sid="RefuseUseOutsideServices",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(
                when(
                    "StringNotEquals",
                    "kms:ViaService",
                    *(f"{name}.{perimeter.region}.amazonaws.com" for name in ("s3", "ec2", "athena")),
                ),
                not_a_service(),
            ),
        ),
    )


def audit_bucket_policy(perimeter: Perimeter, bucket: str) -> Document:
    """Resource policy of the audit bucket: the organisation's trail writes, nothing is deleted (I21)."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    trail = names.trail_arn(perimeter.region, perimeter.management_id)
    source = (when("StringEquals", "aws:SourceArn", trail),)
    return document(
        *encrypted_in_transit(whole, objects),
        Statement(
            sid="TrailChecksTheBucket",
            effect="Allow",
            principal=service("cloudtrail.amazonaws.com"),
            actions=("s3:GetBucketAcl",),
            resources=(whole,),
            conditions=source,
        ),
        Statement(
            sid="TrailWrites",
            effect="Allow",
            principal=service("cloudtrail.amazonaws.com"),
            actions=("s3:PutObject",),
            resources=(f"arn:aws:s3:::{bucket}/AWSLogs/*",),
            conditions=source,
        ),
        _services_write(objects),
        Statement(
            sid="RefuseDeletionOfTheAuditTrail",
            principal="*",
            actions=(
                "s3:BypassGovernanceRetention",
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                "s3:PutObjectLegalHold",
                "s3:PutObjectRetention",
            ),
            resources=(objects,),
        ),
        *_own_account_only(perimeter, whole, objects, perimeter.governance_id),
    )


def inbox_policy(perimeter: Perimeter, bucket: str, account_id: str, writers: tuple[str, ...]) -> Document:
    """Resource policy of a partner's inbox: the declared writers of open agreements put, nobody outside reads (I5)."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    writing = ("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner")
    own = f"arn:aws:iam::{account_id}:*"
    return document(
        *encrypted_in_transit(whole, objects),
        Statement(
            sid="DeclaredWritersDeliver",
            effect="Allow",
            principal="*",
            actions=writing,
            resources=(objects,),
            conditions=(in_organization(perimeter), inside_units(perimeter.domains), caller_is(*writers)),
        )
        if writers
        else None,
        Statement(
            sid="RefuseOtherAccounts",
            principal="*",
            actions=("s3:*",),
            resources=(whole, objects),
            conditions=(when("ArnNotLikeIfExists", "aws:PrincipalArn", own, *writers), not_a_service()),
        ),
        Statement(
            sid="RefuseAllButDeliveries",
            principal="*",
            actions=("s3:PutObject", "s3:PutObjectTagging"),
            resources=(objects,),
            conditions=(not_a_service(),),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            principal="*",
            actions=CONFIGURE_BUCKET,
            resources=(whole, objects),
            conditions=(caller_is_not(names.deploy_role(account_id)), not_a_service()),
        ),
    )


def inbox_key_policy(perimeter: Perimeter, account_id: str, writers: tuple[str, ...]) -> Document:
    """Resource policy of the key of a partner's inbox: the declared writers encrypt, the partner decrypts."""
    return account_key_policy(perimeter, account_id).without("RefuseOtherAccounts").without(
        "DisksTakeGrants"
    ) + document(
        Statement(
            sid="DeclaredWritersEncrypt",
            effect="Allow",
            principal="*",
            actions=("kms:Encrypt", "kms:GenerateDataKey"),
            resources=("*",),
            conditions=(
                in_organization(perimeter),
                inside_units(perimeter.domains),
                caller_is(*writers),
                through(perimeter, "s3"),
            ),
        )
        if writers
        else None,
        Statement(
            sid="RefuseAllButTheWriters",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(
                when("ArnNotLikeIfExists", "aws:PrincipalArn", f"arn:aws:iam::{account_id}:*", *writers),
                not_a_service(),
            ),
        ),
    )
