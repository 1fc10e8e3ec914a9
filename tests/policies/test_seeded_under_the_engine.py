"""Bad programs under Pulumi's own engine, a stack for each: refused in preview, and by rules on stacks in an update.

A rule on a resource is asked the same in an update as in the preview, but for values that are known then; that the
engines ask alike, `test_under_the_engine` shows. A rule on a stack sees what AWS has computed.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import pytest
from mesh_guardrails.rules import STACK_RULES
from pulumi.automation.events import EngineEvent

from mesh.findings import NotPossibleError
from sandbox.runs.policy_host import PolicyHost, policy_host
from tests.conformance.provider import NumberedCloud, NumberedProvider
from tests.conformance.real import RealEngine, real_engine
from tests.policies.programs import EVERY_PROGRAM
from tests.policies.test_seeded_programs import program_of
from tests.policies.told_programs import NO_MESH, heard

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]

SEEN_IN_THE_END: Final = [name for name, rule in EVERY_PROGRAM.items() if rule in {each.name for each in STACK_RULES}]


@pytest.fixture(scope="module")
def engine() -> Generator[RealEngine]:
    """One engine with one backend for all programs."""
    try:
        with real_engine() as engine:
            yield engine
    except NotPossibleError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def host() -> Generator[PolicyHost]:
    """The pack by itself."""
    with policy_host(variables=NO_MESH) as host:
        yield host


@pytest.mark.parametrize(
    ("module", "preview"), [*((each, True) for each in EVERY_PROGRAM), *((each, False) for each in SEEN_IN_THE_END)]
)
def test_a_seeded_program_is_refused_by_its_rule(
    module: str, preview: bool, engine: RealEngine, host: PolicyHost
) -> None:
    stack = f"{module}-{preview}".replace("_", "-").lower()
    events: list[EngineEvent] = []
    cloud = NumberedCloud()
    outcome = engine.run(
        stack,
        program_of(module),
        lambda: NumberedProvider(cloud),
        preview=preview,
        policy_packs=[host.pack],
        environment=host.environment,
        heard=events,
    )
    refused = {each.policy for each in heard(events) if each.mandatory}
    assert refused == {EVERY_PROGRAM[module]}
    assert outcome.failures
