"""Products (I11, I14, M2, M5) for all strings: readers, writers, settings and encryption of a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.proof.invariants.products import CRYPTOGRAPHY, LISTS, READS, WRITES, EntitledRoles
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, not_a_service
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ACCOUNT, ANY, Shape, role
from mesh.proof.symbolic.texts import some

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
    "s3:PutReplicationConfiguration",
)
"""Actions that change how a bucket is set up."""


def _own_roles(roles: EntitledRoles) -> Iterator[Shape]:
    return ((arn,) for arn in (roles.pipeline, roles.delivery, roles.location, roles.check, roles.retention) if arn)


def _readers(roles: EntitledRoles) -> tuple[Shape, ...]:
    """ARNs of the roles that may read a product: its own and, on a files port, those of clearances that cover it."""
    cleared = sorted(roles.cleared)
    machines = (role(f"pipeline/{name}/", ACCOUNT, ANY) for name in cleared)
    return (*_own_roles(roles), *(role(f"clearance/{name}") for name in cleared), *machines)


def _starting(roles: EntitledRoles) -> tuple[Shape, ...]:
    """The deployment, which starts tables; what it does with other objects has an obligation of its own."""
    return ((roles.starter,),) if roles.starter else ()


def _retaining(roles: EntitledRoles) -> tuple[Shape, ...]:
    """Retention, which rewrites and deletes below `tables/`; M21 has what it does elsewhere."""
    return ((roles.retention,),) if roles.retention else ()


def no_way_around_lake_formation(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I14: no caller but a product's readers reads, lists or decrypts, of its own account neither.

    Nor do the Allows of bucket and key admit one, if the Denies were gone.
    """
    for product, bucket, policies in documents.product_buckets(subject):
        roles = EntitledRoles(subject, product)
        request = SymbolicRequest(policies)
        strangers = anyone_but(request, *_readers(roles), *_starting(roles))
        assumptions = (not_a_service(request), strangers, request.objects_of(bucket))
        yield Obligation(what="a stranger reads", request=request, actions=READS, assumptions=assumptions)
        yield Obligation(
            what="a stranger reads", request=request, actions=READS, assumptions=assumptions, outcome="not admitted"
        )
        yield from _started(roles, bucket, policies)
        deployers: tuple[Shape, ...] = ((roles.deploy,), (roles.preview,))
        request = SymbolicRequest(policies)
        assumptions = (
            not_a_service(request),
            anyone_but(request, *_readers(roles), *deployers),
            request.resource.equals(bucket),
        )
        yield Obligation(what="a stranger lists", request=request, actions=LISTS, assumptions=assumptions)
    for product, policies in documents.product_keys(subject):
        request = SymbolicRequest(policies)
        roles = EntitledRoles(subject, product)
        assumptions = (not_a_service(request), anyone_but(request, *_readers(roles), *_starting(roles)))
        yield Obligation(what="a stranger uses the key", request=request, actions=CRYPTOGRAPHY, assumptions=assumptions)
        yield Obligation(
            what="a stranger uses the key",
            request=request,
            actions=CRYPTOGRAPHY,
            assumptions=assumptions,
            outcome="not admitted",
        )


def _started(roles: EntitledRoles, bucket: str, policies: documents.Policies) -> Iterator[Obligation]:
    """Obligation on who starts tables: it reads, writes and deletes no object but a head of a table's metadata."""
    if roles.starter is None:
        return
    heads: Shape = (f"{bucket}/tables/", ANY, "/metadata/", ANY, ".metadata.json")
    request = SymbolicRequest(policies)
    beside = request.resource.has_no_shape(heads, unless=heads, but=heads)
    assumptions = (request.key("aws:PrincipalArn").shaped((roles.starter,)), beside, request.objects_of(bucket))
    yield Obligation(what="who starts tables", request=request, actions=(*READS, *WRITES[:3]), assumptions=assumptions)


def one_writer(subject: Subject) -> Iterator[Obligation]:
    """Obligations of M5: no caller but the product's pipeline writes, and who starts its tables."""
    for product, bucket, policies in documents.product_buckets(subject):
        roles = EntitledRoles(subject, product)
        writers: tuple[Shape, ...] = ((roles.pipeline,), *_starting(roles), *_retaining(roles))
        request = SymbolicRequest(policies)
        assumptions = (not_a_service(request), anyone_but(request, *writers), request.objects_of(bucket))
        yield Obligation(what="a stranger writes", request=request, actions=WRITES, assumptions=assumptions)


def set_up_by_the_deployment(subject: Subject) -> Iterator[Obligation]:
    """Obligations of M2: no caller but the deploy role of the bucket's account changes a setting."""
    for product, bucket, policies in documents.product_buckets(subject):
        deploy: Shape = (names.deploy_role(product.account_id),)
        request = SymbolicRequest(policies)
        assumptions = (not_a_service(request), anyone_but(request, deploy), request.resource.equals(bucket))
        yield Obligation(
            what="a stranger changes the bucket", request=request, actions=SETTINGS, assumptions=assumptions
        )


def only_its_key(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I11: an object with another encryption, another key or a customer's key is refused."""
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
        assumptions = (some(other), request.objects_of(bucket))
        yield Obligation(what="another encryption", request=request, actions=("s3:PutObject",), assumptions=assumptions)
