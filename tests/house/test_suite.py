"""No test is lost: exactly one of the targets that CI runs takes it; `make test-all` begins with `make test`."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
SELECTIONS = re.findall(r"-m pytest -m \"?([a-z0-9 ]+?)\"? \$\(SIDE_BY_SIDE\)", MAKEFILE)
"""The marker expressions of the targets."""


def selected(expression: str, long: bool, e2e: bool) -> bool:
    """Whether a marker expression takes a test with these markers."""
    return bool(eval(expression, {"__builtins__": {}}, {"long": long, "e2e": e2e}))


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("e2e", [False, True])
def test_every_test_is_run_once(long: bool, e2e: bool) -> None:
    assert len(SELECTIONS) == 3
    assert sum(selected(expression, long, e2e) for expression in SELECTIONS) == 1


def test_the_whole_suite_begins_with_the_short_one_and_ci_runs_it() -> None:
    assert re.search(r"^test-all: test\b", MAKEFILE, re.MULTILINE)
    steps = [line.strip() for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()]
    assert {"make test-all", "make e2e"} <= set(steps)
