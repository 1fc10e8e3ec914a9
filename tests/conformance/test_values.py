"""Both engines do the same with every program of the table (`VALUES`)."""

from __future__ import annotations

import pytest

from tests.conformance.known import unexplained
from tests.conformance.programs import VALUES
from tests.conformance.real import RealEngine
from tests.conformance.table import different, on_embedded, on_real

# The Automation API leaves a coroutine behind when a program is refused.
pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.mark.parametrize("name", VALUES)
def test_both_engines_do_the_same(name: str, pulumi_engine: RealEngine) -> None:
    program = VALUES[name]
    found = different(on_real(pulumi_engine, program), on_embedded(program))
    assert not unexplained(name, found), "\n".join(found)


def test_a_program_that_runs_again_begins_with_nothing(pulumi_engine: RealEngine) -> None:
    """As a test does whose engine went away in the middle: what it had made is in a state by then."""
    program = VALUES["replacement-fails-after-the-delete"]
    first, second = on_real(pulumi_engine, program), on_real(pulumi_engine, program)
    assert [run.steps for run in first] == [run.steps for run in second]
