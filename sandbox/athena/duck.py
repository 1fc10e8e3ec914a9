"""DuckDB as Athena's engine: a connection for each query, closed to files, net and settings, with limits."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import pyarrow as pa

from sandbox.athena.query_errors import CutOffError, QueryError

TIMEOUT: Final = "Query timeout"
EXHAUSTED: Final = "Query exhausted resources at this scale factor"
STOPPED: Final = "Query cancelled"
"""Athena's words for queries that are cut off (Athena User Guide, "Troubleshoot issues in Athena")."""

ROWS: Final = 2_048
"""Rows of a batch: those of wide values are in memory beside DuckDB's own, which its limit does not count."""


_CLOSED: Final[Mapping[str, str | int | bool]] = {
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "python_enable_replacements": False,
    "temp_directory": "",
    "enable_progress_bar": False,
    "TimeZone": "UTC",
    "enable_external_access": False,
}
"""In this order: the last forbids to set some of the others."""


@dataclass(frozen=True)
class RunningQuery:
    """A query that runs: its columns with DuckDB's types, and its rows as they come."""

    columns: tuple[tuple[str, Any], ...]
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


class DuckEngine:
    """A connection to a DuckDB of its own; `failures` has what went wrong in the files that it reads.

    `settings` are those that a translation of SQL relies on. They are locked when the engine is there.
    """

    def __init__(
        self, settings: Mapping[str, str | int | bool] | None = None, megabytes: int = 768, threads: int = 2
    ) -> None:
        limits = {"memory_limit": f"{megabytes}MB", "threads": threads}
        self.failures: list[Exception] = []
        self._stopped = threading.Event()
        self._connection = duckdb.connect(":memory:")
        for name, value in {**(settings or {}), **limits, **_CLOSED}.items():
            self._connection.execute(f"SET {name} = {_literal(value)}")
        self._connection.execute("SET lock_configuration = true")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()

    def stop(self) -> None:
        """End the query under way, which raises CutOffError; another thread calls this."""
        self._stopped.set()
        self._connection.interrupt()

    def register(self, name: str, source: object) -> None:
        """A relation of that name over something of Arrow's."""
        self._connection.register(name, source)

    def execute(self, statement: str) -> None:
        """Run a statement without rows, as one that makes a macro."""
        self._connection.execute(statement)

    @contextmanager
    def query(self, sql: str, seconds: float) -> Generator[RunningQuery]:
        """A query while it runs, for so many seconds at the most.

        Raises CutOffError when it takes too long or too much memory, QueryError for what its files are not, and
        duckdb.Error for what is wrong with the SQL or with values.
        """
        out_of_time = threading.Event()

        def cut_off() -> None:
            out_of_time.set()
            self._connection.interrupt()

        timer = threading.Timer(seconds, cut_off)
        timer.daemon = True
        timer.start()
        try:
            with self._reasons(out_of_time):
                relation = self._connection.sql(sql)
                columns = tuple(zip(relation.columns, relation.types, strict=True))
                reader = relation.to_arrow_reader(ROWS)
            yield RunningQuery(columns, reader.schema, self._batches(reader, out_of_time))
        finally:
            timer.cancel()

    def _batches(self, reader: pa.RecordBatchReader, out_of_time: threading.Event) -> Iterator[pa.RecordBatch]:
        while True:
            with self._reasons(out_of_time):
                if self._stopped.is_set():
                    raise CutOffError(STOPPED)
                if out_of_time.is_set():
                    raise CutOffError(TIMEOUT)
                try:
                    batch = reader.read_next_batch()
                except StopIteration:
                    return
            yield batch

    @contextmanager
    def _reasons(self, out_of_time: threading.Event) -> Generator[None]:
        """Errors within as what they come from: Arrow passes on no more than the text of an error of DuckDB's."""
        try:
            yield
        except QueryError:
            raise
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if self._stopped.is_set():
                raise CutOffError(STOPPED) from error
            if out_of_time.is_set():
                raise CutOffError(TIMEOUT) from error
            if self.failures:
                raise self.failures[0] from error
            if isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "Out of Memory Error" in str(error):
                raise CutOffError(EXHAUSTED) from error
            if isinstance(error, duckdb.Error):
                raise
            raise duckdb.Error(str(error)) from error


def _literal(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
