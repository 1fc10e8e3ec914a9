"""Work on resources with a policy (U3): those whom the design entitles can indeed do it, and no service does more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mesh import names
from mesh.access import from_plan
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.iam.bus import CHANGE_RULES, SEE_RULES
from mesh.plan.nodes import PartnerPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.duties import Duty, each, pipelines
from mesh.proof.entitlements import CRYPTOGRAPHIC, harms, like_named, namesakes
from mesh.proof.invariants.products import FILES, FIRST_HEAD, HEAD, METADATA, TABLES, EntitledRoles
from mesh.proof.subject import FOR_AN_OUTSIDER, Subject

_USE = "kms: Decrypt DescribeKey Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo"
_READ_KEY = "kms: Decrypt DescribeKey"


def the_entitled_can_work(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of U3 on those who are entitled, on one resource of each class, and on services under their own name."""
    for product in subject.product_classes:
        roles = EntitledRoles(subject, product)
        for role, duties in _on_a_product(subject, roles):
            yield from _can(role, duties)
        yield from _no_more(subject, roles)
        yield from _administered(subject.product_key(product), product.account_id)
        yield from _encrypted_in_transit(f"arn:aws:s3:::{product.bucket}", roles.deploy)
        yield from _not_by_hand(subject, subject.product_key(product), roles.pipeline)
    for account_id, owner in subject.account_classes:
        yield from _account(subject, account_id, owner)
    yield from _services(subject)
    for partner in subject.partners[:1]:
        account_id = partner.access.account_id
        yield from _inbox_key(subject, from_plan.key_arn(subject.region, account_id, names.INBOX_KEY_ALIAS), account_id)
        yield from _inbox(subject, partner)
        inbox = f"arn:aws:s3:::{partner.partner.inbox}"
        yield from _encrypted_in_transit(inbox, subject.other(account_id, "partners", "a partner").name)
    yield from _bus(subject)
    yield from _encrypted_in_transit(
        f"arn:aws:s3:::{subject.plan.governance.audit.bucket}", names.deploy_role(subject.hub)
    )


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
    if roles.check:
        yield roles.check, each("s3: GetObject GetObjectVersion", f"{bucket}/{TABLES}")
        yield roles.check, each("s3: ListBucket", bucket, {"s3:prefix": "tables/t/"})
        yield roles.check, each("s3: GetBucketLocation", bucket)
        yield roles.check, each(_READ_KEY, key, through)
    if roles.starter:
        yield roles.starter, each("s3: GetObject PutObject", f"{bucket}/{HEAD}")
        yield roles.starter, each("s3: DeleteObject", f"{bucket}/{FIRST_HEAD}")
        yield roles.starter, each(_USE, key, through)
    for clearance in sorted(roles.cleared):
        for domain in subject.domains[:2]:
            if clearance in domain.clearances:
                role = domain.clearances[clearance].arn
                yield role, each("s3: GetObject GetObjectVersion", f"{bucket}/{FILES}")
                yield role, each("s3: ListBucket GetBucketLocation", bucket)
                yield role, each(_READ_KEY, key, through)


def _no_more(subject: Subject, roles: EntitledRoles) -> Iterator[Claim]:
    """Claims that the bucket admits roles of other accounts to their duties, and to no harm beside them."""
    bucket = f"arn:aws:s3:::{roles.product.bucket}"
    central = {role for role in (roles.location,) if role}
    may: dict[str, set[tuple[str, str]]] = {role: set() for role in central}
    for role, duties in _on_a_product(subject, roles):
        if role in central:
            may[role] |= {(duty.action, duty.on) for duty in duties}
    for role in sorted(central):
        for arn in (bucket, *(f"{bucket}/{part}" for part in (TABLES, METADATA, FILES, "x"))):
            writes = [harm.action for harm in harms("s3") if not (harm.reads and role == roles.location)]
            for action in writes:
                if facts.takes(action, arn) and (action, arn) not in may[role]:
                    yield Claim(role, Request(role, action, arn), admitted=False)


def _encrypted_in_transit(bucket: str, caller: str) -> Iterator[Claim]:
    """Claims on plain HTTP and old TLS, at an action that the policy refuses for no other reason."""
    for context in ({"aws:SecureTransport": "false"}, {"s3:TlsVersion": "1.1"}):
        for action, arn in (("s3:GetBucketLocation", bucket), ("s3:ListMultipartUploadParts", f"{bucket}/x")):
            request = Request(caller, action, arn, context)
            yield Claim(f"{caller}, in the clear", request, allowed=False, denied=("resource",))


# ---- keys


def _administered(key: str, account_id: str) -> Iterator[Claim]:
    """Calls with which the AWS plugin makes, changes, reads and removes a key, as deployment and preview.

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
    yield from _disks(subject, key, somebody)
    for bucket in (subject.plan.log_bucket(owner), subject.plan.results_bucket(owner)):
        yield from _encrypted_in_transit(f"arn:aws:s3:::{bucket}", somebody)


def _disks(subject: Subject, key: str, somebody: str) -> Iterator[Claim]:
    """Claims that a key is for disks of its own account: by grants for EC2's own use, and by nothing else."""
    through = {"kms:ViaService": f"ec2.{subject.region}.amazonaws.com"}
    for_ec2 = {**through, "kms:GrantIsForAWSResource": "true"}
    strangers = (*subject.outsiders, *(subject.other(*asked) for asked in subject.accounts_asked))
    for caller in strangers:
        if caller.account != key.split(":")[4]:
            yield Claim(caller.who, Request(caller.name, "kms:CreateGrant", key, for_ec2), admitted=False)
    yield Claim(somebody, Request(somebody, "kms:CreateGrant", key, through), admitted=False)
    for harm in harms("kms"):
        if (
            facts.takes(harm.action, key)
            and not CRYPTOGRAPHIC.fullmatch(harm.action)
            and harm.action != "kms:CreateGrant"
        ):
            yield Claim(somebody, Request(somebody, harm.action, key, for_ec2), admitted=False)


def _inbox_key(subject: Subject, key: str, account_id: str) -> Iterator[Claim]:
    somebody = subject.other(account_id, "partners", "a partner").name
    yield from _can(somebody, each(f"{_USE} GenerateDataKeyWithoutPlaintext", key, subject.through_s3))
    yield from _administered(key, account_id)
    yield from _not_by_hand(subject, key, somebody)


# ---- inboxes and the bus


def _inbox(subject: Subject, partner: PartnerPlan) -> Iterator[Claim]:
    """Claims that an inbox takes replicas from its declared writers, and nothing else from anybody."""
    part = f"arn:aws:s3:::{partner.partner.inbox}/x"
    replicates = ("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner")
    for writer in partner.partner.writers:
        for harm in harms("s3"):
            if facts.takes(harm.action, part):
                request = Request(writer, harm.action, part)
                yield Claim("a declared writer", request, admitted=harm.action in replicates)
        for other in (*like_named(writer.split(":")[4]), *namesakes(subject, writer)):
            yield Claim(other.who, Request(other.name, replicates[0], part), allowed=False, admitted=False)


def _bus(subject: Subject) -> Iterator[Claim]:
    """Claims that the bus admits a pipeline to telling, and a deployment to the rules of its own account."""
    bus = f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}"
    rule = f"arn:aws:events:{subject.region}:{subject.hub}:rule/{names.BUS}/x"
    for domain in subject.domains[:2]:
        deploy, account_id = names.deploy_role(domain.access.account_id), domain.access.account_id
        context = {"events:creatorAccount": account_id}
        rules = (*CHANGE_RULES, *SEE_RULES)
        yield from _can(deploy, each(f"events: {' '.join(a.partition(':')[2] for a in rules)}", rule, context))
        for product, role in list(domain.pipelines.items())[:1]:
            told = {"events:source": [f"mesh.{domain.name}.{product}"], "events:detail-type": [names.EVENTS[0]]}
            for harm in harms("events"):
                for arn in (bus, rule):
                    if facts.takes(harm.action, arn):
                        may = (harm.action, arn) == ("events:PutEvents", bus)
                        yield Claim("a pipeline", Request(role.arn, harm.action, arn, told), admitted=may)
            unnamed = {**told, "events:source": ["mesh.something"]}
            request = Request(role.arn, "events:PutEvents", bus, unnamed)
            yield Claim("a pipeline", request, allowed=False, denied=("resource",))


# ---- services under their own name


def _services(subject: Subject) -> Iterator[Claim]:
    """Claims that a service which is admitted to one thing is admitted to nothing else, and for nobody else."""
    hub, organization = subject.hub, subject.perimeter.organization
    topic = names.break_glass_topic(subject.region, hub)
    audit = f"arn:aws:s3:::{subject.plan.governance.audit.bucket}"
    trail = {
        "aws:SourceAccount": subject.perimeter.management_id,
        "aws:SourceOrgID": organization,
        "aws:SourceArn": names.trail_arn(subject.region, subject.perimeter.management_id),
    }
    for arn, may in ((audit, "s3:GetBucketAcl"), (f"{audit}/AWSLogs/x", "s3:PutObject"), (f"{audit}/x", None)):
        yield from _one_thing("cloudtrail.amazonaws.com", arn, may, trail)
    rule = {"aws:SourceAccount": hub, "aws:SourceArn": names.break_glass_rule(subject.region, hub)}
    yield from _one_thing("events.amazonaws.com", topic, "sns:Publish", rule)
    for other in ("ec2.amazonaws.com", "glue.amazonaws.com"):
        yield from _one_thing(other, topic, None, rule)
        for arn in (audit, f"{audit}/AWSLogs/x"):
            yield from _one_thing(other, arn, None, trail)
    for source in ("arn:aws:cloudtrail:eu-west-1:666666666666:trail/mesh", f"{trail['aws:SourceArn']}x"):
        other = {**trail, "aws:SourceArn": source}
        yield from _one_thing("cloudtrail.amazonaws.com", f"{audit}/AWSLogs/x", None, other)
        yield from _one_thing("cloudtrail.amazonaws.com", audit, None, other)
    for source in (f"{rule['aws:SourceArn']}x", rule["aws:SourceArn"].replace(hub, "666666666666")):
        yield from _one_thing("events.amazonaws.com", topic, None, {**rule, "aws:SourceArn": source})
    for account_id, owner in subject.account_classes:
        delivers = {"aws:SourceAccount": account_id, "aws:SourceOrgID": organization}
        logs, results = subject.plan.log_bucket(owner), subject.plan.results_bucket(owner)
        for (bucket, object_), may in ((_parts(logs), "s3:PutObject"), (_parts(results), None)):
            yield from _one_thing("logging.s3.amazonaws.com", object_, may, delivers)
            yield from _one_thing("logging.s3.amazonaws.com", bucket, None, delivers)
            for arn, action in ((bucket, "s3:GetBucketAcl"), (object_, "s3:GetObject")):
                request = Request("s3.amazonaws.com", action, arn, FOR_AN_OUTSIDER)
                yield Claim("a service for an outsider", request, allowed=False, denied=("resource",))
    catalog = f"arn:aws:glue:{subject.region}:{hub}:catalog"
    yield from _one_thing("ram.amazonaws.com", catalog, None, subject.for_the_mesh)
    looks = Request("s3.amazonaws.com", "sns:GetTopicAttributes", topic, subject.for_the_mesh)
    yield Claim("a service of the mesh", looks, free=("resource",))
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
