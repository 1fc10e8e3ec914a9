"""SCP at the root: only deployments change what protects data."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is_not, deploy_access_roles, deploy_roles
from mesh.iam.scp.roles import only_roles, roles_stay_as_they_are
from mesh.iam.statement import Document, Statement, document, when

PROTECTION: Final = (
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTable",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ResetEbsDefaultKmsKeyId",
    "ecr:PutImageScanningConfiguration",
    "ecr:PutImageTagMutability",
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

PROTECTION_OF_ALL: Final = (
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:PutInsightSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "glue:DeleteResourcePolicy",
    "glue:PutDataCatalogEncryptionSettings",
    "glue:PutResourcePolicy",
)
"""Actions that take protection from the whole mesh: its trail, the policy and the encryption of its catalog."""

ADMINISTER_LAKE_FORMATION: Final = (
    "lakeformation:AttachRLSPolicy",
    "lakeformation:Batch*",
    "lakeformation:Create*",
    "lakeformation:Delete*",
    "lakeformation:DetachRLSPolicy",
    "lakeformation:GrantPermissions",
    "lakeformation:Put*",
    "lakeformation:RevokePermissions",
    "lakeformation:UpdateDataCellsFilter",
    "lakeformation:UpdateL*",
    "lakeformation:UpdateRLSPolicy",
    "lakeformation:UpdateTable*",
)
"""Actions that grant, label, filter, or change settings."""

REGISTER_LOCATIONS: Final = (
    "lakeformation:DeregisterResource",
    "lakeformation:RegisterResource*",
    "lakeformation:UpdateResource",
)

LABEL_DATA: Final = (
    "lakeformation:AddLFTagsToResource",
    "lakeformation:RemoveLFTagsFromResource",
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


def guardrails_stay_up(perimeter: Perimeter) -> Document:
    """SCP at the root: only a deploy role changes what protects data, and no account leaves (I15-I18, I22)."""
    return document(
        *only_roles(perimeter),
        *roles_stay_as_they_are(perimeter),
        *_protection_stays_on(perimeter),
        *_the_alarm_is_heard(perimeter),
        Statement(
            sid="RefuseForgedSessionTags",
            what="Only deployments put a tag `mesh:*` on a session or a role.",
            why="The prefix is the mesh's own: nobody forges an attribute on which a policy could rest.",
            but="The program tags the roles that it makes, as all that it makes.",
            actions=("sts:TagSession", "iam:TagRole", "iam:UntagRole"),
            resources=("*",),
            conditions=(
                when("ForAnyValue:StringLike", "aws:TagKeys", "mesh:*"),
                caller_is_not(deploy_roles(), deploy_access_roles()),
            ),
        ),
    )


def _protection_stays_on(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements about protection: deployments alone change it, and publishers label."""
    governance = names.deploy_role(perimeter.governance_id)
    return (
        Statement(
            sid="RefuseChangesToProtection",
            what="Only deployments change policies of keys and buckets, tables, encryption, versioning, public access.",
            why="Whoever can switch protection off needs no way around it.",
            but="Each account's stack sets up its buckets and keys; whom a policy can admit, an RCP bounds.",
            actions=PROTECTION,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseChangesToProtectionOfAll",
            what="Only the deployment of governance changes the trail, the policy of a catalog, or its encryption.",
            why="What protects every domain is no domain's to change; and no RCP covers Glue.",
            but="The deployment of governance makes both; AWS has no key for whom a catalog's policy admits.",
            actions=PROTECTION_OF_ALL,
            resources=("*",),
            conditions=(caller_is_not(governance),),
        ),
        Statement(
            sid="RefuseLakeFormationAdministration",
            what="Only the deployments of governance and of who reads grant, revoke, or set Lake Formation up.",
            why="A grant is access to columns.",
            but="`governance` grants and labels, `access-<d>` passes on; AWS has no key for grants.",
            actions=ADMINISTER_LAKE_FORMATION,
            resources=("*",),
            conditions=(caller_is_not(governance, deploy_access_roles()),),
        ),
        Statement(
            sid="RefuseRegistrationOfLocations",
            what="Only the deployment of governance registers locations.",
            why="With its location's role a table is read, and without it not at all: whoever's table it is.",
            but="`governance` registers the place of every table port; these actions take no resource.",
            actions=REGISTER_LOCATIONS,
            resources=("*",),
            conditions=(caller_is_not(governance),),
        ),
        Statement(
            sid="RefuseLabelsOfOthers",
            what="Only the deployment of governance and publishers put LF-tags on data.",
            why="A column that loses its tag is open to every clearance.",
            but="`governance` labels databases, the publication function columns; these actions take no resource.",
            actions=LABEL_DATA,
            resources=("*",),
            conditions=(caller_is_not(governance, names.publisher_role(perimeter.governance_id, "*")),),
        ),
    )


def _the_alarm_is_heard(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements about the break-glass alarm: nobody but the deployment silences its rule, topic or subscriptions."""
    return (
        Statement(
            sid="RefuseSilencingTheAlarm",
            what="Only the deployment of governance disables or deletes the alarm's rule, or changes its topic.",
            why="Nobody breaks the glass unheard.",
            but="The deployment of governance makes rule and topic.",
            actions=SILENCE_THE_ALARM,
            resources=(names.break_glass_rule("*", "*"), names.break_glass_topic("*", "*")),
            conditions=(caller_is_not(names.deploy_role(perimeter.governance_id)),),
        ),
        Statement(
            sid="RefuseEndingSubscriptions",  # named by topic, by subscription or not at all
            what="Only the deployment of governance ends or changes a subscription.",
            why="The alarm's could be ended; requests name one in three ways, so all are covered.",
            but="The deployment of governance changes whom the alarm tells, as mesh.yaml does.",
            actions=("sns:SetSubscriptionAttributes", "sns:Unsubscribe"),
            resources=("*",),
            conditions=(caller_is_not(names.deploy_role(perimeter.governance_id)),),
        ),
        Statement(
            sid="RefuseSilencingAlarms",
            what="Only deployments delete an alarm of CloudWatch or switch off whom it tells.",
            why="What watches data is taken down where it was put up.",
            but="Each account's stack makes and removes its alarms.",
            actions=("cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )
