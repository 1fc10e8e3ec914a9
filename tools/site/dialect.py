"""Pages as GitHub reads them, written so that Python-Markdown, which MkDocs has, reads the same.

The two differ in what a list needs: GitHub takes one without a blank line before it, and nests by the width of the
marker; Python-Markdown needs the blank line, and nests by four blanks. A table's cell may have a `|` in its code,
which is written `\\|` for GitHub, and shown so by Python-Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

ITEM: Final = re.compile(r"(?P<blanks> *)(?P<marker>[*+-]|\d{1,9}\.)(?P<space> +)(?=\S)")
FENCE: Final = re.compile(r"(?P<blanks> *)(?P<mark>`{3,}|~{3,})")
RULE_OF_TABLE: Final = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")
CODE: Final = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
NO_TEXT: Final = re.compile(r"(#{1,6} |\||>|<)")
"""Beginnings of lines that are no text of a paragraph."""


def for_python_markdown(text: str) -> str:
    """The page for Python-Markdown."""
    return "\n".join(_Lines(text.split("\n")).written())


@dataclass
class _Lines:
    lines: list[str]
    items: list[int] = field(default_factory=list[int])
    """Of each list item that is open, the column in which its text begins, outermost first."""
    paragraph: bool = False
    """Whether the line before is text that a list would interrupt."""
    broken: bool = False
    """Whether a blank line stands between the last marker and this line."""
    blank: bool = True
    """Whether the line before is blank."""

    def written(self) -> Iterator[str]:
        """Its lines, some indented anew, with blank lines before lists and tables."""
        number = 0
        while number < len(self.lines):
            line = self.lines[number]
            if fence := FENCE.match(line):
                end = self._end_of_fence(number, fence["mark"])
                self._close(len(fence["blanks"]))
                yield from (self._indented(each) for each in self.lines[number:end])
                self.paragraph, self.blank, number = False, False, end
                continue
            yield from self._line(line, self.lines[number + 1] if number + 1 < len(self.lines) else "")
            number += 1

    def _end_of_fence(self, start: int, mark: str) -> int:
        for number in range(start + 1, len(self.lines)):
            if self.lines[number].strip().startswith(mark) and not self.lines[number].strip().strip(mark[0]):
                return number + 1
        return len(self.lines)

    def _line(self, line: str, following: str) -> Iterator[str]:
        if not line.strip():
            self.paragraph, self.broken, self.blank = False, True, True
            yield line
            return
        indentation = len(line) - len(line.lstrip(" "))
        item = ITEM.match(line)
        if item and (not self.paragraph or item["marker"] in ("*", "+", "-", "1.") or self.items):
            yield from self._item(line, item)
            return
        self.blank = False
        lazy = self.paragraph and bool(self.items) and indentation < self.items[-1]
        if not lazy:
            self._close(indentation)
        if "|" in line and RULE_OF_TABLE.fullmatch(following) and "|" in following and self.paragraph:
            yield ""
        self.paragraph = not NO_TEXT.match(line.lstrip())
        yield self._indented(_piped(line) if line.lstrip().startswith("|") else line)

    def _item(self, line: str, item: re.Match[str]) -> Iterator[str]:
        before = len(self.items)
        self._close(len(item["blanks"]))
        if not self.blank and (self.broken or (self.paragraph and not before)):
            yield ""
        self.broken, self.blank = False, False
        depth = len(self.items)
        self.items.append(item.end())
        self.paragraph = True
        marker = f"{item['marker']} "
        yield " " * 4 * depth + marker + line[item.end() :]

    def _close(self, column: int) -> None:
        """Closes the items whose text begins right of a column."""
        while self.items and self.items[-1] > column:
            self.items.pop()

    def _indented(self, line: str) -> str:
        """A line of the innermost open item, four blanks for each."""
        if not self.items or not line.strip():
            return line
        rest = line[min(self.items[-1], len(line) - len(line.lstrip(" "))) :]
        return " " * 4 * len(self.items) + rest


def _piped(row: str) -> str:
    """A row of a table with the pipes in its code as they are."""
    return CODE.sub(lambda found: found[0].replace("\\|", "|"), row)
