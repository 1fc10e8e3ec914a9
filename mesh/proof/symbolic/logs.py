"""Logs (I21) for all strings: objects of log buckets, deleted or added."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.plan import Plan
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import not_a_service
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation


def logs_are_immutable(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I21: no log is deleted, by the deployment and services neither; only services add one."""
    deletes = ("s3:DeleteObject", "s3:DeleteObjectVersion")
    locks = ("s3:BypassGovernanceRetention", "s3:PutObjectLegalHold", "s3:PutObjectRetention")
    audit = documents.audit_bucket(subject)
    for _, bucket, policies in (*documents.buckets_of(subject, Plan.log_bucket), audit):
        actions = (*deletes, *locks) if bucket == audit[1] else deletes
        request = SymbolicRequest(policies)
        assumptions = (request.objects_of(bucket),)
        yield Obligation(what="a log deleted", request=request, actions=actions, assumptions=assumptions)
        request = SymbolicRequest(policies)
        assumptions = (not_a_service(request), request.objects_of(bucket))
        yield Obligation(
            what="a log added", request=request, actions=("s3:PutObject", "s3:ReplicateObject"), assumptions=assumptions
        )
