"""The data perimeter (I1, I2, I3, I10) for all strings: identities and transports.

A key's own deployment is inside by its ARN, which names its account: KMS's lock-out check may send nothing else of it.
That it uses no key, whatever it sends, is I12's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, not_a_service, outside_organization, outside_units
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ACCOUNT, ANY, ARN, ARN_OF_AN_ACCOUNT, Shape, role
from mesh.proof.symbolic.texts import every, is_, some

DATA: Final = ("s3:*", "kms:*", "sqs:*", "secretsmanager:*", "dynamodb:*", "logs:*")
"""Actions of the services that hold data."""

HELD: Final = (*DATA, "sts:AssumeRole")
"""Actions on data, and the assuming of roles."""


def nobody_outside(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I1: a caller of any other organisation, ARN and account is refused every action on data."""
    for policies in documents.rcps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        assumptions = (
            not_a_service(request),
            request.key("aws:PrincipalOrgID").is_none_of(subject.perimeter.organization),
        )
        yield Obligation(
            what="a caller of another organisation, or of none", request=request, actions=HELD, assumptions=assumptions
        )
    ci: Shape = (f"arn:aws:iam::{subject.hub}:role/mesh/ci/", ANY)
    people: Shape = ("arn:aws:iam::", ACCOUNT, ":role/aws-reserved/", ANY)
    for policies in documents.rcps(subject, documents.ROOT):
        for action, taken in (("sts:AssumeRoleWithWebIdentity", ci), ("sts:AssumeRoleWithSAML", people)):
            request = SymbolicRequest(policies)
            other = request.resource.has_no_shape(taken, unless=ARN, but=ARN_OF_AN_ACCOUNT)
            yield Obligation(what="an identity provider's", request=request, actions=(action,), assumptions=(other,))
    for _, bucket, policies in documents.product_buckets(subject):
        request = SymbolicRequest(policies)
        assumptions = (outside_organization(request, subject), request.within(bucket))
        yield Obligation(
            what="a caller outside, by the bucket's policy", request=request, actions=("s3:*",), assumptions=assumptions
        )
    for product, policies in documents.product_keys(subject):
        request = SymbolicRequest(policies)
        assumptions = (outside_organization(request, subject), anyone_but(request, role("deploy", product.account_id)))
        yield Obligation(
            what="a caller outside, by the key's policy", request=request, actions=("kms:*",), assumptions=assumptions
        )


def services_act_for_the_mesh(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I2: a service that acts for an account of any other organisation, or of none, is refused."""
    for request, actions, bucket in (
        *((SymbolicRequest(policies), HELD, "") for policies in documents.rcps(subject, documents.ROOT)),
        *(
            (SymbolicRequest(policies), ("s3:*",), bucket)
            for bucket, policies in documents.written_by_services(subject)
        ),
    ):
        assumptions = (
            request.key("aws:PrincipalIsAWSService").is_(True),
            request.key("aws:SourceAccount").present,
            request.key("aws:SourceOrgID").is_none_of(subject.perimeter.organization),
            request.within(bucket) if bucket else is_(True),
        )
        yield Obligation(what="a service for an outsider", request=request, actions=actions, assumptions=assumptions)


def only_domains_and_governance(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I3: a caller without a path below the domains unit or the governance unit is refused."""
    for policies in documents.rcps(subject, documents.UNIT, "domains"):
        request = SymbolicRequest(policies)
        assumptions = (not_a_service(request), outside_units(request, subject))
        yield Obligation(what="a caller of another unit", request=request, actions=HELD, assumptions=assumptions)
    for _, bucket, policies in documents.product_buckets(subject):
        request = SymbolicRequest(policies)
        assumptions = (not_a_service(request), outside_units(request, subject), request.within(bucket))
        yield Obligation(what="a caller of another unit", request=request, actions=("s3:*",), assumptions=assumptions)
    for product, policies in documents.product_keys(subject):
        request = SymbolicRequest(policies)
        home = role("deploy", product.account_id)
        assumptions = (not_a_service(request), outside_units(request, subject), anyone_but(request, home))
        yield Obligation(what="a caller of another unit", request=request, actions=("kms:*",), assumptions=assumptions)


def only_encrypted_transport(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I10: plain HTTP is refused to everybody; buckets also refuse every version of TLS below 1.2."""
    for policies in documents.rcps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        plain = (request.key("aws:SecureTransport").is_(False),)
        actions = ("s3:*", "sqs:*", "kms:*", "secretsmanager:*")
        yield Obligation(what="plain HTTP", request=request, actions=actions, assumptions=plain)
    for bucket, policies in documents.buckets(subject):
        request = SymbolicRequest(policies)
        version = request.key("s3:TlsVersion")
        old = every((version.present, version.number < 1.2))
        assumptions = (some((request.key("aws:SecureTransport").is_(False), old)), request.within(bucket))
        yield Obligation(what="plain HTTP, or an old TLS", request=request, actions=("s3:*",), assumptions=assumptions)
