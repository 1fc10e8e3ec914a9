"""Generated files of the repository: written, or compared with what is there."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]


def stale(files: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """Paths of the files that are missing or have another text."""
    return [
        name for name, text in files.items() if not (root / name).is_file() or (root / name).read_text("utf-8") != text
    ]


def write_or_compare(files: Mapping[str, str], command: str, *, check: bool, root: Path = ROOT) -> int:
    """Writes the files that are stale; with `check` names them, and the command that writes them. The exit code."""
    others = stale(files, root)
    for name in others:
        if check:
            print(f"{name} is stale: {command}", file=sys.stderr)  # noqa: T201 (the tool's own answer)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(files[name], "utf-8")
            print(f"written: {name}", file=sys.stderr)  # noqa: T201 (the tool's own answer)
    return 1 if check and others else 0
