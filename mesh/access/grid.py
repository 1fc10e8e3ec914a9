"""Access matrix as a grid: a line for each product and port, a cell for each clearance; homes that agree share one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from mesh.access.chains import ReadPort, labels_by_column
from mesh.access.matrix import Row
from mesh.plan import Plan


class Cell(NamedTuple):
    """Share of a port that a clearance reads: columns of a table; files are read as a whole (1 of 1) or not."""

    readable: int
    of: int

    @property
    def share(self) -> float:
        """The share, from 0 to 1."""
        return self.readable / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A port of a product as `homes` see it; a cell for each clearance."""

    domain: str
    product: str
    port: ReadPort
    labels: tuple[str, ...]
    homes: tuple[str, ...]
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines of a matrix; `rows` counts the rows that they are made of."""

    clearances: tuple[str, ...]
    homes: tuple[str, ...]
    lines: tuple[Line, ...]
    rows: int

    @property
    def agreeing(self) -> bool:
        """Whether all homes agree in every line."""
        return all(line.homes == self.homes for line in self.lines)


def grid(plan: Plan, rows: Iterable[Row]) -> Grid:
    """A grid of the rows of a matrix, in their order."""
    clearances: dict[str, None] = {}
    homes: dict[str, None] = {}
    lines: list[Line] = []
    number = 0
    for _, group in groupby(rows, lambda row: (row.domain, row.product, row.port)):
        ports_rows = list(group)
        number += len(ports_rows)
        clearances |= dict.fromkeys(row.clearance for row in ports_rows)
        homes |= dict.fromkeys(row.home for row in ports_rows)
        lines += _lines(plan, ports_rows)
    return Grid(tuple(clearances), tuple(homes), tuple(lines), number)


def _lines(plan: Plan, rows: list[Row]) -> Iterator[Line]:
    """Lines of one port of one product: homes whose clearances read the same columns share one."""
    first = rows[0]
    of = len(labels_by_column(plan, first.domain, first.product)) if first.port == "table" else 1
    by_home: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_home.setdefault(row.home, {})[row.clearance] = row
    alike: dict[tuple[tuple[str, bool, tuple[str, ...]], ...], list[str]] = {}
    for home, held in by_home.items():
        alike.setdefault(tuple((c, row.allowed, row.columns) for c, row in held.items()), []).append(home)
    for answers, homes in alike.items():
        cells = {
            clearance: Cell(len(columns) if first.port == "table" else int(allowed), of)
            for clearance, allowed, columns in answers
        }
        yield Line(first.domain, first.product, first.port, first.labels, tuple(homes), cells)
