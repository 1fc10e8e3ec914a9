"""Text of a lock: written the same for the same lock, read fast when it is as written, and its mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from mesh.findings import KeyPath
from mesh.model import Lock, LockedField, LockedTable, LockFile
from mesh.model.lock import FIRST_PARTITION_ID, RemovedField, RemovedPartition, TableEntry

HEADER: Final = "# Written by `mesh lock`; not by hand. Data files know columns by these ids: they are only added.\n"
RESTORE: Final = "restore the lock from version control, and run 'mesh lock'"

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_.-]*")
_NOT_TEXT: Final = frozenset("null true false yes no on off y n".split())
"""Words that are no text to one version of YAML or another."""

_WORD: Final = r'(?:[a-z_][a-z0-9_.-]*|"[^"\\]*")'
_WORDS: Final = rf"\[({_WORD}(?:, {_WORD})*)\]"
_FIELD: Final = re.compile(
    rf"({_WORD}): \{{(?:id: ([1-9][0-9]{{0,8}}), type: ({_WORD}))?(, required: true)?"
    rf"(?:(?:, )?labels: {_WORDS})?(?:(?:, )?was: {_WORDS})?\}}"
)
_REMOVED: Final = re.compile(
    rf"- \{{(?:column: ({_WORD})(?:, id: ([1-9][0-9]{{0,8}}))?(?:, labels: {_WORDS})?"
    rf'|partition: ("[^"\\]*"), source: ([1-9][0-9]{{0,8}}), id: ([1-9][0-9]{{0,8}}))\}}'
)
_PARTITION: Final = re.compile(r'("[^"\\]*"): ([1-9][0-9]{0,8})')
_SECTIONS: Final = ("columns", "partitions", "removed")


# ---- writing


def write(lock: Lock) -> str:
    """The text of a lock: a line a column, by id, so that what is added comes last."""
    lines = [HEADER, "tables:\n" if lock.tables else "tables: {}\n"]
    for name in sorted(lock.tables):
        lines.append(f"  {_word(name)}:\n")
        lines += [f"    {line}\n" for line in _table(lock.tables[name])]
    return "".join(lines)


def _table(table: LockedTable) -> Iterator[str]:
    if table.format == "parquet":
        yield "format: parquet"
    if table.format == "iceberg" or table.schema_id:
        yield f"schema-id: {table.schema_id}"
    if table.partitions or table.spec_id:
        yield f"spec-id: {table.spec_id}"
    if table.key:
        yield f"key: {_words(table.key)}"
    if table.fields:
        yield "columns:"
        for path, field in sorted(table.fields.items(), key=lambda item: (item[1].id, item[0])):
            yield f"  {_word(path)}: {{{', '.join(_field(field))}}}"
    if table.partitions:
        yield "partitions:"
        yield from (f"  {_quoted(text)}: {number}" for text, number in table.partitions.items())
    if table.removed or table.removed_partitions:
        yield "removed:"
        for gone in sorted(table.removed, key=lambda gone: (gone.id, gone.path)):
            yield f"  - {{{', '.join(_removed(gone))}}}"
        for old in sorted(table.removed_partitions, key=lambda old: old.id):
            yield f"  - {{partition: {_quoted(old.text)}, source: {old.source}, id: {old.id}}}"


def _field(field: LockedField) -> Iterator[str]:
    if field.id:
        yield f"id: {field.id}, type: {_word(field.type)}"
    if field.required:
        yield "required: true"
    if field.labels:
        yield f"labels: {_words(field.labels)}"
    if field.was:
        yield f"was: {_words(field.was)}"


def _removed(gone: RemovedField) -> Iterator[str]:
    yield f"column: {_word(gone.path)}"
    if gone.id:
        yield f"id: {gone.id}"
    if gone.labels:
        yield f"labels: {_words(gone.labels)}"


def _words(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_word, words))}]"


def _word(word: str) -> str:
    return word if _PLAIN.fullmatch(word) and word not in _NOT_TEXT else _quoted(word)


def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)


# ---- reading


def read(text: str) -> Lock | None:
    """The lock in a text that is as `write` writes it; None for any other, which a reader of YAML judges."""
    # A parser of YAML takes ten times as long, and a mesh has a lock for each contract.
    start = HEADER + "tables:\n"
    if not text.startswith(start) or not text.endswith("\n"):
        return None
    tables: dict[str, LockedTable] = {}
    reader = _Table()
    name = ""
    for line in text[len(start) : -1].split("\n"):
        if line.startswith("      "):
            if not reader.entry(line[6:]):
                return None
        elif line.startswith("    "):
            if not reader.line(line[4:]):
                return None
        elif line.startswith("  ") and line.endswith(":"):
            if name:
                tables[name] = reader.table()
                reader = _Table()
            name = line[2:-1].strip('"')
            if name in tables or _word(name) != line[2:-1]:
                return None
        else:
            return None
    if not name:
        return None
    tables[name] = reader.table()
    return Lock(tables)


class _Table:
    """Reader of the lines of one table."""

    def __init__(self) -> None:
        self.section = ""
        self.seen: set[str] = set()
        self.format, self.schema_id, self.spec_id = "iceberg", 0, 0
        self.key: tuple[str, ...] = ()
        self.fields: dict[str, LockedField] = {}
        self.partitions: dict[str, int] = {}
        self.removed: list[RemovedField] = []
        self.removed_partitions: list[RemovedPartition] = []

    def line(self, line: str) -> bool:
        """Takes a line of the table; False for one that is not as written."""
        key, _, value = line.partition(":")
        if key in self.seen:
            return False
        self.seen.add(key)
        self.section = key
        if key in _SECTIONS:
            return not value
        if key in ("schema-id", "spec-id"):
            if re.fullmatch(" (?:0|[1-9][0-9]{0,8})", value) is None:
                return False
            setattr(self, key.replace("-", "_"), int(value))
            return True
        if key == "key":
            if re.fullmatch(" " + _WORDS, value) is None:
                return False
            self.key = _split(value[2:-1])
            return True
        self.format = "parquet"
        return line == "format: parquet"

    def entry(self, line: str) -> bool:
        """Takes a line of the section; False for one that is not as written, or stands twice."""
        if self.section == "columns":
            match = _FIELD.fullmatch(line)
            if match is None:
                return False
            path, number, kind, required, labels, was = match.groups()
            path = _unquoted(path)
            if path in self.fields:
                return False
            self.fields[path] = LockedField(
                int(number or 0), _unquoted(kind or ""), required is not None, _split(labels), _split(was)
            )
            return True
        if self.section == "partitions":
            match = _PARTITION.fullmatch(line)
            if match is None or match[1][1:-1] in self.partitions:
                return False
            self.partitions[match[1][1:-1]] = int(match[2])
            return True
        match = _REMOVED.fullmatch(line) if self.section == "removed" else None
        if match is None:
            return False
        path, number, labels, partition, source, partition_id = match.groups()
        if path:
            self.removed.append(RemovedField(_unquoted(path), int(number or 0), _split(labels)))
        else:
            self.removed_partitions.append(RemovedPartition(partition[1:-1], int(source), int(partition_id)))
        return True

    def table(self) -> LockedTable:
        """The table that was read."""
        return LockedTable(
            "parquet" if self.format == "parquet" else "iceberg",
            self.fields,
            self.partitions,
            self.key,
            tuple(self.removed),
            tuple(self.removed_partitions),
            self.schema_id,
            self.spec_id,
        )


def _unquoted(word: str) -> str:
    return word[1:-1] if word[:1] == '"' else word


def _split(words: str | None) -> tuple[str, ...]:
    return tuple(_unquoted(word) for word in re.findall(_WORD, words)) if words else ()


def from_file(file: LockFile) -> Lock:
    """The lock in a file that was read as YAML."""
    return Lock({name: _from_entry(table) for name, table in file.tables.items()})


def _from_entry(table: TableEntry) -> LockedTable:
    return LockedTable(
        table.format,
        {p: LockedField(f.id or 0, f.type, f.required, f.labels, f.was) for p, f in table.columns.items()},
        dict(table.partitions),
        table.key,
        tuple(RemovedField(r.column, r.id or 0, r.labels) for r in table.removed if not r.partition),
        tuple(RemovedPartition(r.partition, r.source or 0, r.id or 0) for r in table.removed if r.partition),
        table.schema_id,
        table.spec_id,
    )


# ---- mistakes


def is_sound(lock: Lock) -> bool:
    """Whether no id of a lock stands twice or is missing; what is wrong, `mistakes` says."""
    for table in lock.tables.values():
        ids = [field.id for field in table.fields.values()] + [gone.id for gone in table.removed if gone.id]
        if table.format == "parquet":
            ids = [number for number in ids if number]
            if any(field.id for field in table.fields.values()):
                return False
        if ids and (max(ids) != len(ids) or len(set(ids)) != len(ids) or min(ids) != 1):
            return False
        if table.partitions or table.removed_partitions:
            every = [*table.partitions.values(), *(old.id for old in table.removed_partitions)]
            if sorted(every) != list(range(FIRST_PARTITION_ID, FIRST_PARTITION_ID + len(every))):
                return False
        for path in table.fields:
            if "." in path and path.rpartition(".")[0] not in table.fields:
                return False
    return True


def mistakes(file: LockFile) -> Iterator[tuple[KeyPath, str]]:
    """Ids of a lock that stand twice, are missing or do not belong there, each with its place."""
    for name, table in file.tables.items():
        here: KeyPath = ("tables", name)
        yield from _field_mistakes(table, here)
        yield from _id_mistakes(_column_ids(table, here), 1)
        yield from _id_mistakes(_partition_ids(table, here), FIRST_PARTITION_ID)


def _field_mistakes(table: TableEntry, here: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    for path, field in table.columns.items():
        place = (*here, "columns", path)
        parent = path.rpartition(".")[0]
        if parent and parent not in table.columns:
            yield place, f"'{path}' is nested in '{parent}', which is no column here; {RESTORE}"
        if table.format == "iceberg" and field.id is None:
            yield place, f"'{path}' has no id; {RESTORE}"
        if table.format == "parquet" and field.id is not None:
            yield (*place, "id"), f"'{path}' has an id, but columns of a Parquet table are found by name; {RESTORE}"
    for number, gone in enumerate(table.removed):
        if bool(gone.column) == bool(gone.partition):
            yield (*here, "removed", number), f"an entry names either a 'column' or a 'partition'; {RESTORE}"
        elif gone.partition and (gone.id is None or gone.source is None):
            yield (
                (*here, "removed", number),
                f"the partition field '{gone.partition}' needs its id and source; {RESTORE}",
            )


Ids = list[tuple[int, str, KeyPath]]
"""Ids with what has each, and its place."""


def _column_ids(table: TableEntry, here: KeyPath) -> Ids:
    gone: Ids = [
        (r.id, f"'{r.column}', which was removed,", (*here, "removed", number, "id"))
        for number, r in enumerate(table.removed)
        if r.column and r.id
    ]
    return gone + [(f.id, f"'{path}'", (*here, "columns", path, "id")) for path, f in table.columns.items() if f.id]


def _partition_ids(table: TableEntry, here: KeyPath) -> Ids:
    gone: Ids = [
        (r.id, f"'{r.partition}', which was removed,", (*here, "removed", number, "id"))
        for number, r in enumerate(table.removed)
        if r.partition and r.id
    ]
    return gone + [(number, f"'{text}'", (*here, "partitions", text)) for text, number in table.partitions.items()]


def _id_mistakes(ids: Ids, first: int) -> Iterator[tuple[KeyPath, str]]:
    owners: dict[int, str] = {}
    twice = False
    for number, owner, place in ids:
        if number in owners:
            twice = True
            yield place, f"{owner} has the id {number} of {owners[number].rstrip(',')}; {RESTORE}"
        owners.setdefault(number, owner)
    missing = sorted(set(range(first, first + len(ids))) - owners.keys())
    if missing and not twice:
        # The id that is too large stands where the missing one was.
        number, owner, place = next(entry for entry in ids if entry[0] not in range(first, first + len(ids)))
        why = f"though nothing has the id {missing[0]}: ids are given in turn, and never forgotten"
        yield place, f"{owner} has the id {number}, {why}; {RESTORE}"
