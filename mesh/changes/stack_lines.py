"""Lines about stacks: which are others, and what is made anew, refused and lost in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mesh.changes.changed_stacks import ChangedStack
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import number_of


def stack_section(changed: Sequence[ChangedStack]) -> ReportSection:
    """The section on stacks, in the order in which they are deployed."""
    return ReportSection(
        key="stacks",
        title="Stacks and resources",
        summary=_summary(changed) if changed else "every plan is as it was",
        lines=tuple(_lines(changed)),
        data=[each.as_json() for each in changed],
    )


def _summary(changed: Sequence[ChangedStack]) -> str:
    every = [change for each in changed for change in each.resources]
    numbers = {
        "replaced": sum(change.verb == "replace" for change in every),
        "removed": sum(change.verb == "remove" for change in every),
        "refused": sum(bool(change.refused) for change in every),
        "losing data": sum(bool(change.lost) for change in every),
    }
    parts = [f"{number:,} {word}" for word, number in numbers.items() if number]
    stacks = number_of(len(changed), "stack changes", "stacks change")
    return f"{stacks}, {number_of(len(every), 'resource')} in all" + (f": {', '.join(parts)}" if parts else "")


def _lines(changed: Sequence[ChangedStack]) -> Iterator[ReportLine]:
    for each in changed:
        first, *rest = each.lines()
        yield ReportLine(first)
        yield from (ReportLine(line.strip(), 1) for line in rest)
