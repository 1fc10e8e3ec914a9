"""Part of SCPs, on sharing: nobody shares outside the organisation, and inside it deployments do.

What is bound by a condition key is bound for the deployment as well. Where AWS has no key the fewest deployments do it,
and what nobody needs nobody does; `docs/exceptions.md` lists every exception with its reason.
"""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is_not, deploy_roles
from mesh.iam.scp.origins import not_for_a_service
from mesh.iam.statement import Condition, Statement, when

OF_NOBODY: Final = (
    "athena:CreateDataCatalog",
    "athena:UpdateDataCatalog",
    "cloudtrail:PutResourcePolicy",
    "cloudwatch:*Access*",
    "dynamodb:ExportTableToPointInTime",
    "ec2:*OdbNetworkPeering",
    "ec2:CreateCoipPoolPermission",
    "ec2:CreateFlowLogs",
    "ec2:CreateInstanceExportTask",
    "ec2:CreateStoreImageTask",
    "ec2:EnableAddressTransfer",
    "ec2:ExportImage",
    "ec2:ModifyFpgaImageAttribute",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ec2:PutResourcePolicy",
    "ecr:PutRegistryPolicy",
    "ecr:PutReplicationConfiguration",
    "events:PutResourcePolicy",
    "lambda:AddLayerVersionPermission",
    "lambda:CreateFunctionUrlConfig",
    "lambda:EnableReplication",
    "lambda:PutResourcePolicy",
    "lambda:UpdateFunctionUrlConfig",
    "logs:CreateDelivery",
    "logs:CreateExportTask",
    "logs:PutAccountPolicy",
    "logs:PutDeliveryDestination*",
    "logs:PutDestination*",
    "logs:PutSubscriptionFilter",
    "ram:AcceptResourceShareInvitation",
    "ram:EnableSharingWithAwsOrganization",
    "s3:PutAnalyticsConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:PutStorageLensConfiguration",
    "ssm:CreateResourceDataSync",
    "ssm:ModifyDocumentPermission",
    "ssm:PutResourcePolicy",
)
"""Actions that share or export, which nothing of the mesh needs."""

SHARE: Final = (
    "events:PutPermission",
    "events:RemovePermission",
    "ram:Associate*",
    "ram:Create*",
    "ram:Delete*",
    "ram:Disassociate*",
    "ram:TagResource",
    "ram:UntagResource",
    "ram:UpdateResourceShare",
    "sns:CreateTopic",
    "sns:SetTopicAttributes",
)
"""Actions that share, on resources that no RCP protects, or that end a share; governance's stack needs them."""

POLICIES_OF_RESOURCES: Final = (
    "ecr:SetRepositoryPolicy",
    "lambda:AddPermission",
)
"""Actions that change who reaches a resource; an RCP, or a condition of `nothing_is_shared_outside`, bounds them."""

SET_EXPORTS_UP: Final = (
    "cloudwatch:PutCompositeAlarm",
    "cloudwatch:PutMetricAlarm",
    "s3:PutBucketLogging",
    "s3:PutBucketNotification",
    "s3:PutReplicationConfiguration",
)
"""Actions that have a service write or tell something from then on; none of S3's has a key for the destination.

S3 logs to buckets of the same account alone (S3 User Guide, "Logging requests with server access logging"); it
replicates with a role of the account, which I6 and its own permissions bind (`s3:ReplicateObject`); a notification
carries keys of objects.
"""


def nothing_is_shared_outside(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements for everybody, deployments included: no share, target, function or alarm is for somebody outside."""
    return (
        Statement(
            sid="RefuseSharingAtAll",
            what="Nobody shares or exports in a way that the mesh has no use for, deployments included.",
            why="What is shared is read by others in their own account, where no SCP of the mesh holds.",
            actions=OF_NOBODY,
            resources=("*",),
        ),
        Statement(
            sid="RefuseSharesOutside",
            what="Nobody asks RAM for a share that accounts outside the organisation may join.",
            why="RAM shares with any account, if told to; with whom Lake Formation's own are, the next says.",
            actions=("ram:CreateResourceShare", "ram:UpdateResourceShare"),
            resources=("*",),
            # Lake Formation makes such a share for whoever grants to the domains unit (`docs/surprises.md`).
            conditions=(when("Bool", "ram:RequestedAllowsExternalPrincipals", "true"), not_for_a_service()),
        ),
        Statement(
            sid="RefuseSharesWithOthers",
            what="Nobody shares anything with anybody but the domains unit.",
            why="The organisation as a whole has partners in it.",
            actions=("ram:AssociateResourceShare", "ram:CreateResourceShare"),
            resources=("*",),
            # A set operator, for a request that names no principal: one that adds a resource to a share.
            conditions=(when("ForAnyValue:StringNotEquals", "ram:Principal", perimeter.domains_unit_arn),),
        ),
        *_nobody_outside_is_told(perimeter),
        *_keys_phones_and_endpoints(),
    )


def _nobody_outside_is_told(perimeter: Perimeter) -> tuple[Statement, ...]:
    own = "${aws:PrincipalAccount}"
    bus = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}"
    return (
        Statement(
            sid="RefuseFunctionsForOthers",
            what="Nobody lets anybody invoke a function but EventBridge and callers of the function's account.",
            why="Lambda takes no RCP; another service, as API Gateway, calls for any account that asks it to.",
            actions=("lambda:AddPermission",),
            resources=("*",),
            conditions=(
                when("StringNotLike", "lambda:Principal", "events.amazonaws.com", own, f"arn:aws:iam::{own}:*"),
            ),
        ),
        Statement(
            sid="RefuseTargetsOutside",
            what="Nobody has events sent to anything but resources of the caller's account, and the mesh bus.",
            why="EventBridge sends as itself, and no later policy sees it.",
            actions=("events:PutTargets",),
            resources=("*",),
            conditions=(when("ForAnyValue:ArnNotLike", "events:TargetArn", f"arn:aws:*:*:{own}:*", bus),),
        ),
        Statement(
            sid="RefuseAlarmsToOthers",
            what="Nobody has an alarm tell anything but a topic or function of the caller's account.",
            why="The text of an alarm is whatever its maker writes.",
            actions=("cloudwatch:PutCompositeAlarm", "cloudwatch:PutMetricAlarm"),
            resources=("*",),
            conditions=(
                when(
                    "ForAnyValue:StringNotLike",
                    "cloudwatch:AlarmActions",
                    f"arn:aws:sns:{perimeter.region}:{own}:*",
                    f"arn:aws:lambda:{perimeter.region}:{own}:*",
                ),
            ),
        ),
    )


def _keys_phones_and_endpoints() -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseGrantsToOthers",
            what="Nobody makes a grant on a key, unless an AWS service does for its own resource.",
            why="A grant lets anybody, of any account, use a key beside its policy.",
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(when("BoolIfExists", "kms:GrantIsForAWSResource", "false"),),
        ),
        Statement(
            sid="RefuseMessagesToPhones",
            what="Nobody publishes to anything but a topic.",
            why="With a number in place of a topic, SNS sends what the caller writes to any telephone.",
            actions=("sns:Publish",),
            not_resources=("arn:aws:sns:*:*:*",),
        ),
        Statement(
            sid="RefuseEndpointsOfStrangers",
            what="Nobody makes an endpoint that leads to a service of anybody but AWS.",
            why="A stranger's endpoint service would be a way out of the network.",
            actions=("ec2:CreateVpcEndpoint",),
            resources=("arn:aws:ec2:*:*:vpc-endpoint/*",),
            conditions=(when("StringNotEquals", "ec2:VpceServiceOwner", "amazon"),),
        ),
    )


def only_deployments_share(perimeter: Perimeter, *, governs: bool) -> tuple[Statement, ...]:
    """Statements about what is inside: which deployment shares, opens a resource, or sets an export up.

    `governs` in the unit that has the deployment of governance; in the others there is nobody to except.
    """
    but_governance = (caller_is_not(names.deploy_role(perimeter.governance_id)),) if governs else ()
    return (
        Statement(
            sid="RefuseSharing",
            what="Only the deployment of governance shares by RAM, ends a share, makes topics or opens the bus.",
            why="No RCP covers RAM and SNS; a share that ends takes catalog and network from the domains.",
            but="The deployment of governance shares catalog and network, and makes bus and alarm." if governs else "",
            actions=SHARE,
            resources=("*",),
            conditions=but_governance,
        ),
        Statement(
            sid="RefusePoliciesOfResources",
            what="Only deployments let others reach an image or a function by its policy.",
            why="An RCP keeps strangers out, whatever such a policy says; it does not keep one team from another.",
            but="A team's stack lets services and other domains use what it makes; nobody outside gets in by it.",
            actions=POLICIES_OF_RESOURCES,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        *_only_deployments_set_up(but_governance, governs=governs),
    )


def _only_deployments_set_up(but_governance: tuple[Condition, ...], *, governs: bool) -> tuple[Statement, ...]:
    """Statements about what goes on by itself once it is set up: exports, trails, rules, budgets."""
    return (
        Statement(
            sid="RefuseExportConfigurations",
            what="Only deployments set up access logs, notifications, replications and alarms.",
            why="From then on AWS copies as itself, and no later policy sees it.",
            but="Stacks set these up for buckets of the mesh; no condition key tells the destination of S3's three.",
            actions=SET_EXPORTS_UP,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseTrails",
            what="Only the deployment of governance sets up a trail.",
            why="A trail delivers every call to a bucket, which may be a stranger's.",
            but=(
                "The deployment of governance makes the organisation's trail; no condition key tells its bucket."
                if governs
                else ""
            ),
            actions=("cloudtrail:CreateTrail", "cloudtrail:StartLogging"),
            resources=("*",),
            conditions=but_governance,
        ),
        Statement(
            sid="RefuseEventTargets",
            what="Only deployments make buses, and rules of EventBridge and their targets.",
            why="A rule starts jobs, and a target gets events with an input of the caller's.",
            but="Stacks make the rules that watch products; `RefuseTargetsOutside` binds them, too.",
            actions=("events:CreateEventBus", "events:EnableRule", "events:PutRule", "events:PutTargets"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseChangesToBudgets",
            what="Only deployments make or change budgets.",
            why="A budget's name is mailed to any address.",
            but="Each account's stack makes the budget that the domain's file asks for; AWS has no key for addresses.",
            actions=("budgets:ModifyBudget",),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )
