"""Service and resource control policies: what no account, role or service of the organisation can get around.

SCPs bind the identities of member accounts, RCPs their resources; neither binds the management account or
service-linked roles (AWS Organizations User Guide, "Service control policies", "Resource control policies").
Quotas: SCP 10,240 characters, RCP 5,120; white space counts, so documents are attached minified.
An RCP is Deny only, for every principal, without NotAction and without a bare `*` as its action.
"""

from __future__ import annotations

from typing import Final

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
        Statement(
            sid="RefuseLeavingTheOrganisation",
            actions=("organizations:LeaveOrganization", "account:CloseAccount"),
            resources=("*",),
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
                "rolesanywhere:*",
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
            resources=(names.role("*", "*"), names.policy("*", "*"), BOOTSTRAP_ROLE),
            conditions=(caller_is_not(deploy_roles(), BOOTSTRAP_ROLE),),
        ),
        Statement(
            sid="RefuseRolesWithoutTheBoundary",
            actions=(
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:DeleteRolePermissionsBoundary",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ),
            resources=("*",),
            conditions=(
                when("StringNotLike", "iam:PermissionsBoundary", names.boundary(ANY_ACCOUNT)),
                caller_is_not(deploy_roles(), BOOTSTRAP_ROLE),
            ),
        ),
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
        Statement(
            sid="RefuseSilencingTheAlarm",
            actions=(
                "events:DeleteRule",
                "events:DisableRule",
                "events:RemoveTargets",
                "sns:DeleteTopic",
                "sns:RemovePermission",
                "sns:SetTopicAttributes",
                "sns:Unsubscribe",
            ),
            resources=(names.break_glass_rule("*", "*"), names.break_glass_topic("*", "*")),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseForgedSessionTags",
            actions=("sts:TagSession", "iam:TagRole", "iam:UntagRole"),
            resources=("*",),
            conditions=(when("ForAnyValue:StringLike", "aws:TagKeys", "mesh:*"), caller_is_not(deploy_roles())),
        ),
    )


def no_side_doors(perimeter: Perimeter, *told: str) -> Document:
    """SCP on every unit but the root: no service (I7), no share (I19) and no network (I8) carries data out.

    `told` are addresses to which the deployment may have a topic send mail.
    """
    return document(
        Statement(
            sid="RefuseExportConfigurations",
            actions=(
                "s3:PutAnalyticsConfiguration",
                "s3:PutBucketLogging",
                "s3:PutBucketNotification",
                "s3:PutInventoryConfiguration",
                "s3:PutReplicationConfiguration",
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseCarriers",
            actions=(
                "appflow:*",
                "cleanrooms:*",
                "dataexchange:*",
                "datasync:*",
                "events:CreateApiDestination",
                "events:CreateConnection",
                "events:CreateEndpoint",
                "firehose:CreateDeliveryStream",
                "firehose:UpdateDestination",
                "mobiletargeting:*",
                "pipes:CreatePipe",
                "rds:StartExportTask",
                "scheduler:CreateSchedule",
                "ses:SendBulkEmail",
                "ses:SendEmail",
                "ses:SendRawEmail",
                "transfer:*",
            ),
            resources=("*",),
        ),
        Statement(
            sid="RefuseEventTargets",
            actions=("events:PutTargets", "events:PutRule"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseSubscriptionsOutside",
            actions=("sns:Subscribe",),
            resources=("*",),
            conditions=(when("StringNotLike", "sns:Endpoint", *_own_endpoints(perimeter), *told),),
        ),
        Statement(
            sid="RefuseMailOfOthers",
            actions=("sns:Subscribe",),
            resources=("*",),
            conditions=(when("StringEquals", "sns:Endpoint", *told), caller_is_not(deploy_roles())),
        )
        if told
        else None,
        Statement(
            sid="RefuseSharing",
            actions=(
                "athena:CreateDataCatalog",
                "athena:UpdateDataCatalog",
                "backup:PutBackupVaultAccessPolicy",
                "dynamodb:ExportTableToPointInTime",
                "dynamodb:PutResourcePolicy",
                "ec2:CreateInstanceExportTask",
                "ec2:CreateStoreImageTask",
                "ec2:ExportImage",
                "ec2:ModifyImageAttribute",
                "ec2:ModifySnapshotAttribute",
                "ecr:PutReplicationConfiguration",
                "ecr:SetRepositoryPolicy",
                "kafka:PutClusterPolicy",
                "kinesis:PutResourcePolicy",
                "lambda:AddLayerVersionPermission",
                "lambda:AddPermission",
                "lambda:CreateFunctionUrlConfig",
                "logs:PutDestinationPolicy",
                "logs:PutResourcePolicy",
                "logs:PutSubscriptionFilter",
                "quicksight:CreateAccountSubscription",
                "ram:AcceptResourceShareInvitation",
                "ram:AssociateResourceShare",
                "ram:CreateResourceShare",
                "ram:EnableSharingWithAwsOrganization",
                "ram:UpdateResourceShare",
                "rds:ModifyDBClusterSnapshotAttribute",
                "rds:ModifyDBSnapshotAttribute",
                "redshift:AuthorizeDataShare",
                "redshift:AuthorizeSnapshotAccess",
                "redshift:PutResourcePolicy",
                "secretsmanager:PutResourcePolicy",
                "sns:AddPermission",
                "sqs:AddPermission",
                "ssm:ModifyDocumentPermission",
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseWorkgroupChanges",
            actions=("athena:CreateWorkGroup", "athena:DeleteWorkGroup", "athena:UpdateWorkGroup"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        *_compute_in_a_network(),
        *_networks_without_a_way_out(),
        Statement(
            sid="RefuseOtherRegions",
            not_actions=(
                "account:*",
                "budgets:*",
                "ce:*",
                "cloudfront:*",
                "iam:*",
                "organizations:*",
                "route53:*",
                "s3:GetAccountPublicAccessBlock",
                "s3:ListAllMyBuckets",
                "s3:PutAccountPublicAccessBlock",
                "sso:*",
                "sts:*",
                "support:*",
                "tag:*",
            ),
            resources=("*",),
            conditions=(when("StringNotEquals", "aws:RequestedRegion", perimeter.region),),
        ),
    )


def _own_endpoints(perimeter: Perimeter) -> tuple[str, ...]:
    """No wildcard before the account: `arn:aws:*:*:<account>:*` takes a function of that name in another account."""
    return tuple(
        f"arn:aws:{service}:{perimeter.region}:${{aws:PrincipalAccount}}:*" for service in ("firehose", "lambda", "sqs")
    )


def _compute_in_a_network() -> tuple[Statement, ...]:
    """A job outside a VPC can post data anywhere, and IAM does not see plain HTTPS: such jobs are refused (I8)."""
    jobs = {
        "RefuseCloudShellOutsideANetwork": (("cloudshell:CreateEnvironment",), "cloudshell:VpcIds"),
        "RefuseGlueOutsideANetwork": (("glue:CreateJob", "glue:UpdateJob", "glue:CreateSession"), "glue:VpcIds"),
        "RefuseLambdaOutsideANetwork": (
            ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
            "lambda:VpcIds",
        ),
        "RefuseCodeBuildOutsideANetwork": (
            ("codebuild:CreateProject", "codebuild:UpdateProject"),
            "codebuild:vpcConfig.vpcId",
        ),
        "RefuseSageMakerOutsideANetwork": (
            ("sagemaker:CreateNotebookInstance", "sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"),
            "sagemaker:VpcSubnets",
        ),
    }
    return tuple(
        Statement(sid=sid, actions=actions, resources=("*",), conditions=(when("Null", key, "true"),))
        for sid, (actions, key) in jobs.items()
    )


WAYS_OUT: Final = (
    "directconnect:*",
    "ec2:AcceptTransitGateway*",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:AttachInternetGateway",
    "ec2:AttachVpnGateway",
    "ec2:CreateCarrierGateway",
    "ec2:CreateClientVpn*",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateInternetGateway",
    "ec2:CreateLocalGateway*",
    "ec2:CreateNatGateway",
    "ec2:CreateTransitGateway*",
    "ec2:CreateVpcBlockPublicAccessExclusion",
    "ec2:CreateVpcPeeringConnection",
    "ec2:CreateVpnConnection",
    "ec2:CreateVpnGateway",
    "ec2:ModifyVpcBlockPublicAccess*",
    "globalaccelerator:*",
    "networkmanager:*",
    "route53resolver:CreateResolverEndpoint",
    "vpc-lattice:*",
)
"""What leads from a network to the internet, to another network, or to somebody else's resolver of names."""


def _networks_without_a_way_out() -> tuple[Statement, ...]:
    """Nobody leads a network anywhere, the deployment included; endpoints, with their policies, are the deployment's.

    The declarative policy stops traffic at internet gateways; this is the second line, and the only one before all
    other ways (EC2 Developer Guide and VPC User Guide; aws-samples, `data_perimeter_governance_scp.json`).
    """
    return (
        Statement(sid="RefuseWaysOutOfANetwork", actions=WAYS_OUT, resources=("*",)),
        Statement(
            sid="RefuseOtherEndpoints",
            actions=(
                "ec2:AcceptVpcEndpointConnections",
                "ec2:CreateVpcEndpoint",
                "ec2:CreateVpcEndpointServiceConfiguration",
                "ec2:DeleteVpcEndpoints",
                "ec2:ModifyVpcEndpoint",
                "ec2:ModifyVpcEndpointService*",
            ),
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
            actions=(
                "lakeformation:BatchGrantPermissions",
                "lakeformation:GrantPermissions",
                "organizations:*",
                "ram:*",
                "route53:AssociateVPCWithHostedZone",
                "route53:CreateVPCAssociationAuthorization",
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
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
            actions=("s3:GetObject", "s3:PutObject"),
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
