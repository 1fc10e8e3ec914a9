"""I1, I2, I3, I6, I9, I10, I18, M1: who reaches a resource of the organisation, or leaves it, for all strings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.goals import Obligation
from mesh.proof.symbolic.shapes import ACCOUNT, ANY, ARN, ARN_OF_AN_ACCOUNT, Shape
from mesh.proof.symbolic.texts import Formula, every, is_, negation, some

DATA: Final = ("s3:*", "kms:*", "sqs:*", "secretsmanager:*", "dynamodb:*", "logs:*")
"""Services that hold data."""

HELD: Final = (*DATA, "sts:AssumeRole")
OUTWARD: Final = (
    "s3:*",
    "sqs:*",
    "sns:*",
    "dynamodb:*",
    "kinesis:*",
    "firehose:*",
    "secretsmanager:*",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "events:PutEvents",
    "ecr:PutImage",
    "lambda:InvokeFunction",
    "logs:PutLogEvents",
    "sts:AssumeRole",
)
"""With which an identity could carry data to a resource of somebody else's."""


def person(request: SymbolicRequest) -> Formula:
    """The caller is no service of AWS; the anonymous do not even say so."""
    key = request.key("aws:PrincipalIsAWSService")
    return every((request.service.equals(""), some((key.absent, key.is_(False)))))


def outside_units(request: SymbolicRequest, subject: Subject) -> Formula:
    """No path of the caller's is below the domains unit or the governance unit; or it has none."""
    perimeter = subject.perimeter
    units = (perimeter.domains_unit, perimeter.governance_unit)
    below = (f"{perimeter.organization}/{perimeter.root}/{unit}/" for unit in units)
    return negation(request.values("aws:PrincipalOrgPaths").some_begins(*below))


def _outside(request: SymbolicRequest, subject: Subject) -> tuple[Formula, ...]:
    """Neither the id nor a path of the organisation: also the anonymous, who have none."""
    organization = subject.perimeter.organization
    paths = request.values("aws:PrincipalOrgPaths").some_begins(f"{organization}/")
    return person(request), request.key("aws:PrincipalOrgID").is_none_of(organization), negation(paths)


def nobody_outside(subject: Subject) -> Iterator[Obligation]:
    """Whatever the organisation, the ARN and the account of a caller: if it is not ours, it is refused everything."""
    for policies in documents.rcps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        given = (person(request), request.key("aws:PrincipalOrgID").is_none_of(subject.perimeter.organization))
        yield Obligation(
            what="a caller of another organisation, or of none", request=request, actions=HELD, given=given
        )
    ci: Shape = (f"arn:aws:iam::{subject.hub}:role/mesh/ci-", ANY)
    people: Shape = ("arn:aws:iam::", ACCOUNT, ":role/aws-reserved/", ANY)
    for policies in documents.rcps(subject, documents.ROOT):
        for action, own in (("sts:AssumeRoleWithWebIdentity", ci), ("sts:AssumeRoleWithSAML", people)):
            request = SymbolicRequest(policies)
            other = request.resource.has_no_shape(own, unless=ARN, but=ARN_OF_AN_ACCOUNT)
            yield Obligation(what="an identity provider's", request=request, actions=(action,), given=(other,))
    for _, bucket, policies in documents.product_buckets(subject):
        request = SymbolicRequest(policies)
        given = (*_outside(request, subject), request.within(bucket))
        yield Obligation(
            what="a caller outside, by the bucket's policy", request=request, actions=("s3:*",), given=given
        )
    for _, policies in documents.product_keys(subject):
        request = SymbolicRequest(policies)
        given = _outside(request, subject)
        yield Obligation(what="a caller outside, by the key's policy", request=request, actions=("kms:*",), given=given)


def services_act_for_the_mesh(subject: Subject) -> Iterator[Obligation]:
    """A service that acts for an account whose organisation is any text but ours, or for one without, is refused."""
    for request, actions, where in (
        *((SymbolicRequest(policies), HELD, "") for policies in documents.rcps(subject, documents.ROOT)),
        *(
            (SymbolicRequest(policies), ("s3:*",), bucket)
            for bucket, policies in documents.written_by_services(subject)
        ),
    ):
        given = (
            request.key("aws:PrincipalIsAWSService").is_(True),
            request.key("aws:SourceAccount").present,
            request.key("aws:SourceOrgID").is_none_of(subject.perimeter.organization),
            request.within(where) if where else is_(True),
        )
        yield Obligation(what="a service for an outsider", request=request, actions=actions, given=given)


def only_domains_and_governance(subject: Subject) -> Iterator[Obligation]:
    """Whatever paths a caller's account has: if none is below the domains or governance unit, it is refused."""
    for policies in documents.rcps(subject, documents.UNIT, "domains"):
        request = SymbolicRequest(policies)
        given = (person(request), outside_units(request, subject))
        yield Obligation(what="a caller of another unit", request=request, actions=HELD, given=given)
    for _, bucket, policies in documents.product_buckets(subject):
        request = SymbolicRequest(policies)
        given = (person(request), outside_units(request, subject), request.within(bucket))
        yield Obligation(what="a caller of another unit", request=request, actions=("s3:*",), given=given)
    for _, policies in documents.product_keys(subject):
        request = SymbolicRequest(policies)
        given = (person(request), outside_units(request, subject))
        yield Obligation(what="a caller of another unit", request=request, actions=("kms:*",), given=given)


def identities_act_on_the_mesh_only(subject: Subject) -> Iterator[Obligation]:
    """Whoever calls: a resource whose organisation is any text but ours, or which has none, is out of reach."""
    for _, policies in documents.scps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        given = (request.key("aws:ResourceOrgID").is_none_of(subject.perimeter.organization),)
        yield Obligation(what="a resource outside", request=request, actions=OUTWARD, given=given)


def only_fresh_signatures(subject: Subject) -> Iterator[Obligation]:
    """A signature of any age over a quarter of an hour, and any other organisation's endpoint, is refused."""
    for policies in documents.rcps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        age = request.key("s3:signatureAge")
        given = (age.present, age.number > 900_000)
        yield Obligation(
            what="an old signature", request=request, actions=("s3:GetObject", "s3:PutObject"), given=given
        )
        request = SymbolicRequest(policies)
        endpoint = request.key("aws:VpceOrgID")
        given = (endpoint.present, endpoint.is_none_of(subject.perimeter.organization))
        yield Obligation(what="a foreign network", request=request, actions=("s3:*", "kms:*", "sqs:*"), given=given)


def only_encrypted_transport(subject: Subject) -> Iterator[Obligation]:
    """Plain HTTP is refused to everybody, and of a bucket every version of TLS below 1.2, whatever the object."""
    for policies in documents.rcps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        plain = (request.key("aws:SecureTransport").is_(False),)
        actions = ("s3:*", "sqs:*", "kms:*", "secretsmanager:*")
        yield Obligation(what="plain HTTP", request=request, actions=actions, given=plain)
    for bucket, policies in documents.buckets(subject):
        request = SymbolicRequest(policies)
        version = request.key("s3:TlsVersion")
        old = every((version.present, version.number < 1.2))
        given = (some((request.key("aws:SecureTransport").is_(False), old)), request.within(bucket))
        yield Obligation(what="plain HTTP, or an old TLS", request=request, actions=("s3:*",), given=given)


def no_public_bucket(subject: Subject) -> Iterator[Obligation]:
    """No bucket's policy admits a caller whose organisation is any text but ours or lacking, whatever its ARN."""
    own = {account_id for account_id, _, _ in subject.accounts}
    for _, policies in documents.buckets(subject):
        request = SymbolicRequest(policies)
        given = (
            request.key("aws:PrincipalOrgID").is_none_of(subject.perimeter.organization),
            request.service.equals(""),
            request.account.differs(*sorted(own)),
        )
        yield Obligation(what="a stranger", request=request, actions=("s3:*",), given=given, outcome="not admitted")


def one_region(subject: Subject) -> Iterator[Obligation]:
    """In any region but the mesh's everybody is refused everything that is made in a region."""
    regional = ("sqs:*", "sns:*", "dynamodb:*", "ec2:*", "glue:*", "athena:*", "kms:*", "lambda:*", "logs:*", "ecr:*")
    for account_id, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        given = (request.key("aws:RequestedRegion").is_none_of(subject.perimeter.region),)
        yield Obligation(what="another region", request=request, actions=regional, given=given)
