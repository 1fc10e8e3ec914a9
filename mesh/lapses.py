"""Lapses: what is past on a day, the assignments in Identity Center and the reads of pipelines that end with reviews.

An agreement ends by the date in its policies. A review does not: neither Identity Center nor Lake Formation puts a date
to what it grants, so the stack `organization`, or `access-<domain>`, has to be deployed on a day after it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from mesh.findings import Finding
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import pipeline_nodes
from mesh.plan.build import Builder
from mesh.plan.nodes import Assignment
from mesh.plan.rules import agreements, cleared_pipelines, exceptions, members
from mesh.plan.rules.context import CrossFileRule, RuleContext

PAST: Final[tuple[CrossFileRule, ...]] = (
    members.members_are_reviewed,
    cleared_pipelines.pipelines_are_reviewed,
    agreements.agreements_last,
    exceptions.exceptions_have_not_ended,
)
"""Rules that find what is past."""


def past(directory: Path, as_of: datetime.date) -> list[Finding]:
    """Findings on every review, agreement and exception that is past on a day; none on what nears its end."""
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


class EndedRead(NamedTuple):
    """A pipeline whose review is past: its product, its clearance, its role, and the stack that made the role read."""

    product: str
    clearance: str
    role: str
    stack: str


def ended_reads(mesh: Mesh, as_of: datetime.date) -> Iterator[EndedRead]:
    """Pipelines that read before their reviews lapsed, and that the plan for the day lets read nothing."""
    before, now = (Builder(mesh, day) for day in (datetime.date.min, as_of))
    for domain, owner in mesh.domains.items():
        for product in owner.products:
            if pipeline_nodes.is_cleared(before, domain, product) and not pipeline_nodes.is_cleared(
                now, domain, product
            ):
                role = pipeline_nodes.role(now, domain, product)
                # Where the hub grants, `governance` takes the grant back as well; without the role's own policy no
                # pipeline reads by it.
                yield EndedRead(f"{domain}.{product}", role.clearance or "", role.arn, f"access-{domain}")
