"""Types of columns as a contract gives them to Glue: `struct<a:int,b:array<decimal(10,2)>>`, read into a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"\w+|[<>(),:]", re.ASCII)


@dataclass(frozen=True, slots=True)
class GlueType:
    """A type: its name, numbers as in `decimal(10,2)`, and parts, which have names in a struct alone."""

    name: str
    numbers: tuple[int, ...] = ()
    parts: tuple[tuple[str, GlueType], ...] = ()

    def __str__(self) -> str:
        if self.numbers:
            return f"{self.name}({','.join(map(str, self.numbers))})"
        if self.parts:
            return f"{self.name}<{','.join(f'{name}:{type_}' if name else str(type_) for name, type_ in self.parts)}>"
        return self.name


@lru_cache(4096)
def glue_type(text: str) -> GlueType:
    """The type that a text says, as `mesh/contracts/types.py` writes it."""
    type_, rest = _type(_WORD.findall(text))
    if rest:
        raise ValueError(f"'{text}' is no type of Glue's")
    return type_


def _type(words: list[str]) -> tuple[GlueType, list[str]]:
    name, rest = words[0], words[1:]
    if rest[:1] == ["("]:
        end = rest.index(")")
        return GlueType(name, tuple(int(each) for each in rest[1:end] if each != ",")), rest[end + 1 :]
    parts: list[tuple[str, GlueType]] = []
    if rest[:1] == ["<"]:
        while rest[0] != ">":
            field, rest = (rest[1], rest[3:]) if name == "struct" else ("", rest[1:])
            part, rest = _type(rest)
            parts.append((field, part))
        rest = rest[1:]
    return GlueType(name, (), tuple(parts)), rest
