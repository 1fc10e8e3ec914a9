"""M9, M10, M12, M14: who enters which role, that a preview reads no data, who tells the mesh, that logs arrive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import Actor, Subject

DATA_READS: Final = (
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "kinesis:GetRecords",
    "kms:Decrypt",
    "lakeformation:GetDataAccess",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
)


def roles_are_entered_by_their_own(subject: Subject) -> Iterator[AnyClaim]:
    """M12: a role is assumed by those whom it is for: people with its permission set, jobs, the deployment, the CI."""
    for domain in subject.plan.domains.values():
        yield from _clearance_roles(subject, domain)
        yield from _jobs(subject, domain)
    for account_id, unit, where in subject.accounts:
        yield from _deployments(subject, account_id, unit, where)
    for partner in subject.partners:
        account_id, role = partner.access.account_id, names.role(partner.access.account_id, "access")
        people = from_plan.permission_set_role(account_id, subject.region, names.PARTNER_PERMISSION_SET)
        yield Claim(f"people of partner {partner.name}", Request(people, "sts:AssumeRole", role), allowed=True)
        yield from _not_by(subject.of_account(account_id, "partners", f"partner {partner.name}"), role)


def _clearance_roles(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    account_id, where = domain.access.account_id, f"domain {domain.name}"
    for name, clearance in domain.clearances.items():
        people = from_plan.permission_set_role(account_id, subject.region, name)
        for action in ("sts:AssumeRole", "sts:SetSourceIdentity"):
            request = Request(people, action, clearance.arn)
            yield Claim(f"people with permission set {name}", request, allowed=True)
        yield from _not_by(subject.of_account(account_id, "domains", where), clearance.arn)
        for other in domain.clearances:
            if other != name:
                role = from_plan.permission_set_role(account_id, subject.region, other)
                request = Request(role, "sts:AssumeRole", clearance.arn)
                yield Claim(f"people with permission set {other}", request, allowed=False)
        for elsewhere in list(subject.others(domain.name))[:1]:
            role = from_plan.permission_set_role(elsewhere.access.account_id, subject.region, name)
            request = Request(role, "sts:AssumeRole", clearance.arn)
            yield Claim(f"people with permission set {name} of {elsewhere.name}", request, allowed=False)


def _not_by(callers: Iterator[Actor], role: str) -> Iterator[AnyClaim]:
    for caller in callers:
        yield Claim(caller.who, Request(caller.name, "sts:AssumeRole", role), allowed=False)


def _jobs(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    account_id, where = domain.access.account_id, f"domain {domain.name}"
    own = {"aws:SourceAccount": account_id, "aws:SourceOrgID": subject.perimeter.organization}
    for pipeline in domain.pipelines.values():
        for service in ("glue", "lambda", "states"):
            request = Request(f"{service}.amazonaws.com", "sts:AssumeRole", pipeline.arn, own)
            yield Claim(f"{service} for {where}", request, allowed=True)
        yield Claim("EC2", Request("ec2.amazonaws.com", "sts:AssumeRole", pipeline.arn, own), allowed=False)
        yield from _not_by(subject.of_account(account_id, "domains", where), pipeline.arn)
    for name, delivery in domain.deliveries.items():
        role = names.delivery_role(account_id, name)
        bucket = {**own, "aws:SourceArn": f"arn:aws:s3:::{delivery.bucket}"}
        yield Claim("S3 for its bucket", Request("s3.amazonaws.com", "sts:AssumeRole", role, bucket), allowed=True)
        yield Claim("Glue", Request("glue.amazonaws.com", "sts:AssumeRole", role, bucket), allowed=False)
        yield from _not_by(subject.of_account(account_id, "domains", where), role)
    yield from _publishing(subject, domain)


def _publishing(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    location = names.location_role(subject.hub, domain.name)
    publisher = names.publisher_role(subject.hub, domain.name)
    lake = Request("lakeformation.amazonaws.com", "sts:AssumeRole", location, subject.for_the_mesh)
    yield Claim("Lake Formation", lake, allowed=True)
    for role in (location, publisher):
        yield from _not_by(iter(subject.of_governance), role)
    deploys = Request(domain.access.deploy_role, "sts:AssumeRole", publisher)
    yield Claim(f"the deployment of {domain.name}", deploys, allowed=True)
    other = subject.other(domain.access.account_id, "domains", f"domain {domain.name}")
    yield Claim(other.who, Request(other.name, "sts:AssumeRole", publisher), allowed=False)
    for elsewhere in list(subject.others(domain.name))[:2]:
        request = Request(elsewhere.access.deploy_role, "sts:AssumeRole", publisher)
        yield Claim(f"the deployment of {elsewhere.name}", request, allowed=False)


def _deployments(subject: Subject, account_id: str, unit: str, where: str) -> Iterator[AnyClaim]:
    deploy, preview = names.deploy_role(account_id), names.preview_role(account_id)
    ci, looks = names.ci_role(subject.hub, "deploy"), names.ci_role(subject.hub, "preview")
    for role, caller, may in ((deploy, ci, True), (deploy, looks, False), (preview, ci, True), (preview, looks, True)):
        yield Claim(f"the mesh's CI, in {where}", Request(caller, "sts:AssumeRole", role), allowed=may)
    for caller in (subject.other(account_id, unit, where), subject.other(subject.hub, "governance", "governance")):
        for role in (deploy, preview):
            yield Claim(caller.who, Request(caller.name, "sts:AssumeRole", role), allowed=False)


def previews_read_no_data(subject: Subject) -> Iterator[AnyClaim]:
    """M10: a preview, which runs for every pull request, looks at settings and never at data or secrets."""
    for account_id, _, where in subject.accounts_asked:
        preview = names.preview_role(account_id)
        local = f"{subject.region}:{account_id}"
        for action in DATA_READS:
            resource = _of(action, local)
            yield Claim(
                f"the preview of {where}", Request(preview, action, resource), allowed=False, denied=("identity",)
            )
        yield Claim(f"the preview of {where}", Request(preview, "sqs:SendMessage", f"arn:aws:sqs:{local}:x"), False)
    for product in subject.products:
        preview, bucket = names.preview_role(product.account_id), f"arn:aws:s3:::{product.bucket}"
        for action in ("s3:GetBucketPolicy", "s3:ListBucket", "s3:GetLifecycleConfiguration"):
            yield Claim("the preview", Request(preview, action, bucket), allowed=True)


def _of(action: str, local: str) -> str:
    service = action.partition(":")[0]
    what = {
        "athena": "workgroup/x",
        "dynamodb": "table/x",
        "kinesis": "stream/x",
        "kms": "key/x",
        "logs": "log-group:x:log-stream:x",
        "secretsmanager": "secret:x",
        "sqs": "x",
        "ssm": "parameter/x",
    }.get(service)
    if service == "s3":
        return "arn:aws:s3:::a-bucket-of-the-team/x"
    return f"arn:aws:{service}:{local}:{what}" if what else "*"


def pipelines_tell_the_mesh(subject: Subject) -> Iterator[AnyClaim]:
    """M9: events of products come from pipelines, the domains' deployments subscribe; nobody else reaches the bus."""
    hub = f"arn:aws:events:{subject.region}:{subject.hub}"
    bus, rule = f"{hub}:event-bus/{names.BUS}", f"{hub}:rule/{names.BUS}/x"
    for domain in subject.plan.domains.values():
        for pipeline in domain.pipelines.values():
            yield Claim("a pipeline", Request(pipeline.arn, "events:PutEvents", bus), allowed=True)
    for domain in subject.domains:
        for caller in subject.of_domain(domain):
            may = caller.kind == "deploy"
            yield Claim(caller.who, Request(caller.name, "events:PutEvents", bus), allowed=False, admitted=False)
            for action in ("events:PutRule", "events:PutTargets", "events:DescribeRule", "events:DeleteRule"):
                own = {"events:creatorAccount": str(caller.account)}
                request = Request(caller.name, action, rule, own)
                yield Claim(caller.who, request, allowed=may or None, admitted=may)
                theirs = Request(caller.name, action, rule, {"events:creatorAccount": subject.hub})
                yield Claim(f"{caller.who}, on another's rule", theirs, allowed=False)
            removes = Request(caller.name, "events:DeleteEventBus", bus)
            yield Claim(caller.who, removes, allowed=False, denied=("resource",))
    hub_deploy = names.deploy_role(subject.hub)
    yield Claim("the deployment of governance", Request(hub_deploy, "events:PutPermission", bus), allowed=True)
    administrator = subject.other(subject.hub, "governance", "the governance account")
    request = Request(administrator.name, "events:PutPermission", bus)
    yield Claim(administrator.who, request, allowed=False, denied=("resource",))
    yield from _strangers_on_the_bus(subject, bus, rule)


def _strangers_on_the_bus(subject: Subject, bus: str, rule: str) -> Iterator[AnyClaim]:
    for caller in (*subject.of_partners, *subject.of_management, *subject.outsiders):
        for action, resource in (("events:PutEvents", bus), ("events:PutRule", rule), ("events:DescribeRule", rule)):
            own = {"events:creatorAccount": str(caller.account)}
            request = Request(caller.name, action, resource, own)
            yield Claim(caller.who, request, allowed=False, denied=("resource",), admitted=False)
    partner_pipeline = [names.pipeline_role(p.access.account_id, "x") for p in subject.partners[:1]]
    for role in partner_pipeline:
        yield Claim("a partner's role named like a pipeline", Request(role, "events:PutEvents", bus), admitted=False)
        forged = Request(names.deploy_role(role.split(":")[4]), "events:PutRule", rule)
        yield Claim("a partner's deployment", forged, admitted=False)
    service = Request("s3.amazonaws.com", "events:PutEvents", bus, subject.for_the_mesh)
    yield Claim("a service of the mesh", service, free=("resource",))


def logs_arrive(subject: Subject) -> Iterator[AnyClaim]:
    """M14: S3 delivers access logs for the account that they are of, and the trail of the organisation arrives."""
    mesh, organization = subject.plan.mesh, subject.perimeter.organization
    for account_id, owner in subject.owners.items():
        logs = f"arn:aws:s3:::{names.log_bucket(mesh, owner)}/x"
        for source, may in ((account_id, True), (subject.perimeter.management_id, False)):
            context = {"aws:SourceAccount": source, "aws:SourceOrgID": organization}
            request = Request("logging.s3.amazonaws.com", "s3:PutObject", logs, context)
            yield Claim("S3's log delivery", request, allowed=may)
        other = {"aws:SourceAccount": account_id, "aws:SourceOrgID": organization}
        yield Claim("another service", Request("ec2.amazonaws.com", "s3:PutObject", logs, other), allowed=False)
    audit = f"arn:aws:s3:::{names.audit_bucket(mesh)}"
    trail = names.trail_arn(subject.region, subject.perimeter.management_id)
    own = {"aws:SourceAccount": subject.perimeter.management_id, "aws:SourceOrgID": organization}
    for arn, may in ((trail, True), (f"{trail}-other", False)):
        for action, what in (("s3:PutObject", f"{audit}/AWSLogs/x"), ("s3:GetBucketAcl", audit)):
            request = Request("cloudtrail.amazonaws.com", action, what, {**own, "aws:SourceArn": arn})
            yield Claim("the organisation's trail" if may else "another trail", request, allowed=may)
    outside = {"aws:SourceAccount": "666666666666", "aws:SourceOrgID": "o-somebodyelse", "aws:SourceArn": trail}
    request = Request("cloudtrail.amazonaws.com", "s3:PutObject", f"{audit}/AWSLogs/x", outside)
    yield Claim("a trail of an outsider", request, allowed=False, denied=("resource",))
