"""Both engines do the same with every program of the table (`CHANGES`)."""

from __future__ import annotations

import pytest

from tests.conformance.known import unexplained
from tests.conformance.programs import CHANGES
from tests.conformance.real import RealEngine
from tests.conformance.table import different, on_embedded, on_real

# The Automation API leaves a coroutine behind when a program is refused.
pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.mark.parametrize("name", CHANGES)
def test_both_engines_do_the_same(name: str, pulumi_engine: RealEngine) -> None:
    program = CHANGES[name]
    found = different(on_real(pulumi_engine, program), on_embedded(program))
    assert not unexplained(name, found), "\n".join(found)
