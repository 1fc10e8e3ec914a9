"""Exfiltration (I6, I7, I19, M1): ways in which an insider could carry data out, or have AWS carry it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mesh import names
from mesh.aws.allowed_actions import listed_services
from mesh.evaluator import facts, owners
from mesh.evaluator.conditions import UNSAID_OWNER
from mesh.evaluator.decide import Layer, Request
from mesh.proof.claims import AnyClaim, Claim, Fact
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
    ("events:PutEvents", "event-bus/x"),
    ("ecr:TagResource", "repository/x"),
    ("lambda:InvokeFunction", "function:x"),
    ("secretsmanager:PutSecretValue", "secret:x"),
    ("logs:PutLogEvents", "log-group:x:log-stream:x"),
    ("sts:AssumeRole", "role/x"),
)
"""Actions that put data on a resource of another organisation, or assume a role there, with the resource."""

BOUNDED: Final = frozenset({"s3", "kms", "sqs", "sns", "sts"})
"""Services for which the permissions boundary has the same wall as the SCP."""

WITH_A_BOUNDARY: Final = ("clearance", "pipeline", "delivery", "location", "publisher", "access")
"""Kinds of callers that are roles which stacks make: they carry the boundary. The first roles are there before it."""

NOT_OF_AWS: Final = (
    ("iam:GetRole", "arn:aws:iam::aws:role/x"),
    ("ssm:PutParameter", "arn:aws:ssm:{region}:{stranger}:parameter/aws/x"),
    ("ssm:GetParameter", "arn:aws:ssm:{region}::parameter/x"),
    ("ec2:DeleteSecurityGroup", "arn:aws:ec2:{region}:aws:security-group/x"),
)
"""Actions on resources that are like those of AWS that the mesh may name, and are not."""

OWNER_KEYS: Final = ("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths")

NETWORK_KEYS: Final = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpceorgid", "aws:vpceaccount")


def identities_act_on_the_mesh_only(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I6: on callers of each kind in each kind of account, at resources of strangers and at home."""
    network_paths = tuple(_network_paths(subject))
    yield from _every_action(subject)
    yield from _without_an_owner(subject)
    for caller in _members(subject):
        paths = network_paths if caller.kind in ("other", "clearance", "pipeline") else ()
        for action, resource in _outward(subject):
            request = Request(caller.name, action, resource)
            service = action.partition(":")[0]
            bounded = caller.kind in WITH_A_BOUNDARY and service in BOUNDED
            if caller.kind in WITH_A_BOUNDARY and service == "events":
                yield Claim(caller.who, Request(caller.name, action, resource), denied=("scp", "boundary"))
            denied: tuple[Layer, ...] = ("scp", "boundary") if bounded else ("scp",)
            yield Claim(caller.who, request, allowed=False, denied=denied)
            if caller.kind == "other" or (bounded and action != "sts:AssumeRole"):
                inside = Request(caller.name, action, subject.moved_home(caller, resource))
                yield Claim(f"{caller.who}, at home", inside, free=denied)
            for path, context in paths:
                request = Request(caller.name, action, resource, context)
                yield Claim(f"{caller.who}, {path}", request, denied=denied)
    for account_id, unit, where in subject.accounts_asked:
        administrator, group = subject.other(account_id, unit, where), "security-group/sg-x"
        deletes = Request(administrator.name, "ec2:DeleteSecurityGroup", f"arn:aws:ec2:{subject.region}:aws:{group}")
        yield Claim(f"{administrator.who}, at what AWS owns", deletes, by="RefuseResourcesOutsideTheOrganisation")
        share = Request(administrator.name, "ram:UpdateResourceShare", "arn:aws:ram::aws:resource-share/x")
        yield Claim(f"{administrator.who}, at what AWS owns", share, by="RefuseResourcesOutsideTheOrganisation")


def _every_action(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on every action of AWS's reference that takes a resource, at resources of a stranger's account."""
    callers = [subject.other(account_id, unit, where) for account_id, unit, where in subject.accounts_asked]
    by_unit = {caller.unit: caller for caller in reversed(callers)}
    for number, caller in enumerate(by_unit.values()):
        # Units differ in nothing that the root's policy says: one of them is asked for the whole of AWS.
        for service in facts.services() if number == 0 else listed_services():
            for action, arn in facts.requests(service, subject.region, NO_ORGANIZATION):
                if action.lower() in owners.MADE_BY_THE_CALLER:  # what it makes is nobody else's
                    continue
                if arn.startswith("arn:aws:s3:::"):
                    path = "/x" if "/" in arn else ""
                    yield Claim(caller.who, Request(caller.name, action, OUTSIDE_BUCKET + path), False, ("scp",))
                elif arn.split(":")[4] == NO_ORGANIZATION:
                    yield Claim(caller.who, Request(caller.name, action, arn), allowed=False, denied=("scp",))
        for action, arn in (
            ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("ssm:GetParameter", f"arn:aws:ssm:{subject.region}::parameter/aws/service/x"),
        ):
            yield Claim(f"{caller.who}, at what AWS owns", Request(caller.name, action, arn), free=("scp",))
        rules = Request(
            caller.name, "ec2:ModifySecurityGroupRules", f"arn:aws:ec2:{subject.region}:aws:prefix-list/pl-x"
        )
        yield Claim(f"{caller.who}, at what AWS owns", rules, spared_by="RefuseResourcesOutsideTheOrganisation")
        for action, arn in NOT_OF_AWS:
            request = Request(caller.name, action, arn.format(region=subject.region, stranger=NO_ORGANIZATION))
            yield Claim(caller.who, request, allowed=False, denied=("scp",))


def _without_an_owner(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on requests that say nothing of whose a resource is, as AWS may send them (`mesh.aws.resource_owners`).

    What the mesh needs works all the same, and an event goes to the mesh bus alone.
    """
    local = f"{subject.region}:{subject.hub}"
    bus, endpoint = f"arn:aws:events:{local}:event-bus/{names.BUS}", f"arn:aws:ec2:{local}:vpc-endpoint/x"
    aws = {"ec2:VpceServiceOwner": "amazon"}
    deployment = Request(names.deploy_role(subject.hub), "ec2:CreateVpcEndpoint", endpoint, aws)
    yield Claim("the deployment of governance", deployment, allowed=True, lacks=OWNER_KEYS)
    for owner in (NO_ORGANIZATION, "aws-marketplace"):
        request = Request(deployment.principal, deployment.action, endpoint, {"ec2:VpceServiceOwner": owner})
        yield Claim("the deployment of governance, to a stranger", request, allowed=False, denied=("scp",))
    for domain in subject.domains:
        for name, pipeline in list(domain.pipelines.items())[:1]:
            told = {"events:source": [names.event_source(domain.name, name)], "events:detail-type": [names.EVENTS[0]]}
            request = Request(pipeline.arn, "events:PutEvents", bus, told)
            yield Claim("a pipeline", request, allowed=True, lacks=OWNER_KEYS)
        administrator = subject.other(domain.access.account_id, "domains", f"domain {domain.name}")
        foreign = [f"{account_id}:event-bus/x" for account_id in (OTHER_ORGANIZATION, NO_ORGANIZATION)]
        for other in (*foreign, f"{subject.hub}:event-bus/x", f"{NO_ORGANIZATION}:event-bus/{names.BUS}"):
            request = Request(administrator.name, "events:PutEvents", f"arn:aws:events:{subject.region}:{other}")
            yield Claim(administrator.who, request, allowed=False, denied=("scp",), lacks=OWNER_KEYS)
        for action in ("events:PutRule", "events:PutTargets"):
            request = subject.own_request(
                Actor("", domain.access.deploy_role, None, domain.access.account_id, ""), action
            )
            yield Claim("a deployment", request, free=("scp",), lacks=OWNER_KEYS)


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

BY_STACKS: Final = frozenset(
    {
        "events:PutRule",
        "events:PutTargets",
        "s3:PutBucketLogging",
        "s3:PutBucketNotification",
        "s3:PutReplicationConfiguration",
    }
)
"""Of these the ones that every deployment sets up; the others are nobody's, but for the trail of governance."""

DATA_MOVERS: Final = (
    "appflow:CreateFlow",
    "apprunner:CreateService",
    "bedrock-agentcore:StartBrowserSession",
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
            deploys = subject.own_request(deployment, action)
            if action in BY_STACKS or (action == "cloudtrail:CreateTrail" and deployment.account == subject.hub):
                yield Claim(deployment.who, deploys, free=("scp",))
            else:
                yield Claim(deployment.who, deploys, allowed=False, denied=("scp",))
        for action in ("cloudtrail:StartLogging", "events:EnableRule", "events:CreateEventBus", "budgets:ModifyBudget"):
            request = subject.own_request(administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            if not action.startswith("cloudtrail") or deployment.account == subject.hub:
                yield Claim(deployment.who, subject.own_request(deployment, action), free=("scp",))
        for action in DATA_MOVERS:
            for caller in (administrator, deployment):
                request = subject.own_request(caller, action)
                yield Claim(caller.who, request, allowed=False, denied=("scp",))
        yield from _subscriptions(subject, administrator)
    yield Fact("no AI service keeps what it is sent, and no policy below the root says otherwise", _opted_out)


def _opted_out(subject: Subject) -> str | None:
    """Whatever lets an AI service learn: a policy not at the root, another setting, one that may be changed."""
    policy = subject.plan.organization.args.opted_out
    services = policy.document.as_json()["services"]
    setting = services["default"]["opt_out_policy"]
    locked = all(each["@@operators_allowed_for_child_policies"] == ["@@none"] for each in (services, setting))
    if (policy.targets, setting["@@assign"], set(services), locked) != (
        ("root",),
        "optOut",
        {"@@operators_allowed_for_child_policies", "default"},
        True,
    ):
        return f"at {', '.join(policy.targets)}: {policy.document.text()}"
    return None


def _subscriptions(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on SNS subscriptions: no endpoint outside the topic's account, be it an address, a URL or a queue."""
    topic = f"arn:aws:sns:{subject.region}:{caller.account}:topic"
    for protocol, endpoint in (
        ("https", "https://example.com/"),
        ("email", "somebody@example.com"),
        ("email", f"{subject.perimeter.security_contact.rpartition('.')[0]}.elsewhere"),
        ("sms", "+15550100"),
        ("sqs", f"arn:aws:sqs:{subject.region}:{NO_ORGANIZATION}:x"),
        ("lambda", f"arn:aws:lambda:{subject.region}:{OTHER_ORGANIZATION}:function:x"),
        # The alias of this function is our account id: a pattern `arn:aws:*:*:<id>:*` matched as text would take it.
        ("lambda", f"arn:aws:lambda:{subject.region}:{OTHER_ORGANIZATION}:function:{caller.account}:x"),
    ):
        context = {"sns:Protocol": protocol, "sns:Endpoint": endpoint}
        yield Claim(caller.who, Request(caller.name, "sns:Subscribe", topic, context), allowed=False, denied=("scp",))
    for protocol, endpoint in (("sqs", "x"), ("lambda", "function:x")):
        own = {
            "sns:Protocol": protocol,
            "sns:Endpoint": f"arn:aws:{protocol}:{subject.region}:{caller.account}:{endpoint}",
        }
        yield Claim(caller.who, Request(caller.name, "sns:Subscribe", topic, own), free=("scp",))


# ---- regions


OF_NO_REGION: Final = (
    "account:GetContactInformation",
    "budgets:ViewBudget",
    "ce:GetCostAndUsage",
    "iam:ListRoles",
    "organizations:DescribeOrganization",
    "s3:GetAccountPublicAccessBlock",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublicAccessBlock",
    "sts:GetCallerIdentity",
    "tag:GetResources",
)
"""Actions of services, or of S3, that AWS has in one region for all."""

BOUND_BESIDES: Final = frozenset({"s3:ListAllMyBuckets", "s3:PutAccountPublicAccessBlock"})
"""Of these the ones that another statement may refuse: the one says no owner, the other is the deployment's."""

UNSAID: Final = (*OWNER_KEYS, UNSAID_OWNER)
"""Keys that a request on no resource may lack."""


def one_region(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M1: on resources made in other regions, and on calls to global services."""
    for account_id, unit, where in subject.accounts_asked:
        administrator = subject.other(account_id, unit, where)
        for action, resource in (
            ("sqs:CreateQueue", "x"),
            ("dynamodb:CreateTable", "table/x"),
            ("ec2:CreateTags", "network-interface/x"),
        ):
            service = action.partition(":")[0]
            for region in ("us-east-1", "eu-central-1"):
                if region != subject.region:
                    arn = f"arn:aws:{service}:{region}:{account_id}:{resource}"
                    yield Claim(administrator.who, Request(administrator.name, action, arn), False, denied=("scp",))
            at_home = Request(administrator.name, action, f"arn:aws:{service}:{subject.region}:{account_id}:{resource}")
            yield Claim(administrator.who, at_home, free=("scp",))
        abroad = {"aws:RequestedRegion": next(r for r in ("us-east-1", "eu-central-1") if r != subject.region)}
        for action in OF_NO_REGION:
            request = subject.own_request(administrator, action, abroad)
            who = f"{administrator.who}, on a global service"
            yield Claim(who, request, lacks=UNSAID, spared_by="RefuseOtherRegions")
            if action not in BOUND_BESIDES and (unit != "partners" or not action.startswith("organizations")):
                yield Claim(f"{administrator.who}, on a global service", request, free=("scp",))
        for action in ("s3:GetObject", "s3:ListBucket", "s3:PutObject"):
            request = subject.own_request(administrator, action, abroad)
            yield Claim(f"{administrator.who}, in another region", request, allowed=False, denied=("scp",))
