"""The permissions boundary (I17) for all strings: roles made, changed and passed."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.proof.invariants.boundary import changing, giving
from mesh.proof.invariants.continuous_integration import OF_THE_PLATFORM
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import (
    ACCOUNT,
    ANY,
    ARN,
    ARN_OF_AN_ACCOUNT,
    BOOTSTRAP,
    DEPLOY,
    DEPLOY_ACCESS,
    Shape,
    role,
)
from mesh.proof.symbolic.texts import some


def roles_carry_the_boundary(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I17: no role is made without the boundary, and none of the mesh's is changed or passed.

    The ARN of a policy, too, is assumed to name an account by twelve digits. The roles through which deployments are
    entered are changed by StackSets alone, and so are roles named like StackSets' own, which a guardrail excepts.
    """
    policy: Shape = ("arn:aws:iam::", ACCOUNT, ":policy/mesh/", ANY)
    boundary: Shape = ("arn:aws:iam::", ACCOUNT, ":policy/mesh/boundary")
    of_the_mesh, hub = role("", ACCOUNT, ANY), subject.hub
    ways_in = ("break-glass/emergencies", *(f"ci/{stack}" for stack in OF_THE_PLATFORM))
    first = (DEPLOY, DEPLOY_ACCESS, role("preview"), *(role(path, hub) for path in ways_in), BOOTSTRAP)
    for _, policies in documents.scps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        named = request.key("iam:PermissionsBoundary")
        other = named.value.has_no_shape(boundary, unless=ARN, but=ARN_OF_AN_ACCOUNT)
        assumptions = (anyone_but(request, DEPLOY, BOOTSTRAP), some((named.absent, other)))
        yield Obligation(what="a role without the boundary", request=request, actions=giving(), assumptions=assumptions)
        request = SymbolicRequest(policies)
        makers = (DEPLOY, DEPLOY_ACCESS, BOOTSTRAP)
        assumptions = (anyone_but(request, *makers), request.resource.has_shape(of_the_mesh))
        yield Obligation(what="a role of the mesh", request=request, actions=changing("role"), assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, BOOTSTRAP), request.resource.has_shape(*first))
        yield Obligation(what="a first role", request=request, actions=changing("role"), assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, DEPLOY, BOOTSTRAP),)
        yield Obligation(
            what="a boundary", request=request, actions=("iam:DeleteRolePermissionsBoundary",), assumptions=assumptions
        )
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, DEPLOY), request.resource.has_shape(of_the_mesh))
        yield Obligation(what="a role handed over", request=request, actions=("iam:PassRole",), assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, *makers), request.resource.has_shape(policy))
        yield Obligation(
            what="a policy of the mesh", request=request, actions=changing("policy"), assumptions=assumptions
        )
    for _, policies in documents.scps(subject, documents.UNIT, "domains"):
        request = SymbolicRequest(policies)
        others = anyone_but(request, DEPLOY_ACCESS, BOOTSTRAP)
        changed = (others, request.resource.has_shape(of_the_mesh))
        yield Obligation(what="a reader made", request=request, actions=changing("role"), assumptions=changed)
        request = SymbolicRequest(policies)
        changed = (anyone_but(request, DEPLOY_ACCESS, BOOTSTRAP), request.resource.has_shape(policy))
        yield Obligation(what="its boundary", request=request, actions=changing("policy"), assumptions=changed)
