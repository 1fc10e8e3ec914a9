"""The metadata document of an Iceberg table, as a table from each member to its kind, and what has to go together.

Source: Apache Iceberg table spec, appendix C, "Table Metadata and Snapshots"; and what pyiceberg and Iceberg's Java
take of it (`pyiceberg.table.metadata`, `TableMetadataParser`): what one of them cannot read is not published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

from document_kinds import (
    INT,
    LONG,
    POSITIVE_INT,
    POSITIVE_LONG,
    FaultError,
    ObjectKind,
    boolean,
    like,
    listed,
    named,
    not_allowed,
    nothing,
    one_of,
    or_null,
    text,
    whole,
)
from json_values import mapping, shown

FORMAT: Final = 2
"""The version of Iceberg's format that all engines of the mesh read; the mesh makes drafts in it."""

NO_SNAPSHOT: Final = -1
"""The `current-snapshot-id` with which older writers say that there is none."""


def _type(value: Any) -> None:
    """The type of a field: a primitive's name, or an object with a `type` of its own."""
    nested = mapping(value)
    (NESTED.get(str(nested.get("type")), _UNKNOWN) if nested else PRIMITIVE)(value)


PRIMITIVE: Final = like(
    r"boolean|int|long|float|double|date|time|timestamp|timestamptz|string|uuid|binary"
    r"|fixed\[\d{1,9}\]|decimal\(\d{1,2}, ?\d{1,2}\)",
    f"a type of format version {FORMAT}",
)
TRANSFORM: Final = like(
    r"identity|void|year|month|day|hour|(bucket|truncate)\[[1-9]\d{0,8}\]", "a transform, like identity or bucket[16]"
)
FIELD: Final = ObjectKind(
    {"id": INT, "name": like(r"(?s).+", "a name"), "required": boolean, "type": _type},
    # The contract has no defaults: rows of old files would be read with values that nobody checked.
    {"doc": or_null(text), "initial-default": nothing, "write-default": nothing},
    "field-id",
    "field-type",
)
STRUCT: Final = ObjectKind({"type": one_of("struct"), "fields": listed(FIELD)}, {})
NESTED: Final[Mapping[str, ObjectKind]] = {
    "struct": STRUCT,
    "list": ObjectKind(
        {"type": text, "element-id": INT, "element": _type, "element-required": boolean}, {}, "element-type"
    ),
    "map": ObjectKind(
        {"type": text, "key-id": INT, "key": _type, "value-id": INT, "value": _type, "value-required": boolean},
        {},
        "key-type",
        "value-type",
    ),
}
_UNKNOWN: Final = ObjectKind({"type": one_of(*NESTED)}, {})
SCHEMA: Final = ObjectKind(
    {"type": one_of("struct"), "schema-id": INT, "fields": listed(FIELD)}, {"identifier-field-ids": listed(INT)}
)
SOURCE: Final = {"source-id": INT, "transform": TRANSFORM}
SPEC: Final = ObjectKind(
    {
        "spec-id": INT,
        "fields": listed(ObjectKind({**SOURCE, "name": text, "field-id": INT}, {"source-ids": listed(INT)})),
    },
    {},
)
ORDER: Final = ObjectKind(
    {
        "order-id": INT,
        "fields": listed(
            ObjectKind(
                {
                    **SOURCE,
                    "direction": one_of("asc", "desc"),
                    "null-order": one_of("nulls-first", "nulls-last"),
                },
                {"source-ids": listed(INT)},
            )
        ),
    },
    {},
)
_OPERATION: Final = ObjectKind({"operation": one_of("append", "replace", "overwrite", "delete")}, {})
_TEXTS: Final = named(text)


def _summary(value: Any) -> None:
    """A summary: what the snapshot did, and any other texts."""
    _TEXTS(value)
    _OPERATION(value)


SNAPSHOT: Final = ObjectKind(
    {"snapshot-id": LONG, "timestamp-ms": LONG, "manifest-list": text},
    {
        "parent-snapshot-id": whole(NO_SNAPSHOT, 2**63 - 1),
        "sequence-number": LONG,
        "summary": _summary,
        "schema-id": or_null(INT),
        "first-row-id": or_null(LONG),
        "added-rows": or_null(LONG),
        "manifests": nothing,  # of version 1: some reader would take them in the place of the list
    },
)
REF: Final = ObjectKind(
    {"snapshot-id": LONG, "type": one_of("branch", "tag")},
    {
        "min-snapshots-to-keep": or_null(POSITIVE_INT),
        "max-snapshot-age-ms": or_null(POSITIVE_LONG),
        "max-ref-age-ms": or_null(POSITIVE_LONG),
    },
    "snapshot-ref-type",
)
BLOB: Final = ObjectKind(
    {
        "type": one_of("apache-datasketches-theta-v1", "deletion-vector-v1"),
        "snapshot-id": LONG,
        "sequence-number": LONG,
        "fields": listed(INT),
    },
    {"properties": or_null(named(text))},
)
STATISTICS: Final = {"snapshot-id": LONG, "statistics-path": text, "file-size-in-bytes": LONG}
DOCUMENT: Final = ObjectKind(
    {
        "format-version": whole(FORMAT, FORMAT),
        "table-uuid": like(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID"),
        "location": text,
        "last-sequence-number": LONG,
        "last-updated-ms": LONG,
        "last-column-id": INT,
        "schemas": listed(SCHEMA),
        "current-schema-id": INT,
        "partition-specs": listed(SPEC),
        "default-spec-id": INT,
        "last-partition-id": INT,
        "sort-orders": listed(ORDER),
        "default-sort-order-id": INT,
    },
    {
        "properties": named(text),
        "current-snapshot-id": or_null(whole(NO_SNAPSHOT, 2**63 - 1)),
        "snapshots": listed(SNAPSHOT),
        "snapshot-log": listed(ObjectKind({"snapshot-id": LONG, "timestamp-ms": LONG}, {})),
        "metadata-log": listed(ObjectKind({"metadata-file": text, "timestamp-ms": LONG}, {})),
        "refs": named(REF),
        "statistics": listed(
            ObjectKind(
                {**STATISTICS, "file-footer-size-in-bytes": LONG, "blob-metadata": listed(BLOB)},
                {"key-metadata": or_null(text)},
            )
        ),
        "partition-statistics": listed(ObjectKind(STATISTICS, {})),
    },
)


class StoredField(NamedTuple):
    """A column or nested field: `type` is a primitive's name, or `struct`, `list` or `map`.

    `path` has a name for each level: a name may have a dot in it.
    """

    id: int
    path: tuple[str, ...]
    type: str
    required: bool

    @property
    def parent(self) -> tuple[str, ...]:
        """The path of the field that it is in; empty for a column."""
        return self.path[:-1]

    @property
    def name(self) -> str:
        """The path for a sentence, with dots between names; one with a dot in it stands in quotes."""
        return ".".join(f'"{each}"' if "." in each else each for each in self.path)


def fields(struct: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[StoredField]:
    """The fields of a struct, each followed by those in it."""
    for field in struct["fields"]:
        yield from _field(field["id"], (*path, field["name"]), field["type"], field["required"])


def _field(number: int, path: tuple[str, ...], type_: Any, required: bool) -> Iterator[StoredField]:
    nested = mapping(type_)
    kind = str(nested["type"]) if nested else str(type_).replace(" ", "")
    yield StoredField(number, path, kind, required)
    if kind == "struct":
        yield from fields(nested, path)
    elif kind == "list":
        yield from _field(nested["element-id"], (*path, "element"), nested["element"], nested["element-required"])
    elif kind == "map":
        yield from _field(nested["key-id"], (*path, "key"), nested["key"], required=True)
        yield from _field(nested["value-id"], (*path, "value"), nested["value"], nested["value-required"])


def check_document(document: Any) -> None:
    """Raise FaultError unless a document is the metadata of a table that readers take, all in the same way."""
    DOCUMENT(document)
    schemas = _numbered(document, "schemas", "schema-id", "current-schema-id")
    specs = _numbered(document, "partition-specs", "spec-id", "default-spec-id")
    orders = _numbered(document, "sort-orders", "order-id", "default-sort-order-id")
    snapshots = _numbered(document, "snapshots", "snapshot-id")
    for number, schema in enumerate(schemas.values()):
        _schema(schema, document["last-column-id"], f"schemas[{number}]")
    for number, spec in enumerate(specs.values()):
        _once([each["field-id"] for each in spec["fields"]], f"partition-specs[{number}]", "field-id")
        _once([each["name"] for each in spec["fields"]], f"partition-specs[{number}]", "name")
        if any(each["field-id"] > document["last-partition-id"] for each in spec["fields"]):
            raise FaultError(f"has a field-id that is more than last-partition-id: {document['last-partition-id']}")
    for key, parts in (("partition-specs", specs), ("sort-orders", orders)):
        for part in parts.values():
            for each in part["fields"]:
                if each.get("source-ids", [each["source-id"]]) != [each["source-id"]]:
                    raise not_allowed(each["source-ids"], "the source-id alone").within("source-ids").within(key)
    _snapshots(document, schemas, snapshots)


def _numbered(document: Any, part: str, key: str, default: str = "") -> dict[int, Any]:
    """The parts of a document by their numbers, each of which stands once; `default` names the one that is current."""
    found = {each[key]: each for each in document.get(part, ())}
    _once([each[key] for each in document.get(part, ())], part, key)
    if default and document[default] not in found:
        raise FaultError(f"is {document[default]}, which none of {part} is").within(default)
    return found


def _once(values: list[Any], where: str, what: str) -> None:
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            raise FaultError(f"has the {what} {shown(value)} twice").within(where)
        seen.add(value)


def _schema(schema: Mapping[str, Any], last: int, where: str) -> None:
    stored = {each.id: each for each in fields(schema)}
    every = list(fields(schema))
    _once([each.id for each in every], where, "id")
    _once([".".join(each.path) for each in every], where, "name")  # of `a.b` and `b` in `a`, pyiceberg takes neither
    if any(each.id > last for each in every):
        raise FaultError(f"has an id that is more than last-column-id, which is {last}").within(where)
    by_path = {each.path: each for each in every}
    for number in schema.get("identifier-field-ids", ()):
        field = stored.get(number)
        if field is None or field.type in (*NESTED, "float", "double") or not all(_needed(by_path, field)):
            raise not_allowed(number, "a required primitive field").within(f"{where}.identifier-field-ids")


def _needed(by_path: Mapping[tuple[str, ...], StoredField], field: StoredField) -> Iterator[bool]:
    """Whether a field and those that it is in are required, in structs alone."""
    yield field.required
    for size in range(1, len(field.path)):
        around = by_path[field.path[:size]]
        yield around.required and around.type == "struct"


def _snapshots(document: Mapping[str, Any], schemas: Collection[int], snapshots: Mapping[int, Any]) -> None:
    for number, snapshot in enumerate(snapshots.values()):
        if snapshot.get("schema-id") is not None and snapshot["schema-id"] not in schemas:
            raise (
                not_allowed(snapshot["schema-id"], "one of schemas").within("schema-id").within(f"snapshots[{number}]")
            )
        if snapshot.get("sequence-number", 0) > document["last-sequence-number"]:
            most = f"up to last-sequence-number, which is {document['last-sequence-number']}"
            raise (
                not_allowed(snapshot["sequence-number"], most).within("sequence-number").within(f"snapshots[{number}]")
            )
    current = document.get("current-snapshot-id")
    if current not in (None, NO_SNAPSHOT, *snapshots):
        raise not_allowed(current, "one of snapshots").within("current-snapshot-id")
    for name, ref in mapping(document.get("refs")).items():
        if ref["snapshot-id"] not in snapshots:
            raise (
                not_allowed(ref["snapshot-id"], "one of snapshots").within("snapshot-id").within(f"refs[{shown(name)}]")
            )
        kept = {"min-snapshots-to-keep", "max-snapshot-age-ms"} & {key for key in ref if ref[key] is not None}
        if ref["type"] == "tag" and (kept or name == "main"):
            raise not_allowed("tag", "'branch'").within("type").within(f"refs[{shown(name)}]")
