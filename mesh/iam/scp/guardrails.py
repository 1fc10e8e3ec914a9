"""SCP at the root: only deployments change what protects data."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import caller_is_not, deploy_roles
from mesh.iam.scp.roles import only_roles, roles_stay_as_they_are
from mesh.iam.statement import Document, Statement, document, when

PROTECTION: Final = (
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ResetEbsDefaultKmsKeyId",
    "glue:DeleteResourcePolicy",
    "glue:PutResourcePolicy",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "s3:DeleteBucketPolicy",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutBucketAcl",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
)
"""Actions that take protection away, or replace it."""

ADMINISTER_LAKE_FORMATION: Final = (
    "lakeformation:BatchGrantPermissions",
    "lakeformation:BatchRevokePermissions",
    "lakeformation:CreateDataCellsFilter",
    "lakeformation:CreateLakeFormationIdentityCenterConfiguration",
    "lakeformation:CreateLakeFormationOptIn",
    "lakeformation:CreateLFTag",
    "lakeformation:CreateLFTagExpression",
    "lakeformation:DeleteLakeFormationOptIn",
    "lakeformation:DeleteLFTag",
    "lakeformation:GrantPermissions",
    "lakeformation:PutDataLakeSettings",
    "lakeformation:RevokePermissions",
    "lakeformation:UpdateDataCellsFilter",
    "lakeformation:UpdateLFTag",
    "lakeformation:UpdateLFTagExpression",
)

REGISTER_LOCATIONS: Final = (
    "lakeformation:AddLFTagsToResource",
    "lakeformation:DeregisterResource",
    "lakeformation:RegisterResource",
    "lakeformation:RemoveLFTagsFromResource",
    "lakeformation:UpdateResource",
)

SILENCE_THE_ALARM: Final = (
    "events:DeleteRule",
    "events:DisableRule",
    "events:RemoveTargets",
    "sns:DeleteTopic",
    "sns:PutDataProtectionPolicy",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
)


def guardrails_stay_up() -> Document:
    """SCP at the root: only a deploy role changes what protects data, and no account leaves (I15-I18, I22)."""
    return document(
        *only_roles(),
        *roles_stay_as_they_are(),
        *_protection_stays_on(),
        *_the_alarm_is_heard(),
        Statement(
            sid="RefuseForgedSessionTags",
            what="Only deployments put a tag `mesh:*` on a session or a role.",
            why="The prefix is the mesh's own: nobody forges an attribute on which a policy could rest.",
            actions=("sts:TagSession", "iam:TagRole", "iam:UntagRole"),
            resources=("*",),
            conditions=(when("ForAnyValue:StringLike", "aws:TagKeys", "mesh:*"), caller_is_not(deploy_roles())),
        ),
    )


def _protection_stays_on() -> tuple[Statement, ...]:
    """Statements about protection: deployments alone change it, and publishers register locations."""
    return (
        Statement(
            sid="RefuseChangesToProtection",
            what=(
                "Only deployments change trails, policies of keys, buckets and catalogs, encryption, versioning, "
                "public access."
            ),
            why="Whoever can switch protection off needs no way around it.",
            actions=PROTECTION,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseLakeFormationAdministration",
            what="Only deployments grant, revoke, and change LF-tags or settings of Lake Formation.",
            why="A grant is access to columns.",
            actions=ADMINISTER_LAKE_FORMATION,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseRegistrationOfLocations",
            what="Only deployments and publishers register locations and put LF-tags on data.",
            why="A column that loses its tag is open to every clearance.",
            actions=REGISTER_LOCATIONS,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles(), names.publisher_role("*", "*")),),
        ),
    )


def _the_alarm_is_heard() -> tuple[Statement, ...]:
    """Statements about the break-glass alarm: nobody but the deployment silences its rule, topic or subscriptions."""
    return (
        Statement(
            sid="RefuseSilencingTheAlarm",
            what="Only deployments disable or delete the alarm's rule, or change its topic.",
            why="Nobody breaks the glass unheard.",
            actions=SILENCE_THE_ALARM,
            resources=(names.break_glass_rule("*", "*"), names.break_glass_topic("*", "*")),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseEndingSubscriptions",  # named by topic, by subscription or not at all
            what="Only deployments end or change a subscription.",
            why="The alarm's could be ended; requests name one in three ways, so all are covered.",
            actions=("sns:SetSubscriptionAttributes", "sns:Unsubscribe"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )
