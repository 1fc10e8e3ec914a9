"""Assumptions of theorems on who makes a request: kind, ARN, organisation, and path in the organisation."""

from __future__ import annotations

from mesh.proof.subject import Subject
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.shapes import ARN, ARN_OF_AN_ACCOUNT, Shape
from mesh.proof.symbolic.texts import Formula, every, negation, some


def not_a_service(request: SymbolicRequest) -> Formula:
    """The caller is no AWS service. A request of an anonymous caller lacks the key that says so."""
    key = request.key("aws:PrincipalIsAWSService")
    return every((request.service.equals(""), some((key.absent, key.is_(False)))))


def by_itself(request: SymbolicRequest) -> Formula:
    """No service makes the request for the caller."""
    key = request.key("aws:ViaAWSService")
    return some((key.absent, key.is_(False)))


def anyone_but(request: SymbolicRequest, *shapes: Shape) -> Formula:
    """The caller's ARN is a text with none of the shapes, or the caller has none.

    An ARN names an account by twelve digits: that AWS sends none with anything else in that place is assumed.
    """
    arn = request.key("aws:PrincipalArn")
    return some((arn.absent, arn.value.has_no_shape(*shapes, unless=ARN, but=ARN_OF_AN_ACCOUNT)))


def in_account(request: SymbolicRequest, subject: Subject, account_id: str) -> Formula:
    """The resource is in that account, and so below its unit and below no other of the mesh's."""
    perimeter = subject.perimeter
    unit = {id_: unit for id_, unit, _ in subject.accounts}.get(account_id)
    paths = {
        "governance": perimeter.governance_unit,
        "domains": perimeter.domains_unit,
        "partners": perimeter.partners_unit,
    }
    others = (f"{perimeter.organization}/{perimeter.root}/{id_}/" for name, id_ in paths.items() if name != unit)
    below = request.values("aws:ResourceOrgPaths").some_begins(*others)
    return every((request.key("aws:ResourceAccount").is_one_of(account_id), negation(below)))


def outside_units(request: SymbolicRequest, subject: Subject) -> Formula:
    """The caller has no organisation path below the domains unit or the governance unit."""
    perimeter = subject.perimeter
    units = (perimeter.domains_unit, perimeter.governance_unit)
    below = (f"{perimeter.organization}/{perimeter.root}/{unit}/" for unit in units)
    return negation(request.values("aws:PrincipalOrgPaths").some_begins(*below))


def outside_organization(request: SymbolicRequest, subject: Subject) -> Formula:
    """The caller is no service, and has neither the id nor a path of the organisation; an anonymous one has none."""
    organization = subject.perimeter.organization
    paths = request.values("aws:PrincipalOrgPaths").some_begins(f"{organization}/")
    other = request.key("aws:PrincipalOrgID").is_none_of(organization)
    return every((not_a_service(request), other, negation(paths)))
