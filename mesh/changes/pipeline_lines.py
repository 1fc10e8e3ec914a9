"""Lines about pipelines: what each reads more and less, and what its YAML and its script say else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mesh.changes.access_lines import GAINS, LOSES, ReadPart, part_words
from mesh.changes.decided_side import DecidedSide
from mesh.changes.fact_lines import WrittenFact
from mesh.changes.read_changes import ReadChange
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import number_of
from mesh.changes.written_changes import Missing


def pipeline_section(
    before: DecidedSide, after: DecidedSide, changes: Sequence[ReadChange], facts: Sequence[WrittenFact]
) -> ReportSection:
    """The section on pipelines; `facts` are those of pipelines and scripts."""
    machines = [change for change in changes if change.pipeline]
    lines = [*_reads(before, after, machines), *_facts(facts)]
    reading = {change.pipeline for change in machines}
    return ReportSection(
        key="pipelines",
        title="Pipelines",
        summary=f"{number_of(len(reading), 'pipeline reads', 'pipelines read')} something else"
        if reading
        else ("none reads more or less" if lines else "every pipeline is as it was"),
        lines=tuple(lines),
        data=[change.as_json() for change in machines],
    )


def _reads(before: DecidedSide, after: DecidedSide, changes: Sequence[ReadChange]) -> Iterator[ReportLine]:
    by_product: dict[tuple[str, str, str], list[ReadPart]] = {}
    for change in changes:
        for verb, columns in ((GAINS, change.gained), (LOSES, change.lost)):
            if columns:
                key = (verb, change.pipeline, change.product)
                by_product.setdefault(key, []).append(ReadPart(change.product, change.port, columns))
    for (verb, pipeline, product), parts in by_product.items():
        held = _clearance(after if verb == GAINS else before, pipeline)
        words = part_words(before, after, parts, verb)
        yield ReportLine(f"pipeline of {pipeline}{held} {verb} {product}: {words}")


def _clearance(side: DecidedSide, pipeline: str) -> str:
    reader = side.machines.get(pipeline)
    return f", with {reader.clearance}," if reader else ""


def _facts(facts: Sequence[WrittenFact]) -> Iterator[ReportLine]:
    for fact in facts:
        if fact.kind == "script" and fact.path:
            yield ReportLine(f"{fact.subject} says something else: {fact.change.before} → {fact.change.after}")
        elif fact.kind == "pipeline" and fact.path == ("pipeline",):
            added = isinstance(fact.change.before, Missing) or fact.change.before is None
            yield ReportLine(f"{fact.subject} has {'a pipeline' if added else 'no pipeline any more'}")
        else:
            yield fact.line
