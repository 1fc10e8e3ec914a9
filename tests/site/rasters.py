"""Run by the site's own Python: `draw SVG PNG` with CairoSVG; `compare PNG PNG` says how far two rasters differ.

Rasters are compared in squares of eight pixels, for renderers place and smooth letters differently, and no two of them
agree on a single one. Printed is JSON: the mean difference, and the share of squares that differ by a fifth or more of
the whole range of a channel; 0 is none, 1 is black for white.
"""

from __future__ import annotations

import json
import sys

import cairosvg
from PIL import Image, ImageChops

SQUARE = 8
A_FIFTH = 51


def draw(svg: str, png: str) -> None:
    cairosvg.svg2png(url=svg, write_to=png)


def compare(one: str, other: str) -> None:
    first, second = (_on_white(name) for name in (one, other))
    if first.size != second.size:
        print(json.dumps({"sizes": [first.size, second.size]}))  # noqa: T201 (its answer)
        return
    difference = ImageChops.difference(first.reduce(SQUARE), second.reduce(SQUARE))
    worst = [max(pixel) for pixel in zip(*(band.tobytes() for band in difference.split()), strict=True)]
    far = sum(each >= A_FIFTH for each in worst)
    print(json.dumps({"mean": sum(worst) / len(worst) / 255, "far": far / len(worst)}))  # noqa: T201 (its answer)


def _on_white(name: str) -> Image.Image:
    """A raster without its transparency: what is outside of rounded corners is the page's."""
    image = Image.open(name).convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


if __name__ == "__main__":
    {"draw": draw, "compare": compare}[sys.argv[1]](*sys.argv[2:])
