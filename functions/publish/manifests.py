"""Manifests of an Iceberg table: which files its snapshots have, and how many rows and nulls the writer counted.

Source: Apache Iceberg table spec, "Manifests" and "Manifest Lists".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, TypeVar, cast

from avro_fields import MANIFEST, MANIFEST_LIST, TypeCheck, partition_ids
from document_kinds import FaultError, ObjectKind, not_allowed, one_of, text
from fastavro import reader
from json_values import read_json, shown, told
from table_files import TableFiles, UnreadableFileError

Record = TypeVar("Record")

DELETED: Final = 2
"""The status of an entry whose file is in the snapshot no more."""

DATA: Final = 0
"""The content of files with rows, and of their manifests; the others have deletes."""

HEADER: Final = ObjectKind(
    {"avro.codec": one_of("null", "deflate", "snappy", "zstandard", "bzip2"), "avro.schema": text}, {}
)
"""What stands before the records: packings that readers take, and the fields."""

SPEC: Final = "partition_spec_id"

FORMATS: Final = ("PARQUET", "AVRO", "ORC", "PUFFIN")


@dataclass(frozen=True)
class Manifest:
    """A line of a manifest list; `rows` are those in its live files, None where the writer did not say."""

    path: str
    content: int
    rows: int | None
    spec: int = 0


@dataclass(frozen=True)
class DataFile:
    """A live file, with its rows and nulls: by column id, of Parquet by name; None where the writer counted none.

    A file of deletes may name the one whose rows it deletes.
    """

    path: str
    content: int
    rows: int
    nulls: Mapping[int | str, int] | None
    referenced: str | None = None


def manifest_list(files: TableFiles, path: str) -> tuple[Manifest, ...]:
    """The manifests of a snapshot; raises UnreadableFileError."""
    return tuple(_records(files, path, MANIFEST_LIST, "manifest list", _manifest))


def data_files(files: TableFiles, path: str, partition: Collection[int] = ()) -> list[DataFile]:
    """The live files of a manifest, whose spec has fields with the ids `partition`; raises UnreadableFileError."""

    def check(schema: Any) -> None:
        MANIFEST(schema)
        if partition_ids(schema) != set(partition):
            said = sorted(partition_ids(schema))
            raise not_allowed(said, f"the field-ids of its spec: {shown(sorted(partition))}").within("partition")

    return [file for file in _records(files, path, check, "manifest", _data_file) if file]


def _manifest(line: Mapping[str, Any]) -> Manifest:
    for key in ("sequence_number", "min_sequence_number"):
        _number(line, key, default=0)
    return Manifest(_text(line, "manifest_path"), _number(line, "content", 1, 0), _rows(line), _number(line, SPEC))


def _data_file(entry: Mapping[str, Any]) -> DataFile | None:
    for key in ("snapshot_id", "sequence_number", "file_sequence_number"):  # null is that of the manifest
        _number(entry, key, default=0)
    status = _number(entry, "status", DELETED)
    file: Mapping[str, Any] = entry["data_file"]
    found = DataFile(
        _text(file, "file_path"),
        _number(file, "content", 2, 0),
        _number(file, "record_count"),
        _counted(file.get("null_value_counts")),
        file.get("referenced_data_file"),
    )
    if _text(file, "file_format").upper() not in FORMATS:
        raise not_allowed(file["file_format"], " or ".join(FORMATS)).within("file_format")
    _number(file, "file_size_in_bytes")
    return None if status == DELETED else found


def _counted(pairs: Sequence[Mapping[str, int]] | None) -> Mapping[int | str, int] | None:
    if pairs is None:
        return None
    nulls: dict[int | str, int] = {each["key"]: _number(each, "value") for each in pairs}
    if len(nulls) < len(pairs):
        raise FaultError("has the nulls of a column twice").within("null_value_counts")
    return nulls


def _rows(line: Mapping[str, Any]) -> int | None:
    if line["added_rows_count"] is None or line["existing_rows_count"] is None:
        return None
    return _number(line, "added_rows_count") + _number(line, "existing_rows_count")


def _number(record: Mapping[str, Any], key: str, most: int = 2**63 - 1, default: int | None = None) -> int:
    value = record.get(key)
    if value is None:
        value = default
    if value is None or not 0 <= value <= most:
        raise not_allowed(value, f"a number from 0 to {most}").within(key)
    return value


def _text(record: Mapping[str, Any], key: str) -> str:
    if record[key] is None:
        raise not_allowed(None, "text").within(key)
    return str(record[key])


def _records(
    files: TableFiles, path: str, shape: TypeCheck, what: str, as_what: Callable[[Any], Record]
) -> list[Record]:
    content = files.read(path)
    try:
        opened = reader(BytesIO(content))
        header = cast("Mapping[str, str]", opened.metadata)  # pyright: ignore[reportUnknownMemberType]
        HEADER(header)
        # As it stands in the file: what fastavro made of it has lost the second of two keys.
        shape(read_json(header["avro.schema"]))
        return [as_what(record) for record in opened]
    except MemoryError:
        raise
    except FaultError as fault:
        raise UnreadableFileError(f"'{path}' is no {what} of an Iceberg table: {fault}") from fault
    except Exception as error:  # the reader of Avro raises whatever it stumbles over in a foreign file
        raise UnreadableFileError(f"'{path}' is no Avro file that can be read: {told(error)}") from error
