"""Manifests of an Iceberg table: which files its snapshots have, and how many rows and nulls the writer counted.

Source: Apache Iceberg table spec, "Manifests" and "Manifest Lists".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, TypeVar

from fastavro import reader
from json_values import mapping
from table_files import TableFiles, UnreadableFileError

Record = TypeVar("Record")

DELETED: Final = 2
"""The status of an entry whose file is in the snapshot no more."""

DATA: Final = 0
"""The content of files with rows; the others have deletes."""


@dataclass(frozen=True)
class Manifest:
    """A line of a manifest list; `rows` are those in its live files, None where the writer did not say."""

    path: str
    content: int
    rows: int | None


@dataclass(frozen=True)
class DataFile:
    """A live file, with its rows and nulls: by column id, of Parquet by name; None where the writer counted none."""

    path: str
    content: int
    rows: int
    nulls: Mapping[int | str, int] | None


def manifest_list(files: TableFiles, path: str) -> tuple[Manifest, ...]:
    """The manifests of a snapshot; raises UnreadableFileError."""
    return tuple(_records(files, path, _manifest))


def data_files(files: TableFiles, path: str) -> list[DataFile]:
    """The live files of a manifest; raises UnreadableFileError."""
    return [file for file in _records(files, path, _data_file) if file]


def _manifest(line: Mapping[str, Any]) -> Manifest:
    return Manifest(str(line["manifest_path"]), int(line.get("content") or DATA), _rows(line))


def _data_file(entry: Mapping[str, Any]) -> DataFile | None:
    if entry["status"] == DELETED:
        return None
    file: Mapping[str, Any] = entry["data_file"]
    counted = file.get("null_value_counts")
    nulls: Mapping[int | str, int] | None = None
    if counted is not None:
        nulls = {int(each["key"]): int(each["value"]) for each in _pairs(counted)}
    return DataFile(str(file["file_path"]), int(file.get("content") or DATA), int(file["record_count"]), nulls)


def _rows(line: Mapping[str, Any]) -> int | None:
    added, existing = line.get("added_rows_count"), line.get("existing_rows_count")
    return None if added is None or existing is None else int(added) + int(existing)


def _pairs(counted: Any) -> Sequence[Mapping[str, Any]]:
    """A map of Iceberg's, which Avro has as an array of pairs, or as a map if its keys were text."""
    return [{"key": key, "value": value} for key, value in mapping(counted).items()] or counted or []


def _records(files: TableFiles, path: str, as_what: Callable[[Any], Record]) -> list[Record]:
    content = files.read(path)
    try:
        return [as_what(record) for record in reader(BytesIO(content))]
    except MemoryError:
        raise
    except Exception as error:  # the reader of Avro raises whatever it stumbles over in a foreign file
        raise UnreadableFileError(f"'{path}' is no Avro file that can be read: {error!r}") from error
