"""Stacks of the sample mesh in preview: the same steps, inputs and outputs on both engines."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh.folder import plan_folder
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import entry_point
from sandbox.runs.stack_run import ENTRY_POINT, stack_config
from tests.conformance.embedded import EmbeddedStacks
from tests.conformance.outcome import differences
from tests.conformance.real import RealEngine

pytestmark = pytest.mark.e2e
STACKS = Path(__file__).resolve().parents[2] / "stacks"
AS_OF = datetime.date(2026, 12, 1)


@pytest.fixture(scope="module")
def config() -> dict[str, str]:
    return stack_config(plan_folder(STACKS, AS_OF), emulated=True)


@pytest.mark.parametrize("stack", ["organization", "domain-playback", "partner-ad-measurement"])
def test_a_preview_has_the_same_steps_and_values(stack: str, config: dict[str, str], pulumi_engine: RealEngine) -> None:
    program = entry_point(ENTRY_POINT)
    pulumi_engine.configure(stack, config)
    real = pulumi_engine.run(stack, program, AwsProvider, preview=True)
    ours = EmbeddedStacks().run(stack, program, AwsProvider, preview=True, config=config)
    assert real.failures == ()
    assert len(real.steps) > 20
    assert not differences(real, ours), "\n".join(differences(real, ours))
