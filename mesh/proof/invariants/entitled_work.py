"""Work on resources with a policy (U3): those whom the design entitles can indeed do it, and no service does more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mesh import names
from mesh.access import from_plan
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.duties import Duty, each, pipelines
from mesh.proof.entitlements import CRYPTOGRAPHIC, harms
from mesh.proof.invariants.products import FILES, METADATA, TABLES, EntitledRoles
from mesh.proof.subject import FOR_AN_OUTSIDER, Subject

_USE = "kms: Decrypt DescribeKey Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo"
_READ_KEY = "kms: Decrypt DescribeKey"


def the_entitled_can_work(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of U3 on those who are entitled, on one resource of each class, and on services under their own name."""
    for product in subject.product_classes:
        roles = EntitledRoles(subject, product)
        for role, duties in _on_a_product(subject, roles):
            yield from _can(role, duties)
        yield from _administered(subject.product_key(product), product.account_id)
        yield from _not_by_hand(subject, subject.product_key(product), roles.pipeline)
    for account_id, owner in subject.account_classes:
        yield from _account(subject, account_id, owner)
    yield from _services(subject)
    for partner in subject.partners[:1]:
        account_id = partner.access.account_id
        yield from _inbox_key(subject, from_plan.key_arn(subject.region, account_id, names.INBOX_KEY_ALIAS), account_id)


def _can(role: str, duties: Iterator[Duty]) -> Iterator[Claim]:
    for duty in duties:
        yield Claim(role, Request(role, duty.action, duty.on, duty.context), allowed=True)


# ---- products


def _on_a_product(subject: Subject, roles: EntitledRoles) -> Iterator[tuple[str, Iterator[Duty]]]:
    """Roles with their duties on a product.

    Lake Formation Developer Guide, "Requirements for roles used to register locations"; Glue Developer Guide, "Using
    the Iceberg framework in AWS Glue"; KMS Developer Guide, "How Amazon S3 uses AWS KMS".
    """
    product, through = roles.product, subject.through_s3
    bucket, key = f"arn:aws:s3:::{product.bucket}", subject.product_key(product)
    duties = pipelines.of_pipeline(subject, product).duties
    yield roles.pipeline, (duty for duty in duties if duty.action.startswith(("s3:", "kms:")))
    if roles.location:
        yield roles.location, each("s3: GetObject GetObjectVersion", f"{bucket}/{TABLES}")
        yield roles.location, each("s3: ListBucket GetBucketLocation", bucket)
        yield roles.location, each(_READ_KEY, key, through)
    if roles.publisher:
        yield roles.publisher, each("s3: GetObject PutObject", f"{bucket}/{METADATA}")
        yield roles.publisher, each(_USE, key, through)
    for clearance in sorted(roles.cleared):
        for domain in subject.domains[:2]:
            if clearance in domain.clearances:
                role = domain.clearances[clearance].arn
                yield role, each("s3: GetObject GetObjectVersion", f"{bucket}/{FILES}")
                yield role, each("s3: ListBucket GetBucketLocation", bucket)
                yield role, each(_READ_KEY, key, through)


# ---- keys


def _administered(key: str, account_id: str) -> Iterator[Claim]:
    """What the AWS plugin calls to make, change, read and remove a key and its alias, as deployment and preview.

    terraform-provider-aws, `internal/service/kms/key.go` and `alias.go`.
    """
    looks = "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags"
    changes = (
        "PutKeyPolicy EnableKey DisableKey EnableKeyRotation UpdateKeyDescription TagResource UntagResource "
        "ScheduleKeyDeletion CancelKeyDeletion CreateAlias UpdateAlias DeleteAlias"
    )
    yield from _can(names.deploy_role(account_id), each(f"kms: {looks} {changes}", key))
    yield from _can(names.preview_role(account_id), each(f"kms: {looks}", key))


def _not_by_hand(subject: Subject, key: str, user: str) -> Iterator[Claim]:
    """Claims that whoever uses a key through its services does not use it by a call of their own."""
    for context in ({}, {"kms:ViaService": f"sqs.{subject.region}.amazonaws.com"}):
        for harm in harms("kms"):
            if CRYPTOGRAPHIC.fullmatch(harm.action) and facts.takes(harm.action, key):
                request = Request(user, harm.action, key, context)
                yield Claim(f"{user}, by hand", request, allowed=False, denied=("resource",), admitted=False)


def _account(subject: Subject, account_id: str, owner: str) -> Iterator[Claim]:
    somebody = subject.other(account_id, None, owner).name
    key = from_plan.key_arn(subject.region, account_id, names.ACCOUNT_KEY_ALIAS)
    for service in ("s3", "ec2", "athena"):
        through = {"kms:ViaService": f"{service}.{subject.region}.amazonaws.com"}
        yield from _can(somebody, each(f"{_USE} GenerateDataKeyWithoutPlaintext", key, through))
    yield from _administered(key, account_id)
    yield from _not_by_hand(subject, key, somebody)


def _inbox_key(subject: Subject, key: str, account_id: str) -> Iterator[Claim]:
    somebody = subject.other(account_id, "partners", "a partner").name
    yield from _can(somebody, each(f"{_USE} GenerateDataKeyWithoutPlaintext", key, subject.through_s3))
    yield from _administered(key, account_id)
    yield from _not_by_hand(subject, key, somebody)


# ---- services under their own name


def _services(subject: Subject) -> Iterator[Claim]:
    """Claims that a service which is admitted to one thing is admitted to nothing else, and for nobody else."""
    hub, mesh, organization = subject.hub, subject.plan.mesh, subject.perimeter.organization
    audit = f"arn:aws:s3:::{names.audit_bucket(mesh)}"
    trail = {
        "aws:SourceAccount": subject.perimeter.management_id,
        "aws:SourceOrgID": organization,
        "aws:SourceArn": names.trail_arn(subject.region, subject.perimeter.management_id),
    }
    for arn, may in ((audit, "s3:GetBucketAcl"), (f"{audit}/AWSLogs/x", "s3:PutObject"), (f"{audit}/x", None)):
        yield from _one_thing("cloudtrail.amazonaws.com", arn, may, trail)
    rule = {"aws:SourceAccount": hub, "aws:SourceArn": names.break_glass_rule(subject.region, hub)}
    yield from _one_thing("events.amazonaws.com", names.break_glass_topic(subject.region, hub), "sns:Publish", rule)
    for source in ("arn:aws:cloudtrail:eu-west-1:666666666666:trail/mesh", f"{trail['aws:SourceArn']}x"):
        other = {**trail, "aws:SourceArn": source}
        yield from _one_thing("cloudtrail.amazonaws.com", f"{audit}/AWSLogs/x", None, other)
        yield from _one_thing("cloudtrail.amazonaws.com", audit, None, other)
    for source in (f"{rule['aws:SourceArn']}x", rule["aws:SourceArn"].replace(hub, "666666666666")):
        topic = names.break_glass_topic(subject.region, hub)
        yield from _one_thing("events.amazonaws.com", topic, None, {**rule, "aws:SourceArn": source})
    for account_id, owner in subject.account_classes:
        delivers = {"aws:SourceAccount": account_id, "aws:SourceOrgID": organization}
        for bucket, object_ in (_parts(names.log_bucket(mesh, owner)), _parts(names.results_bucket(mesh, owner))):
            may = "s3:PutObject" if bucket.endswith("-logs") else None
            yield from _one_thing("logging.s3.amazonaws.com", object_, may, delivers)
            yield from _one_thing("logging.s3.amazonaws.com", bucket, None, delivers)
            for arn, action in ((bucket, "s3:GetBucketAcl"), (object_, "s3:GetObject")):
                request = Request("s3.amazonaws.com", action, arn, FOR_AN_OUTSIDER)
                yield Claim("a service for an outsider", request, allowed=False, denied=("resource",))
    catalog = f"arn:aws:glue:{subject.region}:{hub}:catalog"
    yield from _one_thing("ram.amazonaws.com", catalog, None, subject.for_the_mesh)
    outsider = Request("s3.amazonaws.com", "s3:GetBucketAcl", audit, FOR_AN_OUTSIDER)
    yield Claim("a service for an outsider", outsider, allowed=False, denied=("resource",))


def _one_thing(service: str, arn: str, may: str | None, context: dict[str, Any]) -> Iterator[Claim]:
    """Claims that a service is admitted to no action on a resource but `may`, harmless ones included."""
    prefix = arn.split(":")[2]
    for name in facts.actions_of(prefix):
        action = f"{prefix}:{name}"
        if facts.takes(action, arn):
            request = Request(service, action, arn, context)
            yield Claim(service, request, admitted=action == may)


def _parts(bucket: str) -> tuple[str, str]:
    return f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/x"
