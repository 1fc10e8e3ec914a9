"""Networks of jobs (I8) for all strings: ways out, endpoints made, and requests through an endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.iam.network import WITHOUT_AN_OWNER
from mesh.proof.invariants.networks import ENDPOINT_CHANGES, LEADING_OUT, NETWORK_CHANGES
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, outside_units
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import role


def no_way_out(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I8: nobody makes a way out of a network; governance's deploy role alone a network, an endpoint.

    No endpoint admits a caller of another unit or organisation, or a resource of another organisation.
    """
    for _, policies in documents.scps(subject, documents.UNIT):
        yield Obligation(what="a way out of a network", request=SymbolicRequest(policies), actions=LEADING_OUT)
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, role("deploy", subject.hub)),)
        changes = (*ENDPOINT_CHANGES, *NETWORK_CHANGES)
        yield Obligation(what="another network", request=request, actions=changes, assumptions=assumptions)
    for endpoint in subject.world.endpoints.values():
        through = f"through {endpoint.policy.name}"
        request = SymbolicRequest((endpoint.policy,))
        stranger = (outside_units(request, subject),)
        yield Obligation(
            what=f"a stranger {through}", request=request, actions=("*",), assumptions=stranger, outcome="not admitted"
        )
        if not endpoint.policy.name.endswith(tuple(WITHOUT_AN_OWNER)):
            request = SymbolicRequest((endpoint.policy,))
            elsewhere = (request.key("aws:ResourceOrgID").is_none_of(subject.perimeter.organization),)
            yield Obligation(
                what=f"elsewhere {through}",
                request=request,
                actions=("*",),
                assumptions=elsewhere,
                outcome="not admitted",
            )
