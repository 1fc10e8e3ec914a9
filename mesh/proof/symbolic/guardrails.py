"""Guardrails (I15, I16, I18) for all strings: forged tags, changed controls, public buckets."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.proof.invariants.guardrails import (
    CONTROLS,
    FOR_GOVERNANCE,
    FOR_NOBODY,
    FOR_THE_BOOTSTRAP,
    GRANTING,
    LABELLING,
)
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, not_a_service
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, DEPLOY, DEPLOY_ACCESS, Shape, role


def attributes_are_unforgeable(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I15: no tag whose key begins with `mesh:`, in lower case, is put on a role or a session."""
    for _, policies in documents.scps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        assumptions = (request.values("aws:TagKeys").some_begins("mesh:"), anyone_but(request, DEPLOY, DEPLOY_ACCESS))
        actions = ("sts:TagSession", "iam:TagRole", "iam:UntagRole")
        yield Obligation(what="a forged attribute", request=request, actions=actions, assumptions=assumptions)
    for policies in documents.rcps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        assumptions = (request.values("aws:TagKeys").some_begins("mesh:"), not_a_service(request))
        yield Obligation(
            what="a forged attribute", request=request, actions=("sts:TagSession",), assumptions=assumptions
        )


def controls_stay_up(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I16: no caller but a deploy role changes a control; some one alone changes, and some nobody."""
    of_nobody = tuple(action for action in CONTROLS if action.startswith(FOR_NOBODY))
    of_bootstrap = tuple(action for action in CONTROLS if action.startswith(FOR_THE_BOOTSTRAP))
    of_all = (*of_nobody, *of_bootstrap, *LABELLING, *GRANTING)
    of_governance = tuple(action for action in CONTROLS if action.startswith(FOR_GOVERNANCE))
    of_deployments = tuple(action for action in CONTROLS if action not in (*of_all, *of_governance))
    for _, policies in documents.scps(subject, documents.ROOT):
        yield Obligation(what="a control of nobody's", request=SymbolicRequest(policies), actions=of_nobody)
        leaving = ("organizations:AcceptHandshake", "organizations:LeaveOrganization")
        yield Obligation(what="an account that leaves", request=SymbolicRequest(policies), actions=leaving)
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, DEPLOY),)
        yield Obligation(what="a control", request=request, actions=of_deployments, assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, role("deploy", subject.hub)),)
        yield Obligation(what="a control of all", request=request, actions=of_governance, assumptions=assumptions)
        request = SymbolicRequest(policies)
        bootstrap: Shape = (f"arn:aws:iam::{subject.hub}:role/stacksets-exec-", ANY)
        assumptions = (anyone_but(request, bootstrap),)
        yield Obligation(what="an identity provider", request=request, actions=of_bootstrap, assumptions=assumptions)
        request = SymbolicRequest(policies)
        governance, publisher = role("deploy", subject.hub), role("publisher/publish-", subject.hub, ANY)
        assumptions = (anyone_but(request, governance, publisher),)
        yield Obligation(what="a label", request=request, actions=LABELLING, assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, governance, DEPLOY_ACCESS),)
        yield Obligation(what="a grant", request=request, actions=GRANTING, assumptions=assumptions)


def no_public_bucket(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I18: no bucket's policy admits a caller of any other organisation, or of none."""
    accounts = sorted(account_id for account_id, _, _ in subject.accounts)
    for _, policies in documents.buckets(subject):
        request = SymbolicRequest(policies)
        assumptions = (
            request.key("aws:PrincipalOrgID").is_none_of(subject.perimeter.organization),
            request.service.equals(""),
            request.account.differs(*accounts),
        )
        yield Obligation(
            what="a stranger", request=request, actions=("s3:*",), assumptions=assumptions, outcome="not admitted"
        )
