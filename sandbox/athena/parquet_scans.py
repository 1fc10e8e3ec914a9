"""Tables of plain Parquet files as scans: those below each registered partition, or below the table's location.

Sources: Athena User Guide, "Create tables in Athena" (files whose names begin with `_` or a point are hidden) and
"Partition your data".
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from mesh.contracts.types import ColumnType, UnknownTypeError, parse
from sandbox.athena.arrow_types import arrow_of
from sandbox.athena.file_columns import WantedField
from sandbox.athena.file_scan import FileScan, ScanFile, equals
from sandbox.athena.object_file_system import ReadObjects
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SeenColumn, SeenTable

_NO_VALUE: Final = "__HIVE_DEFAULT_PARTITION__"


def parquet_scan(table: SeenTable, objects: ReadObjects) -> FileScan:
    """The rows of a table; raises QueryError for what cannot be read."""
    columns = [
        _wanted(column.name, _known_type(column), column.name in table.partition_keys) for column in table.columns
    ]
    files = [
        file for location, values in _locations(table) for file in _files(table, columns, objects, location, values)
    ]
    return FileScan(columns, files, objects, ids_needed=False)


def _known_type(column: SeenColumn) -> ColumnType:
    try:
        return parse(column.type)
    except UnknownTypeError as error:
        raise QueryError(f"NOT_SUPPORTED: Unsupported Hive type {column.type} of column {column.name}") from error


def _wanted(name: str, type_: ColumnType, outside: bool = False) -> WantedField:
    children = tuple(_wanted(part.name, part.type) for part in type_.parts)
    return WantedField(name, arrow_of(type_), children=children, outside=outside)


def _locations(table: SeenTable) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not table.partition_keys:
        yield table.location, ()
    for values, location in table.partitions.items():
        yield location, values


def _files(
    table: SeenTable, columns: list[WantedField], objects: ReadObjects, location: str, values: tuple[str, ...]
) -> Iterator[ScanFile]:
    types = {column.name: column.type for column in columns}
    constants = {
        key: _value(key, text, types[key])
        for key, text in zip(table.partition_keys, values, strict=bool(table.partition_keys))
        if key in types
    }
    known = pc.scalar(True)
    for key, value in constants.items():
        known = known & equals(key, value)
    prefix = f"{location.rstrip('/')}/"
    for path, size in objects.below(prefix):
        inner = path.removeprefix(prefix).split("/")
        if size and not any(part.startswith(("_", ".")) for part in inner):
            yield ScanFile(path, known, constants)


def _value(key: str, text: str, type_: pa.DataType) -> Any:
    if text == _NO_VALUE:
        return pa.scalar(None, type_)
    try:
        return pa.scalar(text).cast(type_)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise QueryError(
            f"HIVE_INVALID_PARTITION_VALUE: Invalid partition value '{text}' for {type_} partition key: {key}"
        ) from error
