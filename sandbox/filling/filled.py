"""A sample that is asked for, and what it came to: tables, publications, a batch refused, rows read, deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, Self

ROWS: Final = 200
"""Rows of a table, where nobody says how many."""

SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: so many rows a table, of some products or of all, the same for one seed; a bad batch at the end."""

    rows: int = ROWS
    seed: int = SEED
    products: tuple[str, ...] = ()
    bad_batch: bool = True

    def to_json(self) -> dict[str, Any]:
        """The sample as plain values."""
        return {"rows": self.rows, "seed": self.seed, "products": list(self.products), "bad-batch": self.bad_batch}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The sample that `to_json` gave; numbers may come as floats."""
        products = tuple(values["products"])
        return cls(int(values["rows"]), int(values["seed"]), products, bool(values["bad-batch"]))


@dataclass(frozen=True, slots=True)
class FilledTable:
    """A table with its rows; `runtime` is that of the pipeline that ran for it, empty where its rows were generated.

    `instead` says why a pipeline did not run, where the product has one.
    """

    product: str
    table: str
    rows: int
    runtime: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class RefusedBatch:
    """The batch that was seeded to be refused: what is wrong, and the domains whose accounts heard of the refusal."""

    product: str
    table: str
    mistake: str
    sentences: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """Files of a product in a partner's inbox, and the rows that a query of the partner's people returned."""

    partner: str
    product: str
    table: str
    files: int
    rows: int


RefusalReason = Literal["home", "clearance", "labels", "agreement"]
"""A table that the reader's home does not consume, or of which its clearance covers no column; a file of which it does
not cover all labels; and either of them without an agreement of the partner on it.
"""


@dataclass(frozen=True, slots=True)
class RefusedRead:
    """A read that was refused, as contracts, clearances and agreements say: who asked for which table, or its file."""

    who: str
    product: str
    table: str
    port: Literal["table", "files"]
    reason: RefusalReason


@dataclass(slots=True)
class Filled:
    """The result of writing a sample; `differences` are sentences on what is not as contracts and clearances say."""

    tables: list[FilledTable] = field(default_factory=list[FilledTable])
    published: list[str] = field(default_factory=list[str])
    refused: list[RefusedBatch] = field(default_factory=list[RefusedBatch])
    queries: int = 0
    """Queries that returned rows, or should have."""
    people: int = 0
    rows_read: int = 0
    withheld_columns: int = 0
    """Columns that queries did not return, each query's counted."""
    files_read: int = 0
    refused_reads: list[RefusedRead] = field(default_factory=list[RefusedRead])
    received: list[Received] = field(default_factory=list[Received])
    differences: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each.rows for each in self.tables)

    def to_json(self) -> dict[str, Any]:
        """The result as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The result that `to_json` gave; numbers may come as floats."""
        return cls(
            tables=[
                FilledTable(each["product"], each["table"], int(each["rows"]), each["runtime"], each["instead"])
                for each in values["tables"]
            ],
            published=list(values["published"]),
            refused=[
                RefusedBatch(
                    each["product"], each["table"], each["mistake"], tuple(each["sentences"]), tuple(each["told"])
                )
                for each in values["refused"]
            ],
            queries=int(values["queries"]),
            people=int(values["people"]),
            rows_read=int(values["rows_read"]),
            withheld_columns=int(values["withheld_columns"]),
            files_read=int(values["files_read"]),
            refused_reads=[
                RefusedRead(each["who"], each["product"], each["table"], each["port"], each["reason"])
                for each in values["refused_reads"]
            ],
            received=[
                Received(each["partner"], each["product"], each["table"], int(each["files"]), int(each["rows"]))
                for each in values["received"]
            ],
            differences=list(values["differences"]),
            seconds=float(values["seconds"]),
        )
