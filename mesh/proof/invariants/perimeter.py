"""The data perimeter (I1, I2, I3, I9, I10): identities, networks and transports that reach a resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Layer, Request
from mesh.evaluator.world import ANONYMOUS
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.machine_readers import pipeline_of
from mesh.proof.subject import FOR_A_STRANGER, FOR_AN_OUTSIDER, Actor, Subject

OBJECT_ACTIONS: Final = ("s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:DeleteObjectVersion")
BUCKET_ACTIONS: Final = ("s3:ListBucket", "s3:GetBucketTagging", "s3:PutBucketPolicy")
KEY_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy")


class Held(NamedTuple):
    """A resource that holds data or leads to it; `guarded` when its own policy refuses strangers too."""

    resource: str
    actions: tuple[str, ...]
    unit: str
    guarded: bool


def of_products(subject: Subject) -> Iterator[Held]:
    """Bucket, objects and key of every product."""
    for product in subject.products:
        bucket = f"arn:aws:s3:::{product.bucket}"
        yield Held(f"{bucket}/tables/data/part-0.parquet", OBJECT_ACTIONS, "domains", True)
        if "files" in product.ports:  # what the cleared read with S3 alone, by the names of their roles
            yield Held(f"{bucket}/files/part-0.parquet", OBJECT_ACTIONS, "domains", True)
        yield Held(bucket, BUCKET_ACTIONS, "domains", True)
        yield Held(subject.product_key(product), KEY_ACTIONS, "domains", True)


def of_accounts(subject: Subject) -> Iterator[Held]:
    """Resources of every account: logs, results, a key, roles, and such as a team may make there besides the plan."""
    for account_id, unit, _ in subject.accounts_asked:
        owner = subject.owners[account_id]
        for bucket in (subject.plan.log_bucket(owner), subject.plan.results_bucket(owner)):
            yield Held(f"arn:aws:s3:::{bucket}/x", OBJECT_ACTIONS, unit, True)
        if scripts := _scripts(subject, owner):
            yield Held(f"arn:aws:s3:::{scripts}/x", OBJECT_ACTIONS, unit, True)
            yield Held(f"arn:aws:s3:::{scripts}", BUCKET_ACTIONS, unit, True)
        key = from_plan.key_arn(subject.region, account_id, names.ACCOUNT_KEY_ALIAS)
        yield Held(key, KEY_ACTIONS, unit, False)
        for path in ("deploy", "preview"):
            yield Held(names.role(account_id, path), ("sts:AssumeRole",), unit, False)
        yield from _unplanned(subject.region, account_id, unit)
    yield Held(f"arn:aws:s3:::{subject.plan.governance.audit.bucket}/x", OBJECT_ACTIONS, "governance", True)
    for partner in subject.partners:
        inbox = f"arn:aws:s3:::{partner.partner.inbox}"
        yield Held(f"{inbox}/x", ("s3:GetObject", "s3:PutObject", "s3:ReplicateObject"), "partners", True)
        yield Held(inbox, BUCKET_ACTIONS, "partners", True)


def _scripts(subject: Subject, owner: str) -> str | None:
    """The bucket of scripts of a domain's account, which it has as soon as one product has a job."""
    domain = subject.plan.domains.get(owner)
    return domain.job_baseline.scripts_bucket if domain and domain.job_baseline else None


def _unplanned(region: str, account_id: str, unit: str) -> Iterator[Held]:
    """Resources that the plan does not have: the policy of each may say anything, so it is taken to admit everyone."""
    local = f"{region}:{account_id}"
    yield Held(f"arn:aws:iam::{account_id}:role/unplanned", ("sts:AssumeRole",), unit, False)
    yield Held(f"arn:aws:sqs:{local}:unplanned", ("sqs:SendMessage", "sqs:ReceiveMessage"), unit, False)
    yield Held(f"arn:aws:secretsmanager:{local}:secret:unplanned", ("secretsmanager:GetSecretValue",), unit, False)
    yield Held(f"arn:aws:dynamodb:{local}:table/unplanned", ("dynamodb:GetItem", "dynamodb:PutItem"), unit, False)
    yield Held(f"arn:aws:logs:{local}:log-group:unplanned:*", ("logs:FilterLogEvents",), unit, False)
    yield Held(f"arn:aws:kms:{local}:key/unplanned", KEY_ACTIONS, unit, False)


def everything(subject: Subject) -> Iterator[Held]:
    """Every resource that holds data or leads to it."""
    yield from of_products(subject)
    yield from of_accounts(subject)


def _requests(caller: Actor, held: Held) -> Iterator[Request]:
    for action in held.actions:
        yield Request(caller.name, action, held.resource)


def nobody_outside(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I1: on callers outside the organisation at every resource, and on identity providers."""
    for held in everything(subject):
        denied: tuple[Layer, ...] = ("rcp", "resource") if held.guarded else ("rcp",)
        for caller in subject.outsiders:
            for request in _requests(caller, held):
                yield Claim(caller.who, request, allowed=False, denied=denied)
    yield from _federated(subject)


def _federated(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on identity providers: only the CI's and Identity Center's callers assume a role.

    A role may trust some providers (Google, Facebook, Amazon, Cognito) that its account does not have.
    """
    web, saml = "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"
    for account_id, _, where in subject.accounts_asked:
        reserved = from_plan.permission_set_role(account_id, subject.region, "pii")
        roles = (f"arn:aws:iam::{account_id}:role/unplanned", names.deploy_role(account_id))
        for action, role in ((web, reserved), *((action, role) for action in (web, saml) for role in roles)):
            request = Request(ANONYMOUS, action, role)
            yield Claim(f"somebody of an identity provider, in {where}", request, allowed=False, denied=("rcp",))
        yield Claim("people of Identity Center", Request(ANONYMOUS, saml, reserved), free=("rcp",))
        namesake = Request(ANONYMOUS, web, names.ci_role(account_id, "governance"))
        if account_id != subject.hub:
            yield Claim("the CI's identity provider, in another account", namesake, allowed=False, denied=("rcp",))
    ci = names.ci_role(subject.hub, "governance")
    yield Claim("the CI's identity provider", Request(ANONYMOUS, web, ci), free=("rcp",))
    yield Claim("a SAML provider, as the CI", Request(ANONYMOUS, saml, ci), allowed=False, denied=("rcp",))


def services_act_for_the_mesh(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I2: on services that act for outsiders, for the mesh and for themselves, at every resource."""
    yield from _services_of_outsiders_at_logs(subject)
    for held in everything(subject):
        for action in held.actions:
            for context in (FOR_AN_OUTSIDER, FOR_A_STRANGER):
                request = Request("s3.amazonaws.com", action, held.resource, context)
                yield Claim("a service for an outsider", request, allowed=False, denied=("rcp",))
            for context in (subject.for_the_mesh, {}):
                request = Request("s3.amazonaws.com", action, held.resource, context)
                yield Claim("a service of the mesh", request, free=("rcp",))
    yield from _trusts(subject)


def _services_of_outsiders_at_logs(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on buckets that accounts keep for themselves: their own policy refuses services that act for outsiders."""
    buckets = [
        (name(owner), account)
        for account, owner in subject.owners.items()
        for name in (subject.plan.log_bucket, subject.plan.results_bucket)
    ]
    buckets += [(scripts, id_) for id_, owner in subject.owners.items() if (scripts := _scripts(subject, owner))]
    for bucket, account_id in (*buckets, (subject.plan.governance.audit.bucket, subject.hub)):
        log = f"arn:aws:s3:::{bucket}/AWSLogs/x"
        for context in (FOR_AN_OUTSIDER, FOR_A_STRANGER):
            for action in ("s3:PutObject", "s3:ListMultipartUploadParts"):
                request = Request("s3.amazonaws.com", action, log, context)
                yield Claim("a service for an outsider", request, allowed=False, denied=("resource",))
        deployment = Request(names.deploy_role(account_id), "s3:ListMultipartUploadParts", log)
        yield Claim("the deployment of the bucket's account", deployment, free=("resource",))
        itself = Request("s3.amazonaws.com", "s3:ListMultipartUploadParts", log)
        yield Claim("a service for itself", itself, free=("resource",))


def _trusts(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on roles that services assume: for the role's own account, and S3 for the product's bucket, only."""
    elsewhere = {**subject.for_the_mesh, "aws:SourceAccount": subject.perimeter.management_id}
    for domain in subject.plan.domains.values():
        location = names.location_role(subject.hub, domain.name)
        request = Request("lakeformation.amazonaws.com", "sts:AssumeRole", location, elsewhere)
        yield Claim("Lake Formation for another account", request, allowed=False)
        for pipeline in domain.pipelines.values():
            request = Request("glue.amazonaws.com", "sts:AssumeRole", pipeline.arn, elsewhere)
            yield Claim("Glue for another account", request, allowed=False)
        for name, delivery in domain.deliveries.items():
            role = names.delivery_role(delivery.account_id, name)
            home = {**subject.for_the_mesh, "aws:SourceAccount": delivery.account_id}
            bucket = {"aws:SourceArn": f"arn:aws:s3:::{delivery.bucket}"}
            for context in ({**elsewhere, **bucket}, {**home, "aws:SourceArn": "arn:aws:s3:::another-bucket"}):
                request = Request("s3.amazonaws.com", "sts:AssumeRole", role, context)
                yield Claim("S3 for another bucket", request, allowed=False)


def only_domains_and_governance(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I3: on partners and the management account, and on domains and governance, at resources of domains."""
    strangers = (*subject.of_partners, *subject.of_management)
    neighbours = [subject.other(subject.hub, "governance", "the governance account")]
    neighbours += [subject.other(d.access.account_id, "domains", f"domain {d.name}") for d in subject.domains[:2]]
    for held in everything(subject):
        if held.unit != "domains":
            continue
        denied: tuple[Layer, ...] = ("rcp", "resource") if held.guarded else ("rcp",)
        for caller in strangers:
            for request in _requests(caller, held):
                yield Claim(caller.who, request, allowed=False, denied=denied)
        for caller in neighbours:
            for request in _requests(caller, held):
                yield Claim(caller.who, request, free=("rcp",))


def only_fresh_signatures(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I9 on signatures by their age."""
    for product in subject.products:
        pipeline, where = pipeline_of(subject, product), f"{product.domain}.{product.name}"
        data = f"arn:aws:s3:::{product.bucket}/tables/data/part-0.parquet"
        # `s3:signatureAge` is in milliseconds; a presigned URL may be 15 minutes old.
        version = Request(pipeline, "s3:GetObjectVersion", data, {"s3:signatureAge": 900_001})
        yield Claim(f"an old presigned URL of the pipeline of {where}", version, allowed=False, denied=("rcp",))
        for action in ("s3:GetObject", "s3:PutObject"):
            old = Request(pipeline, action, data, {"s3:signatureAge": 900_001})
            yield Claim(f"an old presigned URL of the pipeline of {where}", old, allowed=False, denied=("rcp",))
            fresh = Request(pipeline, action, data, {"s3:signatureAge": 900_000})
            yield Claim(f"a fresh presigned URL of the pipeline of {where}", fresh, allowed=True)


def only_encrypted_transport(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I10: on plain HTTP and old versions of TLS, by callers whom nothing else refuses."""
    plain, encrypted = {"aws:SecureTransport": "false"}, {"s3:TlsVersion": "1.2"}
    for held in everything(subject):
        service = held.resource.split(":")[2]
        if service not in ("s3", "kms", "sqs", "secretsmanager"):
            continue
        caller = subject.other(subject.hub, "governance", "the governance account")
        bucket = service == "s3"
        for action in held.actions:
            denied: tuple[Layer, ...] = ("rcp", "resource") if bucket else ("rcp",)
            request = Request(caller.name, action, held.resource, plain)
            yield Claim(f"{caller.who} over plain HTTP", request, allowed=False, denied=denied)
            if bucket:
                old = Request(caller.name, action, held.resource, {"s3:TlsVersion": "1.1"})
                yield Claim(f"{caller.who} over TLS 1.1", old, allowed=False, denied=("resource",))
    for who, name, action, resource in _permitted(subject):
        yield Claim(f"{who} over TLS 1.2", Request(name, action, resource, encrypted), free=("rcp", "resource"))
        yield Claim(f"{who} over plain HTTP", Request(name, action, resource, plain), denied=("rcp", "resource"))
        old = Request(name, action, resource, {"s3:TlsVersion": "1.1"})
        yield Claim(f"{who} over TLS 1.1", old, denied=("resource",), free=("rcp",))


def _permitted(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    """Caller, action and resource of a request for every bucket that nothing else in its policy refuses."""
    products = {f"arn:aws:s3:::{product.bucket}": product for product in subject.products}
    for resource in subject.world.resources.values():
        if resource.arn.startswith("arn:aws:s3:::"):
            product = products.get(resource.arn)
            if product:
                pipeline = pipeline_of(subject, product)
                yield "the pipeline", pipeline, "s3:GetObject", f"{resource.arn}/tables/x"
            else:
                deploy = names.deploy_role(resource.account)
                yield "the deployment", deploy, "s3:PutLifecycleConfiguration", resource.arn
