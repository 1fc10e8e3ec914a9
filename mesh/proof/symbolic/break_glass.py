"""I22: what is missing when the glass stays whole, whoever asks, whatever is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mesh import names
from mesh.access import from_plan
from mesh.iam.break_glass import SECOND_FACTOR_SECONDS
from mesh.proof.subject import Subject
from mesh.proof.symbolic.encode import SymbolicKey, SymbolicRequest
from mesh.proof.symbolic.goals import Obligation
from mesh.proof.symbolic.products import anyone_but
from mesh.proof.symbolic.shapes import ANY, Shape
from mesh.proof.symbolic.texts import Formula, negation, some


def break_glass_is_narrow(subject: Subject) -> Iterator[Obligation]:
    """Of whatever request lacks one thing, the role admits none: the path, the factor, its age, the name, the region.

    And whatever caller is neither the CI nor the role enters no deployment; nor does the role, without a name.
    """
    management, hub = subject.perimeter.management_id, subject.hub
    trust = subject.world.roles[names.break_glass_role(hub)].trust
    user: Shape = (f"arn:aws:iam::{management}:user/mesh/break-glass/", ANY)
    request = SymbolicRequest((trust,) if trust else (), {"aws:username": from_plan.KEEPER})
    lacking = {
        "a caller of another path": anyone_but(request, user),
        "no second factor": negation(request.key("aws:MultiFactorAuthPresent").is_(True)),
        "an old second factor": _older(request.key("aws:MultiFactorAuthAge")),
        "another name": request.key("sts:SourceIdentity").is_none_of(from_plan.KEEPER),
        "another region": request.key("aws:RequestedRegion").is_none_of(subject.region),
    }
    for what, given in lacking.items():
        yield Obligation(what=what, request=request, actions=("sts:*",), given=(given,), outcome="not admitted")
    yield from _deployments(subject)


def _older(age: SymbolicKey) -> Formula:
    number: Any = age.number
    return some((age.absent, number > SECOND_FACTOR_SECONDS))


def _deployments(subject: Subject) -> Iterator[Obligation]:
    hub = subject.hub
    ci, glass = names.ci_role(hub, "deploy"), names.break_glass_role(hub)
    trust = subject.world.roles[names.deploy_role(hub)].trust
    request = SymbolicRequest((trust,) if trust else ())
    given = (anyone_but(request, (ci,), (glass,)),)
    yield Obligation(
        what="neither CI nor glass", request=request, actions=("sts:*",), given=given, outcome="not admitted"
    )
    request = SymbolicRequest((trust,) if trust else ())
    named = request.key("aws:SourceIdentity")
    given = (anyone_but(request, (ci,)), named.absent)
    yield Obligation(
        what="the glass, nameless", request=request, actions=("sts:*",), given=given, outcome="not admitted"
    )
