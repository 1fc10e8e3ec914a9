"""Iceberg tables as scans: columns by field id, files with what their manifests say of the rows, deletes by position.

Metadata and manifests are read by pyiceberg. Its cache of manifests is not used: each reading is decided.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyiceberg import types as iceberg
from pyiceberg.conversions import from_bytes
from pyiceberg.manifest import DataFile, FileFormat, ManifestFile, read_manifest_list
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import FileScanTask, ManifestGroupPlanner
from pyiceberg.table.deletion_vector import deletion_vectors_from_puffin_file
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.puffin import PuffinFile
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.transforms import IdentityTransform

from mesh.contracts.types import ColumnType, UnknownTypeError, parse
from sandbox.athena.file_columns import WantedField
from sandbox.athena.file_scan import FileScan, ScanFile, equals
from sandbox.athena.object_file_system import ObjectFileIO, ReadObjects
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SeenTable

_ARROW: Final[Mapping[type[Any], pa.DataType]] = {
    iceberg.BooleanType: pa.bool_(),
    iceberg.IntegerType: pa.int32(),
    iceberg.LongType: pa.int64(),
    iceberg.FloatType: pa.float32(),
    iceberg.DoubleType: pa.float64(),
    iceberg.DateType: pa.date32(),
    iceberg.TimeType: pa.time64("us"),
    iceberg.TimestampType: pa.timestamp("us"),
    iceberg.TimestamptzType: pa.timestamp("us", tz="UTC"),
    iceberg.TimestampNanoType: pa.timestamp("us"),
    iceberg.TimestamptzNanoType: pa.timestamp("us", tz="UTC"),
    iceberg.StringType: pa.string(),
    iceberg.UUIDType: pa.string(),
    iceberg.BinaryType: pa.binary(),
    iceberg.FixedType: pa.binary(),
    iceberg.UnknownType: pa.null(),
}

_BOUNDED: Final = (
    iceberg.BooleanType,
    iceberg.IntegerType,
    iceberg.LongType,
    iceberg.FloatType,
    iceberg.DoubleType,
    iceberg.DateType,
    iceberg.TimestampType,
    iceberg.TimestamptzType,
    iceberg.StringType,
    iceberg.DecimalType,
)
"""Types whose bounds in a manifest Arrow compares as Iceberg does."""


class IcebergSnapshot:
    """An Iceberg table as its metadata file has it, of one snapshot: the current one unless another is named.

    Raises QueryError for what cannot be read.
    """

    def __init__(self, table: SeenTable, objects: ReadObjects, snapshot: int | None = None) -> None:
        self.table = table
        self.objects = objects
        self.io = ObjectFileIO(objects)
        try:
            self.metadata: TableMetadata = FromInputFile.table_metadata(self.io.new_input(table.metadata))
        except ValueError as error:
            raise QueryError(f"ICEBERG_INVALID_METADATA: Error reading metadata file {table.metadata}") from error
        self.snapshot: Snapshot | None = self.metadata.current_snapshot()
        if snapshot is not None:
            self.snapshot = self.metadata.snapshot_by_id(snapshot)
            if self.snapshot is None:
                raise QueryError(f"INVALID_ARGUMENTS: Iceberg snapshot ID does not exists: {snapshot}")

    @cached_property
    def manifests(self) -> list[ManifestFile]:
        """The manifests of the snapshot; none where there is no snapshot."""
        if self.snapshot is None:
            return []
        return list(read_manifest_list(self.io.new_input(self.snapshot.manifest_list)))

    @cached_property
    def tasks(self) -> list[FileScanTask]:
        """The data files of the snapshot, each with the files that delete rows of it."""
        try:
            return list(ManifestGroupPlanner(self.metadata, self.io).plan_files(self.manifests))
        except ValueError as error:
            if "equality deletes" not in str(error):
                raise
            raise QueryError(
                f"NOT_SUPPORTED: {self.table.name} has equality deletes, which the emulated Athena does not read"
            ) from error

    @cached_property
    def columns(self) -> tuple[WantedField, ...]:
        """The seen columns, with ids and types of the table's schema; those fields of structs that the seen type has.

        A column that the catalog has and the schema has not does not exist, as in Athena.
        """
        names = _mapped_names(self.metadata)
        fields = {field.name.lower(): field for field in self.metadata.schema().fields}
        return tuple(
            _wanted(fields[column.name.lower()], column.name, _seen_type(column.type), names)
            for column in self.table.columns
            if column.name.lower() in fields
        )

    def scan(self) -> FileScan:
        """The rows of the table."""
        return FileScan(self.columns, [self._file(task) for task in self.tasks], self.objects, ids_needed=True)

    def _file(self, task: FileScanTask) -> ScanFile:
        file = task.file
        if file.file_format != FileFormat.PARQUET:
            raise QueryError(
                f"NOT_SUPPORTED: {file.file_path} is {file.file_format.value}, and only Parquet is read here"
            )
        self.objects.sizes[file.file_path] = file.file_size_in_bytes
        constants = dict(self._identity_values(file))
        known = pc.scalar(True)
        for each in [*self._bounds(file), *(equals(name, value) for name, value in constants.items())]:
            known = known & each
        deleted = partial(_deleted, self.io, file.file_path, tuple(task.delete_files)) if task.delete_files else None
        return ScanFile(file.file_path, known, constants, deleted)

    def _identity_values(self, file: DataFile) -> Iterator[tuple[str, pa.Scalar]]:
        """Values of the seen columns by which a file is partitioned as they are."""
        columns = {column.id: column for column in self.columns}
        for at, part in enumerate(self.metadata.specs()[file.spec_id].fields):
            column = columns.get(part.source_id)
            if column is None or not isinstance(part.transform, IdentityTransform):
                continue
            if isinstance(self.metadata.schema().find_type(part.source_id), _BOUNDED):
                yield column.name, internal_scalar(file.partition[at], column.type)

    def _bounds(self, file: DataFile) -> Iterator[ds.Expression]:
        """Bounds of a file's seen columns, as its manifest has them, and whether any value is null."""
        fields = {field.field_id: field for field in self.metadata.schema().fields}
        nulls, counts = file.null_value_counts or {}, file.value_counts or {}
        for column in self.columns:
            type_ = fields[column.id or 0].field_type
            id_ = column.id or 0
            if not isinstance(type_, _BOUNDED):
                continue
            place = pc.field(column.name)
            if counts.get(id_) is not None and counts.get(id_) == nulls.get(id_):
                yield place.is_null()
                continue
            for bounds, compare in ((file.lower_bounds, pc.greater_equal), (file.upper_bounds, pc.less_equal)):
                bound = (bounds or {}).get(id_)
                if bound is not None:
                    known = compare(place, internal_scalar(bound_value(type_, bound), column.type))
                    yield known if nulls.get(id_) == 0 else known | place.is_null()


def _seen_type(text: str) -> ColumnType | None:
    """The type of a seen column; None for one that the catalog writes in words that we do not know."""
    try:
        return parse(text)
    except UnknownTypeError:
        return None


def _mapped_names(metadata: TableMetadata) -> dict[int, frozenset[str]]:
    """Names by which fields are found in files without ids (Iceberg specification, "Name Mapping Serialization")."""
    found: dict[int, frozenset[str]] = {}

    def add(fields: Sequence[Any]) -> None:
        for field in fields:
            if field.field_id is not None:
                found[field.field_id] = frozenset(field.names)
            add(field.fields)

    add(list(metadata.name_mapping() or ()))
    return found


def _wanted(
    field: iceberg.NestedField, name: str, seen: ColumnType | None, names: Mapping[int, frozenset[str]]
) -> WantedField:
    type_ = field.field_type
    parts = {part.name.lower(): part.type for part in seen.parts} if seen is not None else {}
    inner: Sequence[iceberg.NestedField] = ()
    if isinstance(type_, iceberg.StructType):
        inner = [each for each in type_.fields if each.name.lower() in parts]
    elif isinstance(type_, iceberg.ListType):
        inner = [type_.element_field]
    elif isinstance(type_, iceberg.MapType):
        inner = [type_.key_field, type_.value_field]
    if not type_.is_primitive and not (inner and parts):
        raise QueryError(f"ICEBERG_INVALID_METADATA: The catalog and the table's schema differ in the type of {name}")
    children = tuple(_wanted(each, each.name, parts.get(each.name.lower()), names) for each in inner)
    arrow = _arrow(type_, children)
    return WantedField(
        name, arrow, field.field_id, names.get(field.field_id, frozenset()), children, field.initial_default
    )


def _arrow(type_: iceberg.IcebergType, children: Sequence[WantedField]) -> pa.DataType:
    inner = [pa.field(child.name, child.type) for child in children]
    if isinstance(type_, iceberg.StructType):
        return pa.struct(inner)
    if isinstance(type_, iceberg.ListType):
        return pa.list_(inner[0])
    if isinstance(type_, iceberg.MapType):
        return pa.map_(inner[0].type, inner[1].type)
    return plain_arrow(type_)


def plain_arrow(type_: iceberg.IcebergType) -> pa.DataType:
    """The type of Arrow for one of Iceberg's without parts; raises QueryError where there is none."""
    if isinstance(type_, iceberg.DecimalType):
        return pa.decimal128(type_.precision, type_.scale)
    if type(type_) not in _ARROW:
        raise QueryError(f"NOT_SUPPORTED: the emulated Athena does not read Iceberg's type {type_}")
    return _ARROW[type(type_)]


def bound_value(type_: iceberg.PrimitiveType, bound: bytes) -> Any:
    """The value of a bound, which a file written before a promotion has in the narrower type."""
    if len(bound) == 4 and isinstance(type_, iceberg.LongType):
        return from_bytes(iceberg.IntegerType(), bound)
    if len(bound) == 4 and isinstance(type_, iceberg.DoubleType):
        return from_bytes(iceberg.FloatType(), bound)
    return from_bytes(type_, bound)


def internal_scalar(value: Any, type_: pa.DataType) -> pa.Scalar:
    """A value as Iceberg keeps it in metadata, where times and dates are numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        if pa.types.is_date32(type_):
            return pa.scalar(value, pa.int32()).cast(type_)
        return pa.scalar(value, pa.int64()).cast(type_)
    return pa.scalar(value, type_)


def _deleted(io: ObjectFileIO, path: str, files: Sequence[DataFile]) -> pa.Array:
    """The positions of the rows of a data file that other files delete."""
    found: list[pa.Array] = []
    for file in files:
        with io.new_input(file.file_path).open() as source:
            if file.file_format == FileFormat.PARQUET:
                rows = pq.read_table(source, columns=["file_path", "pos"], filters=pc.field("file_path") == path)
                found += rows.column("pos").chunks
            elif file.file_format == FileFormat.PUFFIN:
                vectors = deletion_vectors_from_puffin_file(PuffinFile(source.read()))
                found += [
                    chunk for each in vectors if each.referenced_data_file == path for chunk in each.to_vector().chunks
                ]
            else:
                raise QueryError(
                    f"NOT_SUPPORTED: deletes in a file of {file.file_format.value}: the emulated Athena reads Parquet"
                )
    return pa.concat_arrays([each.cast(pa.int64()) for each in found]) if found else pa.array([], pa.int64())
