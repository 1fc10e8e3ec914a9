"""I8: what a network leads to, whoever calls from it, whatever is called."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.iam.network import TELL_NO_OWNER
from mesh.proof.invariants.networks import LEADING_OUT, OPENING
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.goals import Obligation
from mesh.proof.symbolic.perimeter import outside_units
from mesh.proof.symbolic.products import anyone_but
from mesh.proof.symbolic.shapes import DEPLOY


def no_way_out(subject: Subject) -> Iterator[Obligation]:
    """Whoever calls, nobody makes a way out of a network, and none but a deploy role an endpoint.

    Of whatever path a caller is, and of whatever organisation a resource: if it is not ours, no endpoint lets it pass.
    """
    for _, policies in documents.scps(subject, documents.UNIT):
        yield Obligation(what="a way out of a network", request=SymbolicRequest(policies), actions=LEADING_OUT)
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY),)
        yield Obligation(what="another endpoint", request=request, actions=OPENING, given=given)
    for endpoint in subject.world.endpoints.values():
        what = f"through {endpoint.policy.name}"
        request = SymbolicRequest((endpoint.policy,))
        stranger = (outside_units(request, subject),)
        yield Obligation(
            what=f"a stranger {what}", request=request, actions=("*",), given=stranger, outcome="not admitted"
        )
        if not endpoint.policy.name.endswith(tuple(TELL_NO_OWNER)):
            request = SymbolicRequest((endpoint.policy,))
            elsewhere = (request.key("aws:ResourceOrgID").is_none_of(subject.perimeter.organization),)
            yield Obligation(
                what=f"elsewhere {what}", request=request, actions=("*",), given=elsewhere, outcome="not admitted"
            )
