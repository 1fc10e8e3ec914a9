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

_WORD: Final = r'(?:[a-z_][a-z0-9_.-]*|"[^"\\\n]*")'
_WORDS: Final = rf"\[{_WORD}(?:, {_WORD})*\]"
_ID: Final = "[1-9][0-9]{0,8}"
_TABLE: Final = re.compile(
    rf"  ({_WORD}):\n(    format: parquet\n)?(?:    schema-id: (0|{_ID})\n)?(?:    spec-id: (0|{_ID})\n)?"
    rf"(?:    key: ({_WORDS})\n)?(?:    columns:\n((?:      .+\n)+))?(?:    partitions:\n((?:      .+\n)+))?"
    rf"(?:    removed:\n((?:      .+\n)+))?"
)
_FIELD: Final = re.compile(
    rf"^      ({_WORD}): \{{(?:id: ({_ID}), type: ({_WORD}))?(?:(?:, )?(required): true)?"
    rf"(?:(?:, )?labels: ({_WORDS}))?(?:(?:, )?was: ({_WORDS}))?\}}$",
    re.MULTILINE,
)
_PARTITION: Final = re.compile(rf'^      "([^"\\\n]*)": ({_ID})$', re.MULTILINE)
_FIELD_OF_PARTITION: Final = re.compile(r"([a-z]+(?:\[[0-9]+\])?)\(([^()]+)\)")
"""A partition field: its transform and its column."""
_REMOVED: Final = re.compile(
    rf"^      - \{{(?:column: ({_WORD})(?:, id: ({_ID}))?(?:, labels: ({_WORDS}))?"
    rf'|partition: "([^"\\\n]*)", source: ({_ID}), id: ({_ID}))\}}$',
    re.MULTILINE,
)


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
    yield from _partitions(table)


def _partitions(table: LockedTable) -> Iterator[str]:
    """Lines of the partition fields, and of all that the table had before."""
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
    # A parser of YAML takes four times as long, and a mesh has a lock for each contract.
    start = HEADER + "tables:\n"
    if not text.startswith(start):
        return None
    tables: dict[str, LockedTable] = {}
    position = len(start)
    while position < len(text):
        match = _TABLE.match(text, position)
        table = _read_table(match) if match else None
        if match is None or table is None or (name := _unquoted(match[1])) in tables:
            return None
        tables[name] = table
        position = match.end()
    return Lock(tables) if tables else None


def _read_table(match: re.Match[str]) -> LockedTable | None:
    _, parquet, schema_id, spec_id, key, columns, partitions, removed = match.groups("")
    fields = {
        path if path[0] != '"' else path[1:-1]: LockedField(
            int(number) if number else 0,
            kind if '"' not in kind else kind[1:-1],
            required != "",
            _split(labels) if labels else (),
            _split(was) if was else (),
        )
        for path, number, kind, required, labels, was in _FIELD.findall(columns)
    }
    ids = {text: int(number) for text, number in _PARTITION.findall(partitions)} if partitions else {}
    gone: list[tuple[str, ...]] = _REMOVED.findall(removed) if removed else []
    # A line that is not as written, or a key that stands twice.
    if (len(fields), len(ids), len(gone)) != (columns.count("\n"), partitions.count("\n"), removed.count("\n")):
        return None
    return LockedTable(
        "parquet" if parquet else "iceberg",
        fields,
        ids,
        _split(key),
        tuple(RemovedField(_unquoted(one[0]), int(one[1] or 0), _split(one[2])) for one in gone if one[0]),
        tuple(RemovedPartition(one[3], int(one[4]), int(one[5])) for one in gone if not one[0]),
        int(schema_id or 0),
        int(spec_id or 0),
    )


def _unquoted(word: str) -> str:
    return word[1:-1] if word[:1] == '"' else word


def _split(words: str) -> tuple[str, ...]:
    if '"' in words:
        return tuple(map(_unquoted, re.findall(_WORD, words)))
    return tuple(words[1:-1].split(", ")) if words else ()


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
    """Whether no id of a lock stands twice, is missing or out of order; what is wrong, `mistakes` says."""
    for table in lock.tables.values():
        ids = [field.id for field in table.fields.values()]
        if ids != sorted(ids):
            return False
        ids += [gone.id for gone in table.removed if gone.id]
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
            if any(True for _ in _partition_faults(table)):
                return False
        if any("." in path and path.rpartition(".")[0] not in table.fields for path in table.fields):
            return False
    return True


def mistakes(file: LockFile) -> Iterator[tuple[KeyPath, str]]:
    """Ids of a lock that stand twice, are missing or do not belong there, each with its place."""
    for name, table in file.tables.items():
        here: KeyPath = ("tables", name)
        yield from _field_mistakes(table, here)
        yield from _id_mistakes(_column_ids(table, here), 1)
        yield from _id_mistakes(_partition_ids(table, here), FIRST_PARTITION_ID)
        removed = [number for number, gone in enumerate(table.removed) if gone.partition]
        for text, number, why in _partition_faults(_from_entry(table)):
            place = ("partitions", text) if number is None else ("removed", removed[number])
            yield (*here, *place), f"'{text}' {why}; {RESTORE}"


def _field_mistakes(table: TableEntry, here: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    last = 0
    for path, field in table.columns.items():
        place = (*here, "columns", path)
        if field.id is not None and 0 < field.id < last:
            yield (
                (*place, "id"),
                f"'{path}' has the id {field.id} behind {last}: lines stand in the order of ids; {RESTORE}",
            )
        last = max(last, field.id or 0)
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


def _partition_faults(table: LockedTable) -> Iterator[tuple[str, int | None, str]]:
    """Partition fields that are none, or of no column, or stand twice: text, number if it was removed, and why."""
    known: set[tuple[str, int]] = set()
    every: list[tuple[str, int | None, int]] = [(text, None, 0) for text in table.partitions]
    every += [(old.text, number, old.source) for number, old in enumerate(table.removed_partitions)]
    for text, number, source in every:
        match = _FIELD_OF_PARTITION.fullmatch(text)
        if match is None:
            yield text, number, "is no partition field, such as day(seen)"
        elif number is None and match[2] not in table.fields:
            yield text, number, f"is of '{match[2]}', which is no column here"
        else:
            field = match[1], table.fields[match[2]].id if number is None else source
            if field in known:
                yield text, number, "stands here twice, and has one id"
            known.add(field)


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
