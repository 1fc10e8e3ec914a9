"""Report of a change: sections with a summary and lines each, and what they say as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class ReportLine(NamedTuple):
    """A line of a report; `depth` says under how many lines before it it stands."""

    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """A part of a report: one thing that a change does, such as who gains access.

    `key` names it in JSON, `summary` says it in a few words, and `data` has all of it, however much the lines fold.
    """

    key: str
    title: str
    summary: str
    lines: tuple[ReportLine, ...] = ()
    data: Any = None

    @property
    def is_change(self) -> bool:
        """Whether anything of its kind changes."""
        return bool(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """All that a change does, section by section, those first that need a reader most; `before` and `after` are names.

    `remark` is the one sentence that sums it up.
    """

    before: str
    after: str
    remark: str
    sections: tuple[ReportSection, ...] = field(default=())

    @property
    def changed(self) -> tuple[ReportSection, ...]:
        """Sections of which something changes."""
        return tuple(section for section in self.sections if section.is_change)

    @property
    def is_change(self) -> bool:
        """Whether the mesh says anything else than before."""
        return bool(self.changed)

    def as_json(self) -> dict[str, Any]:
        """The report as `mesh diff --json` prints it."""
        sections = {
            section.key: {
                "summary": section.summary,
                "lines": [line.text for line in section.lines],
                **({} if section.data is None else {"changes": section.data}),
            }
            for section in self.sections
        }
        head = {"before": self.before, "after": self.after, "changed": self.is_change, "remark": self.remark}
        return {**head, "sections": sections}
