"""Service and resource control policies: what no account, role or service of the organisation can get around.

SCPs bind the identities of member accounts, RCPs their resources; neither binds the management account or
service-linked roles (AWS Organizations User Guide, "Service control policies", "Resource control policies").
Quotas: SCP 10,240 characters, RCP 5,120; white space counts, so documents are attached minified.
An RCP is Deny only, for every principal, without NotAction and without a bare `*` as its action.
"""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import (
    Perimeter,
    caller_is_not,
    deploy_roles,
    not_a_service,
    outside_organization,
    outside_units,
)
from mesh.iam.values import Document, Statement, document, when

PERIMETER_SERVICES = ("s3:*", "kms:*", "sqs:*", "secretsmanager:*", "dynamodb:*", "logs:*")
"""Services that hold data and take an RCP; `sts` has statements of its own (Organizations User Guide, RCP services)."""

ASSUME_ROLE = ("sts:AssumeRole",)

BOOTSTRAP_ROLE = "arn:aws:iam::*:role/stacksets-exec-*"
"""The role with which StackSets makes `mesh/deploy` in a new account.

A service-linked role makes it, which no SCP binds; whoever else could make or change one of this name would be the
deployment (CloudFormation User Guide, "Service-managed permissions").
"""

ANY_ACCOUNT = "?" * 12
"""The account of an ARN for a string operator, whose `*` would run on over colons, which a policy's path may hold."""

ROLES_OF_AWS = ("arn:aws:iam::*:role/aws-reserved/*", "arn:aws:iam::*:role/OrganizationAccountAccessRole")
"""Roles that only AWS makes and changes: those of permission sets, and that of AWS Organizations.

IAM Identity Center writes through a service-linked role, which no SCP binds (its User Guide, "Using service-linked
roles"); sessions come into its roles by SAML, and into no other.
"""

OWNED_BY_AWS = ("arn:aws:iam::aws:policy/*", "arn:aws:ssm:*::parameter/aws/*")
"""Resources of AWS's own accounts that any account may name (aws-samples/data-perimeter-policy-examples)."""


def identities_stay_inside(perimeter: Perimeter) -> Document:
    """SCP at the root: no identity of the organisation acts on a resource outside it (I6).

    There is no exception for calls that a service makes for somebody (`aws:ViaAWSService`): Athena's UNLOAD and CTAS
    write as the caller, and would write to any bucket.
    """
    return document(
        Statement(
            sid="RefuseResourcesOutsideTheOrganisation",
            actions=(
                "s3:*",
                "kms:Decrypt",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
                "sqs:*",
                "sns:*",
                "dynamodb:*",
                "kinesis:*",
                "firehose:*",
                "events:PutEvents",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
                "lambda:InvokeFunction",
                "secretsmanager:*",
                "logs:PutLogEvents",
                "sts:AssumeRole",
            ),
            resources=("*",),
            conditions=(when("StringNotEqualsIfExists", "aws:ResourceOrgID", perimeter.organization),),
        )
    )


def guardrails_stay_up() -> Document:
    """SCP at the root: only a deploy role changes what protects data; nobody leaves the organisation (I15-I18, I22)."""
    return document(
        *_who_there_is(),
        *_roles_stay_as_they_are(),
        *_protection_stays_on(),
        *_the_alarm_is_heard(),
        Statement(
            sid="RefuseForgedSessionTags",
            actions=("sts:TagSession", "iam:TagRole", "iam:UntagRole"),
            resources=("*",),
            conditions=(when("ForAnyValue:StringLike", "aws:TagKeys", "mesh:*"), caller_is_not(deploy_roles())),
        ),
    )


def _who_there_is() -> tuple[Statement, ...]:
    """Accounts stay, and in them nobody but roles: no root user, no key that lasts, no other identity provider."""
    return (
        Statement(
            sid="RefuseLeavingTheOrganisation",
            actions=("organizations:LeaveOrganization", "account:CloseAccount"),
            resources=("*",),
        ),
        Statement(
            sid="RefuseRootUsers",
            actions=("*",),
            resources=("*",),
            conditions=(
                when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:root"),
                when("Null", "aws:AssumedRoot", "true"),
            ),
        ),
        Statement(
            sid="RefuseLongLivedCredentials",
            actions=(
                "iam:CreateAccessKey",
                "iam:CreateLoginProfile",
                "iam:CreateSAMLProvider",
                "iam:CreateServiceSpecificCredential",
                "iam:CreateUser",
                "iam:UpdateSAMLProvider",
                "iot:*RoleAlias",
                "rolesanywhere:*",
                "ssm:CreateActivation",
                "sso:CreateInstance",
            ),
            resources=("*",),
        ),
        Statement(
            sid="RefuseOtherFederation",
            actions=(
                "iam:AddClientIDToOpenIDConnectProvider",
                "iam:CreateOpenIDConnectProvider",
                "iam:UpdateOpenIDConnectProviderThumbprint",
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )


def _roles_stay_as_they_are() -> tuple[Statement, ...]:
    """Roles of the mesh are changed and passed on by deployments; any other carries the boundary, and keeps it."""
    return (
        Statement(
            sid="RefuseChangesToRolesOfTheMesh",
            actions=(
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:DeleteRole",
                "iam:DeleteRolePermissionsBoundary",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
            ),
            resources=(names.role("*", "*"), names.policy("*", "*"), BOOTSTRAP_ROLE, *ROLES_OF_AWS),
            conditions=(caller_is_not(deploy_roles(), BOOTSTRAP_ROLE),),
        ),
        Statement(
            sid="RefuseLosingTheBoundary",
            actions=("iam:DeleteRolePermissionsBoundary",),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles(), BOOTSTRAP_ROLE),),
        ),
        Statement(
            sid="RefusePassingRolesOfTheMesh",
            actions=("iam:PassRole",),
            resources=(names.role("*", "*"),),
            conditions=(caller_is_not(deploy_roles(), names.publisher_role("*", "*")),),
        ),
        Statement(
            sid="RefuseChangesToJobs",
            actions=(
                "glue:UpdateJob",
                "lambda:UpdateFunctionCode",
                "lambda:UpdateFunctionConfiguration",
                "states:UpdateStateMachine",
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseRolesWithoutTheBoundary",
            actions=(
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ),
            resources=("*",),
            conditions=(
                when("StringNotLike", "iam:PermissionsBoundary", names.boundary(ANY_ACCOUNT)),
                caller_is_not(deploy_roles(), BOOTSTRAP_ROLE),
            ),
        ),
    )


def _protection_stays_on() -> tuple[Statement, ...]:
    """What protects data is changed by deployments, and locations are registered by publishers."""
    return (
        Statement(
            sid="RefuseChangesToProtection",
            actions=(
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
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseLakeFormationAdministration",
            actions=(
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
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseRegistrationOfLocations",
            actions=(
                "lakeformation:AddLFTagsToResource",
                "lakeformation:DeregisterResource",
                "lakeformation:RegisterResource",
                "lakeformation:RemoveLFTagsFromResource",
                "lakeformation:UpdateResource",
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles(), names.publisher_role("*", "*")),),
        ),
    )


def _the_alarm_is_heard() -> tuple[Statement, ...]:
    """Nobody but the deployment silences a topic, or the rule that hears the glass broken."""
    return (
        Statement(
            sid="RefuseSilencingTheAlarm",
            actions=(
                "events:DeleteRule",
                "events:DisableRule",
                "events:RemoveTargets",
                "sns:DeleteTopic",
                "sns:PutDataProtectionPolicy",
                "sns:RemovePermission",
                "sns:SetTopicAttributes",
            ),
            resources=(names.break_glass_rule("*", "*"), names.break_glass_topic("*", "*")),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseEndingSubscriptions",  # named by topic, by subscription or not at all
            actions=("sns:SetSubscriptionAttributes", "sns:Unsubscribe"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )


def partner_stays_inside(account_id: str) -> Document:
    """SCP of one partner account: nothing on a resource of another account, with the literal id (I4)."""
    return document(
        Statement(
            sid="RefuseResourcesOfOtherAccounts",
            actions=("*",),
            not_resources=OWNED_BY_AWS,
            conditions=(when("StringNotEquals", "aws:ResourceAccount", account_id),),
        ),
        Statement(
            sid="RefuseReachingOtherAccounts",
            actions=("organizations:*", "ram:*"),
            resources=("*",),
        ),
    )


def resources_stay_inside(perimeter: Perimeter) -> Document:
    """RCP at the root: nobody outside, no service for an outsider (I1, I2), no foreign network (I9), TLS only (I10)."""
    return document(
        Statement(
            sid="RefuseCallersOutsideTheOrganisation",
            principal="*",
            actions=(*PERIMETER_SERVICES, *ASSUME_ROLE),
            resources=("*",),
            conditions=(outside_organization(perimeter), not_a_service()),
        ),
        Statement(
            sid="RefuseServicesForOutsiders",
            principal="*",
            actions=(*PERIMETER_SERVICES, *ASSUME_ROLE),
            resources=("*",),
            conditions=(
                when("StringNotEqualsIfExists", "aws:SourceOrgID", perimeter.organization),
                when("Null", "aws:SourceAccount", "false"),
                when("Bool", "aws:PrincipalIsAWSService", "true"),
            ),
        ),
        Statement(
            sid="RefusePlainHttp",
            principal="*",
            actions=("s3:*", "sqs:*", "kms:*", "secretsmanager:*"),
            resources=("*",),
            conditions=(when("BoolIfExists", "aws:SecureTransport", "false"),),
        ),
        Statement(
            sid="RefuseOldPresignedUrls",
            principal="*",
            actions=("s3:*",),
            resources=("*",),
            conditions=(when("NumericGreaterThan", "s3:signatureAge", "900000"),),
        ),
        Statement(
            sid="RefuseForeignNetworks",
            principal="*",
            actions=("s3:*", "kms:*", "sqs:*"),
            resources=("*",),
            conditions=(
                when("Null", "aws:VpceOrgID", "false"),
                when("StringNotEquals", "aws:VpceOrgID", perimeter.organization),
            ),
        ),
        Statement(
            sid="RefuseOtherWebIdentities",
            principal="*",
            actions=("sts:AssumeRoleWithWebIdentity",),
            not_resources=(names.ci_role(perimeter.governance_id, "*"),),
        ),
        Statement(
            sid="RefuseOtherSamlIdentities",
            principal="*",
            actions=("sts:AssumeRoleWithSAML",),
            not_resources=(ROLES_OF_AWS[0],),
        ),
        Statement(
            sid="RefuseForgedSessionTags",
            principal="*",
            actions=("sts:TagSession",),
            resources=("*",),
            conditions=(when("ForAnyValue:StringLike", "aws:TagKeys", "mesh:*"), not_a_service()),
        ),
    )


def domain_resources_stay_in_domains(perimeter: Perimeter) -> Document:
    """RCP on the domains unit: only domain accounts and the governance account act on domain resources (I3).

    The management account's organisation role is how a new account is entered before it has `mesh/deploy`; it sits at
    the root and holds no path below a unit, so it is refused here as everyone else: bootstrap is by StackSet.
    """
    return document(
        Statement(
            sid="RefuseOtherUnits",
            principal="*",
            actions=(*PERIMETER_SERVICES, *ASSUME_ROLE),
            resources=("*",),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        )
    )


def partner_resources_take_one_writer(account_id: str, writers: tuple[str, ...], governance_id: str) -> Document:
    """RCP of one partner account: its own identities, the declared writers, the deployment (I5)."""
    own = f"arn:aws:iam::{account_id}:*"
    deploying = (
        names.ci_role(governance_id, "deploy"),
        names.ci_role(governance_id, "preview"),
        names.break_glass_role(governance_id),
    )
    return document(
        Statement(
            sid="RefuseAllButTheWriter",
            principal="*",
            actions=PERIMETER_SERVICES,
            resources=("*",),
            conditions=(when("ArnNotLikeIfExists", "aws:PrincipalArn", own, *writers), not_a_service()),
        ),
        Statement(
            sid="RefuseAllButTheDeployment",
            principal="*",
            actions=ASSUME_ROLE,
            resources=("*",),
            conditions=(when("ArnNotLikeIfExists", "aws:PrincipalArn", own, *deploying), not_a_service()),
        ),
    )
