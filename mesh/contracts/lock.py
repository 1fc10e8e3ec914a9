"""Lock after a change of the contract: ids stay with what they were given to, and what is new gets the next ones.

Columns of an Iceberg table are what their ids say, those of a Parquet table what their names say: a label is lost by
the one only if the column of an id loses it, by the other also if a name returns without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mesh.contracts.iceberg import reads_as
from mesh.contracts.lock_labels import (
    LostLabels,
    fields_left_open,
    labels_of_no_column,
    lost_labels,
    names_left_open,
)
from mesh.contracts.lock_shape import RENAMED, FieldShape, TableShape, partitioned_no_more
from mesh.findings import KeyPath, listed, nearest
from mesh.model import Lock, LockedField, LockedTable
from mesh.model.lock import FIRST_PARTITION_ID, RemovedField, RemovedPartition
from mesh.validation_messages import shown


class LockChange(NamedTuple):
    """A difference between a lock and its contract, or a reason not to follow the contract, with its place there."""

    place: KeyPath
    text: str


@dataclass(slots=True)
class LockStep:
    """The lock after a contract, what changes by it, what stands against it, and which labels would be lost."""

    lock: Lock = field(default_factory=lambda: Lock({}))
    changes: list[LockChange] = field(default_factory=list[LockChange])
    refused: list[LockChange] = field(default_factory=list[LockChange])
    widened: list[LostLabels] = field(default_factory=list[LostLabels])
    lost: set[str] = field(default_factory=set[str])


def is_current(lock: Lock, wanted: Sequence[TableShape]) -> bool:
    """Whether a lock has just what a contract has; when in doubt False, and `following` tells."""
    live = sum(1 for table in lock.tables.values() if table.fields)
    return live == len(wanted) and all(_is_current(lock.tables.get(shape.name), shape) for shape in wanted)


def _is_current(table: LockedTable | None, shape: TableShape) -> bool:
    if table is None or table.format != shape.format or len(table.fields) != len(shape.fields):
        return False
    if table.key != shape.key or tuple(table.partitions) != tuple(map(partition_text, shape.partitions)):
        return False
    if shape.renamed is not None or partitioned_no_more(shape.name, table):
        return False
    if table.format == "parquet" and any(gone.labels and gone.path in shape.fields for gone in table.removed):
        return False
    fields = table.fields
    for path, wanted in shape.fields.items():
        locked = fields.get(path)
        if locked is None or locked[1:4] != wanted[:3] or (wanted[3] is not None and wanted[3] not in locked.was):
            return False
    return True


def partition_text(partition: tuple[str, str]) -> str:
    """A partition field, given as source and transform, as `day(seen)`."""
    return f"{partition[1]}({partition[0]})"


def following(old: Lock | None, wanted: Sequence[TableShape]) -> LockStep:
    """The lock after a contract with these tables; the first one numbers columns in the contract's order."""
    step = LockStep()
    tables = dict(old.tables) if old else {}
    for shape in wanted:
        tables[shape.name] = _TableStep(tables.get(shape.name), shape, step).following()
    for name in sorted(tables.keys() - {shape.name for shape in wanted}):
        if tables[name].fields:
            step.changes.append(LockChange(("schema",), f"table '{name}' is gone"))
            tables[name] = _without_fields(tables[name])
    step.widened += labels_of_no_column(old, wanted, step.lost) if old else ()
    step.lock = Lock(tables)
    return step


def _without_fields(table: LockedTable) -> LockedTable:
    gone = [RemovedField(path, one.id, one.labels) for path, one in table.fields.items() if one.id or one.labels]
    partitions = [_removed_partition(table, text) for text in table.partitions]
    return table._replace(
        fields={},
        partitions={},
        key=(),
        removed=(*table.removed, *gone),
        removed_partitions=(*table.removed_partitions, *partitions),
    )


def _removed_partition(table: LockedTable, text: str) -> RemovedPartition:
    source = table.fields.get(text[text.rindex("(") + 1 : -1], LockedField())
    return RemovedPartition(text, source.id, table.partitions[text])


class _TableStep:
    """The way of one table from its lock to the next one."""

    def __init__(self, old: LockedTable | None, shape: TableShape, step: LockStep) -> None:
        self.is_new = old is None
        self.old = old or LockedTable(shape.format, {}, {})
        self.shape, self.step = shape, step
        self.sources: dict[str, str | None] = {}
        """Path before, by path; None for what is new."""

    def following(self) -> LockedTable:
        """The lock of the table after the contract; what changes and what is refused goes to the step."""
        self._find_sources()
        if self.shape.renamed is not None:
            why = "a table does not take its data to another name; remove it"
            self._refuse(self.shape.place, f"'{RENAMED}' of table '{self.shape.name}': {why}")
        fields = self._fields()
        self._refuse_other_types()
        self._compare_labels()
        partitions, removed_partitions = self._partitions(fields)
        table = LockedTable(
            self.shape.format,
            fields,
            partitions,
            self.shape.key,
            self._removed(),
            removed_partitions,
            self.old.schema_id,
            self.old.spec_id,
        )
        table = self._numbered(table)
        why = partitioned_no_more(self.shape.name, table)
        if why:
            self._refuse(self.shape.place, why)
        self._tell_changes(table)
        return table

    def _refuse(self, place: KeyPath, text: str) -> None:
        self.step.refused.append(LockChange(place, text))

    def _name(self, path: str) -> str:
        return f"'{self.shape.name}.{path}'"

    # ---- which column was which

    def _find_sources(self) -> None:
        claims: defaultdict[str, list[str]] = defaultdict(list)
        for path, wanted in self.shape.fields.items():
            parent, _, name = path.rpartition(".")
            before = self.sources[parent] if parent else ""
            source = None
            if wanted.renamed is not None and not _is_name(wanted.renamed):
                why = f"is {shown(wanted.renamed)}; expected its name before, such as e_mail"
                self._refuse((*wanted.place, "customProperties"), f"'{RENAMED}' of {self._name(path)} {why}")
            elif before is not None:
                prefix = f"{before}." if parent else ""
                source = self._source(path, wanted, prefix, prefix + name)
            self.sources[path] = source
            if source is not None:
                claims[source].append(path)
        for source, paths in claims.items():
            if len(paths) > 1:
                self._refuse_claims(source, paths)
        self._refuse_moves()

    def _refuse_moves(self) -> None:
        """Refuses renames that take a column out of, or into, another one: Iceberg moves no data."""
        gone = self.old.fields.keys() - {source for source in self.sources.values() if source is not None}
        for path, wanted in self.shape.fields.items():
            if wanted.renamed is None or self.sources[path] is not None or "." not in path:
                continue
            moved = sorted(one for one in gone if one.rpartition(".")[2] == wanted.renamed)
            if moved:
                why = f"'{moved[0]}' stands elsewhere, and its data does not move into another column"
                remedy = f"keep it where it is, or remove '{RENAMED}' to begin without its data"
                message = f"'{RENAMED}' of {self._name(path)}: {why}; {remedy}"
                self._refuse((*wanted.place, "customProperties"), message)

    def _source(self, path: str, wanted: FieldShape, prefix: str, usual: str) -> str | None:
        """The path of a column or field before; None for a new one."""
        live, renamed = self.old.fields, wanted.renamed
        if renamed is None:
            return usual if usual in live else None
        place = (*wanted.place, "customProperties")
        start = f"'{RENAMED}' of {self._name(path)}"
        if usual in live and renamed in live[usual].was:
            return usual  # the rename was followed before
        if prefix + renamed in live:
            return prefix + renamed
        if any(gone.path == prefix + renamed for gone in self.old.removed):
            why = "was removed, and its id is not given again"
            self._refuse(place, f"{start}: '{renamed}' {why}; restore the lock of before, or remove '{RENAMED}'")
        elif live:
            known = [one.removeprefix(prefix) for one in live if one.startswith(prefix)]
            names = [one for one in known if "." not in one]
            near = nearest(renamed, names)
            message = f"{start}: the lock has no '{renamed}'{near}" + (" It has " if near else "; it has ")
            self._refuse(place, message + listed(names))
        return usual if usual in live else None

    def _refuse_claims(self, source: str, paths: list[str]) -> None:
        for path in paths:
            wanted = self.shape.fields[path]
            if wanted.renamed is not None and source != path:
                others = listed(f"'{other}'" for other in paths if other not in (path, source))
                why = f"'{source}' is still a column" if source in paths else f"{others} is renamed from '{source}' too"
                message = f"'{RENAMED}' of {self._name(path)}: {why}, and only one goes on with its data; remove one"
                self._refuse((*wanted.place, "customProperties"), message)

    # ---- what is next

    def _fields(self) -> dict[str, LockedField]:
        ids = [one.id for one in self.old.fields.values()] + [gone.id for gone in self.old.removed]
        following = max(ids, default=0) + 1
        fields: dict[str, LockedField] = {}
        for path, wanted in self.shape.fields.items():
            before = self._before(path)
            number = before.id if before else 0
            if self.shape.format == "parquet":
                number = 0
            elif not number:
                number, following = following, following + 1
            fields[path] = LockedField(number, wanted.type, wanted.required, wanted.labels, self._was(path, before))
        return fields

    def _before(self, path: str) -> LockedField | None:
        source = self.sources[path]
        return None if source is None else self.old.fields[source]

    def _was(self, path: str, before: LockedField | None) -> tuple[str, ...]:
        renamed, source = self.shape.fields[path].renamed, self.sources[path]
        if before is None or source is None:
            # What is nested in a new column, or all of a new table, can bring a rename along that was made elsewhere.
            parent = path.rpartition(".")[0]
            is_brought = self.sources[parent] is None if parent else not self.old.fields
            return (renamed,) if is_brought and _is_name(renamed) else ()
        name = source.rpartition(".")[2]
        is_other = name != path.rpartition(".")[2] and name not in before.was
        return (*before.was, name) if is_other else before.was

    def _removed(self) -> tuple[RemovedField, ...]:
        stays = set(self.sources.values()) if self.old.format == self.shape.format else set[str | None]()
        gone = [
            RemovedField(path, one.id, one.labels)
            for path, one in self.old.fields.items()
            if one.id and path not in stays
        ]
        removed = [*self.old.removed, *gone]
        if self.shape.format == "iceberg" and self.old.format == "iceberg":
            return tuple(removed)
        removed += [
            RemovedField(path, 0, one.labels)
            for path, one in self.old.fields.items()
            if not one.id and one.labels and path not in self.shape.fields
        ]
        if self.shape.format == "iceberg":
            return tuple(removed)
        # What a name was labelled with before is compared now, and then forgotten.
        compared = [one._replace(labels=()) if one.path in self.shape.fields else one for one in removed]
        return tuple(one for one in compared if one.id or one.labels)

    def _partitions(self, fields: dict[str, LockedField]) -> tuple[dict[str, int], tuple[RemovedPartition, ...]]:
        """Ids of the partition fields, and what was removed of them."""
        removed = {(_transform(one.text), one.source): one for one in self.old.removed_partitions}
        live = dict(self.old.partitions)
        following = max([*live.values(), *(one.id for one in removed.values()), FIRST_PARTITION_ID - 1]) + 1
        partitions: dict[str, int] = {}
        for source, transform in self.shape.partitions:
            text, before = partition_text((source, transform)), self.sources[source]
            number = live.pop(partition_text((before, transform)), 0) if before is not None else 0
            # "Partition field IDs must be reused if an existing partition spec contains an equivalent field."
            again = removed.pop((transform, fields[source].id), None) if number == 0 else None
            if again is not None:
                number = again.id
            elif number == 0:
                number, following = following, following + 1
            partitions[text] = number
        gone = [_removed_partition(self.old, text) for text in live]
        return partitions, (*removed.values(), *gone)

    def _numbered(self, table: LockedTable) -> LockedTable:
        """The table with a higher number of its schema, and of its partition spec, where these have changed."""
        if self.is_new or table.format == "parquet":
            return table
        if _schema(table) != _schema(self.old):
            table = table._replace(schema_id=table.schema_id + 1)
        if list(table.partitions.items()) != list(self.old.partitions.items()):
            table = table._replace(spec_id=table.spec_id + 1)
        return table

    # ---- what stands against it

    def _refuse_other_types(self) -> None:
        for path, wanted in self.shape.fields.items():
            before = self._before(path)
            if before is None or not before.type or not wanted.type or reads_as(before.type, wanted.type):
                continue
            remedy = "give the column another name, or remove it, run 'mesh lock', and add it again: it gets a new id"
            message = f"{self._name(path)} cannot become {wanted.type}: its data is {before.type}"
            self._refuse(wanted.place, f"{message}, which Iceberg does not read so; {remedy}")
        self._refuse_other_keys()

    def _refuse_other_keys(self) -> None:
        """Refuses a map whose key is another one: Iceberg changes nothing in the keys of a map that has data."""
        for path, wanted in self.shape.fields.items():
            source, before = self.sources[path], self._before(path)
            if source is None or before is None or not (before.type == wanted.type == "map"):
                continue
            was = {
                name.removeprefix(f"{source}."): one.type for name, one in self.old.fields.items() if _in(name, source)
            }
            now = {
                name.removeprefix(f"{path}."): one.type for name, one in self.shape.fields.items() if _in(name, path)
            }
            if was != now:
                remedy = "give the column another name, or remove it, run 'mesh lock', and add it again"
                why = "the keys of a map do not change, for its data is found by them"
                self._refuse(wanted.place, f"{self._name(path)} has other keys than before: {why}; {remedy}")

    def _compare_labels(self) -> None:
        for left_open in (names_left_open, fields_left_open):
            for path, text in left_open(self.old, self.shape, self.sources):
                self._refuse(self.shape.fields[path].place, text)
        for one in lost_labels(self.old, self.shape, self.sources):
            self.step.widened.append(one)
            self.step.lost |= one.before - one.after

    # ---- what is told

    def _tell_changes(self, table: LockedTable) -> None:
        place, name = self.shape.place, self.shape.name
        if not self.old.fields:
            self._tell(place, f"table '{name}' is new" if self.is_new else f"table '{name}' is back")
            return
        if table.format != self.old.format:
            self._tell(place, f"table '{name}' is {table.format.capitalize()} now")
        for path, locked in table.fields.items():
            for text in self._changes(path, locked):
                self._tell(self.shape.fields[path].place, text)
        stays = set(self.sources.values())
        for path in self.old.fields:
            if path not in stays:
                self._tell(place, f"{self._name(path)} is gone")
        if table.key != self.old.key:
            self._tell(place, f"the key of '{name}' is {_listed(table.key)} instead of {_listed(self.old.key)}")
        if list(table.partitions) != list(self.old.partitions):
            now, before = " ".join(table.partitions) or "none", " ".join(self.old.partitions) or "none"
            self._tell(place, f"the partition fields of '{name}' are {now} instead of {before}")

    def _tell(self, place: KeyPath, text: str) -> None:
        self.step.changes.append(LockChange(place, text))

    def _changes(self, path: str, now: LockedField) -> Iterator[str]:
        name, before, source = self._name(path), self._before(path), self.sources[path]
        if before is None:
            yield f"{name} is new"
            return
        if source is not None and source.rpartition(".")[2] != path.rpartition(".")[2]:
            yield f"{name} was called '{source}'"
        if before.type and now.type and before.type != now.type:
            yield f"{name} is {now.type} instead of {before.type}"
        if before.type and now.type and before.required != now.required:
            yield f"{name} is {'required' if now.required else 'optional'} now"
        if before.labels != now.labels:
            yield f"the labels of {name} are {_listed(now.labels)} instead of {_listed(before.labels)}"


def _in(path: str, column: str) -> bool:
    """Whether a path is the key of a map, or in it."""
    return path == f"{column}.key" or path.startswith(f"{column}.key.")


def _is_name(renamed: object) -> bool:
    return isinstance(renamed, str) and renamed != ""


def _transform(text: str) -> str:
    return text[: text.rindex("(")]


def _listed(names: tuple[str, ...]) -> str:
    return listed(names) if names else "none"


def _schema(table: LockedTable) -> object:
    """All that a schema of Iceberg says, but for the order of columns and their descriptions."""
    return {(path, *one[:3]) for path, one in table.fields.items()}, set(table.key)
