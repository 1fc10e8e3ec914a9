"""Go source of one package of the AWS plugin: its functions, and the operations of AWS that they come to.

A function is what stands between `func` and the brace at the beginning of a line. It comes to the operations that it
calls on a client (`conn.GetTable(`, `NewListTagsPaginator(`), and to those of each function of the package that it
names, called or not: that is rather too many than too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

STEPS: Final = ("create", "read", "update", "delete")

_FUNCTION: Final = re.compile(r"^func (?:\(\w* ?\*?(?P<of>\w+)\) )?(?P<name>\w+)[\[(]", re.MULTILINE)
_COMMENT: Final = re.compile(r"//[^\n]*")
_OPERATION: Final = re.compile(r"\bconn\w*\.(?!Options\()([A-Z]\w+)\(|\bNew(\w+)Paginator\(")
_NAME: Final = re.compile(r"(?<![.\w])([A-Za-z]\w*)\b")
_HANDLER: Final = re.compile(r"\b(Create|Read|Update|Delete)WithoutTimeout:\s*(\w+)")
_TAGS: Final = re.compile(r"^// @Tags\b", re.MULTILINE)


class GoFunction(NamedTuple):
    """A function, or a method `of` a type, with its text."""

    of: str
    name: str
    text: str


@dataclass(frozen=True)
class GoPackage:
    """The files of a package, by name, without its tests."""

    files: Mapping[str, str]

    @classmethod
    def of(cls, folder: Path) -> GoPackage:
        """The package in a folder."""
        names = (path for path in sorted(folder.glob("*.go")) if not path.name.endswith("_test.go"))
        return cls({path.name: path.read_text("utf-8") for path in names})

    def operations(self, file: str) -> dict[str, list[str]]:
        """Operations by the step of the resource in a file; `tag` are those of its tags. ValueError without a step."""
        text = self.files[file]
        own = list(functions(text))
        # The methods are those of a resource of the newer framework, where no schema names functions.
        handlers = {each.name.lower(): each.name for each in own if each.of and each.name.lower() in STEPS}
        handlers |= {step.lower(): name for step, name in _HANDLER.findall(text)}
        if "read" not in handlers:
            raise ValueError(f"{file} has no resource: it names no function that reads one")
        found = {step: self._reached([handlers[step]], own) for step in STEPS if step in handlers}
        tags = ("ListTags", "UpdateTags") if _TAGS.search(text) else ()
        found["tag"] = self._reached(tags, self._of_the_package())
        return {step: sorted(operations) for step, operations in found.items()}

    def _reached(self, names: Iterable[str], methods: Iterable[GoFunction]) -> set[str]:
        texts = {each.name: each.text for each in self._plain()} | {each.name: each.text for each in methods if each.of}
        seen, found, left = set[str](), set[str](), [*names]
        while left:
            name = left.pop()
            if name in seen or name not in texts:
                continue
            seen.add(name)
            found |= {one or other for one, other in _OPERATION.findall(texts[name])}
            left += _NAME.findall(texts[name])
        return found

    def _of_the_package(self) -> Iterator[GoFunction]:
        return (each for text in self.files.values() for each in functions(text) if each.of == "servicePackage")

    def _plain(self) -> Iterator[GoFunction]:
        return (each for text in self.files.values() for each in functions(text) if not each.of)


def functions(text: str) -> Iterator[GoFunction]:
    """The functions and methods of a file."""
    for found in _FUNCTION.finditer(text):
        end = text.find("\n}\n", found.start())
        body = text[found.end() : end if end >= 0 else len(text)]
        yield GoFunction(found["of"] or "", found["name"], _COMMENT.sub("", body))
