"""Markdown of a report, for a comment on a pull request: the summary first, then what changed, folded.

What people wrote is put into code spans, in which GitHub sees no mention, no link, no reference and no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from mesh.changes.report import ChangeReport, ReportLine, ReportSection
from mesh.changes.sentences import number_of, visible

LIMIT: Final = 60_000
"""Characters of a comment at the most, as UTF-16 counts them; GitHub takes 65,536 and refuses a longer one whole."""

LONGEST_LINE: Final = 1_000
LONGEST_SUMMARY: Final = 300
OPEN_UP_TO: Final = 10
"""Lines of the first section that is shown unfolded."""

MARK: Final = "<!-- mesh diff -->"
"""First line of the comment, by which it can be found, to be edited in place."""

_BACKTICKS: Final = re.compile(r"`+")
_RESERVE: Final = 600


def markdown_of(report: ChangeReport, limit: int = LIMIT) -> str:
    """The report as a comment, of `limit` characters at the most; the same for the same report."""
    sections = report.changed
    head = [
        MARK,
        f"### {report.title}",
        "",
        f"{_name(report.before)} → {_name(report.after)}. {report.said(_name)}",
        *([""] if sections else []),
        *(f"- **{section.title}**: {_cut(section.summary, LONGEST_SUMMARY)}" for section in sections),
    ]
    text = "\n".join(head) + "\n"
    left_out = 0
    for number, section in enumerate(sections):
        made, missing = _details(section, limit - _RESERVE - units(text), is_open=number == 0)
        text += made
        left_out += missing
    if left_out:
        text += f"\n{number_of(left_out, 'line is', 'lines are')} left out here; `mesh diff --all` shows every line.\n"
    return text


def _details(section: ReportSection, room: int, *, is_open: bool) -> tuple[str, int]:
    """The section folded, as far as it fits, and the number of its lines that do not."""
    shown = " open" if is_open and len(section.lines) <= OPEN_UP_TO else ""
    begin = f"\n<details{shown}><summary>{section.title}: {number_of(len(section.lines), 'line')}</summary>\n\n"
    end = "\n</details>\n"
    left = room - units(begin) - units(end)
    lines: list[str] = []
    for line in map(_bullet, section.lines):
        left -= units(line)
        if left < 0:
            break
        lines.append(line)
    if not lines:
        return "", len(section.lines)
    return f"{begin}{''.join(lines)}{end}", len(section.lines) - len(lines)


def _bullet(line: ReportLine) -> str:
    return f"{'  ' * line.depth}- {code(_cut(visible(line.text), LONGEST_LINE))}\n"


def _name(text: str) -> str:
    return code(_cut(visible(text), LONGEST_SUMMARY))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def code(text: str) -> str:
    """The text as a code span, whatever it holds: delimited by more backticks than stand in it together."""
    plain = visible(text)
    ticks = "`" * (1 + max(map(len, _BACKTICKS.findall(plain)), default=0))
    pad = " " if plain.startswith("`") or plain.endswith("`") or not plain.strip() else ""
    return f"{ticks}{pad}{plain or ' '}{pad}{ticks}"


def units(text: str | Iterable[str]) -> int:
    """Length in UTF-16, in which GitHub counts."""
    return len("".join(text).encode("utf-16-le", "surrogatepass")) // 2
