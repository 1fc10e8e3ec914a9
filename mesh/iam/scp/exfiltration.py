"""SCP against exfiltration, on every unit: nobody sets up what could carry data out (I7, I8, I19).

What a service, a share, a job or a network does with data no later policy sees: so it is refused where it is set up.
"""

from __future__ import annotations

from typing import Final

from mesh.iam.perimeter import Perimeter, caller_is_not, deploy_roles
from mesh.iam.scp.networks import compute_in_a_network, networks_without_a_way_out
from mesh.iam.scp.regions import one_region
from mesh.iam.statement import Document, Statement, document, when

EXPORT_CONFIGURATIONS: Final = (
    "cloudtrail:CreateTrail",
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
)
"""Actions that have a service write data to a destination, from then on."""

ACTIONS_THAT_CARRY_DATA: Final = (
    "events:CreateApiDestination",
    "events:CreateConnection",
    "events:CreateEndpoint",
    "glue:CreateDevEndpoint",
    "sns:CreatePlatformApplication",
    "sns:CreatePlatformEndpoint",
)
"""Actions that set up something that posts to the internet, or runs outside the account."""

SHARING: Final = (
    "athena:CreateDataCatalog",
    "athena:UpdateDataCatalog",
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
)
"""Actions that share a resource with another account."""


def no_exfiltration(perimeter: Perimeter, *mail_addresses: str) -> Document:
    """SCP on every unit but the root: no service (I7), no share (I19) and no network (I8) carries data out.

    `mail_addresses` are those to which the deployment may have a topic send mail.
    """
    return document(
        *_no_exports(),
        *_subscriptions_stay_inside(perimeter, mail_addresses),
        *_nothing_is_shared(),
        *compute_in_a_network(),
        *networks_without_a_way_out(),
        one_region(perimeter.region),
    )


def _no_exports() -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseExportConfigurations",
            what="Only deployments set up what exports: trails, logs, inventories, replications, notifications.",
            why="From then on AWS copies as itself, and no later policy sees it.",
            actions=EXPORT_CONFIGURATIONS,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseCarriers",
            what="Nobody sets up what posts to an address, or runs outside the account, deployments included.",
            why="It sends data out without a further request to AWS.",
            actions=ACTIONS_THAT_CARRY_DATA,
            resources=("*",),
        ),
        Statement(
            sid="RefuseEventTargets",
            what="Only deployments make rules of EventBridge and their targets.",
            why="A target can be in another account.",
            actions=("events:PutTargets", "events:PutRule"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )


def _subscriptions_stay_inside(perimeter: Perimeter, mail_addresses: tuple[str, ...]) -> tuple[Statement | None, ...]:
    return (
        Statement(
            sid="RefuseSubscriptionsOutside",
            what="Nobody subscribes to a topic but a queue or function of the caller's own account.",
            why="A topic sends what it is told to mail, HTTPS, other accounts; the security contact's mail is allowed.",
            actions=("sns:Subscribe",),
            resources=("*",),
            conditions=(when("StringNotLike", "sns:Endpoint", *_own_endpoints(perimeter), *mail_addresses),),
        ),
        Statement(
            sid="RefuseMailOfOthers",
            what="Only the deployment subscribes the security contact's mail.",
            why="Any topic could otherwise send mail to that address.",
            actions=("sns:Subscribe",),
            resources=("*",),
            conditions=(when("StringEquals", "sns:Endpoint", *mail_addresses), caller_is_not(deploy_roles())),
        )
        if mail_addresses
        else None,
    )


def _nothing_is_shared() -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseSharing",
            what="Only deployments share a resource: by its policy, a permission, an image, a snapshot or RAM.",
            why="What is shared is read by others in their own account, where no SCP of the mesh holds.",
            actions=SHARING,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseWorkgroupChanges",
            what="Only deployments make, change or delete workgroups of Athena.",
            why="A workgroup says where results go.",
            actions=("athena:CreateWorkGroup", "athena:DeleteWorkGroup", "athena:UpdateWorkGroup"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )


def _own_endpoints(perimeter: Perimeter) -> tuple[str, ...]:
    """Endpoints of the caller's account. `arn:aws:*:*:<account>:*` takes a function of that name in another one."""
    return tuple(f"arn:aws:{service}:{perimeter.region}:${{aws:PrincipalAccount}}:*" for service in ("lambda", "sqs"))
