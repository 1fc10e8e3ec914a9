"""One mistake in a file of the sample mesh, and the four things that somebody who makes it has to be told."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

MARK: Final = "▸"
"""Mark in the text of an edit: the finding stands where it is, and it is in no file."""


class Place(NamedTuple):
    """File, line and column of a finding, counted in the text that was edited."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """An edit of one file: `old` becomes `new`; where there is no such file, `new` is the whole of it.

    `at` is a file with a text of it, where the finding stands elsewhere than in `new`. `renamed` is another name of the
    file. `others` are the findings beside the one that is looked for, each of which is another thing to mend. A mistake
    without one of the four, or of which nothing is told, has the reason in `lacks`.
    """

    name: str
    file: str
    old: str = ""
    new: str = ""
    found: str = ""
    allowed: str = ""
    do: str = ""
    at: tuple[str, str] | None = None
    renamed: str = ""
    encoding: str = "utf-8"
    others: int = 0
    lacks: str = ""

    @property
    def has_all_four(self) -> bool:
        """Whether the finding says all: its place, what was found, what is allowed, and what to do."""
        return bool(self.found and self.allowed and self.do)


@contextmanager
def made(mistake: Mistake, folder: Path) -> Generator[Place]:
    """Makes a mistake in a mesh folder, and mends it at the end; gives the place where its finding has to stand."""
    file, target = folder / mistake.file, folder / (mistake.renamed or mistake.file)
    before = file.read_bytes() if file.exists() else None
    text = "" if before is None else before.decode("utf-8")
    assert text.count(mistake.old) == 1 or not (mistake.old or text), f"not there, or more than once: {mistake.old!r}"
    edited = text.replace(mistake.old, mistake.new, 1) if mistake.old else text or mistake.new
    if before is not None and target != file:
        file.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    is_new = not target.parent.samefile(file.parent)
    target.write_bytes(edited.replace(MARK, "").encode(mistake.encoding))
    try:
        yield _place(mistake, edited, folder)
    finally:
        target.unlink()
        if is_new:
            target.parent.rmdir()
        if before is not None:
            file.write_bytes(before)


def _place(mistake: Mistake, edited: str, folder: Path) -> Place:
    if mistake.at is None:
        file, text = mistake.renamed or mistake.file, edited
        start = text.index(MARK) if MARK in text else 0
    else:
        file, marked = mistake.at
        if not marked:
            return Place(file, 1, 1)
        text, plain = (folder / file).read_text("utf-8"), marked.replace(MARK, "")
        assert text.count(plain) == 1, plain
        start = text.index(plain) + marked.index(MARK)
    return Place(file, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
