"""zizmor and actionlint over the workflows of continuous integration."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tools.judge.objection import Objection
from tools.judge.processes import told

WORKFLOWS: Final = Path(".github", "workflows")
FOUND: Final = (0, 1, 10, 11, 12, 13, 14)
"""Exit codes of zizmor that say how bad the worst finding is ("Exit codes" in its manual)."""


def zizmor(root: Path) -> Iterator[Objection]:
    """What zizmor says, as an auditor and without asking GitHub."""
    program = Path(sys.executable).with_name("zizmor")
    options = ("--offline", "--persona", "auditor", "--format", "json-v1")
    answer = told([program, *options, WORKFLOWS], FOUND, root)
    for finding in json.loads(answer.stdout):
        primary = next(each for each in finding["locations"] if each["symbolic"]["kind"] == "Primary")
        symbolic = primary["symbolic"]
        file = Path(symbolic["key"]["Local"]["verbatim_path"]).name
        route = ".".join(str(next(iter(part.values()))) for part in symbolic["route"]["route"])
        yield Objection("zizmor", finding["ident"], f"workflow/{file}/{route}", words=finding["desc"])


def actionlint(root: Path, program: Path) -> Iterator[Objection]:
    """What actionlint says."""
    answer = told([program, "-format", "{{json .}}", *sorted((root / WORKFLOWS).iterdir())], (0, 1), root)
    errors: list[Any] = json.loads(answer.stdout)
    for error in errors:
        at = f"workflow/{Path(error['filepath']).name}/{error['line']}"
        yield Objection("actionlint", error["kind"], at, words=error["message"])
