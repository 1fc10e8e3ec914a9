"""The source tree as the tests of the house see it: modules with their first line, and every public name in them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("cli", "sandbox", "program", "components", "mesh")
"""From the top layer to the bottom one."""

FUNCTIONS: Final = "functions"
"""Handlers that run in AWS: each folder is the top of an archive, and imports nothing of ours but its own files."""

FOLDERS: Final = (*PACKAGES, "policies", FUNCTIONS)
"""What is installed, the policy pack, and the functions."""

BESIDE: Final = ("benchmarks", "examples")
"""Source beside the product, in which a name means what it means there."""


@dataclass(frozen=True)
class Module:
    """A source file; `path` is relative to the root of the repository."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        """The file's name without its ending; a package is called as its folder."""
        path = Path(self.path)
        return path.parent.name if path.stem == "__init__" else path.stem

    @property
    def first_line(self) -> str:
        return (ast.get_docstring(self.tree) or "").partition("\n")[0]

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def classes(self) -> Iterator[str]:
        """Public classes, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name

    def aliases(self) -> Iterator[str]:
        """Public names of types that are given at the top of the module: `Words = tuple[str, ...]`."""
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign):
                targets = [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id[0].isupper() and not target.id.isupper():
                    yield target.id


def modules(folders: Iterable[str] = FOLDERS) -> list[Module]:
    """Every source file of the product, sorted by path."""
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [_read(path) for path in sorted(files)]


@cache
def _read(path: Path) -> Module:
    return Module(str(path.relative_to(ROOT)), path.read_text("utf-8"))
