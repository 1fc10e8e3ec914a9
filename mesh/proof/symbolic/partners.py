"""I4, I5: what a partner's account reaches, and what reaches into it, whatever its id and whatever its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.plan.nodes import PartnerPlan
from mesh.proof.invariants.products import CRYPTOGRAPHY
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.goals import Obligation
from mesh.proof.symbolic.perimeter import DATA, person
from mesh.proof.symbolic.products import anyone_but
from mesh.proof.symbolic.shapes import ANY, WORD, Shape
from mesh.proof.symbolic.texts import negation

OF_AWS: Final[tuple[Shape, ...]] = (("arn:aws:iam::aws:policy/", ANY), ("arn:aws:ssm:", WORD, "::parameter/aws/", ANY))
"""What AWS itself owns: its managed policies, its public parameters."""


def partners_reach_nothing(subject: Subject) -> Iterator[Obligation]:
    """Any action on any resource whose account is any text but the partner's, or not said, is refused.

    Except what AWS itself owns. Whoever calls: the deploy role and the root user too.
    """
    for partner in subject.partners:
        account_id = partner.access.account_id
        request = SymbolicRequest(documents.walls(subject, account_id))
        outside = request.key("aws:ResourceAccount").is_none_of(account_id)
        given = (outside, negation(request.resource.has_shape(*OF_AWS)))
        yield Obligation(what=f"partner {partner.name}", request=request, actions=("*",), given=given)


def only_the_declared_writer(subject: Subject) -> Iterator[Obligation]:
    """Whatever a caller's ARN, if it is of another account and no declared writer, it touches nothing of a partner's.

    By the RCP of the account, and by the policies of inbox and key alone. Roles are entered by CI and break-glass.
    """
    for partner in subject.partners:
        account_id, hub = partner.access.account_id, subject.hub
        own: Shape = ("arn:aws:iam::", account_id, ":", ANY)
        deploying = (names.ci_role(hub, "deploy"), names.ci_role(hub, "preview"), names.break_glass_role(hub))
        entering: tuple[Shape, ...] = tuple((arn,) for arn in deploying)
        writers: tuple[Shape, ...] = tuple((arn,) for arn in partner.partner.writers)
        what = f"a stranger at partner {partner.name}"
        request = SymbolicRequest(documents.gates(subject, account_id))
        given = (person(request), anyone_but(request, own, *writers))
        yield Obligation(what=what, request=request, actions=DATA, given=given)
        request = SymbolicRequest(documents.gates(subject, account_id))
        given = (person(request), anyone_but(request, own, *entering))
        yield Obligation(what=what, request=request, actions=("sts:AssumeRole",), given=given)
        yield from _inbox(subject, partner, own, *writers)


def _inbox(subject: Subject, partner: PartnerPlan, *may: Shape) -> Iterator[Obligation]:
    what = f"a stranger at the inbox of {partner.name}"
    bucket, policies = documents.inbox(subject, partner)
    request = SymbolicRequest(policies)
    given = (person(request), anyone_but(request, *may), request.within(bucket))
    yield Obligation(what=what, request=request, actions=("s3:*",), given=given)
    request = SymbolicRequest(documents.inbox_key(subject, partner))
    given = (person(request), anyone_but(request, *may))
    yield Obligation(what=what, request=request, actions=CRYPTOGRAPHY, given=given)
