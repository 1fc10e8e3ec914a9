"""Heat map of the access matrix: one SVG for light and dark pages, without scripts or fonts of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from mesh.access.chains import PORTS, ReadPort
from mesh.access.grid import Cell, Grid, Line
from mesh.plan import Plan

ROW, HEAD, GAP, LEFT = 26, 86, 34, 24
TABLE, FILES, SPACE = 86, 30, 14
PAIR: Final = TABLE + 4 + FILES
LETTER, SMALL_LETTER = 7.2, 6.5
"""Width of a letter in pixels, rather too large: an SVG does not measure its text."""

STYLE: Final = """
 svg{font:13px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;
  --paper:#fff;--ink:#1c2530;--soft:#5f6b7a;--rule:#dfe4ea;--none:#f3f5f7;--edge:#b9c2cc;
  --a:#d9ecf2;--b:#a9d3e0;--c:#6fb3c9;--all:#14708c;--on:#fff;--pii:#b3541e;--tag:#fbeadf}
 @media (prefers-color-scheme:dark){svg{--paper:#12171d;--ink:#e6ebf0;--soft:#98a5b3;--rule:#2a333d;--none:#1a2129;
  --edge:#47535f;--a:#173a47;--b:#1c5062;--c:#23718a;--all:#5cc3de;--on:#08222b;--pii:#f0a575;--tag:#3a2618}}
 .paper{fill:var(--paper)}text{fill:var(--ink)}.soft{fill:var(--soft)}.h{font-weight:600}.big{font-size:17px}
 .small{font-size:11.5px}.m{text-anchor:middle}.e{text-anchor:end}.rule{stroke:var(--rule)}
 .s0{fill:var(--none);stroke:var(--edge);stroke-dasharray:3 3}.s1{fill:var(--a)}.s2{fill:var(--b)}.s3{fill:var(--c)}
 .s4{fill:var(--all)}.on{fill:var(--on)}.tag{fill:var(--tag)}.tagged{fill:var(--pii)}
"""


def heatmap(plan: Plan, grid: Grid) -> str:
    """The SVG: a row for each product, two cells for each clearance: the table, shaded by its columns, and files."""
    return "\n".join((*_Drawing(plan, grid).lines(), ""))


class _Drawing:
    def __init__(self, plan: Plan, grid: Grid) -> None:
        self.plan, self.grid = plan, grid
        self.reads = {clearance.name: clearance.reads for clearance in plan.governance.catalog.clearances}
        self.rows = _by_product(grid)
        domains = len({domain for domain, *_ in self.rows})
        self.names = 40 + round(LETTER * max((len(_name(grid, *row[1:3])) for row in self.rows), default=0))
        self.tags = 30 + max((sum(map(_tag, _labels(ports))) for *_, ports in self.rows), default=0)
        longest = max((max(len(name), len(self._reads(name))) for name in grid.clearances), default=0)
        self.pitch = SPACE + max(PAIR, round(SMALL_LETTER * longest))
        self.width = max(LEFT + self.names + self.tags + len(grid.clearances) * self.pitch - SPACE + LEFT, 760)
        self.height = HEAD + 24 + domains * GAP + len(self.rows) * ROW + 96

    def lines(self) -> Iterator[str]:
        """Lines of the SVG."""
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" aria-labelledby="title desc">'
        )
        yield f'<title id="title">{escape(self._title())}</title>'
        yield f'<desc id="desc">{escape(self._description())}</desc>'
        yield f"<style>{STYLE}</style>"
        yield f'<rect class="paper" width="{self.width}" height="{self.height}" rx="8"/>'
        yield _text(LEFT, 34, self._title(), "h big")
        yield from self._head()
        bottom = HEAD + 24
        for domain, rows in groupby(self.rows, lambda row: row[0]):
            yield f'<line class="rule" x1="{LEFT}" x2="{self.width - LEFT}" y1="{bottom + 8}" y2="{bottom + 8}"/>'
            yield _text(LEFT, bottom + 27, domain, "h")
            bottom += GAP
            for _, product, homes, ports in rows:
                yield from self._row(bottom, product, homes, ports)
                bottom += ROW
        yield from self._legend(bottom + 34)
        yield "</svg>"

    def _title(self) -> str:
        return f"Who reads what in the mesh {self.plan.mesh}"

    def _description(self) -> str:
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
        yield _text(LEFT, HEAD, "data product", "soft small")
        yield _text(LEFT + self.names, HEAD, "labels", "soft small")
        for x, clearance in self._columns():
            middle = x + PAIR // 2
            yield _text(middle, HEAD - 16, clearance, "h m")
            yield _text(middle, HEAD, self._reads(clearance), "soft small m")
            yield _text(x + TABLE // 2, HEAD + 18, "table", "soft small m")
            yield _text(x + TABLE + 4 + FILES // 2, HEAD + 18, "files", "soft small m")

    def _row(self, y: int, product: str, homes: tuple[str, ...], ports: Mapping[ReadPort, Line]) -> Iterator[str]:
        yield _text(LEFT + 12, y + 17, _name(self.grid, product, homes))
        x = LEFT + self.names
        for label in _labels(ports):
            width = _tag(label) - 6
            yield f'<rect class="tag" x="{x}" y="{y + 4}" width="{width}" height="{ROW - 8}" rx="9"/>'
            yield _text(x + width // 2, y + 17, label, "tagged small m")
            x += _tag(label)
        for left, clearance in self._columns():
            for port in PORTS:
                line = ports.get(port)
                if line and clearance in line.cells:
                    cell = line.cells[clearance]
                    x_and_width = (left, TABLE) if port == "table" else (left + TABLE + 4, FILES)
                    yield from _cell(*x_and_width, y, port, cell, f"{clearance}, {line.domain}.{product}")

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
            yield f'<rect class="{_shade(cell)}" x="{x}" y="{y - 12}" width="22" height="16" rx="3"/>'
            yield _text(x + 29, y, text, "small")
            x += 29 + round(SMALL_LETTER * len(text)) + 22
        yield _text(
            LEFT, y + 24, "No cell: the product has no such port. Numbers: columns read, of how many.", "soft small"
        )
        where = "Every domain gives the same answer" if self.grid.agreeing else "Rows are split where domains differ"
        decided = f"{where}; {self.grid.rows:,} reads decided over the policies that the mesh emits: mesh access"
        yield _text(LEFT, y + 42, decided, "soft small")


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
    return 18 + round(SMALL_LETTER * len(label))


def _cell(x: int, width: int, y: int, port: ReadPort, cell: Cell, title: str) -> Iterator[str]:
    shade = _shade(cell)
    words = escape(f"{title} as {port}: {_in_words(port, cell)}")
    place = f'x="{x}" y="{y + 2}" width="{width}" height="{ROW - 4}" rx="3"'
    yield f'<rect class="{shade}" {place}><title>{words}</title></rect>'
    if port == "table" and cell.readable:
        shown = str(cell.of) if cell.readable == cell.of else f"{cell.readable} of {cell.of}"
        yield _text(x + width // 2, y + 17, shown, "small m on" if shade == "s4" else "small m")


def _shade(cell: Cell) -> str:
    """Shade of a cell, from `s0` (nothing) to `s4` (everything, and not one column less)."""
    if not cell.readable:
        return "s0"
    if cell.readable == cell.of:
        return "s4"
    return "s1" if cell.share <= 0.5 else "s2" if cell.share <= 0.75 else "s3"


def _in_words(port: ReadPort, cell: Cell) -> str:
    if not cell.readable:
        return "nothing"
    if port == "files":
        return "all files"
    return "all columns" if cell.readable == cell.of else f"{cell.readable} of {cell.of} columns"


def _text(x: int, y: int, text: str, kind: str = "") -> str:
    styled = f' class="{kind}"' if kind else ""
    return f'<text{styled} x="{x}" y="{y}">{escape(text)}</text>'
