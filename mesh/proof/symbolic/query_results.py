"""Query results (I24) for all strings: their readers, and the workgroups."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.plan import Plan
from mesh.proof.invariants.products import READS
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but, not_a_service
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, DEPLOY, role


def results_stay_home(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I24: only roles that query in the account read results; only deploy roles set up workgroups."""
    for account_id, bucket, policies in documents.buckets_of(subject, Plan.results_bucket):
        request = SymbolicRequest(policies)
        readers = (role("clearance/", account_id, ANY), role("check", account_id), role("access", account_id))
        assumptions = (not_a_service(request), anyone_but(request, *readers), request.objects_of(bucket))
        yield Obligation(what="a result read", request=request, actions=READS, assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (
            not_a_service(request),
            request.key("aws:PrincipalAccount").is_none_of(account_id),
            request.within(bucket),
        )
        yield Obligation(
            what="a result of another account", request=request, actions=("s3:*",), assumptions=assumptions
        )
    for _, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, DEPLOY),)
        actions = ("athena:CreateWorkGroup", "athena:DeleteWorkGroup", "athena:UpdateWorkGroup")
        yield Obligation(what="a workgroup", request=request, actions=actions, assumptions=assumptions)
