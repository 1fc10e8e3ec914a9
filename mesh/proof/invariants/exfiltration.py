"""I6, I7, I19: how data could be carried out by somebody inside, or by a service for somebody inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mesh import names
from mesh.evaluator import facts
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
"""What puts data on somebody else's resource, or steps out with it."""

BOUNDED: Final = frozenset({"s3", "kms", "sqs", "sns", "events", "sts"})


def identities_act_on_the_mesh_only(subject: Subject) -> Iterator[AnyClaim]:
    """I6: nobody of a member account acts on a resource outside the organisation, with whatever role."""
    everywhere = tuple(_ways(subject))
    for caller in _members(subject):
        ways = everywhere if caller.kind in ("other", "clearance", "pipeline") else ()
        for action, resource in _outward(subject):
            request = Request(caller.name, action, resource)
            service = action.partition(":")[0]
            roles_of_the_mesh = ("clearance", "pipeline", "delivery", "location", "publisher", "access", "break-glass")
            bounded = caller.kind in roles_of_the_mesh and service in BOUNDED
            denied: tuple[Layer, ...] = ("scp", "boundary") if bounded else ("scp",)
            yield Claim(caller.who, request, allowed=False, denied=denied)
            if bounded and action != "sts:AssumeRole":
                inside = Request(caller.name, action, _inside(subject, caller, resource))
                yield Claim(f"{caller.who}, at home", inside, free=("scp", "boundary"))
            elif caller.kind == "other":
                inside = Request(caller.name, action, _inside(subject, caller, resource))
                yield Claim(f"{caller.who}, at home", inside, free=("scp",))
            for how, context in ways:
                request = Request(caller.name, action, resource, context)
                yield Claim(f"{caller.who}, {how}", request, denied=denied)


def _ways(subject: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    """From where and through what a request comes does not open the wall: no other key is ANDed to the organisation's.

    Of the keys that a document compares, with the values that it names.
    """
    own = {"aws:VpceOrgID": subject.perimeter.organization}
    yield "through a service", {"aws:ViaAWSService": "true"}
    yield "from a network of the organisation", {"aws:SourceVpc": "vpc-ours", "aws:SourceVpce": "vpce-ours", **own}
    networks = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpceorgid", "aws:vpceaccount")
    for statement in (each for policy in subject.controls for each in policy.document["Statement"]):
        for compared in statement.get("Condition", {}).values():
            for key, values in compared.items():
                for value in [values] if isinstance(values, str) else values:
                    if key.lower() in networks and value not in ("true", "false") and "${" not in value:
                        yield f"from {value.replace('*', 'x')}", {**own, key: value.replace("*", "x")}


def _outward(subject: Subject) -> Iterator[tuple[str, str]]:
    for action, what in OUTWARD:
        if what.startswith("arn:"):
            yield action, what
        else:
            for outsider in (OTHER_ORGANIZATION, NO_ORGANIZATION):
                service = action.partition(":")[0]
                owner = "iam" if service == "sts" else service
                yield action, f"arn:aws:{owner}:{'' if service == 'sts' else subject.region}:{outsider}:{what}"


def _inside(subject: Subject, caller: Actor, resource: str) -> str:
    if resource.startswith(OUTSIDE_BUCKET):
        audit = f"arn:aws:s3:::{names.audit_bucket(subject.plan.mesh)}"
        own = next(
            (r.arn for r in subject.world.resources.values() if r.account == caller.account and ":s3:" in r.arn), audit
        )
        return own + resource.removeprefix(OUTSIDE_BUCKET)
    for outsider in (OTHER_ORGANIZATION, NO_ORGANIZATION):
        resource = resource.replace(outsider, caller.account or subject.hub)
    return resource


def _members(subject: Subject) -> Iterator[Actor]:
    """One caller of each kind in each kind of account."""
    for domain in subject.domains:
        yield from subject.of_domain(domain)
        seen: set[str] = set()
        for job in subject.jobs_of(domain):
            if job.kind not in seen:
                seen.add(job.kind)
                yield job
        yield from subject.publishing(domain.name)
    yield from subject.of_governance
    yield from subject.of_partners[:12]


# ---- side doors

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
"""With these a service carries data, or logs that name it, somewhere: by itself, and under its own name."""

CARRIERS: Final = (
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
"""What carries data away, or runs where the mesh sees nothing; not even the deployment sets one up."""


def no_side_doors(subject: Subject) -> Iterator[AnyClaim]:
    """I7: no service is set up to carry data out for somebody."""
    for account_id, unit, where in subject.accounts_asked:
        administrator = subject.other(account_id, unit, where)
        deployment = Actor(f"the deployment of {where}", names.deploy_role(account_id), unit, account_id, "deploy")
        for action in EXPORTS:
            for request in own(subject, administrator, action):
                yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            for request in own(subject, deployment, action):
                yield Claim(deployment.who, request, free=("scp",))
        for action in CARRIERS:
            for caller in (administrator, deployment):
                for request in own(subject, caller, action):
                    yield Claim(caller.who, request, allowed=False, denied=("scp",))
        yield from _subscriptions(subject, administrator)


def _subscriptions(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    """A topic tells nobody outside its account: no address, no URL, no queue of somebody else's."""
    topic = f"arn:aws:sns:{subject.region}:{caller.account}:topic"
    for protocol, endpoint in (
        ("https", "https://example.com/"),
        ("email", "somebody@example.com"),
        ("sms", "+15550100"),
        ("sqs", f"arn:aws:sqs:{subject.region}:{NO_ORGANIZATION}:x"),
        ("lambda", f"arn:aws:lambda:{subject.region}:{OTHER_ORGANIZATION}:function:x"),
        # Named like our account, with an alias: a wildcard of text runs on over the stranger's account.
        ("lambda", f"arn:aws:lambda:{subject.region}:{OTHER_ORGANIZATION}:function:{caller.account}:x"),
    ):
        context = {"sns:Protocol": protocol, "sns:Endpoint": endpoint}
        yield Claim(caller.who, Request(caller.name, "sns:Subscribe", topic, context), allowed=False, denied=("scp",))
    own = {"sns:Protocol": "sqs", "sns:Endpoint": f"arn:aws:sqs:{subject.region}:{caller.account}:x"}
    yield Claim(caller.who, Request(caller.name, "sns:Subscribe", topic, own), free=("scp",))


def own(subject: Subject, caller: Actor, action: str, context: dict[str, Any] | None = None) -> Iterator[Request]:
    """The action on a resource of the caller's own account."""
    service = action.partition(":")[0]
    arns = [arn for name, arn in facts.requests(service, subject.region, caller.account or "") if name == action]
    for arn in arns[:1] or ["*"]:
        bucket = arn.startswith("arn:aws:s3:::")
        resource = _inside(subject, caller, OUTSIDE_BUCKET) if bucket else arn
        yield Request(caller.name, action, resource, context or {})


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
    """I19: nothing is shared with another account: no RAM share, no image, no snapshot, no policy of a resource."""
    for account_id, unit, where in subject.accounts_asked:
        administrator = subject.other(account_id, unit, where)
        for action in SHARING:
            for request in own(subject, administrator, action):
                yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        deployment = names.deploy_role(account_id)
        local = f"{subject.region}:{account_id}"
        for action, resource in (
            ("sqs:AddPermission", f"arn:aws:sqs:{local}:x"),
            ("sns:AddPermission", f"arn:aws:sns:{local}:x"),
        ):
            yield Claim(f"the deployment of {where}", Request(deployment, action, resource), free=("scp",))


def one_region(subject: Subject) -> Iterator[AnyClaim]:
    """M1: nothing is made in another region, where none of the mesh's services keeps watch."""
    for account_id, unit, where in subject.accounts_asked:
        administrator = subject.other(account_id, unit, where)
        for action, resource in (
            ("sqs:CreateQueue", "sqs"),
            ("dynamodb:CreateTable", "dynamodb"),
            ("ec2:RunInstances", "ec2"),
        ):
            what = {"sqs": "x", "dynamodb": "table/x", "ec2": "instance/x"}[resource]
            for region in ("us-east-1", "eu-central-1"):
                if region != subject.region:
                    arn = f"arn:aws:{resource}:{region}:{account_id}:{what}"
                    yield Claim(administrator.who, Request(administrator.name, action, arn), False, denied=("scp",))
            at_home = Request(administrator.name, action, f"arn:aws:{resource}:{subject.region}:{account_id}:{what}")
            yield Claim(administrator.who, at_home, free=("scp",))
        for action in (
            "iam:ListRoles",
            "sts:GetCallerIdentity",
            "organizations:DescribeOrganization",
            "s3:ListAllMyBuckets",
        ):
            request = Request(administrator.name, action, "*", {"aws:RequestedRegion": "us-east-1"})
            if unit != "partners" or not action.startswith("organizations"):
                yield Claim(f"{administrator.who}, on a global service", request, free=("scp",))
