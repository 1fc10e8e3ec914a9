"""Lines about the blast radius: what a stolen group or pipeline comes to before and after, of those that change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from mesh.changes.decided_side import DecidedSide
from mesh.changes.people_lines import HolderChange
from mesh.changes.read_changes import ReadChange
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import enumerated, number_of
from mesh.proof.reachability.adversaries import Adversaries
from mesh.proof.reachability.blast import BlastRadius
from mesh.proof.subject import Subject
from mesh.proof.written_labels import read as read_labels

MOST_ASKED: Final = 4
"""Principals whose blast radius is computed, of those that the change is about; `mesh access blast` has all."""


class BlastSize(NamedTuple):
    """Numbers of all that an adversary comes to, and the labels of what it reads."""

    products: int = 0
    labels: tuple[str, ...] = ()
    writes: int = 0
    loosens: int = 0
    accounts: int = 0

    def __str__(self) -> str:
        labels = f" ({', '.join(self.labels)})" if self.labels else ""
        parts = [
            f"reads {number_of(self.products, 'product')}{labels}",
            *([f"writes {self.writes}"] if self.writes else []),
            *([f"loosens {number_of(self.loosens, 'guardrail')}"] if self.loosens else []),
        ]
        return ", ".join(parts) if self != BlastSize() else "comes to nothing"


def blast_section(
    before: DecidedSide, after: DecidedSide, holders: Sequence[HolderChange], reads: Sequence[ReadChange]
) -> ReportSection:
    """The section on principals that hold or read something else: what stealing one of them comes to."""
    names = tuple(dict.fromkeys((*_groups(holders), *_pipelines(before, after, reads))))
    asked = names[:MOST_ASKED]
    sizes = list(zip(asked, _sizes(before, asked), _sizes(after, asked), strict=True)) if asked else []
    changed = [(name, had, has) for name, had, has in sizes if had != has]
    lines = [ReportLine(f"{name}: {had} → {has}") for name, had, has in changed]
    if lines and len(names) > len(asked):
        lines.append(ReportLine(f"not asked: {enumerated(names[MOST_ASKED:])} (`mesh access blast`)"))
    return ReportSection(
        key="blast",
        title="Blast radius",
        summary=f"another one of {number_of(len(changed), 'principal')}" if changed else "of no principal another one",
        lines=tuple(lines),
        data=[_as_json(*each) for each in changed],
    )


def _groups(holders: Sequence[HolderChange]) -> Iterator[str]:
    """Groups that hold something else: those that merely read more of it have the radius of their clearance."""
    yield from (f"group/{each.holder.group}" for each in holders if each.before != each.after)


def _pipelines(before: DecidedSide, after: DecidedSide, reads: Sequence[ReadChange]) -> Iterator[str]:
    for change in reads:
        if change.pipeline:
            for side in (before, after):
                if change.pipeline in side.machines:
                    yield side.machines[change.pipeline].name


def _sizes(side: DecidedSide, names: Sequence[str]) -> Iterator[BlastSize]:
    planned = side.planned
    adversaries = Adversaries(Subject(planned.plan, read_labels(planned.directory, planned.mesh)))
    nodes = {node.name: node for node in adversaries.graph.nodes.values()}
    for name in names:
        yield _size(adversaries.radius(nodes[name])) if name in nodes else BlastSize()


def _size(radius: BlastRadius) -> BlastSize:
    products = sum("." in name for name in radius.reads)
    return BlastSize(products, radius.labels, len(radius.writes), len(radius.loosens), len(radius.accounts))


def _as_json(name: str, had: BlastSize, has: BlastSize) -> dict[str, Any]:
    def numbers(size: BlastSize) -> dict[str, Any]:
        return {**size._asdict(), "labels": list(size.labels)}

    return {"principal": name, "before": numbers(had), "after": numbers(has)}
