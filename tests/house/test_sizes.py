"""A reader holds a file, and a function, in mind: how long they are, measured over the whole product."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterable, Iterator

from tests.house.tree import Module, modules

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
MEDIAN, NINE_IN_TEN = 8, 20


def long_files(every: Iterable[Module]) -> list[str]:
    return [f"{each.path}: {each.lines} lines" for each in every if each.lines > LINES_OF_A_FILE]


def lengths(every: Iterable[Module]) -> Iterator[tuple[int, str]]:
    """Of each function: its lines without its docstring, and where it stands."""
    for module in every:
        for function in module.functions():
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            first = function.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(function.body) > 1:
                lines -= (first.end_lineno or first.lineno) - first.lineno + 1
            yield lines, f"{module.path}:{function.lineno} {function.name}"


def test_no_file_is_too_long() -> None:
    assert long_files(modules()) == []


def test_no_function_is_too_long() -> None:
    assert [where for lines, where in lengths(modules()) if lines > LINES_OF_A_FUNCTION] == []


def test_most_functions_are_short() -> None:
    every = sorted(lines for lines, _ in lengths(modules()))
    assert len(every) > 2_000
    assert statistics.median(every) <= MEDIAN
    assert statistics.quantiles(every, n=10)[-1] <= NINE_IN_TEN


def test_a_long_file_and_a_long_function_are_noticed() -> None:
    module = Module("mesh/long.py", "def one() -> None:\n" + "    print()\n" * LINES_OF_A_FILE)
    assert long_files([module]) == [f"mesh/long.py: {LINES_OF_A_FILE + 1} lines"]
    assert list(lengths([module])) == [(LINES_OF_A_FILE + 1, "mesh/long.py:1 one")]
