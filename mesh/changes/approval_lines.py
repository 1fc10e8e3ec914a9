"""Lines about approvals: whose yes is missing, and why; and who is told."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.approvals.given_approvals import Approvals
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import number_of


def approval_section(approvals: Approvals) -> ReportSection:
    """The section on approvals, those that are missing first."""
    needed, missing = len(approvals.needed), len(approvals.missing)
    said = f"{missing} of {number_of(needed, 'approval')} missing" if missing else "no approval is missing"
    return ReportSection(
        key="approvals",
        title="Approvals",
        summary=said if needed else "nobody has to approve",
        lines=tuple(_lines(approvals)),
        data={
            "needed": [approval.as_json() for approval in approvals.needed],
            "told": [notice.as_json() for notice in approvals.told],
        },
    )


def _lines(approvals: Approvals) -> Iterator[ReportLine]:
    for approval in sorted(approvals.needed, key=lambda each: bool(each.given_by)):
        yield ReportLine(str(approval))
    for notice in approvals.told:
        yield ReportLine(str(notice))
