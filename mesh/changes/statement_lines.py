"""Lines about policy documents: which statements say something else, and whether more gets through than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mesh.changes.decided_side import DecidedSide
from mesh.changes.document_changes import Breadth, DocumentChange, document_changes
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import enumerated, number_of
from mesh.proof import symbolic

MOST_COMPARED: Final = 12
"""Documents, those of one form counted once, that are put to z3; the others are said to be changed."""

DocumentVerdict = tuple[DocumentChange, Breadth, str, str]
"""A document, its reach, and requests that get through now, and no more, in words."""

ORDER: Final[tuple[Breadth, ...]] = ("wider", "wider and narrower", "changed", "narrower", "equivalent")


def statement_section(before: DecidedSide, after: DecidedSide) -> ReportSection:
    """The section on documents that both sides have: equivalent, narrower or wider, with a request that shows it."""
    changes = document_changes(before.plan, after.plan)
    judged = sorted(_judged(changes), key=lambda each: ORDER.index(each[1]))
    numbers = {reach: sum(change.alike for change, found, _, _ in judged if found == reach) for reach in ORDER}
    said = ", ".join(f"{number:,} {reach}" for reach, number in numbers.items() if number)
    return ReportSection(
        key="statements",
        title="Policies",
        summary=f"{number_of(sum(numbers.values()), 'document differs', 'documents differ')}: {said}"
        if said
        else "no document that both sides have differs",
        lines=tuple(_every_line(judged)),
        data=[_as_json(*each) for each in judged],
    )


def _judged(changes: Sequence[DocumentChange]) -> list[DocumentVerdict]:
    """Documents with their reach, a request that gets through now and one that does not any more, in words."""
    if not changes or not symbolic.available():
        return [(change, "changed", "", "") for change in changes]
    from mesh.changes.compared_documents import compare

    compared = [(change, compare(change.before, change.after)) for change in changes[:MOST_COMPARED]]
    rest: list[DocumentVerdict] = [(change, "changed", "", "") for change in changes[MOST_COMPARED:]]
    return [*((change, found.reach, found.more, found.less) for change, found in compared), *rest]


def _every_line(judged: Sequence[DocumentVerdict]) -> Iterator[ReportLine]:
    """Lines of all that differ in what they let through; those that do not are one line."""
    same = [change for change, reach, _, _ in judged if reach == "equivalent"]
    for each in judged:
        if each[1] != "equivalent":
            yield from _lines(*each)
    if same:
        others = sum(change.alike for change in same) - 1
        more = f" and {number_of(others, 'other document')}" if others else ""
        yield ReportLine(f"{same[0].name}{more}: equivalent, in other words")


def _lines(change: DocumentChange, reach: Breadth, more: str, less: str) -> Iterator[ReportLine]:
    alike = f" and {number_of(change.alike - 1, 'document')} alike" if change.alike > 1 else ""
    yield ReportLine(f"{change.name}{alike}: {reach} ({_statements(change)})")
    if more:
        yield ReportLine(f"lets through now: {more}", 1)
    if less:
        yield ReportLine(f"lets through no more: {less}", 1)


def _statements(change: DocumentChange) -> str:
    parts = {"added": change.added, "removed": change.removed, "changed": change.changed}
    said = [f"{enumerated(sids)} {word}" for word, sids in parts.items() if sids]
    return "; ".join(said) or "its statements in another order"


def _as_json(change: DocumentChange, reach: Breadth, more: str, less: str) -> dict[str, Any]:
    statements = {"added": list(change.added), "removed": list(change.removed), "changed": list(change.changed)}
    said = {"gets-through": more, "gets-through-no-more": less}
    return {
        "document": change.name,
        "alike": change.alike - 1,
        "reach": reach,
        "statements": statements,
        **{key: text for key, text in said.items() if text},
    }
