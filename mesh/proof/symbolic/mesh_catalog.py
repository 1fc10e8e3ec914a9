"""The mesh catalog (I23) for all strings: its readers and its writers."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.proof.invariants.mesh_catalog import CATALOG_WRITES, MOVES
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, not_a_service, outside_units
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, Shape, role


def catalog_is_closed(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I23: callers of other units are refused; publishers and governance write their parts."""
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
    publishers, deployment = role("publisher/publish-", subject.hub, ANY), role("deploy", subject.hub)
    for what, writers, actions in (
        ("another publisher", (publishers, deployment), CATALOG_WRITES),
        ("another publisher of tables", (publishers,), MOVES),
        ("another maker of databases", (deployment,), ("glue:CreateDatabase", "glue:UpdateDatabase", "glue:Delete*")),
    ):
        request = SymbolicRequest(policies)
        assumptions = (not_a_service(request), anyone_but(request, *writers), request.resource.has_shape(*entries))
        yield Obligation(what=what, request=request, actions=actions, assumptions=assumptions)
