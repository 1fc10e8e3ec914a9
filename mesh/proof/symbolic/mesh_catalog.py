"""The mesh catalog (I23) for all strings: its readers and its writers."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.proof.invariants.mesh_catalog import CATALOG_WRITES
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, not_a_service, outside_units
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, Shape, role


def catalog_is_closed(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I23: callers of other units are refused the catalog; only publishers and governance write it."""
    catalog = f"arn:aws:glue:{subject.region}:{subject.hub}:"
    entries: tuple[Shape, ...] = ((f"{catalog}catalog",), (f"{catalog}database/", ANY), (f"{catalog}table/", ANY))
    policies = documents.policy_of(subject, f"{catalog}catalog")
    request = SymbolicRequest(policies)
    assumptions = (not_a_service(request), outside_units(request, subject), request.resource.has_shape(*entries))
    yield Obligation(what="a caller of another unit", request=request, actions=("glue:*",), assumptions=assumptions)
    yield Obligation(
        what="a caller of another unit",
        request=request,
        actions=("glue:*",),
        assumptions=assumptions,
        outcome="not admitted",
    )
    writers = (role("publisher/publish-", subject.hub, ANY), role("deploy", subject.hub))
    request = SymbolicRequest(policies)
    assumptions = (not_a_service(request), anyone_but(request, *writers), request.resource.has_shape(*entries))
    yield Obligation(what="another publisher", request=request, actions=CATALOG_WRITES, assumptions=assumptions)
