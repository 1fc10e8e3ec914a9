"""Lines about policy documents: which statements differ, and whether more gets through than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mesh.changes.decided_side import DecidedSide
from mesh.changes.document_changes import DocumentChange, Reach, document_changes
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import enumerated, number_of
from mesh.proof import symbolic

MOST_COMPARED: Final = 12
"""Documents, those of one form counted once, that are put to z3; the others are said to be changed."""

ORDER: Final[tuple[Reach, ...]] = ("wider", "wider and narrower", "changed", "narrower", "equivalent")


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
        lines=tuple(line for each in judged for line in _lines(*each)),
        data=[_as_json(*each) for each in judged],
    )


def _judged(changes: Sequence[DocumentChange]) -> Iterator[tuple[DocumentChange, Reach, str, str]]:
    """Documents with their reach, a request that gets through now and one that does not any more, in words."""
    if not changes or not symbolic.available():
        yield from ((change, "changed", "", "") for change in changes)
        return
    from mesh.changes.compared_documents import compare

    for number, change in enumerate(changes):
        if number < MOST_COMPARED:
            yield (change, *compare(change.before, change.after))
        else:
            yield change, "changed", "", ""


def _lines(change: DocumentChange, reach: Reach, more: str, less: str) -> Iterator[ReportLine]:
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


def _as_json(change: DocumentChange, reach: Reach, more: str, less: str) -> dict[str, Any]:
    statements = {"added": list(change.added), "removed": list(change.removed), "changed": list(change.changed)}
    said = {"gets-through": more, "gets-through-no-more": less}
    return {
        "document": change.name,
        "alike": change.alike - 1,
        "reach": reach,
        "statements": statements,
        **{key: text for key, text in said.items() if text},
    }
