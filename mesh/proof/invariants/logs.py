"""Logs (I21, M14): nobody deletes or forges one, and those of S3 and CloudTrail arrive."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import OTHER_ORGANIZATION, Subject


def logs_are_immutable(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I21: on objects of the audit bucket and of every log bucket, and on the settings of those buckets."""
    deletes = ("s3:DeleteObject", "s3:DeleteObjectVersion")
    audit = f"arn:aws:s3:::{subject.plan.governance.audit.bucket}"
    locks = ("s3:BypassGovernanceRetention", "s3:PutObjectLegalHold", "s3:PutObjectRetention")
    for caller in subject.of_governance:
        for action in (*deletes, *locks, "s3:PutObject", "s3:ReplicateObject"):
            request = Request(caller.name, action, f"{audit}/AWSLogs/x")
            yield Claim(caller.who, request, allowed=False, denied=("resource",))
    for action in (*deletes, *locks):
        request = Request("s3.amazonaws.com", action, f"{audit}/AWSLogs/x", subject.for_the_mesh)
        yield Claim("a service of the mesh", request, allowed=False, denied=("resource",))
    for account_id, unit, where in subject.accounts:
        logs = f"arn:aws:s3:::{subject.plan.log_bucket(subject.owners[account_id])}"
        for caller in subject.of_account(account_id, unit, where):
            for action in (*deletes, "s3:PutObject", "s3:ReplicateObject"):
                request = Request(caller.name, action, f"{logs}/x")
                yield Claim(caller.who, request, allowed=False, denied=("resource",))
        delivery = {"aws:SourceAccount": account_id, "aws:SourceOrgID": subject.perimeter.organization}
        deleting = Request("logging.s3.amazonaws.com", "s3:DeleteObject", f"{logs}/x", delivery)
        yield Claim("S3's log delivery", deleting, allowed=False, denied=("resource",))
    yield from _configurations(subject)


def _configurations(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on the settings of log, results and audit buckets and inboxes: the account's deployment's alone."""
    products = {f"arn:aws:s3:::{product.bucket}" for product in subject.products}
    actions = ("s3:PutBucketVersioning", "s3:PutLifecycleConfiguration", "s3:DeleteBucket", "s3:PutBucketPolicy")
    for resource in subject.world.resources.values():
        if not resource.arn.startswith("arn:aws:s3:::") or resource.arn in products:
            continue
        for action in actions:
            administrator = subject.other(resource.account, None, f"account {resource.account}")
            request = Request(administrator.name, action, resource.arn)
            yield Claim(administrator.who, request, allowed=False, denied=("resource",))
            deploys = Request(names.deploy_role(resource.account), action, resource.arn)
            yield Claim("the deployment of the bucket's account", deploys, allowed=True)
            service = Request("s3.amazonaws.com", action, resource.arn, subject.for_the_mesh)
            yield Claim("a service of the mesh", service, free=("resource",))


def logs_arrive(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M14: on S3's log delivery and on CloudTrail, for the account that a log is of and for others."""
    organization = subject.perimeter.organization
    for account_id, owner in subject.owners.items():
        logs = f"arn:aws:s3:::{subject.plan.log_bucket(owner)}/x"
        for source, may in ((account_id, True), (subject.perimeter.management_id, False), (OTHER_ORGANIZATION, False)):
            context = {"aws:SourceAccount": source, "aws:SourceOrgID": organization}
            request = Request("logging.s3.amazonaws.com", "s3:PutObject", logs, context)
            yield Claim("S3's log delivery", request, allowed=may, admitted=may)
        other = {"aws:SourceAccount": account_id, "aws:SourceOrgID": organization}
        for service in ("ec2.amazonaws.com", "glue.amazonaws.com"):
            request = Request(service, "s3:PutObject", logs, other)
            yield Claim("another service", request, allowed=False, admitted=False)
    audit = f"arn:aws:s3:::{subject.plan.governance.audit.bucket}"
    trail = names.trail_arn(subject.region, subject.perimeter.management_id)
    management = {"aws:SourceAccount": subject.perimeter.management_id, "aws:SourceOrgID": organization}
    for arn, may in ((trail, True), (f"{trail}-other", False)):
        for action, resource in (("s3:PutObject", f"{audit}/AWSLogs/x"), ("s3:GetBucketAcl", audit)):
            request = Request("cloudtrail.amazonaws.com", action, resource, {**management, "aws:SourceArn": arn})
            yield Claim("the organisation's trail" if may else "another trail", request, allowed=may)
    outside = {"aws:SourceAccount": OTHER_ORGANIZATION, "aws:SourceOrgID": "o-somebodyelse", "aws:SourceArn": trail}
    request = Request("cloudtrail.amazonaws.com", "s3:PutObject", f"{audit}/AWSLogs/x", outside)
    yield Claim("a trail of an outsider", request, allowed=False, denied=("resource",))
