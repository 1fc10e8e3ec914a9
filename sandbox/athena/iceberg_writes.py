"""Writes to Iceberg tables, by pyiceberg, with clients and objects that are given: every call is somebody's.

Each write is one commit to the catalog, which pyiceberg tries again when another came in between.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pyarrow as pa
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile, OutputStream
from pyiceberg.table import Table

from sandbox.athena.seen_tables import Files

if TYPE_CHECKING:
    from pyiceberg.table import Table


class WrittenFiles(Files, Protocol):
    """Objects of S3 as somebody may read and write them."""

    def put(self, path: str, body: bytes) -> None:
        """Write an object. Raises PermissionError."""
        ...


class _Input(InputFile):
    """An object that is read whole."""

    def __init__(self, location: str, files: Files) -> None:
        super().__init__(location)
        self._files = files

    def __len__(self) -> int:
        return self._files.size(self.location)

    def exists(self) -> bool:
        """Whether there is such an object."""
        try:
            self._files.size(self.location)
        except FileNotFoundError:
            return False
        return True

    def open(self, seekable: bool = True) -> InputStream:  # noqa: ARG002 (pyiceberg's)
        """The bytes of the object."""
        return io.BytesIO(self._files.read(self.location, 0, self._files.size(self.location)))  # pyright: ignore[reportReturnType]


class _Body(io.BytesIO):
    """Bytes that become an object when they are closed."""

    def __init__(self, path: str, files: WrittenFiles) -> None:
        super().__init__()
        self._path, self._files = path, files

    def close(self) -> None:
        """Write the object."""
        if not self.closed:
            self._files.put(self._path, self.getvalue())
        super().close()


class _Output(OutputFile):
    """An object that is to be written."""

    def __init__(self, location: str, files: WrittenFiles) -> None:
        super().__init__(location)
        self._files = files

    def __len__(self) -> int:
        return self._files.size(self.location)

    def exists(self) -> bool:
        """Whether there is such an object."""
        return self.to_input_file().exists()

    def to_input_file(self) -> InputFile:
        """The object to be read."""
        return _Input(self.location, self._files)

    def create(self, overwrite: bool = False) -> OutputStream:
        """A stream that becomes the object when it is closed. Raises FileExistsError."""
        if not overwrite and self.exists():
            raise FileExistsError(self.location)
        return _Body(self.location, self._files)  # pyright: ignore[reportReturnType]


class ObjectsOfSomebody(FileIO):
    """pyiceberg's way to files: the objects that somebody reads and writes."""

    def __init__(self, files: WrittenFiles, properties: dict[str, str]) -> None:
        super().__init__(properties)
        self._files = files

    def new_input(self, location: str) -> InputFile:
        """An object to be read."""
        return _Input(location, self._files)

    def new_output(self, location: str) -> OutputFile:
        """An object to be written."""
        return _Output(location, self._files)

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Nothing is deleted here: a commit that failed leaves its files, as it does for who may not delete."""


class GivenCatalog(GlueCatalog):
    """Glue's catalog by a client that is given, and by files that are."""

    def __init__(self, client: Any, files: WrittenFiles) -> None:
        super().__init__("given", client)
        self._given_files = files

    def _load_file_io(self, properties: Any = None, location: str | None = None) -> FileIO:  # noqa: ARG002 (pyiceberg's)
        return ObjectsOfSomebody(self._given_files, dict(properties or {}))


class MovedError(Exception):
    """A table that somebody has written to since it was read."""


def write(
    client: Any, files: WrittenFiles, database: str, table: str, rows: Any, mode: Literal["append", "overwrite"]
) -> None:
    """Write rows to a table of a catalog; `overwrite` takes the place of what it has.

    Columns are found by name; one that the rows do not have is null. Raises what the client raises, PermissionError,
    and ValueError for rows of other types.
    """
    write_to(GivenCatalog(client, files).load_table(f"{database}.{table}"), rows, mode)


def replace(client: Any, files: WrittenFiles, database: str, table: str, rows: Any, base: str) -> None:
    """Rows in place of what a table has, if its metadata are still the file `base`. Raises MovedError, and as write."""
    target = GivenCatalog(client, files).load_table(f"{database}.{table}")
    if target.metadata_location != base:
        raise MovedError(f"{target.metadata_location} is not {base}")
    write_to(target, rows, "overwrite")


def write_to(target: Table, rows: Any, mode: Literal["append", "overwrite"]) -> None:
    """Write rows to a table that is loaded."""
    wanted = target.schema().as_arrow()
    for name in wanted.names:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(rows.num_rows))
    fitting = rows.select(wanted.names).cast(wanted)
    if mode == "append":
        target.append(fitting)
    else:
        target.overwrite(fitting)
