"""Insertion into a YAML file that a person wrote: lines are added, and every byte that was there stays.

The places are those that ruamel's composer gives. What comes out is parsed by two parsers, and has to be what was
there with exactly the entry that is wanted; else nothing is added, and the sentence says what to write by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from mesh import yamlfile
from mesh.beginnings.yaml_places import YamlPlace, places
from mesh.beginnings.yaml_scalars import scalar
from mesh.findings import KeyPath, NotPossibleError

BYTE_ORDER_MARK: Final = "\ufeff"
_REST: Final = re.compile(r"[ \t]*(#[^\r\n]*)?")
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_COMMENT_LINE: Final = re.compile(r"( *)#[^\r\n]*(\r\n|\n|\r|$)")
_BETWEEN: Final = re.compile(r"(?:[ \t\r\n]|(?<=[ \t\r\n])#[^\r\n]*)*")
STEP: Final = 2
"""Columns by which a group of keys or a list is set in, where the file does not show another number."""


class YamlEntry(NamedTuple):
    """An entry to add: to a group of keys one with its key, to a list one without; `value` is YAML, of lines or one."""

    value: str
    key: str | None = None

    @property
    def is_block(self) -> bool:
        """Whether the value takes lines of its own."""
        return "\n" in self.value or self.value.startswith("- ")


class _Insertion(NamedTuple):
    """A text and the place in the old text, in characters, before which it goes."""

    place: int
    text: str


class _OddFormError(Exception):
    """The file is written in a form to which nothing can be added safely."""


def added(text: str, path: KeyPath, entry: YamlEntry, file: str) -> str:
    """The text of a file with an entry added to the group of keys, or to the list, at a path.

    What of the path is missing is made. `file` is the name to show. Raises NotPossibleError, with the lines to write by
    hand, where the form of the file leaves no safe place.
    """
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    body = text.removeprefix(mark) if mark else text
    try:
        insertions = _Reader(body).insertions(path, entry)
        made = _applied(body, insertions)
        _require_addition(body, made, path, entry)
    except (_OddFormError, YAMLError, yamlfile.UnreadableError, ValueError, RecursionError) as error:
        where = ".".join(map(str, path)) or "the top"
        raise NotPossibleError(
            f"{file}: nothing can be added below '{where}' without touching what stands there ({_first_line(error)}); "
            f"add it by hand: {_shown(entry)}"
        ) from None
    return mark + made


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _shown(entry: YamlEntry) -> str:
    return f"{scalar(entry.key)}: {entry.value}" if entry.key is not None else f"- {entry.value}"


def _applied(body: str, insertions: Sequence[_Insertion]) -> str:
    for place, text in sorted(insertions, reverse=True):
        body = body[:place] + text + body[place:]
    return body


def _require_addition(before: str, after: str, path: KeyPath, entry: YamlEntry) -> None:
    """Raises _OddFormError where the new text does not say what the old one said and the entry, and in its order."""
    for parse in (_strictly, _by_ruamel):
        value = parse(entry.value if entry.is_block else f"{{value: {entry.value}}}")
        value = value if entry.is_block else value["value"]
        expected = _with(deepcopy(parse(before)), path, entry, value)
        if not _same(expected, parse(after)):
            raise _OddFormError("its form is an unusual one")


def _strictly(text: str) -> Any:
    """The data of a text by the parser of mesh files, which takes a mapping; of a list its entries."""
    if text.startswith("- "):
        return yamlfile.parse(yamlfile.Source("", f"list:\n{text}"))["list"]
    return yamlfile.parse(yamlfile.Source("", text))


def _by_ruamel(text: str) -> Any:
    return cast("Any", YAML(typ="safe", pure=True)).load(text)


def _with(data: Any, path: KeyPath, entry: YamlEntry, value: Any) -> Any:
    here: Any = data
    for position, step in enumerate(path):
        if isinstance(here, dict) and step not in here:
            following: Any = [] if entry.key is None and position == len(path) - 1 else {}
            cast("dict[Any, Any]", here)[step] = following
        here = cast("Any", here)[step]
    if entry.key is None:
        cast("list[Any]", here).append(value)
    elif entry.key in here:
        raise _OddFormError(f"the key '{entry.key}' is there")
    else:
        here[entry.key] = value
    return data


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal, of the same types, and keys stand in the same order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        mine, its = cast("dict[Any, Any]", one), cast("dict[Any, Any]", other)
        return list(mine) == list(its) and all(_same(mine[key], its[key]) for key in mine)
    if isinstance(one, list):
        mine, its = cast("list[Any]", one), cast("list[Any]", other)
        return len(mine) == len(its) and all(map(_same, mine, its))
    return one == other


@dataclass(frozen=True)
class _Reader:
    """A text, and where in it things stand."""

    body: str

    def insertions(self, path: KeyPath, entry: YamlEntry) -> list[_Insertion]:
        """The insertions that add an entry at a path."""
        node, depth = places(self.body), 0
        for step in path:
            following = node.below(step) if node is not None else None
            if following is None:
                break
            node, depth = following, depth + 1
        entry = _nested(path[depth:], entry)
        if node is not None and node.kind == ("mapping" if entry.key is not None else "list"):
            return self._in_brackets(node, entry) if node.in_brackets else self._in_block(node, entry)
        raise _OddFormError(f"no {'group of keys' if entry.key is not None else 'list'} is at this place")

    # ---- in a block

    def _in_block(self, node: YamlPlace, entry: YamlEntry) -> list[_Insertion]:
        column = node.column
        end = node.last_character
        if self.body[end - 1 : end] not in ("\n", "\r"):  # behind a block of text the mark is on the next line
            end = self._line_end(end)
        newline = self._newline(end)
        lead = ""
        if self.body[end - 1 : end] not in ("\n", "\r"):
            lead = newline
        while (match := _COMMENT_LINE.match(self.body, end)) and len(match[1]) >= max(column, 1) and not lead:
            end = match.end()
            if not match[2]:
                lead = newline
        lines = [f"{' ' * column}{line}" for line in _block_lines(node, entry)]
        return [_Insertion(end, lead + newline.join(lines) + newline)]

    def _line_end(self, place: int) -> int:
        """The place behind the line that a value ends on, of which only a comment may be left."""
        match = _REST.match(self.body, place)
        assert match is not None
        end = match.end()
        if end == len(self.body):
            return end
        ending = _BREAK.match(self.body, end)
        if ending is None:
            raise _OddFormError("something stands behind the last entry")
        return ending.end()

    def _newline(self, place: int) -> str:
        """The line break of the lines before a place."""
        breaks = _BREAK.findall(self.body, 0, place) or _BREAK.findall(self.body)
        return breaks[-1] if breaks else "\n"

    # ---- in brackets

    def _in_brackets(self, node: YamlPlace, entry: YamlEntry) -> list[_Insertion]:
        close = node.end - 1
        if self.body[close] not in "]}":
            raise _OddFormError("a bracket is not where it is expected")
        text = _flow(entry)
        if not node.entries:
            return [_Insertion(node.start + 1, text)]
        key, value = node.entries[-1]
        end = value.last_character
        behind = self._between(end)
        has_comma = self.body[behind] == ","
        mark = behind + 1 if has_comma else end
        is_broken = _BREAK.search(self.body, mark, close) is not None
        comma = [] if has_comma else [_Insertion(end, ",")]
        if not is_broken:
            return [*comma, _Insertion(mark, f" {text}")] if has_comma else [_Insertion(end, f", {text}")]
        rest = _REST.match(self.body, mark)
        assert rest is not None
        if _BREAK.match(self.body, rest.end()) is None:
            raise _OddFormError("something stands behind the last entry")
        begin = self.body.rfind("\n", 0, (key or value).start) + 1
        indent = len(self.body[begin:]) - len(self.body[begin:].lstrip(" "))
        line = f"{self._newline(rest.end())}{' ' * max(indent, 1)}{text}{',' if has_comma else ''}"
        if rest.end() == end and comma:
            return [_Insertion(end, f",{line}")]
        return [*comma, _Insertion(rest.end(), line)]

    def _between(self, place: int) -> int:
        """The place of the next character that is neither space nor comment."""
        match = _BETWEEN.match(self.body, place)
        assert match is not None
        return match.end()


def _nested(missing: KeyPath, entry: YamlEntry) -> YamlEntry:
    """The entry for the first part of a path that is missing, with all that comes below it."""
    if not missing:
        return entry
    if not all(isinstance(step, str) for step in missing):
        raise _OddFormError("a place of a list is missing")
    lines = _lines_of(entry, STEP)
    for step in reversed(missing[1:]):
        lines = [f"{scalar(step)}:", *(f"{' ' * STEP}{line}" for line in lines)]
    return YamlEntry("\n".join(lines) + "\n", str(missing[0]))


def _lines_of(entry: YamlEntry, step: int) -> list[str]:
    """An entry as lines, of which the first begins at the column of its key or dash."""
    lines = entry.value.rstrip("\n").split("\n")
    if entry.key is None:
        gap = " " * (step - 1)
        return [f"-{gap}{lines[0]}", *(f"{' ' * step}{line}".rstrip() for line in lines[1:])]
    if not entry.is_block:
        return [f"{scalar(entry.key)}: {lines[0]}"]
    return [f"{scalar(entry.key)}:", *(f"{' ' * step}{line}".rstrip() for line in lines)]


def _block_lines(node: YamlPlace, entry: YamlEntry) -> list[str]:
    """An entry as lines that are set in as the other entries of its block are."""
    return _lines_of(entry, _step(node))


def _step(node: YamlPlace) -> int:
    """Columns by which what is in an entry is set in, as the entries that are there show it."""
    for _, inner in node.entries:
        is_shown = node.kind == "list" or (inner.kind == "mapping" and inner.is_block)
        if is_shown and inner.column > node.column:
            return inner.column - node.column
    return STEP


def _flow(entry: YamlEntry) -> str:
    """An entry on one line, for brackets."""
    value = entry.value.strip()
    if entry.is_block:
        value = scalar(_by_ruamel(entry.value))
    return value if entry.key is None else f"{scalar(entry.key)}: {value}"
