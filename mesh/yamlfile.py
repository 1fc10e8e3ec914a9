"""One YAML file: read fast and strictly, and, only when something is wrong, read again for the place.

Stricter than `yaml.safe_load`: no duplicate keys, no anchors, aliases, merge keys or tags, one document, a mapping at
the top, at most 1 MB, at most 128 levels. The fast parser (ryaml) has no marks, so a finding's place comes
from PyYAML's node tree of the one file.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import ryaml
import yaml

from mesh.findings import Finding, Path

LARGEST: Final = 1_000_000
"""Bytes; the largest file that is read. A contract of 300 columns has about 60,000."""

_SPECIAL: Final = re.compile(r"(?:^|[\s\[{,])(?:[&*!][^\s]|<<\s*:)", re.MULTILINE)
_PLACE: Final = re.compile(r"at line (\d+) column (\d+)")


class Unreadable(Exception):
    """The file is not usable YAML; carries the findings."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read: the name to show and its text."""

    file: str
    text: str

    def place(self, path: Path, on_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at a path of keys, or of the nearest parent that exists."""
        node = _tree(self.text)
        mark = node.start_mark if node else None
        for depth, step in enumerate(path):
            found = _step(node, step)
            if found is None:
                break
            key, node = found
            mark = key.start_mark if key is not None and (on_key or depth < len(path) - 1) else node.start_mark
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)


@lru_cache(maxsize=16)
def _tree(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None


def _step(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def read_text(path: str, file: str) -> Source:
    """The text of a file; raises Unreadable for what is not a readable file of at most 1 MB of UTF-8."""
    try:
        with open(path, "rb") as stream:
            status = os.fstat(stream.fileno())
            if status.st_size > LARGEST:
                raise Unreadable(Finding(file, 1, 1, _too_large(status.st_size)))
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(Finding(file, 1, 1, _cannot_open(path, error))) from None
    if len(raw) > LARGEST:
        raise Unreadable(Finding(file, 1, 1, _too_large(len(raw))))
    try:
        return Source(file, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise Unreadable(
            Finding(file, line, column, f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8 text")
        ) from None


def _too_large(size: int) -> str:
    return f"the file has {size:,} bytes; a mesh file has at most {LARGEST:,}: is this the right file?"


def _cannot_open(path: str, error: OSError) -> str:
    if os.path.islink(path) and not os.path.exists(path):
        return f"broken link to {os.readlink(path)}; point it to a file inside the mesh folder or remove it"
    if os.path.isdir(path):
        return "this is a directory; a YAML file is expected here"
    if isinstance(error, FileNotFoundError):
        return "the file does not exist"
    return f"the file cannot be read: {error.strerror}"


def is_plain_file(path: str) -> bool:
    """True for a regular file that is not a link (whose folder is known to lie inside the mesh folder)."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def parse(source: Source) -> dict[str, Any]:
    """The mapping in a file; raises Unreadable with every place that is wrong."""
    if _SPECIAL.search(source.text):
        _refuse_special(source)
    try:
        data = ryaml.loads(source.text)
    except (ryaml.InvalidYamlError, ValueError) as error:
        raise Unreadable(*_diagnose(source, str(error))) from None
    if data is None:
        raise Unreadable(Finding(source.file, 1, 1, "the file is empty; see README.md for what belongs into it"))
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "a single value"
        raise Unreadable(Finding(source.file, 1, 1, f"expected keys and values at the top of the file, found {kind}"))
    return data


def _refuse_special(source: Source) -> None:
    """Anchors, aliases, merge keys and tags: a mesh file says each thing once, and an alias can be a bomb."""
    findings: list[Finding] = []
    try:
        for event in yaml.parse(source.text, Loader=yaml.CSafeLoader):
            what = _special(event)
            if what and len(findings) < 20:
                mark = event.start_mark
                findings.append(
                    Finding(source.file, mark.line + 1, mark.column + 1, f"{what}; write the value out instead")
                )
    except yaml.YAMLError:
        return  # not YAML at all: the parser proper says so, with the place
    if findings:
        raise Unreadable(*findings)


def _special(event: yaml.Event) -> str:
    if isinstance(event, yaml.AliasEvent):
        return f"the alias '*{event.anchor}' is not allowed in a mesh file"
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor:
        return f"the anchor '&{anchor}' is not allowed in a mesh file"
    if tag:
        return f"the tag '{tag}' is not allowed in a mesh file"
    if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
        return "the merge key '<<' is not allowed in a mesh file"
    return ""


def _diagnose(source: Source, reason: str) -> list[Finding]:
    """Why a text is not YAML that we take, with places; PyYAML says more than the fast parser."""
    if "recursion limit" in reason:
        return [_at(source, reason, "nested more than 128 levels deep; a mesh file has about six")]
    if tab := re.search(r"^[ ]*\t", source.text, re.MULTILINE):
        line = source.text.count("\n", 0, tab.end()) + 1
        column = tab.end() - tab.start()
        return [Finding(source.file, line, column, "a tab in the indentation; YAML takes spaces only: two a level")]
    try:
        node = yaml.compose(source.text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return [Finding(source.file, line, column, f"not YAML: {_sentence(error)}")]
    except (yaml.YAMLError, RecursionError):
        return [_at(source, reason, f"not YAML: {reason}")]
    return list(_duplicates(source.file, node)) or [_at(source, reason, f"not YAML: {reason}")]


def _sentence(error: yaml.MarkedYAMLError) -> str:
    if "expected a single document" in (error.context or ""):
        return "'---' starts a second document; a mesh file holds one"
    start = f" (started on line {error.context_mark.line + 1})" if error.context_mark else ""
    return ", ".join(part for part in (error.context, error.problem) if part) + start


def _at(source: Source, reason: str, message: str) -> Finding:
    place = _PLACE.search(reason)
    return Finding(source.file, int(place[1]) if place else 1, int(place[2]) if place else 1, message)


def _duplicates(file: str, node: yaml.Node | None) -> list[Finding]:
    findings: list[Finding] = []
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if isinstance(key.value, str):
                if key.value in first:
                    message = f"duplicate key '{key.value}', first on line {first[key.value]}; keep one of the two"
                    findings.append(Finding(file, line, key.start_mark.column + 1, message))
                first.setdefault(key.value, line)
            findings += _duplicates(file, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            findings += _duplicates(file, item)
    return findings


def unquoted(source: Source, pattern: str) -> list[tuple[int, int, str]]:
    """Line, column and text of each plain (unquoted) value that matches a pattern as a whole."""
    tree = _tree(source.text)
    found: list[tuple[int, int, str]] = []
    todo = [tree] if tree else []
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.ScalarNode) and node.style is None and re.fullmatch(pattern, node.value):
            found.append((node.start_mark.line + 1, node.start_mark.column + 1, node.value))
        elif isinstance(node, yaml.MappingNode):
            todo += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            todo += node.value
    return sorted(found)
