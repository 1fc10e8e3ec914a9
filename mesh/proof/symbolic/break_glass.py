"""Break-glass (I22) for all strings: requests that lack one of the things that the role's trust policy asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mesh import names
from mesh.access import from_plan
from mesh.iam.break_glass import SECOND_FACTOR_SECONDS
from mesh.proof.subject import Subject
from mesh.proof.symbolic.assumptions import anyone_but, in_account
from mesh.proof.symbolic.encode import SymbolicKey, SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, Shape
from mesh.proof.symbolic.texts import Formula, negation, some


def break_glass_is_narrow(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I22: the role admits no request that lacks the path, the factor, its age, the name or the region.

    No caller but the CI and the role assumes a deploy role; nor does the role, without a source identity.
    """
    management, hub = subject.perimeter.management_id, subject.hub
    trust = subject.world.roles[names.break_glass_role(hub)].trust
    user: Shape = (f"arn:aws:iam::{management}:user/mesh/break-glass/", ANY)
    request = SymbolicRequest((trust,) if trust else (), {"aws:username": from_plan.BREAK_GLASS_USER})
    lacking = {
        "a caller of another path": anyone_but(request, user),
        "no second factor": negation(request.key("aws:MultiFactorAuthPresent").is_(True)),
        "an old second factor": _older(request.key("aws:MultiFactorAuthAge")),
        "another name": request.key("sts:SourceIdentity").is_none_of(from_plan.BREAK_GLASS_USER),
        "another region": request.key("aws:RequestedRegion").is_none_of(subject.region),
    }
    for what, assumption in lacking.items():
        yield Obligation(
            what=what, request=request, actions=("sts:*",), assumptions=(assumption,), outcome="not admitted"
        )
    yield from _deployments(subject)


def _older(age: SymbolicKey) -> Formula:
    number: Any = age.number
    return some((age.absent, number > SECOND_FACTOR_SECONDS))


def _deployments(subject: Subject) -> Iterator[Obligation]:
    hub = subject.hub
    ci, break_glass = names.ci_role(hub, "governance"), names.break_glass_role(hub)
    trust = subject.world.roles[names.deploy_role(hub)].trust
    request = SymbolicRequest((trust,) if trust else ())
    assumptions = (anyone_but(request, (ci,), (break_glass,)), in_account(request, subject, hub))
    yield Obligation(
        what="neither CI nor glass",
        request=request,
        actions=("sts:*",),
        assumptions=assumptions,
        outcome="not admitted",
    )
    request = SymbolicRequest((trust,) if trust else ())
    named = request.key("aws:SourceIdentity")
    assumptions = (anyone_but(request, (ci,)), named.absent, in_account(request, subject, hub))
    yield Obligation(
        what="the glass, nameless", request=request, actions=("sts:*",), assumptions=assumptions, outcome="not admitted"
    )
