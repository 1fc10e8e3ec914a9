"""Footers of Parquet files: which columns a file has, how many rows, and the nulls that its writer counted.

Source: Apache Parquet, `parquet.thrift` (FileMetaData, SchemaElement, Statistics), and Thrift's compact protocol.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from publish_settings import PromisedColumn, PromisedTable
from table_files import TableFiles, UnreadableFileError

MAGIC: Final = b"PAR1"
GROUP: Final = "a group"
PHYSICAL: Final = ("BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
"""Types of Parquet by their numbers."""

STORED_AS: Final[Mapping[str, tuple[str, ...]]] = {
    "boolean": ("BOOLEAN",),
    "tinyint": ("INT32",),
    "smallint": ("INT32",),
    "int": ("INT32",),
    "bigint": ("INT64",),
    "float": ("FLOAT",),
    "double": ("DOUBLE",),
    "string": ("BYTE_ARRAY",),
    "binary": ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"),
    "date": ("INT32",),
    "timestamp": ("INT64", "INT96"),
    "decimal": ("INT32", "INT64", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"),
    "array": (GROUP,),
    "map": (GROUP,),
    "struct": (GROUP,),
}
"""The types of Parquet that Athena reads as a type of Glue (Athena User Guide, "Data types in Amazon Athena")."""


@dataclass(frozen=True)
class ParquetFooter:
    """A file's columns with their types, its rows, and the nulls of each column that the writer counted."""

    columns: Mapping[str, str]
    rows: int
    nulls: Mapping[int | str, int]
    """By name; as those of Iceberg, which are by id."""


def read_footer(files: TableFiles, path: str) -> ParquetFooter:
    """The footer of a file; raises UnreadableFileError."""
    end = files.tail(path, 65_536)
    if not end:
        raise UnreadableFileError(f"'{path}' is empty")
    if end[-4:] != MAGIC:
        raise UnreadableFileError(f"'{path}' is no Parquet file: it does not end in PAR1")
    try:
        size = struct.unpack("<I", end[-8:-4])[0] + 8
        if size > len(end):
            end = files.tail(path, size)
        return _footer(_Compact(end[-size:-8]).struct())
    except (ValueError, IndexError, KeyError, TypeError, RecursionError, struct.error) as error:
        raise UnreadableFileError(f"'{path}' is no Parquet file: {error!r}") from error


def footer_findings(table: PromisedTable, path: str, footer: ParquetFooter) -> Iterator[str]:
    """Differences between a file's columns and the contract's: Parquet knows columns by their names."""
    promised = {column.name: column for column in table.data_columns}
    for name, type_ in footer.columns.items():
        if name not in promised:
            yield f"column '{name}' ({type_}) of '{path}' is not in the contract: write the run without it"
        elif type_ not in _stored_as(promised[name]):
            allowed = " or ".join(_stored_as(promised[name]))
            yield (
                f"column '{name}' of '{path}' is {type_}, the contract says {promised[name].type}, which is {allowed}: "
                "write the run so"
            )
    for name in promised:
        if name not in footer.columns:
            yield f"column '{name}' ({promised[name].type}) is missing in '{path}': write the run with it"


def _stored_as(column: PromisedColumn) -> tuple[str, ...]:
    return STORED_AS.get(column.type.partition("(")[0].partition("<")[0], ())


def _footer(document: Mapping[int, Any]) -> ParquetFooter:
    columns, required = _columns(document[2])
    rows = int(document[3])
    nulls = dict.fromkeys(columns, 0)
    counted = dict.fromkeys(columns, True)
    for group in document[4]:
        for chunk in group[1]:
            metadata = chunk[3]
            name = metadata[3][0].decode()
            null_count = metadata.get(12, {}).get(3)
            counted[name] = counted[name] and (name in required or null_count is not None)
            nulls[name] += int(null_count or 0)
    return ParquetFooter(columns, rows, {name: number for name, number in nulls.items() if counted[name]})


def _columns(elements: list[Mapping[int, Any]]) -> tuple[dict[str, str], set[str]]:
    """The columns below the root, which comes first, with their types; and those that take no null."""
    columns: dict[str, str] = {}
    required: set[str] = set()
    left = int(elements[0].get(5, 0))
    number = 1
    for _ in range(left):
        element = elements[number]
        name = element[4].decode()
        columns[name] = PHYSICAL[element[1]] if 1 in element else GROUP
        if element.get(3) == 0:
            required.add(name)
        number += _size(elements, number)
    return columns, required


def _size(elements: list[Mapping[int, Any]], number: int) -> int:
    """The number of elements of a column, with those nested in it."""
    size = 1
    for _ in range(int(elements[number].get(5, 0))):
        size += _size(elements, number + size)
    return size


class _Compact:
    """A reader of Thrift's compact protocol: a struct becomes its values by field number."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def struct(self) -> dict[int, Any]:
        values: dict[int, Any] = {}
        number = 0
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._zigzag()
            values[number] = self._value(kind & 15)
        return values

    def _value(self, kind: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._zigzag()
        if kind == 7:
            return self._bytes(8)
        if kind == 8:
            return self._bytes(self._varint())
        if kind in (9, 10):
            return self._list()
        if kind == 12:
            return self.struct()
        raise ValueError(f"a value of kind {kind}")

    def _list(self) -> list[Any]:
        header = self._byte()
        size = header >> 4 if header >> 4 < 15 else self._varint()
        kind = header & 15
        return [self._byte() == 1 if kind in (1, 2) else self._value(kind) for _ in range(size)]

    def _byte(self) -> int:
        value = self._content[self._at]
        self._at += 1
        return value

    def _bytes(self, size: int) -> bytes:
        if self._at + size > len(self._content):
            raise ValueError("it ends too early")
        self._at += size
        return self._content[self._at - size : self._at]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
