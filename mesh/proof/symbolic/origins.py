"""Origins of requests (I9) for all strings: any age of a signature, any endpoint, any network, any address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, by_itself, not_a_service
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ACCOUNT, ANY, Shape, role
from mesh.proof.symbolic.texts import Formula, every, negation

LOG_WRITES: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
"""What Glue writes itself with the credentials of a job."""

EVERY_ACTION: Final = ("*",)
RETENTION: Final = role(names.RETENTION)
LENT: Final[tuple[Shape, ...]] = (
    role("location/", ACCOUNT, ANY),
    role("delivery/deliver-", ACCOUNT, ANY),
    RETENTION,
)
"""Roles that a service alone assumes: of a domain's location, of a product's deliveries, of optimizers."""

OF_THE_FUNCTION: Final[tuple[Shape, ...]] = (role(names.CHECK), role("publisher/publish-", ACCOUNT, ANY))
"""Roles that the publication function becomes."""

PEOPLE: Final[tuple[Shape, ...]] = (
    role("clearance/", ACCOUNT, ANY),
    ("arn:aws:iam::", ACCOUNT, ":role/aws-reserved/", ANY),
)
GUESTS: Final[Shape] = (
    "arn:aws:iam::",
    ACCOUNT,
    ":role/aws-reserved/",
    ANY,
    f"/AWSReservedSSO_{names.PARTNER_PERMISSION_SET}_",
    ANY,
)


def from_no_network_but_ours(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I9: old signatures, credentials of jobs, endpoints, presigned URLs and people from elsewhere."""
    yield from _signatures(subject)
    for account_id, policies in documents.scps(subject, documents.ROOT):
        fixed = {"aws:PrincipalAccount": account_id}
        for key, own in (
            ("glue:CredentialIssuingService", LOG_WRITES),
            ("lambda:SourceFunctionArn", (*LOG_WRITES, "xray:PutTraceSegments")),
        ):
            request = SymbolicRequest(policies, fixed)
            assumptions = (request.key(key).present, negation(request.asks(*own)), *_elsewhere(request, subject))
            yield Obligation(
                what="a job's credentials elsewhere", request=request, actions=EVERY_ACTION, assumptions=assumptions
            )
        request = SymbolicRequest(policies, fixed)
        became = request.key("aws:PrincipalArn").shaped(*OF_THE_FUNCTION)
        assumptions = (became, *_elsewhere(request, subject))
        yield Obligation(what="a check elsewhere", request=request, actions=EVERY_ACTION, assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        assumptions = (
            request.key("aws:PrincipalArn").shaped(RETENTION),
            request.key("glue:CredentialIssuingService").present,
        )
        yield Obligation(what="a job of optimizers", request=request, actions=EVERY_ACTION, assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        assumptions = (
            request.key("aws:SourceVpce").present,
            anyone_but(request, *LENT),
            *_elsewhere(request, subject),
        )
        yield Obligation(what="a foreign endpoint", request=request, actions=EVERY_ACTION, assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        assumptions = (
            request.key("aws:SourceVpc").is_one_of(subject.perimeter.network),
            request.key("aws:RequestedRegion").is_none_of(subject.region),
        )
        yield Obligation(what="a namesake", request=request, actions=EVERY_ACTION, assumptions=assumptions)
        if subject.written_addresses:
            yield _people(subject, SymbolicRequest(policies, fixed))
    yield from _resources(subject)


def _signatures(subject: Subject) -> Iterator[Obligation]:
    for policies in documents.rcps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        # In milliseconds.
        age = request.key("s3:signatureAge")
        assumptions = (age.present, age.number > 900_000)
        yield Obligation(
            what="an old signature", request=request, actions=("s3:GetObject", "s3:PutObject"), assumptions=assumptions
        )


def _elsewhere(request: SymbolicRequest, subject: Subject) -> tuple[Formula, ...]:
    """No service asks for the caller, and the request is from no network of ours, as far as it says."""
    return (
        by_itself(request),
        request.key("aws:VpceOrgID").is_none_of(subject.perimeter.organization),
        request.key("aws:SourceVpc").is_none_of(subject.perimeter.network),
    )


def _people(subject: Subject, request: SymbolicRequest) -> Obligation:
    arn = request.key("aws:PrincipalArn")
    guest = arn.shaped(GUESTS)
    assumptions = (arn.shaped(*PEOPLE), negation(guest), _at_no_office(request, subject), *_elsewhere(request, subject))
    return Obligation(what="people elsewhere", request=request, actions=EVERY_ACTION, assumptions=assumptions)


def _at_no_office(request: SymbolicRequest, subject: Subject) -> Formula:
    address = request.key("aws:SourceIp")
    return negation(every((address.present, address.within(*(str(each) for each in subject.written_addresses)))))


def _resources(subject: Subject) -> Iterator[Obligation]:
    """Obligations on what resources refuse by themselves, whoever calls."""
    for policies in documents.rcps(subject, documents.ROOT):
        for actions, key, ours in (
            (("s3:*", "kms:*", "sqs:*", "ecr:*"), "aws:VpceOrgID", subject.perimeter.organization),
            (
                ("logs:*", "secretsmanager:*", "dynamodb:*", "sts:AssumeRole"),
                "aws:SourceVpc",
                subject.perimeter.network,
            ),
        ):
            request = SymbolicRequest(policies)
            assumptions = (
                request.key("aws:SourceVpce").present,
                request.key(key).is_none_of(ours),
                by_itself(request),
                not_a_service(request),
                anyone_but(request, *LENT),
            )
            yield Obligation(what="a foreign network", request=request, actions=actions, assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (
            request.key("s3:authType").is_one_of("REST-QUERY-STRING", "POST"),
            _at_no_office(request, subject) if subject.written_addresses else request.key("s3:authType").present,
        )
        yield Obligation(what="a presigned URL", request=request, actions=("s3:*",), assumptions=assumptions)
