"""Shapes and colours of the pictures: plain attributes of SVG, which every renderer draws alike.

No style sheet, variable or media query stands in a picture, for librsvg and CairoSVG read none of them: what they do
not know is black. A picture for dark pages is a second file, drawn with `DARK`. The family is `sans-serif` alone:
renderers differ in which of several families they take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

LETTER: Final = 0.56
"""Width of a letter as a part of its size, rather too large: an SVG does not measure its text."""


@dataclass(frozen=True)
class Palette:
    """Colours of a picture, each as `#rrggbb`; text on a ground has a contrast of 4.5 or more (WCAG 2.2, 1.4.3)."""

    paper: str
    card: str
    ink: str
    soft: str
    """Text that explains."""
    rule: str
    edge: str
    """Outline of what is empty or outside."""
    shades: tuple[str, str, str, str, str]
    """Nothing, up to half, up to three quarters, less than everything, everything."""
    on_last_shade: str
    tag: str
    on_tag: str
    lanes: tuple[str, ...]
    """Colours of lines that are told apart."""


LIGHT: Final = Palette(
    paper="#ffffff",
    card="#f5f7f9",
    ink="#1c2530",
    soft="#566270",
    rule="#dfe4ea",
    edge="#8793a0",
    shades=("#f3f5f7", "#d9ecf2", "#a9d3e0", "#6fb3c9", "#14708c"),
    on_last_shade="#ffffff",
    tag="#fbeadf",
    on_tag="#94430f",
    lanes=("#14708c", "#94430f", "#5b4bb0", "#2c7a3f", "#a8326e", "#6b6200"),
)
DARK: Final = Palette(
    paper="#12171d",
    card="#1a2129",
    ink="#e6ebf0",
    soft="#a3b0bd",
    rule="#2a333d",
    edge="#64717e",
    shades=("#1a2129", "#173a47", "#1c5062", "#23718a", "#5cc3de"),
    on_last_shade="#08222b",
    tag="#3a2618",
    on_tag="#f0a575",
    lanes=("#5cc3de", "#f0a575", "#b3a7f5", "#7fce92", "#ef8fbd", "#d6c94f"),
)
THEMES: Final[Mapping[str, Palette]] = {"light": LIGHT, "dark": DARK}
"""Palettes by the pages that they are for."""


def picture(size: tuple[int, int], title: str, description: str, palette: Palette, drawn: Iterator[str]) -> str:
    """A whole SVG on its own ground, with what a screen reader says of it; its width and height are in pixels."""
    width, height = size
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="13">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(description)}</desc>',
        f'<rect width="{width}" height="{height}" rx="8" fill="{palette.paper}"/>',
    )
    return "\n".join((*head, *drawn, "</svg>", ""))


def width_of(text: str, size: float = 13) -> int:
    """Width of a text in pixels, rather too large."""
    return round(LETTER * size * len(text))


@dataclass(frozen=True)
class Lettering:
    """A kind of text: its colour, its size in pixels, its weight, and which point of it is placed."""

    fill: str
    size: float = 13
    bold: bool = False
    anchor: str = "start"

    def at(self, x: int, y: int, text: str) -> str:
        """The text with its baseline at a place."""
        more = ' font-weight="bold"' if self.bold else ""
        more += f' text-anchor="{self.anchor}"' if self.anchor != "start" else ""
        more += f' font-size="{self.size:g}"' if self.size != 13 else ""
        return f'<text x="{x}" y="{y}" fill="{self.fill}"{more}>{escape(text)}</text>'


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """The x of its middle."""
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        """The y of its lower edge."""
        return self.y + self.height

    def filled(self, fill: str, rx: int = 3, *, edge: str = "", dashed: bool = False, title: str = "") -> str:
        """The rectangle with a colour, an outline if `edge` has one, and a title that a browser shows on it."""
        more = f' stroke="{edge}"' if edge else ""
        more += ' stroke-dasharray="3 3"' if dashed else ""
        shape = f'<rect x="{self.x}" y="{self.y}" width="{self.width}" height="{self.height}" rx="{rx}" fill="{fill}"'
        return f"{shape}{more}><title>{escape(title)}</title></rect>" if title else f"{shape}{more}/>"


def stroke(x1: int, y1: int, x2: int, y2: int, colour: str, width: float = 1) -> str:
    """A straight line."""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width:g}"/>'


def dot(x: int, y: int, radius: float, colour: str) -> str:
    """A disc."""
    return f'<circle cx="{x}" cy="{y}" r="{radius:g}" fill="{colour}"/>'


def arrow(x: int, start: int, end: int, colour: str, title: str = "") -> Iterator[str]:
    """A vertical line from one y to another with its head at the end: no marker, which CairoSVG draws otherwise."""
    back = 6 if end < start else -6
    yield stroke(x, start, x, end + back, colour, 1.5)
    shape = f'<path d="M{x} {end}L{x - 4} {end + back}L{x + 4} {end + back}Z" fill="{colour}"'
    yield f"{shape}><title>{escape(title)}</title></path>" if title else f"{shape}/>"
