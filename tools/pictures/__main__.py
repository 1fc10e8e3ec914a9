"""`python -m tools.pictures [--check]`: writes the pictures of docs/, or says which of them are stale.

Exit code 1 with `--check` when one is stale or missing.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mesh.access.chains import DecidedReads
from mesh.access.grid import grid
from mesh.access.heatmap import heatmap
from mesh.access.matrix import matrix
from mesh.access.overview import overview
from mesh.access.svg_shapes import THEMES
from mesh.folder import plan_folder
from tools.written_pages import write_or_compare

ROOT: Final = Path(__file__).resolve().parents[2]
AS_OF: Final = datetime.date(2026, 12, 1)
"""The day of the sample mesh, as in the Makefile."""


def drawn() -> Iterator[tuple[str, str]]:
    """Every picture: its path in the repository, and its text."""
    planned = plan_folder(ROOT / "stacks", AS_OF)
    reads = grid(planned.plan, matrix(DecidedReads(planned.plan)))
    for theme, palette in THEMES.items():
        ending = "" if theme == "light" else f"-{theme}"
        yield f"docs/access{ending}.svg", heatmap(planned.plan, reads, palette)
        yield f"docs/overview{ending}.svg", overview(planned.mesh, planned.plan, palette)


if __name__ == "__main__":
    sys.exit(write_or_compare(dict(drawn()), "make pictures", check="--check" in sys.argv[1:]))
