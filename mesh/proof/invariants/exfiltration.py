"""Exfiltration (I6, I7, I19, M1): ways in which an insider could carry data out, or have AWS carry it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mesh import names
from mesh.evaluator.decide import Layer, Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, OUTSIDE_BUCKET, Actor, Subject

OUTWARD: Final = (
    ("s3:PutObject", OUTSIDE_BUCKET + "/x"),
    ("s3:GetObject", OUTSIDE_BUCKET + "/x"),
    ("s3:ListBucket", OUTSIDE_BUCKET),
    ("s3:ReplicateObject", OUTSIDE_BUCKET + "/x"),
    ("kms:Encrypt", "key/x"),
    ("kms:Decrypt", "key/x"),
    ("kms:GenerateDataKey", "key/x"),
    ("kms:ReEncryptTo", "key/x"),
    ("sqs:SendMessage", "x"),
    ("sns:Publish", "x"),
    ("dynamodb:PutItem", "table/x"),
    ("kinesis:PutRecord", "stream/x"),
    ("firehose:PutRecord", "deliverystream/x"),
    ("events:PutEvents", "event-bus/x"),
    ("ecr:PutImage", "repository/x"),
    ("lambda:InvokeFunction", "function:x"),
    ("secretsmanager:PutSecretValue", "secret:x"),
    ("logs:PutLogEvents", "log-group:x:log-stream:x"),
    ("sts:AssumeRole", "role/x"),
)
"""Actions that put data on a resource of another organisation, or assume a role there, with the resource."""

BOUNDED: Final = frozenset({"s3", "kms", "sqs", "sns", "events", "sts"})
"""Services for which the permissions boundary has the same wall as the SCP."""

WITH_A_BOUNDARY: Final = ("clearance", "pipeline", "delivery", "location", "publisher", "access", "break-glass")
"""Kinds of callers that are roles of the mesh, which carry the boundary."""

NETWORK_KEYS: Final = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpceorgid", "aws:vpceaccount")


def identities_act_on_the_mesh_only(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I6: on callers of each kind in each kind of account, at resources of strangers and at home."""
    network_paths = tuple(_network_paths(subject))
    for caller in _members(subject):
        paths = network_paths if caller.kind in ("other", "clearance", "pipeline") else ()
        for action, resource in _outward(subject):
            request = Request(caller.name, action, resource)
            service = action.partition(":")[0]
            bounded = caller.kind in WITH_A_BOUNDARY and service in BOUNDED
            denied: tuple[Layer, ...] = ("scp", "boundary") if bounded else ("scp",)
            yield Claim(caller.who, request, allowed=False, denied=denied)
            if caller.kind == "other" or (bounded and action != "sts:AssumeRole"):
                inside = Request(caller.name, action, subject.moved_home(caller, resource))
                yield Claim(f"{caller.who}, at home", inside, free=denied)
            for path, context in paths:
                request = Request(caller.name, action, resource, context)
                yield Claim(f"{caller.who}, {path}", request, denied=denied)


def _network_paths(subject: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    """Network paths of a request, each in words and as context keys; none is an exception from I6.

    Where a policy compares a network key with a value, a path with that value is among them.
    """
    ours = {"aws:VpceOrgID": subject.perimeter.organization}
    yield "through a service", {"aws:ViaAWSService": "true"}
    yield "from a network of the organisation", {"aws:SourceVpc": "vpc-ours", "aws:SourceVpce": "vpce-ours", **ours}
    for key, values in _compared_keys(subject):
        for value in [values] if isinstance(values, str) else values:
            if key.lower() in NETWORK_KEYS and value not in ("true", "false") and "${" not in value:
                # A wildcard of the policy stands for any text: the request has `x` in its place.
                yield f"from {value.replace('*', 'x')}", {**ours, key: value.replace("*", "x")}


def _compared_keys(subject: Subject) -> Iterator[tuple[str, Any]]:
    for policy in subject.controls:
        for statement in policy.document["Statement"]:
            for comparison in statement.get("Condition", {}).values():
                yield from comparison.items()


def _outward(subject: Subject) -> Iterator[tuple[str, str]]:
    for action, resource in OUTWARD:
        if resource.startswith("arn:"):
            yield action, resource
        else:
            for outsider in (OTHER_ORGANIZATION, NO_ORGANIZATION):
                service = action.partition(":")[0]
                owner = "iam" if service == "sts" else service
                yield action, f"arn:aws:{owner}:{'' if service == 'sts' else subject.region}:{outsider}:{resource}"


def _members(subject: Subject) -> Iterator[Actor]:
    """Callers of member accounts, one of each kind in each kind of account."""
    for domain in subject.domains:
        yield from subject.of_domain(domain)
        kinds: set[str] = set()
        for job in subject.jobs_of(domain):
            if job.kind not in kinds:
                kinds.add(job.kind)
                yield job
        yield from subject.publishing(domain.name)
    yield from subject.of_governance
    yield from subject.of_partners[:12]


# ---- services

EXPORTS: Final = (
    "cloudtrail:CreateTrail",
    "config:PutDeliveryChannel",
    "ec2:CreateFlowLogs",
    "logs:CreateDelivery",
    "logs:CreateExportTask",
    "logs:PutAccountPolicy",
    "logs:PutDeliveryDestination",
    "logs:PutDeliveryDestinationPolicy",
    "s3:PutStorageLensConfiguration",
    "ssm:CreateResourceDataSync",
    "s3:PutBucketLogging",
    "s3:PutBucketNotification",
    "s3:PutInventoryConfiguration",
    "s3:PutReplicationConfiguration",
    "s3:PutAnalyticsConfiguration",
    "events:PutTargets",
    "events:PutRule",
)
"""Settings by which a service copies data, or logs that name it, to a destination, under the service's own name."""

DATA_MOVERS: Final = (
    "appflow:CreateFlow",
    "apprunner:CreateService",
    "bedrock-agentcore:StartBrowserSession",
    "codebuild:CreateFleet",
    "codepipeline:CreatePipeline",
    "glue:CreateDevEndpoint",
    "iot:CreateTopicRule",
    "lightsail:CreateInstances",
    "oam:CreateLink",
    "quicksight:CreateAccountSubscription",
    "redshift:CreateCluster",
    "redshift:CreateEndpointAccess",
    "route53:ChangeResourceRecordSets",
    "s3express:PutBucketPolicy",
    "s3tables:PutTableBucketPolicy",
    "ses:SendTemplatedEmail",
    "sns:CreatePlatformApplication",
    "storagegateway:ActivateGateway",
    "support:AddAttachmentsToSet",
    "cleanrooms:CreateMembership",
    "dataexchange:CreateDataSet",
    "datasync:CreateTask",
    "datasync:CreateLocationS3",
    "events:CreateApiDestination",
    "events:CreateConnection",
    "events:CreateEndpoint",
    "firehose:CreateDeliveryStream",
    "firehose:UpdateDestination",
    "mobiletargeting:SendMessages",
    "pipes:CreatePipe",
    "rds:StartExportTask",
    "scheduler:CreateSchedule",
    "ses:SendEmail",
    "ses:SendRawEmail",
    "transfer:CreateServer",
)
"""Services that move data out, or run code where the mesh sees nothing; the deployment sets none up either."""


def no_exfiltration(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I7: on exports, services that move data, and subscriptions, by administrators and deployments."""
    for administrator, deployment in subject.administrators:
        for action in EXPORTS:
            request = subject.own_request(administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            yield Claim(deployment.who, subject.own_request(deployment, action), free=("scp",))
        for action in DATA_MOVERS:
            for caller in (administrator, deployment):
                request = subject.own_request(caller, action)
                yield Claim(caller.who, request, allowed=False, denied=("scp",))
        yield from _subscriptions(subject, administrator)


def _subscriptions(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on SNS subscriptions: no endpoint outside the topic's account, be it an address, a URL or a queue."""
    topic = f"arn:aws:sns:{subject.region}:{caller.account}:topic"
    for protocol, endpoint in (
        ("https", "https://example.com/"),
        ("email", "somebody@example.com"),
        ("sms", "+15550100"),
        ("sqs", f"arn:aws:sqs:{subject.region}:{NO_ORGANIZATION}:x"),
        ("lambda", f"arn:aws:lambda:{subject.region}:{OTHER_ORGANIZATION}:function:x"),
        # The alias of this function is our account id: a pattern `arn:aws:*:*:<id>:*` matched as text would take it.
        ("lambda", f"arn:aws:lambda:{subject.region}:{OTHER_ORGANIZATION}:function:{caller.account}:x"),
    ):
        context = {"sns:Protocol": protocol, "sns:Endpoint": endpoint}
        yield Claim(caller.who, Request(caller.name, "sns:Subscribe", topic, context), allowed=False, denied=("scp",))
    queue = {"sns:Protocol": "sqs", "sns:Endpoint": f"arn:aws:sqs:{subject.region}:{caller.account}:x"}
    yield Claim(caller.who, Request(caller.name, "sns:Subscribe", topic, queue), free=("scp",))


# ---- shares

SHARING: Final = (
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
    "codebuild:PutResourcePolicy",
    "events:PutPermission",
    "sns:CreateTopic",
    "sns:SetTopicAttributes",
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
)


def no_sharing(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I19: on every action that shares a resource, by administrators, and on what deployments may."""
    for account_id, unit, where in subject.accounts_asked:
        administrator = subject.other(account_id, unit, where)
        for action in SHARING:
            request = subject.own_request(administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        deployment = names.deploy_role(account_id)
        local = f"{subject.region}:{account_id}"
        for action, resource in (
            ("sqs:AddPermission", f"arn:aws:sqs:{local}:x"),
            ("sns:AddPermission", f"arn:aws:sns:{local}:x"),
        ):
            yield Claim(f"the deployment of {where}", Request(deployment, action, resource), free=("scp",))


# ---- regions


def one_region(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M1: on resources made in other regions, and on calls to global services."""
    for account_id, unit, where in subject.accounts_asked:
        administrator = subject.other(account_id, unit, where)
        for action, resource in (
            ("sqs:CreateQueue", "x"),
            ("dynamodb:CreateTable", "table/x"),
            ("ec2:RunInstances", "instance/x"),
        ):
            service = action.partition(":")[0]
            for region in ("us-east-1", "eu-central-1"):
                if region != subject.region:
                    arn = f"arn:aws:{service}:{region}:{account_id}:{resource}"
                    yield Claim(administrator.who, Request(administrator.name, action, arn), False, denied=("scp",))
            at_home = Request(administrator.name, action, f"arn:aws:{service}:{subject.region}:{account_id}:{resource}")
            yield Claim(administrator.who, at_home, free=("scp",))
        for action in (
            "iam:ListRoles",
            "sts:GetCallerIdentity",
            "organizations:DescribeOrganization",
            "s3:GetAccountPublicAccessBlock",
        ):
            request = Request(administrator.name, action, "*", {"aws:RequestedRegion": "us-east-1"})
            if unit != "partners" or not action.startswith("organizations"):
                yield Claim(f"{administrator.who}, on a global service", request, free=("scp",))
