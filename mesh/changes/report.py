"""Report of a change: sections with a summary and lines each, and what they say as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mesh.changes.sentences import visible


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

    `remark` is the one sentence that sums it up, with `{}` for each of `names`: what people wrote, such as a file.
    `is_whole` is not so where a side has errors, and only files were compared.
    """

    before: str
    after: str
    remark: str
    names: tuple[str, ...] = ()
    is_whole: bool = True
    sections: tuple[ReportSection, ...] = field(default=())

    def said(self, name: Callable[[str], str]) -> str:
        """The remark, with its names as a format shows them."""
        return self.remark.format(*map(name, self.names))

    @property
    def changed(self) -> tuple[ReportSection, ...]:
        """Sections of which something changes."""
        return tuple(section for section in self.sections if section.is_change)

    @property
    def is_change(self) -> bool | None:
        """Whether the mesh says anything else than before; None where that is not known."""
        return bool(self.changed) or (False if self.is_whole else None)

    @property
    def title(self) -> str:
        """The report in a few words; that nothing changes only where all of it was compared."""
        if not self.is_whole:
            known = "as far as its files can be read" if self.is_change else "cannot be told"
            return f"What this change does to the mesh {known}"
        return "What this change does to the mesh" if self.is_change else "Nothing in the mesh changes"

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
        head = {"before": self.before, "after": self.after, "changed": self.is_change, "remark": self.said(visible)}
        return {**head, "sections": sections}
