"""Service control policy of every unit: what nobody there sets up, because data could leave by it (I7, I8, I19).

What a service, a share, a job or a network does with data no later policy sees: so it is refused where it is set up.
Services that the mesh has no use for are refused whole, for a list of what they could do would never be complete.
"""

from __future__ import annotations

from typing import Final

from mesh.iam.perimeter import Perimeter, caller_is_not, deploy_roles
from mesh.iam.values import Document, Statement, document, when

SERVICES: Final = tuple(
    "access-analyzer account athena budgets ce cloudformation cloudshell cloudtrail cloudwatch codebuild config "
    "dynamodb ec2 ecr elasticmapreduce events firehose glue health iam identitystore kinesis kms lakeformation lambda "
    "logs organizations pricing ram resource-groups s3 sagemaker secretsmanager servicequotas sns sqs ssm sso states "
    "sts tag trustedadvisor xray".split()
)
"""Prefixes of the actions of services that a mesh has use for; every other service is refused, the deployment too.

Whoever adds one answers for what it can carry out: by a proof (I6, I7, I8, I19), not by a wish.
"""


def no_side_doors(perimeter: Perimeter, *told: str) -> Document:
    """SCP on every unit but the root: no service (I7), no share (I19) and no network (I8) carries data out.

    `told` are addresses to which the deployment may have a topic send mail.
    """
    return document(
        Statement(
            sid="RefuseServicesTheMeshDoesNotUse",
            not_actions=tuple(f"{service}:*" for service in SERVICES),
            resources=("*",),
        ),
        Statement(
            sid="RefuseExportConfigurations",
            actions=(
                "cloudtrail:CreateTrail",
                "config:PutDeliveryChannel",
                "ec2:CreateFlowLogs",
                "logs:CreateDelivery",
                "logs:CreateExportTask",
                "logs:PutAccountPolicy",
                "logs:PutDeliveryDestination*",
                "s3:PutAnalyticsConfiguration",
                "s3:PutBucketLogging",
                "s3:PutBucketNotification",
                "s3:PutInventoryConfiguration",
                "s3:PutReplicationConfiguration",
                "s3:PutStorageLensConfiguration",
                "ssm:CreateResourceDataSync",
            ),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseCarriers",
            actions=(
                "codebuild:CreateFleet",
                "events:CreateApiDestination",
                "events:CreateConnection",
                "events:CreateEndpoint",
                "firehose:CreateDeliveryStream",
                "firehose:UpdateDestination",
                "glue:CreateDevEndpoint",
                "sns:CreatePlatformApplication",
                "sns:CreatePlatformEndpoint",
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
                "codebuild:PutResourcePolicy",
                "dynamodb:ExportTableToPointInTime",
                "dynamodb:PutResourcePolicy",
                "ec2:CreateInstanceExportTask",
                "ec2:CreateStoreImageTask",
                "ec2:ExportImage",
                "ec2:ModifyImageAttribute",
                "ec2:ModifySnapshotAttribute",
                "ecr:PutReplicationConfiguration",
                "ecr:SetRepositoryPolicy",
                "events:PutPermission",
                "kinesis:PutResourcePolicy",
                "lambda:AddLayerVersionPermission",
                "lambda:AddPermission",
                "lambda:CreateFunctionUrlConfig",
                "logs:PutDestinationPolicy",
                "logs:PutResourcePolicy",
                "logs:PutSubscriptionFilter",
                "ram:AcceptResourceShareInvitation",
                "ram:AssociateResourceShare",
                "ram:CreateResourceShare",
                "ram:EnableSharingWithAwsOrganization",
                "ram:UpdateResourceShare",
                "secretsmanager:PutResourcePolicy",
                "sns:AddPermission",
                "sns:CreateTopic",
                "sns:SetTopicAttributes",
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
                "iam:*",
                "organizations:*",
                "s3:GetAccountPublicAccessBlock",
                "s3:ListAllMyBuckets",
                "s3:PutAccountPublicAccessBlock",
                "sso:*",
                "sts:*",
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
    """A job outside a VPC can post data anywhere, and IAM does not see plain HTTPS: such jobs are refused (I8).

    A notebook or a studio in a VPC has a second interface, in a network of SageMaker's own with a way out, unless it
    says that it does not want one (SageMaker Developer Guide, "Connect a notebook instance in a VPC to external
    resources", "Connect Amazon SageMaker Studio in a VPC"; aws-samples, `restrict_nonvpc_deployment_scp.json`).
    """
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
            (
                "sagemaker:CreateAutoMLJob*",
                "sagemaker:CreateCluster",
                "sagemaker:Create*JobDefinition",
                "sagemaker:CreateHyperParameterTuningJob",
                "sagemaker:CreateModel",
                "sagemaker:*MonitoringSchedule",
                "sagemaker:CreateNotebookInstance",
                "sagemaker:CreateProcessingJob",
                "sagemaker:CreateTrainingJob",
            ),
            "sagemaker:VpcSubnets",
        ),
    }
    return (
        *(
            Statement(sid=sid, actions=actions, resources=("*",), conditions=(when("Null", key, "true"),))
            for sid, (actions, key) in jobs.items()
        ),
        Statement(
            sid="RefuseNotebooksWithASecondDoor",
            actions=("sagemaker:CreateNotebookInstance",),
            resources=("*",),
            conditions=(when("StringNotEquals", "sagemaker:DirectInternetAccess", "Disabled"),),
        ),
        Statement(
            sid="RefuseStudiosWithASecondDoor",
            actions=("sagemaker:CreateDomain", "sagemaker:UpdateDomain"),
            resources=("*",),
            conditions=(when("StringNotEquals", "sagemaker:AppNetworkAccessType", "VpcOnly"),),
        ),
    )


WAYS_OUT: Final = (
    "ec2:AcceptTransitGateway*",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:AttachInternetGateway",
    "ec2:AttachVpnGateway",
    "ec2:CreateCarrierGateway",
    "ec2:CreateClientVpn*",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateInstanceConnectEndpoint",
    "ec2:CreateInternetGateway",
    "ec2:CreateLocalGateway*",
    "ec2:CreateNatGateway",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:CreateRouteServer*",
    "ec2:CreateTrafficMirror*",
    "ec2:CreateTransitGateway*",
    "ec2:CreateVerifiedAccess*",
    "ec2:CreateVpcBlockPublicAccessExclusion",
    "ec2:CreateVpcPeeringConnection",
    "ec2:CreateVpnCon*",
    "ec2:CreateVpnGateway",
    "ec2:ModifyVpcBlockPublicAccess*",
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
