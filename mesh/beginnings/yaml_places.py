"""Places of what stands in a YAML text, as ruamel's composer gives them, to the character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, SequenceNode


@dataclass(frozen=True, slots=True)
class YamlPlace:
    """A value in a text: characters from `start` to `end`, the column of the first of them, from 0.

    `entries` are those of a mapping or a list, each with its key, None in a list. The end of a block is where the next
    thing begins, behind its comments.
    """

    kind: Literal["mapping", "list", "scalar"]
    start: int
    end: int
    column: int
    in_brackets: bool
    text: str
    entries: Sequence[tuple[YamlPlace | None, YamlPlace]]

    @property
    def is_block(self) -> bool:
        """Whether it is a mapping or a list whose entries stand on lines of their own."""
        return self.kind != "scalar" and not self.in_brackets

    @property
    def last_character(self) -> int:
        """The place behind the last character of its own text; raises ValueError for a block without an entry."""
        here = self
        while here.is_block:
            if not here.entries:
                raise ValueError("a block without an entry")
            here = here.entries[-1][1]
        return here.end

    def below(self, step: str | int) -> YamlPlace | None:
        """The value at a key, or at a position of a list; None where there is none."""
        if self.kind == "mapping":
            return next((value for key, value in self.entries if key is not None and key.text == step), None)
        if self.kind == "list" and isinstance(step, int) and step < len(self.entries):
            return self.entries[step][1]
        return None


def places(text: str) -> YamlPlace | None:
    """The place of the whole text; None for one without any value. Raises YAMLError for what is not YAML."""
    node = cast("Any", YAML(typ="rt", pure=True)).compose(text)
    return None if node is None else _place(node)


def _place(node: Any) -> YamlPlace:
    entries: list[tuple[YamlPlace | None, YamlPlace]] = []
    kind: Literal["mapping", "list", "scalar"] = "scalar"
    if isinstance(node, MappingNode):
        kind = "mapping"
        entries = [(_place(key), _place(value)) for key, value in cast("Any", node).value]
    elif isinstance(node, SequenceNode):
        kind = "list"
        entries = [(None, _place(value)) for value in cast("Any", node).value]
    start, end = cast("Any", node).start_mark, cast("Any", node).end_mark
    return YamlPlace(
        kind=kind,
        start=start.index,
        end=end.index,
        column=start.column,
        in_brackets=kind != "scalar" and bool(cast("Any", node).flow_style),
        text=str(cast("Any", node).value) if kind == "scalar" else "",
        entries=entries,
    )
