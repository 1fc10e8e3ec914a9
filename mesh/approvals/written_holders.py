"""Holders that a change writes into a clearance: groups and pipelines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mesh.approvals.needs import ChangeRequest, Need, approvers_of, platform_of
from mesh.model import ClearanceFile, ClearedPipeline, Member


def holder_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need of a clearance's approvers for each holder that is new, or holds it longer.

    A holder that goes is none, and what it is said to be for is a text.
    """
    for name, file in request.after.clearances.items():
        before = request.before.clearances.get(name)
        by = approvers_of(request.before, [name]) or platform_of(request.before)
        place = f"{request.folder}/clearances/{name}.yaml"
        for why in _written(name, before, file):
            yield Need("member", place, by, why)


def _written(clearance: str, before: ClearanceFile | None, after: ClearanceFile) -> Iterator[str]:
    had = _holders(before) if before else dict[str, Member | ClearedPipeline]()
    for holder, line in _holders(after).items():
        old = had.get(holder)
        if old is None:
            yield f"{holder} comes to hold the clearance '{clearance}', which an approver of it has to say"
        elif line.review > old.review:
            yield (
                f"{holder} holds the clearance '{clearance}' until {line.review} instead of {old.review}, which an "
                "approver of it has to say again"
            )


def _holders(file: ClearanceFile) -> Mapping[str, Member | ClearedPipeline]:
    members = {f"group '{member.group}' of {member.domain}": member for member in file.members}
    return members | {f"the pipeline of {line.product}": line for line in file.pipelines}
