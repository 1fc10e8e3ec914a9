"""Ends of deliveries (M15) for all moments: from the day after its last on, nothing admits the writer."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from mesh.proof.invariants.ends import ENCRYPTION, REPLICATION, inbox_of, open_agreements, writer_of
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation


def deliveries_end(subject: Subject) -> Iterator[Obligation]:
    """Obligations of M15: at no moment after its last day is a writer admitted by the inbox, or by the inbox's key."""
    for agreement in open_agreements(subject):
        over = f"{agreement.expires + datetime.timedelta(days=1)}T00:00:00Z"
        writer, arns = writer_of(subject, agreement.product), inbox_of(subject, agreement.partner)
        for arn, actions in zip(arns, (REPLICATION, ENCRYPTION), strict=True):
            request = SymbolicRequest(documents.policy_of(subject, arn))
            assumptions = (
                request.account.equals(writer.split(":")[4]),
                request.key("aws:PrincipalArn").is_one_of(writer),
                request.is_made_from(over),
            )
            yield Obligation(
                what=f"the delivery of {agreement.product} to {agreement.partner} after its end",
                request=request,
                actions=actions,
                assumptions=assumptions,
                outcome="not admitted",
            )
