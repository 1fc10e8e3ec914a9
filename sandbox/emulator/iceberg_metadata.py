"""Metadata of an Iceberg table as Glue writes it: of a table that it creates, or whose schema it changes.

Apache Iceberg table specification, format version 2, appendix C (JSON); column types of Glue as Iceberg's own converter
tells them (`IcebergToGlueConverter`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

IcebergJson = dict[str, Any]

_LAST_BEFORE_PARTITIONS: Final = 999
_UNSORTED: Final[IcebergJson] = {"order-id": 0, "fields": []}
_GLUE_NAMES: Final[Mapping[str, str]] = {
    "long": "bigint",
    "time": "string",
    "timestamptz": "timestamp",
    "timestamp_ns": "timestamp",
    "timestamptz_ns": "timestamp",
    "uuid": "string",
}
"""Primitive types that Glue calls otherwise."""


def first_metadata(table: Mapping[str, Any], uuid: str, at_ms: int) -> IcebergJson:
    """The metadata of a table without rows, of Glue's `CreateIcebergTableInput`."""
    schema = _schema(table["Schema"], 0)
    spec = _spec(table.get("PartitionSpec") or {}, 0, _LAST_BEFORE_PARTITIONS)
    order = _order(table.get("WriteOrder"))
    return {
        "format-version": 2,
        "table-uuid": uuid,
        "location": table["Location"].rstrip("/"),
        "last-sequence-number": 0,
        "last-updated-ms": at_ms,
        "last-column-id": max(_ids(schema), default=0),
        "current-schema-id": schema["schema-id"],
        "schemas": [schema],
        "default-spec-id": spec["spec-id"],
        "partition-specs": [spec],
        "last-partition-id": _last_partition([spec]),
        "default-sort-order-id": order["order-id"],
        "sort-orders": [order],
        "properties": dict(table.get("Properties") or {}),
        "current-snapshot-id": None,
        "refs": {},
        "snapshots": [],
        "statistics": [],
        "partition-statistics": [],
        "snapshot-log": [],
        "metadata-log": [],
    }


def changed_metadata(before: IcebergJson, change: Mapping[str, Any], pointer: str, at_ms: int) -> IcebergJson:
    """The metadata behind one of Glue's `IcebergTableUpdate`; `pointer` is where the metadata before it is.

    Schemas, specs and orders are added, and those that there were stay: data files name them.
    """
    after = {**before, "last-updated-ms": at_ms, "location": change["Location"].rstrip("/")}
    schemas, schema_id = _with(before["schemas"], _schema(change["Schema"], 0), "schema-id")
    after |= {"schemas": schemas, "current-schema-id": schema_id}
    after["last-column-id"] = max(before["last-column-id"], *(id_ for schema in schemas for id_ in _ids(schema)))
    if change.get("PartitionSpec"):
        specs, spec_id = _with(
            before["partition-specs"], _spec(change["PartitionSpec"], 0, before["last-partition-id"]), "spec-id"
        )
        after |= {"partition-specs": specs, "default-spec-id": spec_id, "last-partition-id": _last_partition(specs)}
    if change.get("SortOrder"):
        orders, order_id = _with(before["sort-orders"], _order(change["SortOrder"]), "order-id")
        after |= {"sort-orders": orders, "default-sort-order-id": order_id}
    after["properties"] = {**before["properties"], **(change.get("Properties") or {})}
    log: list[IcebergJson] = before.get("metadata-log") or []
    after["metadata-log"] = [*log, {"timestamp-ms": before["last-updated-ms"], "metadata-file": pointer}]
    return after


def described_columns(metadata: Mapping[str, Any]) -> list[IcebergJson]:
    """The columns of the current schema as Glue describes them, each with the id by which Iceberg knows it."""
    current = next(s for s in metadata["schemas"] if s["schema-id"] == metadata["current-schema-id"])
    return [
        {
            "Name": field["name"],
            "Type": glue_type(field["type"]),
            **({"Comment": field["doc"]} if field.get("doc") else {}),
            "Parameters": {
                "iceberg.field.current": "true",
                "iceberg.field.id": str(field["id"]),
                "iceberg.field.optional": str(not field["required"]).lower(),
            },
        }
        for field in current["fields"]
    ]


def glue_type(type_: Any) -> str:
    """A type of Iceberg's JSON as Glue tells it: `bigint`, `struct<a:string,b:array<int>>`."""
    if isinstance(type_, str):
        return "binary" if type_.startswith("fixed") else _GLUE_NAMES.get(type_, type_.replace(" ", ""))
    nested = cast("IcebergJson", type_)
    if nested["type"] == "struct":
        fields = ",".join(f"{field['name']}:{glue_type(field['type'])}" for field in nested["fields"])
        return f"struct<{fields}>"
    if nested["type"] == "list":
        return f"array<{glue_type(nested['element'])}>"
    return f"map<{glue_type(nested['key'])},{glue_type(nested['value'])}>"


# ---- parts of Glue's input


def _schema(schema: Mapping[str, Any], otherwise: int) -> IcebergJson:
    fields = [
        {
            "id": field["Id"],
            "name": field["Name"],
            "required": field["Required"],
            "type": _type(field["Type"]),
            **({"doc": field["Doc"]} if field.get("Doc") else {}),
        }
        for field in schema["Fields"]
    ]
    read: IcebergJson = {"type": "struct", "schema-id": schema.get("SchemaId", otherwise), "fields": fields}
    keys: Sequence[int] = schema.get("IdentifierFieldIds") or ()
    return {**read, "identifier-field-ids": list(keys)} if keys else read


def _type(text: Any) -> Any:
    """The type of a field as Iceberg's JSON, which arrives as JSON text: a primitive one in quotes, or bare."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _spec(spec: Mapping[str, Any], otherwise: int, last: int) -> IcebergJson:
    fields: list[IcebergJson] = []
    for field in spec.get("Fields") or ():
        last = max(last, field.get("FieldId") or last + 1)
        fields.append(
            {
                "name": field["Name"],
                "transform": field["Transform"],
                "source-id": field["SourceId"],
                "field-id": field.get("FieldId") or last,
            }
        )
    return {"spec-id": spec.get("SpecId", otherwise), "fields": fields}


def _order(order: Mapping[str, Any] | None) -> IcebergJson:
    if not order:
        return _UNSORTED
    fields = [
        {
            "transform": field["Transform"],
            "source-id": field["SourceId"],
            "direction": field["Direction"],
            "null-order": field["NullOrder"],
        }
        for field in order["Fields"]
    ]
    return {"order-id": order["OrderId"], "fields": fields}


def _with(known: Sequence[IcebergJson], new: IcebergJson, id_: str) -> tuple[list[IcebergJson], int]:
    """The known ones with a new one, and the id of the new one: that of its like, its own, or a fresh one if taken."""
    for each in known:
        if {**each, id_: None} == {**new, id_: None}:
            return [*known], each[id_]
    taken = {each[id_] for each in known}
    added = {**new, id_: max(taken) + 1 if new[id_] in taken else new[id_]}
    return [*known, added], added[id_]


def _last_partition(specs: Sequence[IcebergJson]) -> int:
    return max((field["field-id"] for spec in specs for field in spec["fields"]), default=_LAST_BEFORE_PARTITIONS)


def _ids(type_: Any) -> Iterator[int]:
    """Ids of all fields of a type, at every depth."""
    if not isinstance(type_, Mapping):
        return
    nested = cast("IcebergJson", type_)
    for field in nested.get("fields", ()):
        yield field["id"]
        yield from _ids(field["type"])
    for part in ("element", "key", "value"):
        if part in nested:
            yield nested[f"{part}-id"]
            yield from _ids(nested[part])
