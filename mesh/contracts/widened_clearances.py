"""Clearances that read more when labels are taken away, and their approvers, whose yes that needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mesh.findings import listed
from mesh.model import ClearanceFile


def gaining_clearances(
    clearances: Mapping[str, ClearanceFile], before: frozenset[str], after: frozenset[str]
) -> tuple[str, ...]:
    """Clearances that do not cover the labels of before, and cover those of after; in the order of what they read."""
    return tuple(
        name for name, file in clearances.items() if after <= set(file.reads) and not before <= set(file.reads)
    )


def who_is_asked(clearances: Mapping[str, ClearanceFile], gaining: Iterable[str]) -> str:
    """The part of a sentence that names whom to ask for an entry, and where; empty for no clearance."""
    asked = [
        f"{listed(approver.email for approver in clearances[name].approvers)} in clearances/{name}.yaml"
        for name in gaining
    ]
    return f"ask for an entry under 'widenings' {', and '.join(asked)}, and " if asked else ""
