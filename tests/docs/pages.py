"""The pages of the project as text: their links, headings, inline code and commands, and what of it stands in code."""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {"build", "dist", "__pycache__"} | {path.name for path in ROOT.glob(".*")} - {".ci", ".github"}
FENCE = re.compile(r"^(?P<mark>```+|~~~+)(?P<kind>\w*)[^\n]*\n(?P<body>.*?)^(?P=mark)\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[(?P<text>[^\]\n]*)\]\((?P<target>[^)\s]+)\)")
SOURCE = re.compile(r"\b(?:src|srcset)=\"(?P<target>[^\"]+)\"")
CODE = re.compile(r"(?<!`)`(?P<code>[^`\n]+)`(?!`)")
HEADING = re.compile(r"^#{1,6} (?P<title>.+?)\s*#*$", re.MULTILINE)
COMMAND = re.compile(r"^\$ (?P<command>.+)$", re.MULTILINE)


def files(pattern: str) -> list[Path]:
    """The project's own files of a pattern, in order; what was set up or generated beside them is left out."""
    return [path for path in _tree() if path.match(pattern)]


@cache
def _tree() -> list[Path]:
    found: list[Path] = []
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [name for name in inside if name not in SKIPPED]  # a virtual environment is not even entered
        found += (Path(folder, name) for name in (*inside, *names) if name not in SKIPPED)
    return sorted(found)


@dataclass(frozen=True)
class Page:
    """A Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """The page's path in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """The whole page."""
        return _read(self.path)

    @property
    def prose(self) -> str:
        """The page without its blocks of code."""
        return FENCE.sub("", self.text)

    @property
    def links(self) -> list[str]:
        """The targets of its links and pictures, as written."""
        linking = CODE.sub(lambda code: "" if LINK.search(code[0]) else code[0], self.prose)
        return [found["target"] for kind in (LINK, SOURCE) for found in kind.finditer(linking)]

    @property
    def anchors(self) -> set[str]:
        """The anchors that its headings make, as GitHub forms them."""
        anchors: dict[str, int] = {}
        for found in HEADING.finditer(self.prose):
            plain = re.sub(r"[^\w\- ]", "", LINK.sub(r"\g<text>", found["title"]).lower()).replace(" ", "-")
            anchors[plain] = anchors.get(plain, -1) + 1
        again = {f"{name}-{n}" for name, number in anchors.items() for n in range(1, number + 1)}
        return {*anchors, *again}

    @property
    def headings(self) -> list[str]:
        """The texts of its headings, the title first."""
        return [found["title"] for found in HEADING.finditer(self.prose)]

    @property
    def code(self) -> list[str]:
        """Its inline code."""
        return [found["code"] for found in CODE.finditer(self.prose)]

    @property
    def commands(self) -> list[str]:
        """What it says to type: the lines of its blocks for a shell, with or without a prompt."""
        commands: list[str] = []
        for block in FENCE.finditer(self.text):
            if block["kind"] == "console":
                commands += [found["command"] for found in COMMAND.finditer(block["body"])]
            elif block["kind"] in ("sh", "bash"):
                commands += [line for line in block["body"].splitlines() if line and not line.startswith("#")]
        return commands


@cache
def _read(path: Path) -> str:
    return path.read_text("utf-8")


def pages() -> list[Page]:
    """Every Markdown file of the project."""
    return [Page(path) for path in files("*.md")]


class Comment(NamedTuple):
    """A docstring or a comment, and where it stands."""

    where: str
    text: str


def comments() -> Iterator[Comment]:
    """Every docstring and comment of the Python files, and every comment of the Makefile and of CI."""
    for path in files("*.py"):
        source, name = _read(path), path.relative_to(ROOT).as_posix()
        yield from _docstrings(ast.parse(source), name)
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield Comment(f"{name}:{token.start[0]}", token.string)
    for name in ("Makefile", ".ci/run", ".github/workflows/ci.yml", "pyproject.toml"):
        for number, line in enumerate(_read(ROOT / name).splitlines(), 1):
            if "#" in line:
                yield Comment(f"{name}:{number}", line.partition("#")[2])


def _docstrings(tree: ast.Module, name: str) -> Iterator[Comment]:
    """Docstrings, of fields as well: every text that stands as a statement by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield Comment(f"{name}:{node.lineno}", node.value.value)


def texts() -> Iterator[Comment]:
    """Every other text in the packages that are installed: what a user may be told."""
    for package in ("cli", "components", "mesh", "policies", "program", "sandbox"):
        for path in sorted((ROOT / package).rglob("*.py")):
            tree, name = ast.parse(_read(path)), path.relative_to(ROOT).as_posix()
            documented = {comment.where for comment in _docstrings(tree, name)}
            for node in ast.walk(tree):
                where = f"{name}:{getattr(node, 'lineno', 0)}"
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and where not in documented:
                    yield Comment(where, node.value)
