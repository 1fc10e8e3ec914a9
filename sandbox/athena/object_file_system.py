"""Objects as PyArrow and pyiceberg read them: every byte through `Files`, counted, the end of an object kept."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

import io
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.fs as pafs
from pyiceberg.io import FileIO, InputFile, OutputFile

from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import Files

TAIL: Final = 64 * 1024
"""Bytes at an object's end that are read at once: PyArrow asks for as many to find a Parquet file's footer."""


@dataclass(slots=True)
class ReadObjects:
    """Objects that a query reads, and how much of them; `failures` has what went wrong, for Arrow and DuckDB pass on
    text alone."""

    files: Files
    failures: list[Exception] = field(default_factory=list[Exception])
    bytes_read: int = 0
    opened: set[str] = field(default_factory=set[str])
    rows_read: int = 0
    sizes: dict[str, int] = field(default_factory=dict[str, int])
    tails: dict[str, bytes] = field(default_factory=dict[str, bytes])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def noted(self, path: str) -> Generator[None]:
        """Failures within, kept: as reasons of the query's where its caller may not read, or nothing is there."""
        try:
            yield
        except PermissionError as error:
            self.failures.append(failure := QueryError(f"PERMISSION_DENIED: Permission denied on S3 path: {path}"))
            raise failure from error
        except FileNotFoundError as error:
            reason = f"HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {path}: the specified key does not exist"
            self.failures.append(failure := QueryError(reason))
            raise failure from error
        except Exception as error:
            self.failures.append(error)
            raise

    def size(self, path: str) -> int:
        """Bytes of an object; asked once."""
        if path not in self.sizes:
            with self.noted(path):
                self.sizes[path] = self.files.size(path)
        return self.sizes[path]

    def read(self, path: str, start: int, length: int) -> bytes:
        """Bytes of an object; its tail comes from memory after the first time."""
        size = self.size(path)
        length = min(length, size - start)
        if length <= 0:
            return b""
        tail_start = max(size - TAIL, 0)
        if start >= tail_start:
            if path not in self.tails:
                self.tails[path] = self._fetch(path, tail_start, size - tail_start)
            return self.tails[path][start - tail_start : start - tail_start + length]
        return self._fetch(path, start, length)

    def _fetch(self, path: str, start: int, length: int) -> bytes:
        with self.noted(path):
            found = self.files.read(path, start, length)
        with self._lock:
            self.opened.add(path)
            self.bytes_read += len(found)
        return found

    def whole(self, path: str) -> bytes:
        """All of an object."""
        return self._fetch(path, 0, self.size(path))

    def below(self, prefix: str) -> list[tuple[str, int]]:
        """Objects below a prefix, each with its size."""
        with self.noted(prefix):
            found = self.files.below(prefix)
        self.sizes.update(found)
        return found

    def file_system(self) -> pafs.PyFileSystem:
        """The objects as a file system whose paths are `s3://bucket/key`."""
        return pafs.PyFileSystem(_Handler(self))


class _RangedFile(io.RawIOBase):
    """An object as a file that reads no more than it is asked for."""

    def __init__(self, objects: ReadObjects, path: str) -> None:
        super().__init__()
        self._objects, self._path, self._at = objects, path, 0
        self._size = objects.size(path)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        wanted = self._size - self._at if size < 0 else size
        found = self._objects.read(self._path, self._at, wanted)
        self._at += len(found)
        return found


class _Handler(pafs.FileSystemHandler):
    """The part of a file system that reading a known path needs; everything else is refused."""

    def __init__(self, objects: ReadObjects) -> None:
        self._objects = objects

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Handler) and other._objects is self._objects

    def __hash__(self) -> int:
        return id(self._objects)

    def get_type_name(self) -> str:
        return "objects"

    def normalize_path(self, path: str) -> str:
        return path

    def get_file_info(self, paths: list[str]) -> list[Any]:
        return [pafs.FileInfo(path, pafs.FileType.File, size=self._objects.size(path)) for path in paths]

    def open_input_file(self, path: str) -> pa.PythonFile:
        return pa.PythonFile(_RangedFile(self._objects, path), mode="r")

    open_input_stream = open_input_file

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise io.UnsupportedOperation("objects are only read here")

    get_file_info_selector = create_dir = delete_dir = delete_dir_contents = delete_root_dir_contents = _refuse
    delete_file = move = copy_file = open_output_stream = open_append_stream = _refuse


class ObjectFileIO(FileIO):
    """The objects as pyiceberg reads metadata, manifests and deletes: each whole."""

    def __init__(self, objects: ReadObjects) -> None:
        super().__init__()
        self._objects = objects

    def new_input(self, location: str) -> InputFile:
        """An object to read."""
        return _WholeFile(self._objects, location)

    def new_output(self, location: str) -> OutputFile:
        """Nothing is written here."""
        raise io.UnsupportedOperation(f"{location}: objects are only read here")

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Nothing is deleted here."""
        raise io.UnsupportedOperation(f"{location}: objects are only read here")


class _WholeFile(InputFile):
    def __init__(self, objects: ReadObjects, location: str) -> None:
        super().__init__(location)
        self._objects = objects

    def __len__(self) -> int:
        return self._objects.size(self.location)

    def exists(self) -> bool:
        return self._objects.files.size(self.location) >= 0

    def open(self, seekable: bool = True) -> Any:
        del seekable
        return io.BytesIO(self._objects.whole(self.location))
