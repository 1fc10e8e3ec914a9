"""The walks of ARCHITECTURE.md, and which files and functions of the project are entered while something is done."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from tests.docs.pages import ROOT, Page

PAGE = Page(ROOT / "ARCHITECTURE.md")
ROW = re.compile(r"^\| (?P<number>\d+) \| \[`(?P<file>[^`]+)`\]\((?P=file)\) \| (?P<names>[^|]+) \|", re.MULTILINE)
Function = tuple[str, str]
"""Its file and its qualified name."""


class Step(NamedTuple):
    """A row of a walk: a file, and the functions of it that are called."""

    file: str
    names: tuple[str, ...]


def walk(name: str) -> list[Step]:
    """The rows of a walk's table, in order."""
    table = PAGE.text.partition(f"<!-- walk: {name} -->")[2].partition("\n\n")[0]
    rows = list(ROW.finditer(table))
    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))
    return [Step(row["file"], tuple(re.findall(r"`([^`]+)`", row["names"]))) for row in rows]


def functions(steps: Iterable[Step]) -> list[Function]:
    """The functions of a walk, in order."""
    return [(step.file, name) for step in steps for name in step.names]


def defined(file: Path) -> set[str]:
    """The classes and functions of a module by their qualified names; the keys of a YAML file."""
    if file.suffix == ".yaml":
        return set(re.findall(r"^ *([\w-]+):", file.read_text("utf-8"), re.MULTILINE))
    return set(_defined(ast.parse(file.read_text("utf-8")), ""))


def _defined(node: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield prefix + child.name
            yield from _defined(child, f"{prefix}{child.name}.")


class Called(NamedTuple):
    """A call of a function of the project: what it is about, and the files that led there, the inner ones first."""

    function: Function
    about: str
    way: tuple[str, ...]


@dataclass
class Trace:
    """The calls of the functions that are watched, in order, and the files of every call."""

    watched: frozenset[Function]
    calls: list[Called] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """Hears of a call, as `sys.setprofile` tells it."""
        file = _file(frame) if event == "call" else ""
        if not file:
            return
        self.files.add(file)
        function = (file, frame.f_code.co_qualname)
        if function in self.watched:
            self.calls.append(Called(function, repr(frame.f_locals), tuple(_way(frame))))

    def during(self, do: Callable[[], Any]) -> Any:
        """What it gives; its calls are heard of, by this trace and by who listens already."""
        before = sys.getprofile()
        sys.setprofile((lambda *event: (before(*event), self(*event))) if before else self)
        try:
            return do()
        finally:
            sys.setprofile(before)


def _file(frame: FrameType) -> str:
    path = frame.f_code.co_filename
    root = f"{ROOT}/"
    inside = path.removeprefix(root) if path.startswith(root) else ""
    return "" if inside.startswith((".venv", "tests/")) else inside


def _way(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        if file := _file(frame):
            yield file
        frame = frame.f_back


def out_of_order(wanted: Iterable[Function], calls: Iterable[Called]) -> list[Function]:
    """The functions of a walk that are not called behind those before them."""
    left = iter([call.function for call in calls])
    return [function for function in wanted if function not in left]
