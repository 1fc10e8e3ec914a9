"""Text of a report for a terminal: section by section, on one screen unless all of it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mesh.changes.report import ChangeReport, ReportSection
from mesh.changes.sentences import number_of, visible

SCREEN: Final = 40
"""Lines of a report in a terminal, at the most."""


def screen_text(report: ChangeReport, most: int | None = SCREEN) -> str:
    """The report as lines; of one that is longer than `most` the first lines of each section."""
    return "\n".join(_lines(report, most)) + "\n"


def _lines(report: ChangeReport, most: int | None) -> Iterator[str]:
    yield f"{visible(report.before)} → {visible(report.after)}: {report.said(visible)}"
    sections = report.changed
    share = None if most is None else _share(sections, most - 1 - 2 * len(sections))
    for section in sections:
        yield ""
        yield f"{section.title}: {section.summary}"
        shown = section.lines if share is None else section.lines[:share]
        for line in shown:
            yield f"{'  ' * (line.depth + 1)}{visible(line.text)}"
        if len(shown) < len(section.lines):
            yield f"  … and {number_of(len(section.lines) - len(shown), 'more line')}: --all"


def _share(sections: Sequence[ReportSection], room: int) -> int | None:
    """Lines that each section may have so that all fit; None where they do."""
    if sum(len(section.lines) for section in sections) <= room:
        return None

    def needed(share: int) -> int:
        return sum(min(len(section.lines), share) + (len(section.lines) > share) for section in sections)

    return max((share for share in range(1, max(room, 2)) if needed(share) <= room), default=1)
