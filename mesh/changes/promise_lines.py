"""Lines about promises: what of a contract breaks, for whom, what is refused of it, and labels that are taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mesh.changes.broken_promises import ProductBreaks, break_lines
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import number_of
from mesh.changes.widenings import LabelWidening


def promise_section(products: Sequence[ProductBreaks]) -> ReportSection:
    """The section on contracts that changed, those with refusals and breaks first."""
    ordered = sorted(products, key=lambda one: (not one.refused, one.demanded != "major", one.product))
    return ReportSection(
        key="breaks",
        title="Contracts",
        summary=_summary(products) if products else "no promise is another",
        lines=tuple(ReportLine(text, depth) for one in ordered for text, depth in break_lines(one)),
        data=[one.as_json() for one in ordered],
    )


def widening_section(found: Sequence[LabelWidening]) -> ReportSection:
    """The section on labels that are taken away, with the yes that each needs."""
    missing = sum(len(one.missing) for one in found)
    said = f"{number_of(len(found), 'column')} with labels taken away"
    return ReportSection(
        key="widenings",
        title="Labels taken away",
        summary=f"{said}: {number_of(missing, 'entry', 'entries')} missing" if missing else said,
        lines=tuple(_widening_lines(found)),
        data=[one.as_json() for one in found],
    )


def _summary(products: Sequence[ProductBreaks]) -> str:
    every = [change.verdict for one in products for change in one.changes]
    counts = [(word, every.count(word)) for word in ("breaking", "risky", "safe")]
    parts = [f"{count:,} {word}" for word, count in counts if count]
    refused = sum(len(one.refused) for one in products)
    hit = len({consumer.reader for one in products for consumer in one.hit})
    parts += [number_of(hit, "reader hit", "readers hit")] if hit else []
    parts += [number_of(refused, "refusal")] if refused else []
    return f"{number_of(len(products), 'product')}: {', '.join(parts)}"


def _widening_lines(found: Sequence[LabelWidening]) -> Iterator[ReportLine]:
    for one in found:
        what = f"{one.product} {one.column}" if one.column != "*" else f"{one.product} as a whole"
        yield ReportLine(f"{what} loses {', '.join(one.labels)}")
        for gaining in one.gaining:
            yes = f"{gaining.entry.approved_by} said yes" if gaining.entry else "no entry under 'widenings'"
            yield ReportLine(f"{gaining.name} reads it then: {yes} ({', '.join(gaining.approvers)})", 1)
