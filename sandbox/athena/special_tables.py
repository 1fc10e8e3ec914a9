"""Tables of an Iceberg table's metadata: `"t$snapshots"` and the like, with the columns that Athena gives them.

Names and types of columns are Trino's, whose connector Athena runs (Athena User Guide, "Query Iceberg table metadata";
Trino documentation, "Iceberg connector", "Metadata tables"). `$files`, `$manifests` and `$partitions` have values of
columns, `$refs` words of a writer's, so all but `$history` and `$snapshots` are there only for those who read the whole
table; and of a summary there is nothing but counts.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa
from pyiceberg import types as iceberg
from pyiceberg.manifest import DataFile, DataFileContent
from pyiceberg.table.snapshots import ancestors_of
from pyiceberg.transforms import IdentityTransform, Transform

from sandbox.athena.iceberg_scans import IcebergSnapshot, bound_value, internal_scalar, plain_arrow
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import TableName

FOR_EVERYBODY: Final = frozenset({"history", "snapshots"})
"""Special tables without anything of the data."""

_WHEN: Final = pa.timestamp("ms", tz="UTC")
_COUNTS: Final = pa.map_(pa.int32(), pa.int64())
_BOUNDS: Final = pa.map_(pa.int32(), pa.string())
_SUMMARY: Final = pa.struct(
    {"contains_null": pa.bool_(), "contains_nan": pa.bool_(), "lower_bound": pa.string(), "upper_bound": pa.string()}
)
_COUNTED: Final = frozenset(
    """
    added-data-files deleted-data-files total-data-files added-delete-files removed-delete-files total-delete-files
    added-equality-delete-files removed-equality-delete-files added-position-delete-files removed-position-delete-files
    added-dvs removed-dvs added-records deleted-records total-records added-files-size removed-files-size
    total-files-size added-position-deletes removed-position-deletes total-position-deletes added-equality-deletes
    removed-equality-deletes total-equality-deletes deleted-duplicate-files changed-partition-count manifests-created
    manifests-kept manifests-replaced entries-processed
    """.split()
)
"""Counts in a summary (Iceberg specification, "Optional Snapshot Summary Fields")."""


_Row = dict[str, Any]


def not_there(name: TableName) -> QueryError:
    """The reason of a query that names a table which does not exist, or does not for the caller."""
    return QueryError(f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{name}' does not exist")


def special_table(table: IcebergSnapshot) -> pa.Table:
    """The special table that `table.table.name` names."""
    name = table.table.name
    if name.special not in _MAKERS or not (table.table.whole or name.special in FOR_EVERYBODY):
        raise not_there(name)
    return _MAKERS[name.special](table)


def _snapshots(table: IcebergSnapshot) -> pa.Table:
    schema = {
        "committed_at": _WHEN,
        "snapshot_id": pa.int64(),
        "parent_id": pa.int64(),
        "operation": pa.string(),
        "manifest_list": pa.string(),
        "summary": pa.map_(pa.string(), pa.string()),
    }
    return _table(
        schema,
        (
            {
                "committed_at": each.timestamp_ms,
                "snapshot_id": each.snapshot_id,
                "parent_id": each.parent_snapshot_id,
                "operation": each.summary and each.summary.operation.value,
                "manifest_list": each.manifest_list,
                "summary": list(_counts(each.summary.additional_properties if each.summary else {})),
            }
            for each in sorted(table.metadata.snapshots, key=lambda one: one.timestamp_ms)
        ),
    )


def _counts(summary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The counts of a summary: a writer may add partitions with their values, and whatever words it likes."""
    for key, value in summary.items():
        if key in _COUNTED and value.isascii() and value.isdigit():
            yield key, value


def _history(table: IcebergSnapshot) -> pa.Table:
    schema = {
        "made_current_at": _WHEN,
        "snapshot_id": pa.int64(),
        "parent_id": pa.int64(),
        "is_current_ancestor": pa.bool_(),
    }
    current = {each.snapshot_id for each in ancestors_of(table.metadata.current_snapshot(), table.metadata)}
    parents = {each.snapshot_id: each.parent_snapshot_id for each in table.metadata.snapshots}
    return _table(
        schema,
        (
            {
                "made_current_at": each.timestamp_ms,
                "snapshot_id": each.snapshot_id,
                "parent_id": parents.get(each.snapshot_id),
                "is_current_ancestor": each.snapshot_id in current,
            }
            for each in table.metadata.snapshot_log
        ),
    )


def _refs(table: IcebergSnapshot) -> pa.Table:
    schema = {
        "name": pa.string(),
        "type": pa.string(),
        "snapshot_id": pa.int64(),
        "max_reference_age_in_ms": pa.int64(),
        "min_snapshots_to_keep": pa.int32(),
        "max_snapshot_age_in_ms": pa.int64(),
    }
    return _table(
        schema,
        (
            {
                "name": name,
                "type": ref.snapshot_ref_type.value.upper(),
                "snapshot_id": ref.snapshot_id,
                "max_reference_age_in_ms": ref.max_ref_age_ms,
                "min_snapshots_to_keep": ref.min_snapshots_to_keep,
                "max_snapshot_age_in_ms": ref.max_snapshot_age_ms,
            }
            for name, ref in sorted(table.metadata.refs.items())
        ),
    )


def _manifests(table: IcebergSnapshot) -> pa.Table:
    counted = ("added", "existing", "deleted")
    schema: dict[str, pa.DataType] = {
        "path": pa.string(),
        "length": pa.int64(),
        "partition_spec_id": pa.int32(),
        "added_snapshot_id": pa.int64(),
    }
    for word in counted:
        schema |= {f"{word}_data_files_count": pa.int32(), f"{word}_rows_count": pa.int64()}
    schema["partition_summaries"] = pa.list_(_SUMMARY)
    rows = (
        {
            "path": each.manifest_path,
            "length": each.manifest_length,
            "partition_spec_id": each.partition_spec_id,
            "added_snapshot_id": each.added_snapshot_id,
            **{f"{word}_data_files_count": getattr(each, f"{word}_files_count") for word in counted},
            **{f"{word}_rows_count": getattr(each, f"{word}_rows_count") for word in counted},
            "partition_summaries": list(_summaries(table, each)),
        }
        for each in table.manifests
    )
    return _table(schema, rows)


def _summaries(table: IcebergSnapshot, manifest: Any) -> Iterator[_Row]:
    spec = table.metadata.specs()[manifest.partition_spec_id]
    types = spec.partition_type(table.metadata.schema()).fields
    for field, type_, summary in zip(spec.fields, types, manifest.partitions or (), strict=False):

        def shown(bound: bytes | None, transform: Transform[Any, Any] = field.transform, of: Any = type_) -> str | None:
            if bound is None:
                return None
            return transform.to_human_string(of.field_type, bound_value(of.field_type, bound))

        yield {
            "contains_null": summary.contains_null,
            "contains_nan": summary.contains_nan,
            "lower_bound": shown(summary.lower_bound),
            "upper_bound": shown(summary.upper_bound),
        }


def _data_files(table: IcebergSnapshot) -> Iterator[DataFile]:
    """Data files and those of deletes, as the snapshot has them."""
    for manifest in table.manifests:
        for entry in manifest.fetch_manifest_entry(table.io):
            yield entry.data_file


def _files(table: IcebergSnapshot) -> pa.Table:
    counted = ("column_sizes", "value_counts", "null_value_counts", "nan_value_counts")
    schema = {
        "content": pa.int32(),
        "file_path": pa.string(),
        "file_format": pa.string(),
        "record_count": pa.int64(),
        "file_size_in_bytes": pa.int64(),
        **dict.fromkeys(counted, _COUNTS),
        "lower_bounds": _BOUNDS,
        "upper_bounds": _BOUNDS,
        "key_metadata": pa.binary(),
        "split_offsets": pa.list_(pa.int64()),
        "equality_ids": pa.list_(pa.int32()),
    }
    rows = (
        {
            "content": int(each.content),
            "file_path": each.file_path,
            "file_format": each.file_format.value,
            "record_count": each.record_count,
            "file_size_in_bytes": each.file_size_in_bytes,
            **{name: list((getattr(each, name) or {}).items()) for name in counted},
            "lower_bounds": list(_bounds(table, each.lower_bounds)),
            "upper_bounds": list(_bounds(table, each.upper_bounds)),
            "key_metadata": each.key_metadata,
            "split_offsets": each.split_offsets,
            "equality_ids": each.equality_ids,
        }
        for each in _data_files(table)
    )
    return _table(schema, rows)


def _bounds(table: IcebergSnapshot, bounds: Mapping[int, bytes] | None) -> Iterator[tuple[int, str]]:
    schema = table.metadata.schema()
    for id_, bound in (bounds or {}).items():
        if id_ in schema.field_ids and isinstance(type_ := schema.find_type(id_), iceberg.PrimitiveType):
            yield id_, IdentityTransform().to_human_string(type_, bound_value(type_, bound))


def _partitions(table: IcebergSnapshot) -> pa.Table:
    """Partitions with their counts; the bounds of columns, Trino's `data`, are not summed up here."""
    fields = {
        field.field_id: field
        for spec in table.metadata.specs().values()
        for field in spec.partition_type(table.metadata.schema()).fields
    }
    types = {id_: plain_arrow(field.field_type) for id_, field in fields.items()}
    found: dict[tuple[Any, ...], _Row] = {}
    for file in _data_files(table):
        if file.content != DataFileContent.DATA:
            continue
        spec = table.metadata.specs()[file.spec_id]
        own = {part.field_id: file.partition[at] for at, part in enumerate(spec.fields)}
        row = found.setdefault(
            tuple(own.get(id_) for id_ in fields), {"record_count": 0, "file_count": 0, "total_size": 0}
        )
        row["record_count"] += file.record_count
        row["file_count"] += 1
        row["total_size"] += file.file_size_in_bytes
        row["partition"] = {fields[id_].name: internal_scalar(own.get(id_), types[id_]).as_py() for id_ in fields}
    counted = {"record_count": pa.int64(), "file_count": pa.int64(), "total_size": pa.int64()}
    names = {fields[id_].name: types[id_] for id_ in fields}
    return _table({"partition": pa.struct(names), **counted} if fields else counted, found.values())


def _table(schema: Mapping[str, pa.DataType], rows: Any) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=pa.schema(schema))


_MAKERS: Final[Mapping[str, Callable[[IcebergSnapshot], pa.Table]]] = {
    "snapshots": _snapshots,
    "history": _history,
    "refs": _refs,
    "manifests": _manifests,
    "files": _files,
    "partitions": _partitions,
}
