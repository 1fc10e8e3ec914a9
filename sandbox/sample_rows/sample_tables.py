"""Sample tables: columns whose value at any row is made without those before it, so that rows come in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mesh.contracts.types import ColumnType
from sandbox.sample_rows.value_spaces import ComputedSpace, ListedSpace, Scatter, Space

BATCH: Final = 10_000
"""Rows of a batch, where the caller does not say."""

_LOOKED_AT: Final = 1000


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """A column: `made` is its value at a row where it is not null, and `nulls` of its rows are null.

    `stride` and `turns` say which values differ: those of every `stride`-th row, `turns` times; 0 turns where it is
    not known.
    """

    name: str
    type: ColumnType
    made: Callable[[int], Any]
    rows: int
    nulls: int
    order: Scatter
    stride: int = 1
    turns: int = 0

    def value(self, row: int) -> Any:
        """The value at a row."""
        return None if self.nulls and self.order.at(row) < self.nulls else self.made(row)

    def values(self, start: int, stop: int) -> list[Any]:
        """The values of some rows."""
        made = self.made
        if not self.nulls:
            return [made(row) for row in range(start, stop)]
        at, nulls = self.order.at, self.nulls
        return [None if at(row) < nulls else made(row) for row in range(start, stop)]

    def filled_row(self, number: int) -> int:
        """The row of a number, among those that are not null."""
        return self.order.number_at(self.nulls + number) if self.nulls else number

    def different(self) -> Space:
        """Values of the column, each once: all where they are known to differ, else those of the first rows."""
        if self.turns:
            turns = min(self.turns, -(-self.rows // self.stride)) if self.stride > 1 else min(self.turns, self.rows)
            if self.stride == 1:
                turns = min(turns, self.rows - self.nulls)
                return ComputedSpace(turns, lambda number: self.made(self.filled_row(number)))
            return ComputedSpace(turns, lambda number: self.made(number * self.stride))
        values = (self.made(self.filled_row(n)) for n in range(min(_LOOKED_AT, self.rows - self.nulls)))
        return ListedSpace(list(dict.fromkeys(values)))


@dataclass(frozen=True, slots=True)
class SampleTable:
    """A table with its rows, by the names of the catalog; `partitioned_by` are those of its partition columns."""

    product: str
    name: str
    format: str
    rows: int
    columns: Mapping[str, SampleColumn]
    partitioned_by: Sequence[str] = ()

    def batches(self, size: int = BATCH) -> Iterator[dict[str, list[Any]]]:
        """The rows in batches of at most `size`: lists of values by column."""
        for start in range(0, self.rows, size):
            stop = min(self.rows, start + size)
            yield {name: column.values(start, stop) for name, column in self.columns.items()}

    def row(self, number: int) -> dict[str, Any]:
        """One row, by column."""
        return {name: column.value(number) for name, column in self.columns.items()}
