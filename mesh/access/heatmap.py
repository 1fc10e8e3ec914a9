"""Heat map of the access matrix: an SVG for light pages, or for dark ones, with no script, style or font of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from mesh.access.chains import PORTS, ReadPort
from mesh.access.grid import Cell, Grid, Line
from mesh.access.svg_shapes import LIGHT, Box, Lettering, Palette, picture, stroke, width_of
from mesh.plan import Plan

ROW, HEAD, GAP, LEFT = 26, 86, 34, 24
TABLE, FILES, SPACE = 86, 30, 14
PAIR: Final = TABLE + 4 + FILES
SMALL: Final = 11.5
"""Size of the letters that explain, in pixels."""
EVERYTHING: Final = 4
"""The shade of a cell of which everything is read."""


def heatmap(plan: Plan, grid: Grid, palette: Palette = LIGHT) -> str:
    """The SVG: a row for each product, two cells for each clearance: the table, shaded by its columns, and files."""
    drawing = _Drawing(plan, grid, palette)
    size = (drawing.width, drawing.height)
    return picture(size, drawing.title(), drawing.description(), palette, drawing.lines())


class _Drawing:
    def __init__(self, plan: Plan, grid: Grid, palette: Palette) -> None:
        self.plan, self.grid, self.palette = plan, grid, palette
        ink, soft = palette.ink, palette.soft
        self.plain, self.bold = Lettering(ink), Lettering(ink, bold=True)
        self.bold_middle, self.big = Lettering(ink, bold=True, anchor="middle"), Lettering(ink, 17, bold=True)
        self.small, self.small_middle = Lettering(ink, SMALL), Lettering(ink, SMALL, anchor="middle")
        self.soft, self.soft_middle = Lettering(soft, SMALL), Lettering(soft, SMALL, anchor="middle")
        self.on_dark = Lettering(palette.on_last_shade, SMALL, anchor="middle")
        self.on_tag = Lettering(palette.on_tag, SMALL, anchor="middle")
        self.reads = {clearance.name: clearance.reads for clearance in plan.governance.catalog.clearances}
        self.rows = _by_product(grid)
        domains = len({domain for domain, *_ in self.rows})
        self.names = 40 + max((width_of(_name(grid, *row[1:3])) for row in self.rows), default=0)
        self.tags = 30 + max((sum(map(_tag, _labels(ports))) for *_, ports in self.rows), default=0)
        longest = max((max(name, self._reads(name), key=len) for name in grid.clearances), key=len, default="")
        self.pitch = SPACE + max(PAIR, width_of(longest, SMALL))
        self.width = max(LEFT + self.names + self.tags + len(grid.clearances) * self.pitch - SPACE + LEFT, 760)
        self.height = HEAD + 24 + domains * GAP + len(self.rows) * ROW + 96

    def lines(self) -> Iterator[str]:
        """Shapes of the SVG."""
        yield self.big.at(LEFT, 34, self.title())
        yield from self._head()
        bottom = HEAD + 24
        for domain, rows in groupby(self.rows, lambda row: row[0]):
            yield stroke(LEFT, bottom + 8, self.width - LEFT, bottom + 8, self.palette.rule)
            yield self.bold.at(LEFT, bottom + 27, domain)
            bottom += GAP
            for _, product, homes, ports in rows:
                yield from self._row(bottom, product, homes, ports)
                bottom += ROW
        yield from self._legend(bottom + 34)

    def title(self) -> str:
        """The title of the picture."""
        return f"Who reads what in the mesh {self.plan.mesh}"

    def description(self) -> str:
        """The heat map in words, for screen readers."""
        where = "in every domain alike" if self.grid.agreeing else "differing between domains"
        parts = [f"Clearances {', '.join(self.grid.clearances)}, {where}."]
        for line in self.grid.lines:
            cells = ", ".join(f"{clearance} {_in_words(line.port, cell)}" for clearance, cell in line.cells.items())
            held = "" if line.homes == self.grid.homes else f" held in {', '.join(line.homes)}"
            parts.append(f"{line.domain}.{line.product} as {line.port}{held}: {cells}.")
        return " ".join(parts)

    def _reads(self, clearance: str) -> str:
        return f"reads {', '.join(sorted(self.reads[clearance])) or 'no label'}"

    def _columns(self) -> Iterator[tuple[int, str]]:
        for number, clearance in enumerate(self.grid.clearances):
            yield LEFT + self.names + self.tags + number * self.pitch, clearance

    def _head(self) -> Iterator[str]:
        yield self.soft.at(LEFT, HEAD, "data product")
        yield self.soft.at(LEFT + self.names, HEAD, "labels")
        for x, clearance in self._columns():
            middle = x + PAIR // 2
            yield self.bold_middle.at(middle, HEAD - 16, clearance)
            yield self.soft_middle.at(middle, HEAD, self._reads(clearance))
            yield self.soft_middle.at(x + TABLE // 2, HEAD + 18, "table")
            yield self.soft_middle.at(x + TABLE + 4 + FILES // 2, HEAD + 18, "files")

    def _row(self, y: int, product: str, homes: tuple[str, ...], ports: Mapping[ReadPort, Line]) -> Iterator[str]:
        yield self.plain.at(LEFT + 12, y + 17, _name(self.grid, product, homes))
        x = LEFT + self.names
        for label in _labels(ports):
            width = _tag(label) - 6
            yield Box(x, y + 4, width, ROW - 8).filled(self.palette.tag, rx=9)
            yield self.on_tag.at(x + width // 2, y + 17, label)
            x += _tag(label)
        for left, clearance in self._columns():
            for port in PORTS:
                line = ports.get(port)
                if line and clearance in line.cells:
                    cell = line.cells[clearance]
                    x_and_width = (left, TABLE) if port == "table" else (left + TABLE + 4, FILES)
                    yield from self._cell(*x_and_width, y, port, cell, f"{clearance}, {line.domain}.{product}")

    def _legend(self, y: int) -> Iterator[str]:
        x = LEFT
        shades = (
            (Cell(1, 1), "everything"),
            (Cell(9, 10), "more than three quarters of the columns"),
            (Cell(6, 10), "more than half"),
            (Cell(1, 10), "half or less"),
            (Cell(0, 1), "nothing"),
        )
        for cell, text in shades:
            yield self._shaded(Box(x, y - 12, 22, 16), cell)
            yield self.small.at(x + 29, y, text)
            x += 29 + width_of(text, SMALL) + 22
        yield self.soft.at(LEFT, y + 24, "No cell: the product has no such port. Numbers: columns read, of how many.")
        where = "Every domain gives the same answer" if self.grid.agreeing else "Rows are split where domains differ"
        decided = f"{where}; {self.grid.rows:,} reads decided over the policies that the mesh emits: mesh access"
        yield self.soft.at(LEFT, y + 42, decided)

    def _cell(self, x: int, width: int, y: int, port: ReadPort, cell: Cell, title: str) -> Iterator[str]:
        yield self._shaded(Box(x, y + 2, width, ROW - 4), cell, f"{title} as {port}: {_in_words(port, cell)}")
        if port == "table" and cell.readable:
            shown = str(cell.of) if cell.readable == cell.of else f"{cell.readable} of {cell.of}"
            lettering = self.on_dark if _shade(cell) == EVERYTHING else self.small_middle
            yield lettering.at(x + width // 2, y + 17, shown)

    def _shaded(self, box: Box, cell: Cell, title: str = "") -> str:
        shade = _shade(cell)
        edge = "" if shade else self.palette.edge
        return box.filled(self.palette.shades[shade], edge=edge, dashed=not shade, title=title)


_ByProduct = list[tuple[str, str, tuple[str, ...], dict[ReadPort, Line]]]


def _by_product(grid: Grid) -> _ByProduct:
    """Lines of one product and the same homes, by port."""
    by_product: dict[tuple[str, str, tuple[str, ...]], dict[ReadPort, Line]] = {}
    for line in grid.lines:
        by_product.setdefault((line.domain, line.product, line.homes), {})[line.port] = line
    return [(*key, ports) for key, ports in by_product.items()]


def _name(grid: Grid, product: str, homes: tuple[str, ...]) -> str:
    """Name of a product, with the homes of the line where homes differ."""
    return product if homes == grid.homes else f"{product} as held in {', '.join(homes)}"


def _labels(ports: Mapping[ReadPort, Line]) -> tuple[str, ...]:
    return next(iter(ports.values())).labels


def _tag(label: str) -> int:
    """Width of a label's tag and the space behind it."""
    return 18 + width_of(label, SMALL)


def _shade(cell: Cell) -> int:
    """Shade of a cell, from 0 (nothing) to 4 (everything, and not one column less)."""
    if not cell.readable:
        return 0
    if cell.readable == cell.of:
        return EVERYTHING
    return 1 if cell.share <= 0.5 else 2 if cell.share <= 0.75 else 3


def _in_words(port: ReadPort, cell: Cell) -> str:
    if not cell.readable:
        return "nothing"
    if port == "files":
        return "all files"
    return "all columns" if cell.readable == cell.of else f"{cell.readable} of {cell.of} columns"
