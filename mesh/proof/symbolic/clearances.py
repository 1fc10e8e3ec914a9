"""Clearances (I13) for all strings: those that do not cover a product, whatever their name and account."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.plan.nodes import DataProductArgs
from mesh.proof.invariants.products import CRYPTOGRAPHY, LISTS, READS, EntitledRoles
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import not_a_service
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, role
from mesh.proof.symbolic.texts import Formula, negation


def clearances_are_exact(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I13: a clearance of any name, in any account, that does not cover a product is refused it."""
    for product, bucket, policies in documents.product_buckets(subject):
        request = SymbolicRequest(policies)
        other = _other_clearance(request, subject, product)
        what = "a clearance that does not cover"
        yield Obligation(what=what, request=request, actions=READS, assumptions=(other, request.objects_of(bucket)))
        yield Obligation(
            what=what, request=request, actions=LISTS, assumptions=(other, request.resource.equals(bucket))
        )
    for product, policies in documents.product_keys(subject):
        request = SymbolicRequest(policies)
        assumptions = (_other_clearance(request, subject, product),)
        yield Obligation(
            what="a clearance that does not cover", request=request, actions=CRYPTOGRAPHY, assumptions=assumptions
        )


def _other_clearance(request: SymbolicRequest, subject: Subject, product: DataProductArgs) -> Formula:
    covering = tuple(role(f"clearance/{name}") for name in sorted(EntitledRoles(subject, product).cleared))
    arn = request.key("aws:PrincipalArn")
    return not_a_service(request) & arn.shaped((*role("clearance/"), ANY)) & negation(arn.shaped(*covering))
