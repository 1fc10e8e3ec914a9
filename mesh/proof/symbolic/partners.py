"""Partners (I4, I5) for all strings: resources that a partner's account reaches, and who reaches into it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.nodes import PartnerPlan
from mesh.proof.invariants.products import CRYPTOGRAPHY
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, not_a_service
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.perimeter import DATA
from mesh.proof.symbolic.shapes import ANY, OF_AWS, Shape
from mesh.proof.symbolic.texts import negation


def partners_reach_nothing(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I4: every caller is refused every action on a resource of any other account, or of none.

    The deploy role and the root user are refused, too; resources that AWS itself owns are excepted.
    """
    for partner in subject.partners:
        account_id = partner.access.account_id
        request = SymbolicRequest(documents.account_scps(subject, account_id))
        outside = request.key("aws:ResourceAccount").is_none_of(account_id)
        assumptions = (outside, negation(request.resource.has_shape(*OF_AWS)))
        yield Obligation(what=f"partner {partner.name}", request=request, actions=("*",), assumptions=assumptions)


def only_the_declared_writer(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I5: no caller of another account but a declared writer touches a resource of a partner's.

    The RCP of the account refuses it, and so do the policies of inbox and key by themselves. Roles are assumed by the
    partners' CI, by that of previews and by the break-glass role.
    """
    for partner in subject.partners:
        account_id, hub = partner.access.account_id, subject.hub
        at_home: Shape = ("arn:aws:iam::", account_id, ":", ANY)
        arns = (names.ci_role(hub, "partners"), names.ci_role(hub, "previews"), names.break_glass_role(hub))
        deployers: tuple[Shape, ...] = tuple((arn,) for arn in arns)
        writers: tuple[Shape, ...] = tuple((arn,) for arn in partner.partner.writers)
        what = f"a stranger at partner {partner.name}"
        request = SymbolicRequest(documents.account_rcps(subject, account_id))
        assumptions = (not_a_service(request), anyone_but(request, at_home, *writers))
        yield Obligation(what=what, request=request, actions=DATA, assumptions=assumptions)
        request = SymbolicRequest(documents.account_rcps(subject, account_id))
        assumptions = (not_a_service(request), anyone_but(request, at_home, *deployers))
        yield Obligation(what=what, request=request, actions=("sts:AssumeRole",), assumptions=assumptions)
        yield from _inbox(subject, partner, at_home, *writers)


def _inbox(subject: Subject, partner: PartnerPlan, *may: Shape) -> Iterator[Obligation]:
    what = f"a stranger at the inbox of {partner.name}"
    bucket, policies = documents.inbox(subject, partner)
    request = SymbolicRequest(policies)
    assumptions = (not_a_service(request), anyone_but(request, *may), request.within(bucket))
    yield Obligation(what=what, request=request, actions=("s3:*",), assumptions=assumptions)
    request = SymbolicRequest(documents.inbox_key(subject, partner))
    assumptions = (not_a_service(request), anyone_but(request, *may))
    yield Obligation(what=what, request=request, actions=CRYPTOGRAPHY, assumptions=assumptions)
