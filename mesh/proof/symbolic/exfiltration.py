"""Exfiltration (I6, I7, I19, M1) for all strings: resources of others, exports, shares, other regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.proof.invariants.exfiltration import DATA_MOVERS, EXPORTS, SHARING
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, DEPLOY, WORD, Shape
from mesh.proof.symbolic.texts import negation

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
"""Actions with which an identity could carry data to a resource of another organisation."""


def identities_act_on_the_mesh_only(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I6: every caller is refused a resource of any other organisation, or of none."""
    for _, policies in documents.scps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        assumptions = (request.key("aws:ResourceOrgID").is_none_of(subject.perimeter.organization),)
        yield Obligation(what="a resource outside", request=request, actions=OUTWARD, assumptions=assumptions)


def no_exfiltration(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I7: only deploy roles set up exports, nobody a service that moves data; topics stay at home.

    Governance's deployment alone may subscribe the security contact to a topic.
    """
    contact = subject.perimeter.security_contact
    for account_id, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, DEPLOY),)
        yield Obligation(what="an export", request=request, actions=EXPORTS, assumptions=assumptions)
        yield Obligation(what="a carrier", request=SymbolicRequest(policies), actions=DATA_MOVERS)
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        at_home: Shape = ("arn:aws:", WORD, ":", WORD, f":{account_id}:", ANY)
        endpoint = request.key("sns:Endpoint")
        excepted = [contact] if account_id == subject.hub else []
        assumptions = (negation(endpoint.shaped(at_home)), endpoint.is_none_of(*excepted))
        yield Obligation(
            what="a subscription of a stranger", request=request, actions=("sns:Subscribe",), assumptions=assumptions
        )
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        assumptions = (request.key("sns:Endpoint").is_one_of(contact), anyone_but(request, DEPLOY))
        yield Obligation(what="mail of somebody", request=request, actions=("sns:Subscribe",), assumptions=assumptions)


def no_sharing(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I19: no caller but a deploy role shares anything."""
    for _, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, DEPLOY),)
        yield Obligation(what="a share", request=request, actions=SHARING, assumptions=assumptions)


def one_region(subject: Subject) -> Iterator[Obligation]:
    """Obligations of M1: in any other region everybody is refused the actions of regional services."""
    regional = ("sqs:*", "sns:*", "dynamodb:*", "ec2:*", "glue:*", "athena:*", "kms:*", "lambda:*", "logs:*", "ecr:*")
    for account_id, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        assumptions = (request.key("aws:RequestedRegion").is_none_of(subject.perimeter.region),)
        yield Obligation(what="another region", request=request, actions=regional, assumptions=assumptions)
