"""Lapses: what is past on a day, and the assignments in Identity Center that end with reviews.

An agreement ends by the date in its policies. A review does not: Identity Center puts no date to an assignment, so the
stack `organization` has to be deployed on a day after it.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

from mesh.findings import Finding
from mesh.load import load
from mesh.model import Mesh
from mesh.plan.build import Builder
from mesh.plan.nodes import Assignment
from mesh.plan.rules import agreements, members
from mesh.plan.rules.context import CrossFileRule, RuleContext

PAST: Final[tuple[CrossFileRule, ...]] = (members.members_are_reviewed, agreements.agreements_last)
"""Rules that find what is past."""


def past(directory: Path, as_of: datetime.date) -> list[Finding]:
    """Findings on every review and agreement of a mesh folder that is past on a day; none on what nears its end."""
    loaded = load(directory)
    if loaded.mesh is None:
        return []
    context = RuleContext(loaded.mesh, as_of)
    return sorted(loaded.place([problem for rule in PAST for problem in rule(context)]))


def ended_assignments(mesh: Mesh, as_of: datetime.date) -> tuple[Assignment, ...]:
    """Assignments that the mesh had before its reviews lapsed, and that its plan for the day has no more."""
    before, now = (Builder(mesh, day).people() for day in (datetime.date.min, as_of))
    kept = frozenset(now.assignments) if now else frozenset[Assignment]()
    return tuple(each for each in before.assignments if each not in kept) if before else ()
