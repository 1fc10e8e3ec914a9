"""Holders behind the roles: groups and pipelines that hold a clearance, and partners that get a copy by agreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from mesh.model import ClearedPipeline, Mesh
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs


@dataclass(frozen=True, slots=True)
class Group:
    """A group that a clearance's file names; `holds` says whether it has the clearance."""

    group: str
    clearance: str
    home: str
    use: str
    approved_by: str
    review: date
    holds: bool
    unless: str = ""
    """The reason why the group holds nothing; empty when it holds the clearance."""


@dataclass(frozen=True, slots=True)
class PipelineLine:
    """The line of a clearance's file by which a pipeline reads; `file` and `number` (from 1) are where it stands."""

    file: str
    number: int
    line: ClearedPipeline


def line_of(mesh: Mesh, reference: str, clearance: str) -> PipelineLine | None:
    """The line of a product's pipeline in the file of its clearance; None where there is none."""
    lines = mesh.clearances[clearance].pipelines if clearance in mesh.clearances else ()
    found = ((number, line) for number, line in enumerate(lines, 1) if line.product == reference)
    return next((PipelineLine(f"clearances/{clearance}.yaml", number, line) for number, line in found), None)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that a partner gets by agreement, of the objects that the pipeline writes under `outbound/<partner>/`."""

    partner: str
    groups: tuple[str, ...]
    purpose: str
    classifications: tuple[str, ...]
    expires: date
    open: bool


def groups(plan: Plan, mesh: Mesh, held: Iterable[tuple[str, str]], as_of: date) -> Iterator[Group]:
    """Groups that the mesh names for clearances; `held` are clearances with their home."""
    people = plan.organization.people
    assignments = people.assignments if people else ()
    assigned = {(a.group, a.permission_set, a.account) for a in assignments}
    for clearance, home in held:
        for member in mesh.clearances[clearance].members:
            if member.domain == home:
                key = (member.group, clearance, f"domain-{home}")
                passed = "its review has passed" if member.review < as_of else ""
                unless = passed or ("" if key in assigned else "accounts.yaml has no such group")
                yield Group(
                    group=member.group,
                    clearance=clearance,
                    home=home,
                    use=member.use,
                    approved_by=member.approved_by,
                    review=member.review,
                    holds=not unless,
                    unless=unless,
                )


def copies(mesh: Mesh, product: DataProductArgs, as_of: date) -> Iterator[Copy]:
    """Copies of a product, one an agreement."""
    for name, partner in mesh.partners.items():
        for agreement in partner.agreements:
            if agreement.product == f"{product.domain}.{product.name}":
                yield Copy(
                    partner=name,
                    groups=tuple(partner.principals),
                    purpose=agreement.purpose,
                    classifications=tuple(agreement.classifications),
                    expires=agreement.expires,
                    open=agreement.expires >= as_of,
                )
