"""Surroundings of a query, of which it asks for tables and files, and its answer."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from sandbox.athena.seen_tables import Files, SeenTable, TableName

_IN_MEMORY: Final = 8 << 20
"""Bytes of a result that are kept in memory while it is written."""


class Catalog(Protocol):
    """The catalog as one caller sees it."""

    def table(self, name: TableName) -> SeenTable | None:
        """A table with the columns that the caller may read; None for what it does not see."""
        ...

    def described(self, database: str, table: str) -> Mapping[str, Any] | None:
        """A table as Glue describes it to the caller; None for what it does not see."""
        ...

    def databases(self) -> list[Mapping[str, Any]]:
        """Databases that the caller sees, as Glue describes them."""
        ...

    def tables(self, database: str) -> list[Mapping[str, Any]]:
        """Tables of a database that the caller sees, as Glue describes them."""
        ...

    def files(self, table: SeenTable) -> Files:
        """The objects of a table, as they are read for the caller. Raises QueryError for who may not read any."""
        ...


class WritableCatalog(Catalog, Protocol):
    """The catalog as one caller writes to it."""

    def governed(self, table: SeenTable) -> bool:
        """Whether Lake Formation has the place of a table, so that its grants decide."""
        ...

    def append(self, table: SeenTable, rows: Any) -> None:
        """Append rows to an Iceberg table as the caller, in one commit. Raises QueryError."""
        ...

    def replace(self, table: SeenTable, rows: Any) -> None:
        """Rows in place of those that an Iceberg table had when it was seen, as the caller. Raises QueryError."""
        ...

    def unload(self, place: str, name: str, body: bytes) -> str:
        """Write an object into a folder without any, as the caller: its path. Raises QueryError."""
        ...

    def refusal(self, action: str, name: TableName) -> str:
        """The refusal of an action of Glue on a table, or on a database; empty where the caller may."""
        ...


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The answer of a statement: columns with Athena's types, and rows of texts, None for a null, once to be read.

    `unloaded` are the files that UNLOAD has written.
    """

    statement: Literal["DML", "DDL", "UTILITY"]
    substatement: str
    columns: tuple[tuple[str, str], ...]
    rows: Iterable[Sequence[str | None]]
    scanned: Callable[[], int]
    update_count: int | None = None
    unloaded: tuple[str, ...] = ()

    @contextmanager
    def file(self) -> Generator[Any]:
        """The rows as Athena writes them: CSV with a first row of names, or lines with tabs. Raises QueryError."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as made:
            if self.statement == "DML":
                made.write(_line([name for name, _ in self.columns]))
                made.writelines(map(_line, self.rows))
            else:
                made.writelines(("\t".join(cell or "" for cell in row) + "\n").encode() for row in self.rows)
            made.seek(0)
            yield made


def _line(cells: Sequence[str | None]) -> bytes:
    quoted = ("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells)
    return (",".join(quoted) + "\n").encode()
