"""Data files of a table as one dataset that DuckDB scans: it says which columns and rows, and no more is read.

A file of which it is known that no row passes is not opened. Of one whose columns stand as the table's, Arrow's own
scan skips row groups, too; one with older columns is read by the columns, reshaped and then filtered.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from sandbox.athena.arrow_types import athena_type
from sandbox.athena.file_columns import UnfitColumnError, WantedField, has_ids, reads_as_is, reshaped
from sandbox.athena.object_file_system import ReadObjects
from sandbox.athena.query_errors import QueryError

ROWS: Final = 128 * 1024
AHEAD: Final = 4
"""Files whose footers are read at once, and that one scan of Arrow's goes through."""

_WIDE: Final = 1 << 16
"""Bits of a value of a type that has no width of its own, in the order of columns."""

_FORMAT: Final = ds.ParquetFileFormat(
    read_options=ds.ParquetReadOptions(coerce_int96_timestamp_unit="us"),
    default_fragment_scan_options=ds.ParquetFragmentScanOptions(pre_buffer=True),
)


@dataclass(frozen=True)
class ScanFile:
    """A data file: `known` is true of all its rows, `constants` are values of columns where they are not in it, and
    `deleted` gives the positions of rows that are no more, None when there are none."""

    path: str
    known: ds.Expression = field(default_factory=partial(pc.scalar, True))
    constants: Mapping[str, pa.Scalar] = field(default_factory=dict[str, pa.Scalar])
    deleted: Callable[[], pa.Array] | None = None


class FileScan(ds.InMemoryDataset):
    """The files of a table; to DuckDB a dataset like any of PyArrow's, which it scans with columns and predicate.

    Its schema has the narrowest column first: that is what DuckDB has read where it counts rows and needs none.
    """

    def __init__(
        self, columns: Sequence[WantedField], files: Sequence[ScanFile], objects: ReadObjects, ids_needed: bool
    ) -> None:
        self.names = tuple(each.name for each in columns)
        """Columns in the table's order."""
        narrow = sorted(columns, key=_width)
        super().__init__(_empty(narrow))
        self._columns = {each.name: each for each in narrow}
        self._objects = objects
        self._ids_needed = ids_needed
        self._system = objects.file_system()
        self._files: dict[str, list[ScanFile]] = {}
        for file in files:
            self._files.setdefault(file.path, []).append(file)
        fragments = [_FORMAT.make_fragment(file.path, self._system, partition_expression=file.known) for file in files]
        self._dataset = ds.FileSystemDataset(fragments, self.schema, _FORMAT, self._system)

    def scanner(self, columns: list[str] | None = None, filter: Any = None, **_: Any) -> Any:  # noqa: A002
        """A scan of some columns of the rows that pass."""
        names = list(self._columns) if columns is None else columns
        return _Scanner(self, names, filter)

    def read(self, names: Sequence[str], predicate: Any) -> Iterator[pa.RecordBatch]:
        """Rows that pass, in batches; raises QueryError, which `ReadObjects.failures` keeps, too."""
        needed = [*names, *(each for each in self._asked(predicate, names) if each not in names)]
        wanted = [self._columns[name] for name in needed]
        schema = pa.schema([self.schema.field(name) for name in names])
        survivors = list(self._dataset.get_fragments(filter=predicate))
        for at in range(0, len(survivors), AHEAD):
            for batch in self._batches(survivors[at : at + AHEAD], wanted, names, predicate):
                self._objects.rows_read += len(batch)
                if len(batch):
                    yield pa.RecordBatch.from_arrays(batch.select(list(names)).columns, schema=schema)

    def _asked(self, predicate: Any, names: Sequence[str]) -> list[str]:
        """Columns that a predicate names: without one of them it cannot be bound."""
        if predicate is None or _binds(predicate, [self.schema.field(name) for name in names]):
            return []
        return [
            name for name in self._columns if not _binds(predicate, [one for one in self.schema if one.name != name])
        ]

    def _batches(
        self, fragments: list[Any], wanted: list[WantedField], names: Sequence[str], predicate: Any
    ) -> Iterator[pa.RecordBatch]:
        plain: list[Any] = []
        odd: list[tuple[Any, ScanFile]] = []
        for fragment in fragments:
            file = self._file(fragment)
            if file.deleted is None and self._is_plain(fragment, file, wanted):
                plain.append(fragment)
            else:
                odd.append((fragment, file))
        if plain:
            dataset = ds.FileSystemDataset(plain, self.schema, _FORMAT, self._system)
            scan = dataset.scanner(
                columns=list(names), filter=predicate, batch_size=ROWS, batch_readahead=4, fragment_readahead=2
            )
            yield from scan.to_batches()
        for fragment, file in odd:
            yield from _odd_batches(fragment, file, wanted, predicate)

    def _file(self, fragment: Any) -> ScanFile:
        files = self._files[fragment.path]
        if len(files) == 1:
            return files[0]
        return next(each for each in files if fragment.partition_expression.equals(each.known))

    def _is_plain(self, fragment: Any, file: ScanFile, wanted: list[WantedField]) -> bool:
        """Whether Arrow reads a file's columns as the table's; raises QueryError for what cannot be read."""
        schema = self._physical_schema(fragment)
        fields = list(schema)
        if self._ids_needed and not has_ids(schema) and not any(each.names for each in self._columns.values()):
            raise self._failed(f"ICEBERG_BAD_DATA: File {file.path} has no field ids, and the table no name mapping")
        plain = True
        for column in wanted:
            at = column.place(fields)
            if at is None:
                taken = any(each.name == column.name for each in fields)
                plain = plain and column.default is None and not taken
            else:
                plain = self._reads(file, column, fields[at]) and plain
        return plain

    def _physical_schema(self, fragment: Any) -> pa.Schema:
        try:
            return fragment.physical_schema
        except pa.ArrowInvalid as error:
            raise self._failed(f"{self._system_name}_BAD_DATA: Malformed Parquet file: {fragment.path}") from error

    @property
    def _system_name(self) -> str:
        return "ICEBERG" if self._ids_needed else "HIVE"

    def _reads(self, file: ScanFile, column: WantedField, found: pa.Field) -> bool:
        try:
            return reads_as_is(column, found)
        except UnfitColumnError as error:
            raise self._failed(
                f"{self._system_name}_BAD_DATA: Field {column.name}'s type {athena_type(error.found)} in parquet file "
                f"{file.path} is incompatible with type {athena_type(column.type)} defined in table schema"
            ) from error

    def _failed(self, reason: str) -> QueryError:
        self._objects.failures.append(failure := QueryError(reason))
        return failure


class _Scanner:
    """A scan that DuckDB asks for a stream of batches."""

    def __init__(self, scan: FileScan, names: Sequence[str], predicate: Any) -> None:
        self._scan, self._names, self._predicate = scan, names, predicate

    def to_reader(self) -> pa.RecordBatchReader:
        schema = pa.schema([self._scan.schema.field(name) for name in self._names])
        return pa.RecordBatchReader.from_batches(schema, self._scan.read(self._names, self._predicate))


def equals(name: str, value: pa.Scalar) -> ds.Expression:
    """That a column has one value in all rows, which may be NULL."""
    return pc.field(name) == value if value.is_valid else pc.field(name).is_null()


def _width(column: WantedField) -> int:
    try:
        return int(column.type.bit_width)
    except ValueError:
        return _WIDE


def _empty(columns: Sequence[WantedField]) -> pa.Table:
    return pa.schema([pa.field(each.name, each.type) for each in columns]).empty_table()


def _binds(predicate: Any, fields: Sequence[pa.Field]) -> bool:
    try:
        pa.schema(fields).empty_table().filter(predicate)
    except pa.ArrowInvalid:
        return False
    return True


def _odd_batches(fragment: Any, file: ScanFile, wanted: list[WantedField], predicate: Any) -> Iterator[pa.RecordBatch]:
    """Rows of a file whose columns are not as the table's, or of which some are deleted."""
    schema = fragment.physical_schema
    fields = list(schema)
    places = {each.name: each.place(fields) for each in wanted}
    read = sorted({at for at in places.values() if at is not None})
    deleted = file.deleted() if file.deleted is not None else None
    own = _FORMAT.make_fragment(fragment.path, fragment.filesystem)
    columns = {str(at): pc.field(fields[at].name) for at in read}
    scan = own.scanner(schema=schema, columns=columns, batch_size=ROWS, batch_readahead=2, fragment_readahead=1)
    start = 0
    for batch in scan.to_batches():
        length = len(batch)
        arrays = [_column(each, batch, places[each.name], file.constants) for each in wanted]
        made = pa.RecordBatch.from_arrays(arrays, schema=pa.schema([pa.field(each.name, each.type) for each in wanted]))
        if deleted is not None:
            made = made.filter(pc.invert(pc.is_in(pa.arange(start, start + length), value_set=deleted)))
        start += length
        yield made if predicate is None else made.filter(predicate)


def _column(
    wanted: WantedField, batch: pa.RecordBatch, place: int | None, constants: Mapping[str, pa.Scalar]
) -> pa.Array:
    if place is not None:
        return reshaped(batch.column(str(place)), wanted)
    if wanted.name in constants:
        return pa.repeat(constants[wanted.name], len(batch))
    return wanted.missing(len(batch))
