"""I11, I12, I13, I14, M2, M5: who touches a product, whatever the caller is called and whatever it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.plan.nodes import DataProductArgs
from mesh.proof.invariants.products import CRYPTOGRAPHY, LISTS, READS, WRITES, EntitledRoles
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.goals import Obligation
from mesh.proof.symbolic.perimeter import person
from mesh.proof.symbolic.shapes import ANY, ARN, ARN_OF_AN_ACCOUNT, Shape, role
from mesh.proof.symbolic.texts import Formula, negation, some

SETTINGS: Final = (
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutBucketWebsite",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutObjectAcl",
    "s3:PutReplicationConfiguration",
)


def anyone_but(request: SymbolicRequest, *shapes: Shape) -> Formula:
    """The caller's ARN is any text that has none of the shapes, or there is none.

    An ARN names an account by twelve digits: that AWS sends none with anything else in that place is assumed.
    """
    arn = request.key("aws:PrincipalArn")
    return some((arn.absent, arn.value.has_no_shape(*shapes, unless=ARN, but=ARN_OF_AN_ACCOUNT)))


def _of(rule: EntitledRoles) -> Iterator[Shape]:
    return ((arn,) for arn in (rule.pipeline, rule.delivery, rule.location, rule.publisher) if arn)


def _readers(rule: EntitledRoles) -> tuple[Shape, ...]:
    """Who may read a product, by the set rule: its own roles and, on a files port, the clearances that cover it."""
    return (*_of(rule), *(role(f"clearance/{name}") for name in sorted(rule.cleared)))


def no_way_around_lake_formation(subject: Subject) -> Iterator[Obligation]:
    """Whatever a caller's ARN, if it is none of a product's readers, it reads and lists nothing, and decrypts nothing.

    The caller may be of the product's own account. Nor is it admitted, were the Denies gone.
    """
    for product, bucket, policies in documents.product_buckets(subject):
        rule = EntitledRoles(subject, product)
        request = SymbolicRequest(policies)
        given = (person(request), anyone_but(request, *_readers(rule)), request.objects_of(bucket))
        yield Obligation(what="a stranger reads", request=request, actions=READS, given=given)
        yield Obligation(what="a stranger reads", request=request, actions=READS, given=given, outcome="not admitted")
        own: tuple[Shape, ...] = ((rule.deploy,), (rule.preview,))
        request = SymbolicRequest(policies)
        given = (person(request), anyone_but(request, *_readers(rule), *own), request.resource.equals(bucket))
        yield Obligation(what="a stranger lists", request=request, actions=LISTS, given=given)
    for product, policies in documents.product_keys(subject):
        request = SymbolicRequest(policies)
        given = (person(request), anyone_but(request, *_readers(EntitledRoles(subject, product))))
        yield Obligation(what="a stranger uses the key", request=request, actions=CRYPTOGRAPHY, given=given)
        yield Obligation(
            what="a stranger uses the key", request=request, actions=CRYPTOGRAPHY, given=given, outcome="not admitted"
        )


def clearances_are_exact(subject: Subject) -> Iterator[Obligation]:
    """A clearance of any name in any account that does not cover a product is refused its objects and its key."""
    for product, bucket, policies in documents.product_buckets(subject):
        request = SymbolicRequest(policies)
        other = _other_clearance(request, subject, product)
        what = "a clearance that does not cover"
        yield Obligation(what=what, request=request, actions=READS, given=(other, request.objects_of(bucket)))
        yield Obligation(what=what, request=request, actions=LISTS, given=(other, request.resource.equals(bucket)))
    for product, policies in documents.product_keys(subject):
        request = SymbolicRequest(policies)
        given = (_other_clearance(request, subject, product),)
        yield Obligation(what="a clearance that does not cover", request=request, actions=CRYPTOGRAPHY, given=given)


def _other_clearance(request: SymbolicRequest, subject: Subject, product: DataProductArgs) -> Formula:
    covering = tuple(role(f"clearance/{name}") for name in sorted(EntitledRoles(subject, product).cleared))
    arn = request.key("aws:PrincipalArn")
    return person(request) & arn.shaped((*role("clearance/"), ANY)) & negation(arn.shaped(*covering))


def one_writer(subject: Subject) -> Iterator[Obligation]:
    """Whatever a caller's ARN, if it is neither the product's pipeline nor its publisher, it writes nothing."""
    for product, bucket, policies in documents.product_buckets(subject):
        rule = EntitledRoles(subject, product)
        writers: tuple[Shape, ...] = tuple((arn,) for arn in (rule.pipeline, rule.publisher) if arn)
        request = SymbolicRequest(policies)
        given = (person(request), anyone_but(request, *writers), request.objects_of(bucket))
        yield Obligation(what="a stranger writes", request=request, actions=WRITES, given=given)


def set_up_by_the_deployment(subject: Subject) -> Iterator[Obligation]:
    """Whatever a caller's ARN, if it is not the deploy role of the bucket's account, it changes no setting."""
    for product, bucket, policies in documents.product_buckets(subject):
        deploy: Shape = (names.deploy_role(product.account_id),)
        request = SymbolicRequest(policies)
        given = (person(request), anyone_but(request, deploy), request.within(bucket))
        yield Obligation(what="a stranger changes the bucket", request=request, actions=SETTINGS, given=given)


def only_its_key(subject: Subject) -> Iterator[Obligation]:
    """Whoever puts whatever object: another encryption, any other key's name and a key of its own are refused."""
    header, key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    customer = "s3:x-amz-server-side-encryption-customer-algorithm"
    for product, bucket, policies in documents.product_buckets(subject):
        request = SymbolicRequest(policies)
        mode, name = request.key(header), request.key(key)
        other = (
            mode.present & mode.is_none_of("aws:kms"),
            name.present & name.is_none_of(subject.product_key(product)),
            request.key(customer).present,
        )
        given = (some(other), request.objects_of(bucket))
        yield Obligation(what="another encryption", request=request, actions=("s3:PutObject",), given=given)


def keys_only_through_their_services(subject: Subject) -> Iterator[Obligation]:
    """Through any service but the key's own, or none, everybody is refused its use; so is any other account."""
    s3, ec2, athena = (f"{name}.{subject.region}.amazonaws.com" for name in ("s3", "ec2", "athena"))
    for _, policies in documents.product_keys(subject):
        yield _not_through(policies, s3)
        request = SymbolicRequest(policies)
        grants = request.key("kms:GrantIsForAWSResource")
        given = (some((grants.absent, grants.is_(False))),)
        yield Obligation(what="a grant", request=request, actions=("kms:CreateGrant",), given=given)
    for account_id, policies in documents.account_keys(subject):
        yield _not_through(policies, s3, ec2, athena)
        request = SymbolicRequest(policies)
        given = (person(request), request.key("kms:CallerAccount").is_none_of(account_id))
        yield Obligation(what="another account", request=request, actions=CRYPTOGRAPHY, given=given)
    for partner in subject.partners:
        yield _not_through(documents.inbox_key(subject, partner), s3, ec2, athena)


def _not_through(policies: documents.Policies, *services: str) -> Obligation:
    request = SymbolicRequest(policies)
    given = (person(request), request.key("kms:ViaService").is_none_of(*services))
    return Obligation(what="another service, or none", request=request, actions=CRYPTOGRAPHY, given=given)
