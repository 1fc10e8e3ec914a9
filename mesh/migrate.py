"""Conversion of a mesh of the earlier form, whose clearances stand in mesh.yaml and whose members in domains' files.

Text in, text out: what is not moved stays as it is written, comments included. Comments of a clearance and of a member
go with it; those of the two keys that are no more are left out, and told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

import yaml

from mesh.findings import BadInputError, Finding, listed
from mesh.validation_messages import bad_name, is_name, shorten
from mesh.yamlfile import Source, odd_keys

MESH_FILE: Final = "mesh.yaml"
_PLAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _./@+()'-]*[A-Za-z0-9_./@+()'-])?")
_RESOLVED: Final = re.compile(r"true|false|yes|no|on|off|null|[0-9._+-]+(?:e[0-9]+)?|0[xob][0-9a-f]+", re.IGNORECASE)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SCHEMA: Final = re.compile(r"#\s*yaml-language-server:.*\$schema=\S*\b(mesh|domain)\.schema\.json\s*")
_OF_A_MEMBER: Final = ("group", "clearance", "use", "approved-by", "review")


class OldMember(NamedTuple):
    """A line below `members:` of a domain's file, with its comments."""

    domain: str
    place: tuple[int, int]
    values: Mapping[str, str]
    above: tuple[str, ...]
    beside: str


CommentText = tuple[tuple[str, ...], str]
"""Comments of an entry: the lines above it, and the one beside it."""
OldClearance = tuple[tuple[str, ...], CommentText]
"""The classifications that a clearance of mesh.yaml reads, and its comments."""


@dataclass(slots=True)
class Migration:
    """The conversion of a mesh: files to write, by name, and sentences on what a person has to look at."""

    files: dict[str, str] = field(default_factory=dict[str, str])
    remarks: list[str] = field(default_factory=list[str])


def migrate(files: Mapping[str, str]) -> Migration:
    """The files that change, from the texts of mesh.yaml and of all below domains/ and clearances/.

    Nothing changes in a mesh of the present form. Raises BadInputError for what cannot be moved.
    """
    result, findings = Migration(), list[Finding]()
    texts = {name: _Text(name, text) for name, text in files.items()}
    if odd := [finding for name, text in files.items() for finding in odd_keys(Source(name, text))]:
        raise BadInputError(sorted(odd))
    written = {_stem(name): text for name, text in texts.items() if name.startswith("clearances/")}
    mesh_file = texts[MESH_FILE]
    old = mesh_file.entry("clearances")
    reads = _old_clearances(mesh_file, old[1], findings) if old else {}
    members: dict[str, list[OldMember]] = {}
    domains = [text for name, text in texts.items() if name.startswith("domains/") and text.entry("members")]
    for member in (member for text in domains for member in _old_members(text, findings)):
        members.setdefault(member.values["clearance"], []).append(member)
    if not old or isinstance(old[1], yaml.MappingNode):
        findings += _unknown(members, {*reads, *written, *_named(old[1] if old else None)})
    for clearance in reads.keys() & written.keys():
        findings += _differences(written[clearance], clearance, reads[clearance][0])
    if findings:
        raise BadInputError(sorted(findings))
    for text, key in [*((domain, "members") for domain in domains), *([(mesh_file, "clearances")] if old else [])]:
        result.files[text.file] = text.without(key, result.remarks)
    for name in sorted(reads.keys() | members.keys()):
        file, groups = f"clearances/{name}.yaml", members.get(name, [])
        if name in written:
            result.files |= _added(written[name], groups, result.remarks)
        else:
            result.files[file] = _new_file(name, reads[name], groups, mesh_file, result.remarks)
    return result


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".yaml")


def _unknown(members: Mapping[str, list[OldMember]], known: set[str]) -> Iterator[Finding]:
    """A finding on each member of a clearance that does not exist; `known` has those, too, that cannot be moved."""
    for clearance in members.keys() - known:
        for member in members[clearance]:
            group, others = shorten(member.values["group"]), listed(map(shorten, known))
            message = f"group '{group}' holds clearance '{shorten(clearance)}', which does not exist; {others} do"
            yield Finding(f"domains/{member.domain}.yaml", *member.place, message)


class _Text:
    """The text of a YAML file with its node tree: where keys and comments are."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        try:
            self.tree = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            raise BadInputError([Finding(file, 1, 1, "not YAML; `mesh validate` has the place")]) from None
        if self.tree is not None and (not isinstance(self.tree, yaml.MappingNode) or self.tree.flow_style):
            message = "a key on each line is expected at the top of the file, without braces around all of them"
            raise BadInputError([Finding(file, 1, 1, message)])
        scalars = [(node.start_mark.index, node.end_mark.index) for node in _scalars(self.tree)]
        self.comments = _comments(text, scalars)
        """From the position of each comment to its text."""

    def entry(self, key: str) -> tuple[yaml.Node, yaml.Node] | None:
        """Key and value of a key at the top."""
        return next(((one, value) for one, value in _pairs(self.tree) if one.value == key), None)

    def line_of(self, position: int) -> tuple[int, int]:
        """Begin and end of the line that a position is in; the end is after the line break."""
        end = self.text.find("\n", position)
        return self.text.rfind("\n", 0, position) + 1, len(self.text) if end < 0 else end + 1

    def block(self, key: str) -> tuple[int, int]:
        """Begin and end of the lines of a key at the top with its value, and with what is indented below it."""
        entry = self.entry(key)
        assert entry is not None, key
        begin = self.line_of(entry[0].start_mark.index)[0]
        end = self.line_of(max(_end(entry[1]) - 1, entry[0].end_mark.index))[1]
        while end < len(self.text):
            following = self.text[end : self.line_of(end)[1]]
            if following[:1] not in (" ", "\t") or not following.strip().startswith("#"):
                break
            end = self.line_of(end)[1]
        return begin, end

    def without(self, key: str, remarks: list[str]) -> str:
        """The text without a key at the top; comments that go nowhere are told."""
        begin, end = self.block(key)
        entry = self.entry(key)
        assert entry is not None, key
        kept = {position for number in range(len(_entries(entry[1]))) for position in self.comments_of(number, *entry)}
        for position, comment in self.comments.items():
            if begin <= position < end and position not in kept:
                line = self.text.count("\n", 0, position) + 1
                remarks.append(f"{self.file}:{line}: a comment on '{key}' is left out: {comment}")
        before, after = self.text[:begin], self.text[end:]
        if before.endswith("\n\n") and (not after.strip() or after.startswith("\n")):
            before = before[:-1]
        return before + after if after.strip() else before

    def comments_of(self, number: int, key: yaml.Node, value: yaml.Node) -> list[int]:
        """Positions of the comments of an entry of a key's value: on lines above it, in it, and beside it."""
        entries = _entries(value)
        begin = self.line_of(entries[number - 1].end - 1 if number else key.end_mark.index)[1]
        end = self.line_of(entries[number].end - 1)[1]
        return [position for position in self.comments if begin <= position < end]

    def words_of(self, number: int, key: yaml.Node, value: yaml.Node) -> CommentText:
        """The comments above an entry (none for one between braces), one a line, and the one beside it."""
        entries = _entries(value)
        if not entries:
            return (), ""
        positions = self.comments_of(number, key, value)
        last = self.line_of(entries[number].end - 1)[0]
        beside = {position for position in positions if position >= last and position > entries[number].begin}
        above = tuple(self.comments[position] for position in positions if position not in beside)
        return above, " ".join(self.comments[position] for position in sorted(beside))


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value)


def _comments(text: str, scalars: list[tuple[int, int]]) -> dict[int, str]:
    """Comments by position: a '#' after a space, or first on its line, that is in no scalar."""
    found: dict[int, str] = {}
    position = 0
    for begin, end in [*sorted(scalars), (len(text), len(text))]:
        for match in re.finditer(r"(?:^|(?<=\s))#[^\n]*", text[position:begin], re.MULTILINE):
            found[position + match.start()] = match[0].rstrip()
        position = max(position, end)
    return found


def _end(node: yaml.Node) -> int:
    """End of what is written of a node, without the empty lines and comments after a block."""
    below = [*_items(node), *(value for _, value in _pairs(node))]
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    return _end(below[-1]) if is_block and below else node.end_mark.index


class _Extent(NamedTuple):
    """Extent of an entry of a list, or of a key with its value, in the text."""

    begin: int
    end: int


def _entries(value: yaml.Node) -> list[_Extent]:
    """Entries of a list, or keys of a group of keys, that stand on lines of their own."""
    if isinstance(value, yaml.CollectionNode) and value.flow_style:
        return []
    extents = [_Extent(one.start_mark.index, _end(one)) for one in _items(value)]
    return extents + [_Extent(key.start_mark.index, _end(one)) for key, one in _pairs(value)]


def _items(node: yaml.Node) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _old_clearances(text: _Text, value: yaml.Node, findings: list[Finding]) -> dict[str, OldClearance]:
    """Clearances of mesh.yaml by name: what each reads, and its comments."""
    reads: dict[str, OldClearance] = {}
    entry = text.entry("clearances")
    assert entry is not None
    for number, (key, labels) in enumerate(_pairs(value)):
        name, labels_read = str(key.value), [str(one.value) for one in _items(labels) if _is_text(one)]
        if not is_name(name):
            # It becomes the name of a file: nothing of it may lead out of the folder.
            findings.append(_finding(text, key, f"{bad_name(name)}; it becomes the name of the clearance's file"))
        elif not isinstance(labels, yaml.SequenceNode) or len(labels_read) != len(_items(labels)):
            message = f"clearance '{name}' has no list of classifications; write [] if it reads none"
            findings.append(_finding(text, labels, message))
        else:
            reads[name] = tuple(labels_read), text.words_of(number, *entry)
    if not isinstance(value, yaml.MappingNode):
        findings.append(_finding(text, value, "a line for each clearance is expected here"))
    return reads


def _named(value: yaml.Node | None) -> list[str]:
    """Clearances that mesh.yaml names, whatever it says of them."""
    return [str(key.value) for key, _ in _pairs(value)]


def _is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _differences(text: _Text, clearance: str, reads: tuple[str, ...]) -> Iterator[Finding]:
    """A finding on a clearance that stands in mesh.yaml and in a file of its own, with different classifications."""
    entry = text.entry("reads")
    there = {str(one.value) for one in _items(entry[1])} if entry else set[str]()
    if there != set(reads):
        other = f"mesh.yaml has clearance '{clearance}', too, and it reads {listed(reads)} there"
        message = f"{other}; remove one of the two"
        yield _finding(text, entry[1] if entry else cast("yaml.Node", text.tree), message)


def _old_members(text: _Text, findings: list[Finding]) -> Iterator[OldMember]:
    """Members of a domain's file."""
    entry = text.entry("members")
    assert entry is not None
    value = entry[1]
    if isinstance(value, yaml.ScalarNode) and not value.value:
        return
    if not isinstance(value, yaml.SequenceNode):
        findings.append(_finding(text, value, "a list of members is expected here"))
        return
    for number, node in enumerate(_items(value)):
        values = _values(node)
        missing = [key for key in _OF_A_MEMBER if key not in values]
        if missing or len(values) != len(_OF_A_MEMBER):
            wrong = f"lacks {listed(missing)}" if missing else f"has {listed(values.keys() - set(_OF_A_MEMBER))}"
            findings.append(_finding(text, node, f"this member {wrong}; mend it, then run `mesh migrate` again"))
            continue
        above, beside = text.words_of(number, *entry)
        place = node.start_mark.line + 1, node.start_mark.column + 1
        yield OldMember(_stem(text.file), place, values, above, beside)


def _values(node: yaml.Node) -> dict[str, str]:
    """Texts by key; empty for what is no group of keys with texts."""
    return {str(key.value): str(value.value) for key, value in _pairs(node) if isinstance(value, yaml.ScalarNode)}


def _finding(text: _Text, node: yaml.Node, message: str) -> Finding:
    mark = node.start_mark
    return Finding(text.file, mark.line + 1, mark.column + 1, message)


def _scalar(text: str) -> str:
    """A text as YAML inside braces: plain where it is no number or truth value to any reader, else in quotes."""
    is_plain = _PLAIN.fullmatch(text) and (_DAY.fullmatch(text) or not _RESOLVED.fullmatch(text))
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def _line(member: OldMember) -> str:
    of = member.values
    rest = ((key, of[key]) for key in ("use", "approved-by", "review"))
    pairs = [("group", of["group"]), ("domain", member.domain), *rest]
    lines = [f"  {comment}\n" for comment in member.above]
    beside = f" {member.beside}" if member.beside else ""
    return "".join(lines) + f"  - {{{', '.join(f'{key}: {_scalar(value)}' for key, value in pairs)}}}{beside}\n"


def _new_file(name: str, old: OldClearance, members: list[OldMember], mesh: _Text, remarks: list[str]) -> str:
    """The text of a clearance's file; its approvers are those who approved its members so far."""
    reads, (above, beside) = old
    approvers = sorted({member.values["approved-by"] for member in members}) or [_owner(mesh)]
    remarks.append(
        f"clearances/{name}.yaml: from now on {listed(approvers)} {'decides' if len(approvers) == 1 else 'decide'} "
        f"who holds '{name}', for {_why(members)}; review 'approvers' and 'description'"
    )
    label = listed(reads).replace("none", "what carries no label")
    lines = [
        *_schema_line(mesh),
        *(f"{comment}\n" for comment in (*above, beside) if comment),
        f"description: Reads {label}.\n",
        f"reads: [{', '.join(map(_scalar, reads))}]\n",
        f"approvers: [{', '.join(map(_scalar, approvers))}]\n",
    ]
    return "".join(lines + (["members:\n", *map(_line, members)] if members else []))


def _why(members: list[OldMember]) -> str:
    return "its members name them under 'approved-by'" if members else "it has no members, and mesh.yaml is theirs"


def _owner(mesh: _Text) -> str:
    entry = mesh.entry("owner")
    email = _values(entry[1]).get("email") if entry else None
    if email is None:
        raise BadInputError([Finding(mesh.file, 1, 1, "there is no owner with an e-mail address, who would be asked")])
    return email


def _schema_line(mesh: _Text) -> list[str]:
    first = mesh.text.partition("\n")[0]
    if not _SCHEMA.fullmatch(first):
        return []
    path = first.rpartition("$schema=")[2].strip().replace("mesh.schema.json", "clearance.schema.json")
    path = path if path.startswith(("/", "http")) else f"../{path}"
    return [f"# yaml-language-server: $schema={path}\n"]


def _added(text: _Text, members: list[OldMember], remarks: list[str]) -> dict[str, str]:
    """A clearance's file with members that a domain's file still had; its approvers stay who they are."""
    entry = text.entry("members")
    value = entry[1] if entry else None
    there = _items(value) if value else []
    pairs = {(values.get("group"), values.get("domain")) for values in map(_values, there)}
    new = [member for member in members if (member.values["group"], member.domain) not in pairs]
    if not new:
        return {}
    remarks += [
        f"{text.file}: '{member.values['group']}' of '{member.domain}' is added; its approvers are as before"
        for member in new
    ]
    lines = "".join(map(_line, new))
    if value is None:
        return {text.file: f"{text.text.rstrip(chr(10))}\nmembers:\n{lines}"}
    if there and isinstance(value, yaml.SequenceNode) and not value.flow_style:
        end = text.line_of(_end(value) - 1)[1]
        before = text.text[:end] if text.text[:end].endswith("\n") else f"{text.text[:end]}\n"
        shifted = re.sub(r"^  ", " " * value.start_mark.column, lines, flags=re.MULTILINE)
        return {text.file: before + shifted + text.text[end:]}
    if there:
        message = "write the members on a line each, then run `mesh migrate` again"
        raise BadInputError([_finding(text, value, message)])
    begin, end = text.block("members")
    return {text.file: f"{text.text[:begin]}members:\n{lines}{text.text[end:]}"}
