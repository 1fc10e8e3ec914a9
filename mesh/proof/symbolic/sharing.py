"""Sharing (I19) for all strings: nobody shares with anybody outside, and few inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, by_itself
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, DEPLOY, WORD, Shape, role
from mesh.proof.symbolic.texts import negation, some

OF_NOBODY_AT_ROOT: Final = (
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ecr:PutRegistryPolicy",
    "lambda:CreateFunctionUrlConfig",
    "lambda:PutResourcePolicy",
    "lambda:UpdateFunctionUrlConfig",
    "logs:PutSubscriptionFilter",
    "ram:AcceptResourceShareInvitation",
    "ssm:PutResourcePolicy",
)
"""Actions that share, of which nobody takes any."""

POLICIES: Final = ("lambda:AddPermission", "secretsmanager:PutResourcePolicy", "sqs:AddPermission")
SHARES: Final = ("events:PutPermission", "ram:CreateResourceShare", "ram:DisassociateResourceShare", "sns:CreateTopic")
"""Actions that open a resource inside the organisation: by deployments, and by that of governance alone."""


def no_sharing(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I19: nobody shares outside, whoever and with whom; inside, only a deploy role does.

    Only governance's shares by RAM, or opens its bus or a topic.
    """
    for account_id, policies in documents.scps(subject, documents.ROOT):
        fixed = {"aws:PrincipalAccount": account_id}
        yield Obligation(
            what="a share of nobody's", request=SymbolicRequest(policies, fixed), actions=OF_NOBODY_AT_ROOT
        )
        yield from _with_strangers(subject, account_id, policies)
    for _, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, DEPLOY),)
        yield Obligation(what="a policy", request=request, actions=POLICIES, assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, role("deploy", subject.hub)),)
        yield Obligation(what="a share", request=request, actions=SHARES, assumptions=assumptions)


def _with_strangers(subject: Subject, account_id: str, policies: documents.Policies) -> Iterator[Obligation]:
    """Obligations on conditions that bind deployments, too: each for every value outside of the organisation."""
    fixed = {"aws:PrincipalAccount": account_id}
    request = SymbolicRequest(policies, fixed)
    assumptions = (request.key("ram:RequestedAllowsExternalPrincipals").is_(True), by_itself(request))
    actions = ("ram:CreateResourceShare", "ram:UpdateResourceShare")
    yield Obligation(what="a share for everybody", request=request, actions=actions, assumptions=assumptions)
    request = SymbolicRequest(policies, fixed)
    principal = request.key("ram:Principal")
    assumptions = (principal.present, principal.value.differs("", subject.perimeter.domains_unit_arn))
    actions = ("ram:CreateResourceShare", "ram:AssociateResourceShare")
    yield Obligation(what="a share with others", request=request, actions=actions, assumptions=assumptions)
    request = SymbolicRequest(policies, fixed)
    invoker = request.key("lambda:Principal")
    at_home: tuple[Shape, ...] = ((ANY, ".amazonaws.com"), (account_id,), (f"arn:aws:iam::{account_id}:", ANY))
    assumptions = (negation(invoker.shaped(*at_home)),)
    yield Obligation(what="a function", request=request, actions=("lambda:AddPermission",), assumptions=assumptions)
    request = SymbolicRequest(policies, fixed)
    for_aws = request.key("kms:GrantIsForAWSResource")
    assumptions = (some((for_aws.absent, for_aws.is_(False))),)
    yield Obligation(what="a grant", request=request, actions=("kms:CreateGrant",), assumptions=assumptions)
    request = SymbolicRequest(policies, fixed)
    assumptions = (negation(request.resource.has_shape(("arn:aws:sns:", WORD, ":", WORD, ":", ANY))),)
    yield Obligation(what="a telephone", request=request, actions=("sns:Publish",), assumptions=assumptions)
