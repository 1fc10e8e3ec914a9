"""Footers of Parquet files: which columns a file has, how many rows, and the nulls that its writer counted.

Source: Apache Parquet, `parquet.thrift` (FileMetaData, RowGroup, ColumnMetaData, Statistics).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parquet_schema import GROUP, PHYSICAL, REQUIRED, ParquetNode, columns
from parquet_types import ComparedPlace, type_findings
from promised_types import glue_type
from publish_settings import PromisedTable
from table_files import TableFiles, UnreadableFileError
from thrift_compact import CompactReader

MAGIC: Final = b"PAR1"
ENCRYPTED: Final = b"PARE"


@dataclass(frozen=True)
class ParquetFooter:
    """A file's columns, its rows, and the nulls of each column that the writer counted."""

    columns: tuple[ParquetNode, ...]
    rows: int
    nulls: Mapping[int | str, int]
    """By name; as those of Iceberg, which are by id."""
    full: frozenset[int] = frozenset()
    """Nodes (`id`) of which none is null, by what the writer counted."""


def read_footer(files: TableFiles, path: str) -> ParquetFooter:
    """The footer of a file; raises UnreadableFileError."""
    end = files.tail(path, 65_536)
    if not end:
        raise UnreadableFileError(f"'{path}' is empty")
    if end[-4:] == ENCRYPTED:
        raise UnreadableFileError(f"'{path}' is encrypted by its writer, which Athena cannot read: S3 encrypts it")
    if end[-4:] != MAGIC:
        raise UnreadableFileError(f"'{path}' is no Parquet file: it does not end in PAR1")
    if len(end) < 12:
        raise UnreadableFileError(f"'{path}' is no Parquet file: it has no footer")
    size = struct.unpack("<I", end[-8:-4])[0] + 8
    if size > len(end):
        end = files.tail(path, size)
    if size > len(end):
        raise UnreadableFileError(f"'{path}' is no Parquet file: it is shorter than its footer")
    try:
        return _footer(CompactReader(end[-size:-8]).struct())
    except MemoryError:
        raise  # what a look may take is over, see reading_limits
    except Exception as error:  # a foreign file: whatever it leads to is a finding about it
        raise UnreadableFileError(f"'{path}' is no Parquet file: {str(error)[:200]!r}") from error


def footer_findings(table: PromisedTable, path: str, footer: ParquetFooter, standing: bool = False) -> Iterator[str]:
    """Differences between a file's columns and the contract's: Parquet knows columns by their names.

    A run that was published before (`standing`) may lack a column that may be null, and have one that is gone.
    """
    promised = {column.name: column for column in table.data_columns}
    seen = set[str]()
    for node in footer.columns:
        name = node.name
        if name in seen:
            yield f"column '{name}' is in '{path}' twice: write the run with each name once"
        elif name in promised:
            place = ComparedPlace(name, path, standing, promised[name].required_parts, footer.full)
            yield from type_findings(place, glue_type(promised[name].type), node)
        elif name.lower() in promised:
            yield f"column '{name}' of '{path}' is '{name.lower()}' in the contract: write the run with that name"
        elif not standing:
            yield f"column '{name}' ({node.physical}) of '{path}' is not in the contract: write the run without it"
        seen.add(name)
    for name, column in promised.items():
        if name not in seen and (column.required or not standing):
            yield f"column '{name}' ({column.type}) is missing in '{path}': write the run with it"


def uncounted(table: PromisedTable, path: str, footer: ParquetFooter) -> Iterator[str]:
    """Findings of required columns whose nulls nobody counted, for files that Athena cannot be asked of."""
    plain = {node.name for node in footer.columns if node.physical != GROUP}
    for column in table.data_columns:
        if column.required and footer.rows and column.name in plain and column.name not in footer.nulls:
            yield (
                f"column '{column.name}' of '{path}' is required, and its writer counted no nulls: write the run with "
                "statistics, or the column as one that takes no null"
            )


def _footer(document: Mapping[int, Any]) -> ParquetFooter:
    if 8 in document:
        raise ValueError("it is encrypted by its writer, which Athena cannot read")
    nodes = columns(document[2])
    leaves = [leaf for node in nodes for leaf in node.leaves()]
    rows, nulls = 0, [0] * len(leaves)
    known = [True] * len(leaves)
    for group in document[4]:
        rows += _count(group[3])
        for number, (chunk, (path, node)) in enumerate(zip(group[1], leaves, strict=True)):
            found = _chunk(chunk, path, node)
            known[number] = known[number] and found is not None
            nulls[number] += found or 0
    if rows != document[3]:
        raise ValueError("its row groups have other rows than it says")
    counted = {path: number for (path, _), number, is_known in zip(leaves, nulls, known, strict=True) if is_known}
    return ParquetFooter(nodes, rows, _nulls(nodes, counted), frozenset(_full(nodes, (), counted)))


def _chunk(chunk: Mapping[int, Any], path: tuple[str, ...], node: ParquetNode) -> int | None:
    """The nulls that the writer counted in a chunk of a column; None if it did not."""
    if 1 in chunk or 8 in chunk:
        raise ValueError("it keeps a column in another file, or encrypted")
    metadata = chunk[3]
    if tuple(each.decode() for each in metadata[3]) != path or PHYSICAL[metadata[1]] != node.physical:
        raise ValueError("its row groups have other columns than its schema")
    nulls = metadata.get(12, {}).get(3)
    if nulls is not None and _count(nulls) > _count(metadata[5]):
        raise ValueError("it has more nulls than values")
    return nulls


def _nulls(nodes: Sequence[ParquetNode], counted: Mapping[tuple[str, ...], int]) -> dict[int | str, int]:
    """Nulls of columns: a nested one is null at the most where all that is in it is, and what is empty counts so."""
    found: dict[int | str, int] = {}
    for node in nodes:
        fewest = min((counted.get(path, 1) for path, _ in node.leaves()), default=1)
        if node.repetition == REQUIRED or (node.physical == GROUP and not fewest):
            found[node.name] = 0
        elif node.physical != GROUP and (node.name,) in counted:
            found[node.name] = fewest
    return found


def _full(
    nodes: Sequence[ParquetNode], above: tuple[str, ...], counted: Mapping[tuple[str, ...], int]
) -> Iterator[int]:
    """Nodes that are never null: something in them never is."""
    for node in nodes:
        if any(counted.get(path) == 0 for path, _ in node.leaves(above)):
            yield id(node)
        yield from _full(node.children, (*above, node.name), counted)


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("it has a count that is no number")
    return value
