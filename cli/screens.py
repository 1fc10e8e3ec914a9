"""Standard output and error for people: in a terminal nothing breaks inside a word, neither a table nor a sentence."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.words import wrapped

GAP: Final = 2
"""Spaces between columns of the tables of `mesh`, at most."""


class Screen(Console):
    """A console of rich whose tables and long lines keep their words whole."""

    def print(self, *objects: Any, soft_wrap: bool | None = None, **options: Any) -> None:
        """Prints as rich does: a table in columns as wide as its words, or row by row where these do not fit."""
        if len(objects) == 1 and isinstance(objects[0], Table):
            self._print_table(objects[0])
        elif soft_wrap and self.is_terminal and all(isinstance(each, str) for each in objects):
            text = wrapped(" ".join(map(str, objects)), self.width)
            super().print(text, soft_wrap=True, **options)
        else:
            super().print(*objects, soft_wrap=soft_wrap, **options)

    def _print_table(self, table: Table) -> None:
        columns = [[Text.from_markup(str(column.header)), *map(self._text, column.cells)] for column in table.columns]
        least = [max(_longest_word(cell) for cell in cells) for cells in columns]
        most = [max(_longest_line(cell) for cell in cells) for cells in columns]
        if not self.is_terminal:  # a pipe has no edge: what its command wants on one line stays there
            kept = zip(table.columns, least, most, strict=True)
            least = [wide if column.no_wrap else low for column, low, wide in kept]
        room = self.width - GAP * (len(columns) - 1)
        if sum(least) > room and self.is_terminal:
            self._print_rows(columns)
            return
        for column, width in zip(table.columns, _widths(least, most, max(room, sum(least))), strict=True):
            column.width, column.no_wrap = width, False
        whole = sum(column.width or 0 for column in table.columns) + GAP * (len(columns) - 1)
        if whole <= self.width:
            super().print(table)
            return
        width, self.width = self.width, whole
        super().print(table)
        self.width = width

    def _print_rows(self, columns: list[list[Text]]) -> None:
        """Prints each row as its first cell, and below it the others with their headers."""
        headers = [cells[0].plain.replace("\n", " ").strip() for cells in columns]
        for cells in list(zip(*columns, strict=True))[1:]:
            values = [cell.plain.strip() for cell in cells]
            pairs = [f"{head} {value}".strip() for head, value in zip(headers[1:], values[1:], strict=True) if value]
            if any(values):
                super().print(values[0], style="bold", markup=False, soft_wrap=True)
                super().print(wrapped("  " + "; ".join(pairs), self.width, "  "), markup=False, soft_wrap=True)

    def _text(self, cell: Any) -> Text:
        return cell if isinstance(cell, Text) else Text.from_markup(str(cell))


def _longest_word(text: Text) -> int:
    return max((Text(word).cell_len for word in text.plain.split()), default=0) + _indent(text)


def _longest_line(text: Text) -> int:
    return max((Text(line).cell_len for line in text.plain.splitlines()), default=0)


def _indent(text: Text) -> int:
    return len(text.plain) - len(text.plain.lstrip(" "))


def _widths(least: list[int], most: list[int], room: int) -> list[int]:
    """Widths between the longest word and the longest line of each column; the widest column gives way first."""
    widths = list(most)
    while sum(widths) > room:
        spare = [(width - low, width, place) for place, (width, low) in enumerate(zip(widths, least, strict=True))]
        widest = max((each for each in spare if each[0]), key=lambda each: each[1])
        widths[widest[2]] -= 1
    return widths
