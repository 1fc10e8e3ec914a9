"""One YAML file: read fast and strictly, and, only when something is wrong, read again for the place.

Stricter than `yaml.safe_load`: no duplicate keys, no anchors, aliases, merge keys or tags, one document, a mapping at
the top, at most 1 MB, at most 128 levels, no control characters. The fast parser (ryaml) has no marks, so a finding's
place comes from PyYAML's node tree of the one file.
"""

from __future__ import annotations

import dataclasses
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

import ryaml
import yaml

from mesh import yaml_hints
from mesh.findings import Finding, KeyPath

LARGEST: Final = 1_000_000
"""Bytes of the largest file that is read. A contract of 300 columns has about 60,000."""

DEEPEST: Final = 128
"""Levels of nesting; PyYAML's C composer recurses without a limit, and crashes the process at some 50,000."""

TOO_DEEP: Final = f"nested more than {DEEPEST} levels deep; a mesh file has about six"

MANY_BRACKETS: Final = 2_000
"""Brackets from which the depth is checked first: the time of both parsers grows with the square of open ones."""

MOST_SPECIAL: Final = 3
"""The most findings about anchors, aliases and the like of one file."""

MARKS: Final = ("&", "*", "!", "<<", "\\")
"""Characters of which one is in every match of `_SPECIAL`; looking for them first is a hundred times faster."""

_SPECIAL: Final = re.compile(r"(?:^|[\s\[{,:])(?:[&*!][^\s]|<<[\s:])|\\(?:[0abevx]|[uU]0)", re.MULTILINE)
"""Text that may be an anchor, an alias, a tag, a merge key or an escaped control character: the events tell."""

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_PLACE: Final = re.compile(r"at line (\d+) column (\d+)")
_TOO_LARGE_A_NUMBER: Final = re.compile(r"invalid type: integer `(-?\d+)`.* at line (\d+) column (\d+)")

_CONFLICTS: Final = tuple(re.compile(rf"^{mark}{{7}}(?:\s.*)?$", re.MULTILINE) for mark in "<=>")
CONFLICT: Final = (
    "a merge conflict that is not settled: keep one side or join both, "
    "and remove the lines '<<<<<<<', '=======' and '>>>>>>>'"
)


class UnreadableError(Exception):
    """The file is no usable YAML; carries the findings."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read: the name to show and its text."""

    file: str
    text: str

    def place(self, path: KeyPath, on_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at a path of keys, or of the nearest parent that exists."""
        node = _tree(self.text)
        mark = node.start_mark if node else None
        for depth, step in enumerate(path):
            entry = _step(node, step)
            if entry is None:
                break
            key, node = entry
            mark = key.start_mark if key is not None and (on_key or depth < len(path) - 1) else node.start_mark
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)


@lru_cache(maxsize=16)
def _tree(text: str) -> yaml.Node | None:
    """The node tree of a text; None for one that is not YAML or too deep."""
    # Never called for a text with aliases, which could be expanded without end: those are refused before.
    try:
        return None if _too_deep(text) else yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None


def _too_deep(text: str) -> tuple[int, int] | None:
    """Line and column of the first level that is too deep; reads no further. Raises YAMLError."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                mark = event.start_mark
                return (mark.line + 1, mark.column + 1) if mark else (1, 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _step(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if _is_key(key, step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def _is_key(node: yaml.Node, step: str | int) -> bool:
    """Whether a node is the key of a step; one that is no text in YAML, as `true:`, is compared without its case."""
    written = str(node.value)
    return written == str(step) or (not isinstance(step, str) and written.lower() == str(step).lower())


def read_text(path: str, file: str) -> Source:
    """The text of a file; raises UnreadableError for what is not a readable file of at most 1 MB of UTF-8."""
    try:
        status = os.stat(path)
        refused = _too_large(status.st_size) if status.st_size > LARGEST else _not_a_file(status.st_mode)
        raw = b""
        if not refused:
            # One byte more than the limit: the size of a file can be 0 (in /proc), or grow after it was asked for.
            with open(path, "rb") as stream:
                raw = stream.read(LARGEST + 1)
            refused = _too_large(len(raw)) if len(raw) > LARGEST else ""
    except OSError as error:
        refused, raw = _cannot_open(path, error), b""
    if refused:
        raise UnreadableError(Finding(file, 1, 1, refused))
    try:
        # Editors on Windows begin a file with a byte order mark.
        return Source(file, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError(_not_utf8(file, raw, error.start)) from None


def plain_text(path: str) -> str:
    """The text of a regular file that is no link, read with few calls; empty for one that `read_text` has to judge."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return ""
        raw = os.read(descriptor, status.st_size + 1)
        return raw.decode("utf-8") if len(raw) == status.st_size and raw[:1] != b"\xef" else ""
    except (OSError, UnicodeDecodeError):
        return ""
    finally:
        os.close(descriptor)


def _not_utf8(file: str, raw: bytes, position: int) -> Finding:
    before = raw[:position].decode("utf-8-sig")
    message = f"byte 0x{raw[position]:02x} is not UTF-8; save the file as UTF-8 text"
    return Finding(file, *_line_and_column(before, len(before)), message)


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _too_large(size: int) -> str:
    return f"the file has {size:,} bytes; a mesh file has at most {LARGEST:,}: is this the right file?"


def _not_a_file(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "this is a directory; a YAML file is expected here"
    return "" if stat.S_ISREG(mode) else "this is not a file but a device or a pipe; a YAML file is expected here"


def _cannot_open(path: str, error: OSError) -> str:
    if os.path.islink(path) and not os.path.exists(path):
        return f"broken link to {os.readlink(path)}; point it to a file inside the mesh folder or remove it"
    if isinstance(error, FileNotFoundError):
        return "the file does not exist; write it, or restore it from version control"
    return f"the file cannot be read: {error.strerror}"


def parse(source: Source) -> dict[str, Any]:
    """The mapping in a file; raises UnreadableError with every place that is wrong."""
    if source.text.count("{") + source.text.count("[") > MANY_BRACKETS:
        _refuse_deep(source)
    if any(mark in source.text for mark in MARKS) and _SPECIAL.search(source.text):
        _refuse_special(source)
    try:
        data: object = ryaml.loads(source.text)  # pyright: ignore[reportPrivateImportUsage] (ryaml exports without __all__)
    except (ryaml.InvalidYamlError, ValueError) as error:  # pyright: ignore[reportPrivateImportUsage] (as above)
        raise UnreadableError(*_diagnose(source, str(error))) from None
    if data is None:
        message = "the file is empty; write it, copy another one, or remove it"
        raise UnreadableError(Finding(source.file, 1, 1, message))
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "a single value"
        remedy = "write above it the key that it belongs to" if isinstance(data, list) else "write its key before it"
        message = f"expected 'key: value' lines at the top of the file, found {kind}; {remedy}"
        raise UnreadableError(Finding(source.file, *source.place(()), message))
    return cast("dict[str, Any]", data)


def _refuse_deep(source: Source) -> None:
    try:
        place = _too_deep(source.text)
    except yaml.YAMLError:
        return  # `_diagnose` finds the same error, with its place
    if place:
        raise UnreadableError(Finding(source.file, *place, TOO_DEEP))


def _refuse_special(source: Source) -> None:
    """Raises UnreadableError for anchors, aliases, merge keys and tags."""
    # An alias can expand to any size from a few bytes.
    findings: list[Finding] = []
    try:
        for event in yaml.parse(source.text, Loader=yaml.CSafeLoader):
            what = _special(event)
            if what and len(findings) < MOST_SPECIAL:
                mark = event.start_mark
                assert mark is not None  # the parser marks every event
                findings.append(Finding(source.file, mark.line + 1, mark.column + 1, what))
    except yaml.YAMLError:
        pass  # `_diagnose` finds the same error, with its place
    if findings:
        raise UnreadableError(*findings)


def _special(event: yaml.Event) -> str:
    if isinstance(event, yaml.AliasEvent):
        return f"the alias '*{event.anchor}' is not allowed in a mesh file; write the value out"
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor:
        return (
            f"the anchor '&{anchor}' is not allowed in a mesh file; remove it, and write the value out where it is used"
        )
    if tag:
        return f"the tag '{tag}' is not allowed in a mesh file; remove it"
    if isinstance(event, yaml.ScalarEvent):
        if event.value == "<<" and event.implicit[0]:
            return "the merge key '<<' is not allowed in a mesh file; write the keys out"
        if control := _CONTROL.search(event.value):
            return f"the control character U+{ord(control[0]):04X} in a text; remove it"
    return ""


def _diagnose(source: Source, reason: str) -> list[Finding]:
    """Findings on a text that the fast parser refuses; PyYAML knows places and says more."""
    text, file = source.text, source.file
    for conflict in _CONFLICTS:
        if places := [_line_and_column(text, mark.start()) for mark in conflict.finditer(text)]:
            return [Finding(file, *place, CONFLICT) for place in places[:MOST_SPECIAL]]
    if "recursion limit" in reason:
        return [_at(source, reason, TOO_DEEP)]
    if number := _TOO_LARGE_A_NUMBER.search(reason):
        message = f"the number {number[1]} is too large; put it in quotes if it is an id"
        return [Finding(file, int(number[2]), int(number[3]), message)]
    if control := _CONTROL.search(text):
        message = f"the control character U+{ord(control[0]):04X}; a mesh file is plain text"
        return [Finding(file, *_line_and_column(text, control.start()), message)]
    try:
        node = None if _too_deep(text) else yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        nearest = error.context_mark if "expected ':'" in str(error.problem) else error.problem_mark
        mark = nearest or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return [Finding(file, line, column, yaml_hints.sentence(text, error, line))]
    except yaml.YAMLError:
        node = None
    return [*_duplicates(file, node), *_odd_keys(file, node)] or [_at(source, reason, f"not YAML: {reason}")]


def _at(source: Source, reason: str, message: str) -> Finding:
    place = _PLACE.search(reason)
    return Finding(source.file, int(place[1]) if place else 1, int(place[2]) if place else 1, message)


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """Every mapping of a tree, in the order written."""
    todo = [node] if node else []
    while todo:
        here = todo.pop()
        if isinstance(here, yaml.MappingNode):
            yield here
            todo += reversed([value for _, value in here.value])
        elif isinstance(here, yaml.SequenceNode):
            todo += reversed(here.value)


def _duplicates(file: str, tree: yaml.Node | None) -> list[Finding]:
    findings: list[Finding] = []
    for mapping in _mappings(tree):
        first: dict[str, int] = {}
        for key, _ in mapping.value:
            line = key.start_mark.line + 1
            if isinstance(key, yaml.ScalarNode):
                if key.value in first:
                    message = f"duplicate key '{key.value}', first on line {first[key.value]}; a key stands once: "
                    message += "keep one of the two"
                    findings.append(Finding(file, line, key.start_mark.column + 1, message))
                first.setdefault(key.value, line)
    return findings


def duplicates(source: Source) -> list[Finding]:
    """Findings on keys that stand twice in one group of keys; of a text that is JSON, too."""
    return _duplicates(source.file, _tree(source.text))


def odd_keys(source: Source) -> list[Finding]:
    """Findings on keys that are no text to YAML: numbers, truth values, nothing, lists."""
    return _odd_keys(source.file, _tree(source.text))


_KINDS_OF_KEY: Final = {"int": "a number", "float": "a number", "bool": "a truth value", "null": "no text"}


def _odd_keys(file: str, tree: yaml.Node | None) -> list[Finding]:
    findings: list[Finding] = []
    for mapping in _mappings(tree):
        for key, _ in mapping.value:
            mark, kind = key.start_mark, _KINDS_OF_KEY.get(key.tag.rpartition(":")[2])
            if not isinstance(key, yaml.ScalarNode):
                message = "a list or a group of keys stands where a key is expected; a key is a single word"
            elif whole := _grouped(mapping, key):
                message = f"a ',' separates entries here, also within a number; write {whole}"
            # PyYAML reads YAML 1.1; since YAML 1.2 these four are texts.
            elif kind and key.value.lower() not in ("yes", "no", "on", "off"):
                message = f"the key '{key.value}' is {kind} to YAML; a key is a text: put it in quotes"
            else:
                continue
            findings.append(Finding(file, mark.line + 1, mark.column + 1, message))
    return findings


def _grouped(mapping: yaml.MappingNode, key: yaml.ScalarNode) -> str:
    """The number that a key with three digits ends, as in `{budget: 6,500}`; empty for another key."""
    keys = [one for one, _ in mapping.value]
    before = mapping.value[keys.index(key) - 1][1] if keys.index(key) else None
    is_end = re.fullmatch("[0-9]{3}", key.value) is not None
    if not (mapping.flow_style and is_end and isinstance(before, yaml.ScalarNode)):
        return ""
    return f"{before.value}{key.value}" if re.fullmatch("[0-9]{1,3}", before.value) else ""


def with_comment(source: Source, finding: Finding) -> Finding:
    """A finding on a missing value, with a word on the comment that stands in its place; any other as it is."""
    lines = source.text.splitlines()
    rest = lines[finding.line - 1][finding.column - 1 :].lstrip() if finding.line <= len(lines) else ""
    if "has no value" not in finding.message or not rest.startswith("#"):
        return finding
    message = f"{finding.message}; what follows a '#' is a comment: put a text that begins so in quotes"
    return dataclasses.replace(finding, message=message)


def unquoted(source: Source, pattern: str) -> list[tuple[int, int, str]]:
    """Line, column and text of each plain (unquoted) value that matches a pattern as a whole."""
    tree = _tree(source.text)
    values: list[tuple[int, int, str]] = []
    todo = [tree] if tree else []
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.ScalarNode) and not node.style and re.fullmatch(pattern, node.value):
            values.append((node.start_mark.line + 1, node.start_mark.column + 1, node.value))
        elif isinstance(node, yaml.MappingNode):
            todo += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            todo += node.value
    return sorted(values)
