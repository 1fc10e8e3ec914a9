"""Output of the command: results to stdout, everything else to stderr; colour only on a terminal."""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


@cache
def screen() -> Console:
    """Standard output for people."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


@cache
def margin() -> Console:
    """Standard error: progress and findings."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 120)


def say(text: str) -> None:
    """A line on standard error, as it is."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 (this is the one place that prints)


def answer(text: str) -> None:
    """A line on standard output, as it is."""
    print(text, flush=True)  # noqa: T201


def answer_json(value: Any) -> None:
    """The result of `--json`: one document on standard output, nothing else there."""
    json.dump(value, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 bucket`, `2 buckets`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
