"""Publication (M20): the function hears through the bus alone, and what it remembers is written by it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator.decide import Request
from mesh.iam.publications import SEE_PUBLICATIONS
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import OTHER_ORGANIZATION, Subject

_RECEIVING = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:PurgeQueue", "sqs:ReceiveMessage")
_WRITING = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:PutObjectTagging")
_EVENTBRIDGE = "events.amazonaws.com"


def what_is_published_is_the_functions(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M20: on both queues, the bucket of publications, the alarms' topic, and roles that pass wake-ups on."""
    args = subject.plan.governance.publication
    for queue in (args.queue, args.dead_letters):
        yield from _queue(subject, queue)
    yield from _bucket(subject, f"arn:aws:s3:::{args.bucket}")
    yield from _topic(subject, args.topic)
    for domain in subject.domains:
        yield from _passes_on(subject, domain.access.account_id)


# ---- queues


def _queue(subject: Subject, queue: str) -> Iterator[AnyClaim]:
    hub, function, deploy = subject.hub, names.publication_role(subject.hub), names.deploy_role(subject.hub)
    rules = f"arn:aws:events:{subject.region}:{hub}:rule"
    for rule in (f"{rules}/mesh/mesh-wake-ups", f"{rules}/mesh/mesh-requests", f"{rules}/mesh-sweep"):
        sends = Request(_EVENTBRIDGE, "sqs:SendMessage", queue, {**subject.for_the_mesh, "aws:SourceArn": rule})
        yield Claim("a rule of wake-ups", sends, allowed=True)
        for service in ("ec2.amazonaws.com", "glue.amazonaws.com"):
            yield Claim("another service", Request(service, "sqs:SendMessage", queue, sends.context), admitted=False)
        of_another = {**subject.for_the_mesh, "aws:SourceArn": rule.replace(hub, OTHER_ORGANIZATION)}
        yield Claim(
            "a rule of wake-ups", Request(_EVENTBRIDGE, "sqs:DeleteMessage", queue, sends.context), admitted=False
        )
        theirs = Request(_EVENTBRIDGE, "sqs:SendMessage", queue, of_another)
        yield Claim("a rule of another account", theirs, admitted=False)
    for rule in (f"{rules}/mesh/another", f"{rules}/mesh-wake-ups", rules.replace(hub, OTHER_ORGANIZATION) + "/x"):
        sends = Request(_EVENTBRIDGE, "sqs:SendMessage", queue, {**subject.for_the_mesh, "aws:SourceArn": rule})
        yield Claim("another rule", sends, allowed=False, admitted=False)
    yield from _of_others(subject, queue)
    for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"):
        own = queue == subject.plan.governance.publication.queue
        yield Claim("the function", Request(function, action, queue), allowed=own, free=("resource",))
    for action in ("sqs:SetQueueAttributes", "sqs:DeleteQueue"):
        yield Claim("the deployment of governance", Request(deploy, action, queue), allowed=True)
    for action in ("sqs:AddPermission", "sqs:RemovePermission"):
        yield Claim("the function", Request(function, action, queue), allowed=False, denied=("resource",))
    takes = Request(_EVENTBRIDGE, "sqs:ReceiveMessage", queue, subject.for_the_mesh)
    yield Claim("a service of the mesh", takes, allowed=False, denied=("resource",))
    looks = Request(_EVENTBRIDGE, "sqs:GetQueueAttributes", queue, subject.for_the_mesh)
    yield Claim("a service of the mesh", looks, free=("resource",))
    plain = Request(function, "sqs:ReceiveMessage", queue, {"aws:SecureTransport": "false"})
    yield Claim("the function, over plain HTTP", plain, allowed=False, denied=("resource",))


def _of_others(subject: Subject, queue: str) -> Iterator[AnyClaim]:
    """Claims on callers of domains and governance, the deployment but for what it sets up among them."""
    function, deploy = names.publication_role(subject.hub), names.deploy_role(subject.hub)
    of_domains = (caller for domain in subject.domains for caller in subject.of_domain(domain))
    for caller in (*subject.of_governance, *of_domains):
        refused = ["sqs:SendMessage"]
        refused += _RECEIVING if caller.name != function else ()
        refused += ("sqs:DeleteQueue", "sqs:SetQueueAttributes") if caller.name != deploy else ()
        for action in refused:
            yield Claim(caller.who, Request(caller.name, action, queue), allowed=False, denied=("resource",))
    for outsider in (*subject.outsiders, *subject.of_partners):
        for action in ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:GetQueueAttributes"):
            yield Claim(outsider.who, Request(outsider.name, action, queue), allowed=False, denied=("resource",))


# ---- what is remembered


def _bucket(subject: Subject, bucket: str) -> Iterator[AnyClaim]:
    function = names.publication_role(subject.hub)
    for domain in subject.domains:
        yield from _of_a_domain(subject, bucket, domain.access.account_id)
    # The objects of accounts that are no domain's count as those of one that is not the reader's.
    theirs = f"{bucket}/{OTHER_ORGANIZATION}/x.json"
    for action in ("s3:GetObject", "s3:PutObject"):
        yield Claim("the function", Request(function, action, theirs), allowed=True)
    yield Claim("the function", Request(function, "s3:ListBucket", bucket), allowed=True)
    for context in ({"aws:SecureTransport": "false"}, {"s3:TlsVersion": "1.1"}):
        old = Request(function, "s3:GetObject", theirs, context)
        yield Claim("the function, over an old transport", old, allowed=False, denied=("resource",))
    for account in (subject.hub, *(partner.access.account_id for partner in subject.partners[:1])):
        for duty in SEE_PUBLICATIONS:
            forged = Request(names.staff_role(account, duty), "s3:GetObject", f"{bucket}/{account}/x.json")
            yield Claim("a role of another unit named like staff", forged, admitted=False)
    for action in ("s3:DeleteObject", "s3:DeleteObjectVersion"):
        yield Claim("the function", Request(function, action, theirs), allowed=False, denied=("resource",))
    yield from _set_up(subject, bucket, theirs)
    for caller in (*subject.outsiders, *subject.of_partners):
        for action, resource in (("s3:GetObject", theirs), ("s3:ListBucket", bucket), ("s3:GetBucketPolicy", bucket)):
            request = Request(caller.name, action, resource)
            yield Claim(caller.who, request, allowed=False, denied=("resource",), by="RefuseOtherUnits")
    for action, resource in (("s3:GetObject", theirs), ("s3:PutObject", theirs), ("s3:PutBucketPolicy", bucket)):
        service = Request("s3.amazonaws.com", action, resource, subject.for_the_mesh)
        yield Claim("a service of the mesh", service, free=("resource",))


def _set_up(subject: Subject, bucket: str, theirs: str) -> Iterator[AnyClaim]:
    """Claims on governance: its deployment sets the bucket up and empties it, and publishes nothing."""
    hub = subject.hub
    deploy, preview = names.deploy_role(hub), names.preview_role(hub)
    for action in ("s3:DeleteObject", "s3:DeleteObjectVersion"):
        yield Claim("the deployment of governance", Request(deploy, action, theirs), allowed=True)
    for action in ("s3:GetObject", *_WRITING):
        writes = Request(deploy, action, theirs)
        yield Claim("the deployment of governance", writes, allowed=False, denied=("resource",))
    for role in (deploy, preview):
        yield Claim("who sets the bucket up", Request(role, "s3:ListBucket", bucket), allowed=True)
    yield Claim("the deployment of governance", Request(deploy, "s3:PutBucketPolicy", bucket), allowed=True)
    administrator = subject.other(hub, "governance", "the governance account")
    for action, resource in (
        ("s3:GetObject", theirs),
        ("s3:PutObject", theirs),
        ("s3:DeleteObject", theirs),
        ("s3:ListBucket", bucket),
        ("s3:PutBucketPolicy", bucket),
    ):
        request = Request(administrator.name, action, resource)
        yield Claim(administrator.who, request, allowed=False, denied=("resource",))


def _of_a_domain(subject: Subject, bucket: str, account: str) -> Iterator[AnyClaim]:
    own, others = f"{bucket}/{account}/x.json", f"{bucket}/{OTHER_ORGANIZATION}/x.json"
    readers = {names.staff_role(account, duty) for duty in SEE_PUBLICATIONS}
    domain = next(each for each in subject.domains if each.access.account_id == account)
    for caller in subject.of_domain(domain):
        reads = Request(caller.name, "s3:GetObject", own)
        if caller.name in readers:
            yield Claim(caller.who, reads, allowed=True)
        else:
            yield Claim(caller.who, reads, allowed=False, denied=("resource",), admitted=False)
        strange = Request(caller.name, "s3:GetObject", others)
        yield Claim(f"{caller.who}, of others", strange, allowed=False, denied=("resource",), admitted=False)
        for action in (*_WRITING, "s3:DeleteObject"):
            yield Claim(caller.who, Request(caller.name, action, own), allowed=False, denied=("resource",))
        yield Claim(caller.who, Request(caller.name, "s3:ListBucket", bucket), allowed=False, denied=("resource",))


# ---- alarms


def _topic(subject: Subject, topic: str) -> Iterator[AnyClaim]:
    hub, deploy = subject.hub, names.deploy_role(subject.hub)
    alarms = f"arn:aws:cloudwatch:{subject.region}:{hub}:alarm"
    for alarm, may in ((f"{alarms}:mesh-publication-late", True), (f"{alarms}:another", False)):
        tells = {**subject.for_the_mesh, "aws:SourceArn": alarm}
        yield Claim("an alarm", Request("cloudwatch.amazonaws.com", "sns:Publish", topic, tells), allowed=may)
        for service in ("ec2.amazonaws.com", "glue.amazonaws.com"):
            yield Claim("another service", Request(service, "sns:Publish", topic, tells), admitted=False)
        sets = Request("cloudwatch.amazonaws.com", "sns:SetTopicAttributes", topic, tells)
        yield Claim("an alarm", sets, admitted=False)
    theirs = {**subject.for_the_mesh, "aws:SourceArn": f"{alarms.replace(hub, OTHER_ORGANIZATION)}:mesh-publication-x"}
    told = Request("cloudwatch.amazonaws.com", "sns:Publish", topic, theirs)
    yield Claim("an alarm of another account", told, admitted=False)
    for caller in (*subject.of_governance, *subject.outsiders):
        yield Claim(caller.who, Request(caller.name, "sns:Publish", topic), allowed=False, denied=("resource",))
        if caller.name != deploy:
            sets = Request(caller.name, "sns:SetTopicAttributes", topic)
            yield Claim(caller.who, sets, allowed=False, denied=("resource",))
    for outsider in (*subject.outsiders, *subject.of_partners):
        looks = Request(outsider.name, "sns:GetTopicAttributes", topic)
        yield Claim(outsider.who, looks, allowed=False, denied=("resource",))
    mail = {"sns:Protocol": "email", "sns:Endpoint": subject.perimeter.security_contact}
    yield Claim("the deployment of governance", Request(deploy, "sns:Subscribe", topic, mail), allowed=True)
    yield Claim("the deployment of governance", Request(deploy, "sns:SetTopicAttributes", topic), allowed=True)
    service = Request("cloudwatch.amazonaws.com", "sns:SetTopicAttributes", topic, subject.for_the_mesh)
    yield Claim("a service of the mesh", service, free=("resource",))
    looks = Request("cloudwatch.amazonaws.com", "sns:GetTopicAttributes", topic, subject.for_the_mesh)
    yield Claim("a service of the mesh", looks, free=("resource",))


# ---- who passes wake-ups on


def _passes_on(subject: Subject, account: str) -> Iterator[AnyClaim]:
    role = names.forward_role(account)
    ours = {"aws:SourceAccount": account, "aws:SourceOrgID": subject.perimeter.organization}
    yield Claim("a rule of the domain", Request(_EVENTBRIDGE, "sts:AssumeRole", role, ours), allowed=True)
    for account_id in (subject.hub, OTHER_ORGANIZATION):
        theirs = {**ours, "aws:SourceAccount": account_id}
        yield Claim("another rule", Request(_EVENTBRIDGE, "sts:AssumeRole", role, theirs), allowed=False)
    for service in ("lambda.amazonaws.com", "glue.amazonaws.com", "states.amazonaws.com", "ec2.amazonaws.com"):
        yield Claim("another service", Request(service, "sts:AssumeRole", role, ours), allowed=False)
    domain = next(each for each in subject.domains if each.access.account_id == account)
    for caller in subject.of_domain(domain):
        yield Claim(caller.who, Request(caller.name, "sts:AssumeRole", role), allowed=False)
