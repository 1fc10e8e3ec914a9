"""Labels of a product in the catalog: what is put on its database, what on columns of its tables, and in what order.

**Closed by default**: the database is `true` for every classification, and what is in it inherits that: a table or a
column that no contract names is read by who holds every label. `false` stands on columns alone, on those that the
contract says are free of the classification.

**What closes comes first**: the database before anything is in it, the labelled columns before any column is opened.
An assignment is never taken away again, only written over: a column that gets a label is written `true` over its
`false`, by the assignment that it moves to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from mesh.contracts.catalog import CatalogColumn, CatalogTable

CLOSED: Final = "true"
OPEN: Final = "false"


class TagAssignment(NamedTuple):
    """An LF-tag on columns of a table, or on the whole database; `true` closes to who does not hold the label."""

    key: str
    value: Literal["true", "false"]
    table: str = ""
    columns: tuple[str, ...] = ()


def of_database(classifications: Iterable[str]) -> Iterator[TagAssignment]:
    """The assignments of a database, which come before its first table."""
    return (TagAssignment(key, CLOSED) for key in classifications)


def of_columns(tables: Sequence[CatalogTable], classifications: Sequence[str]) -> Iterator[TagAssignment]:
    """The assignments of the columns of all tables: first those that close, then those that open."""
    for value in (CLOSED, OPEN):
        for table in tables:
            for key in classifications:
                columns = tuple(c.name for c in table.every_column if _value(c, key, classifications) == value)
                if columns:
                    yield TagAssignment(key, value, table.name, columns)


def _value(column: CatalogColumn, key: str, classifications: Sequence[str]) -> Literal["true", "false"]:
    # A label that the mesh does not know is one that nobody holds: its column is closed whole.
    return CLOSED if key in column.labels or not {*column.labels} <= {*classifications} else OPEN
