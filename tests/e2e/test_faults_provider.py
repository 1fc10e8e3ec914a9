"""The provider's process ends in the middle of a stack: what it made is in the state, and a new one goes on."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cli.summary import ENDED
from sandbox.runs.provider_server import SILENT, ProviderServer
from tests.e2e.ground import Ground, converges, created
from tests.sandbox.emulator.faulty import spared

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@dataclass
class Ending:
    """At the twelfth creation the provider ends: AWS does what it was asked, and nobody hears of it."""

    end: Callable[[], None]
    created: int = 0

    def __call__(self, operation: str) -> None:
        self.created += operation.startswith("create_")
        if self.created == 12:
            self.end()


def test_a_provider_that_ends_in_the_middle_of_a_stack_loses_nothing(ground: Ground) -> None:
    with ProviderServer(ground.faulty) as server, ground.workspace(server) as workspace:
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        ground.faulty.meet = ending = Ending(server.end)
        (run,) = workspace.up(ground.mesh, ["governance"])
        assert ending.created >= 12
    assert run.result.failures
    assert [failure.message for failure in run.result.failures if SILENT not in failure.message] == []
    assert created(run) == ground.stated().total() >= 1
    assert ground.stated() < ground.exists(), "what was made and never heard of"
    ground.faulty.meet = spared
    with ground.workspace() as workspace:
        converges(ground, workspace)


def test_a_command_whose_organisation_ends_says_what_was_done_and_the_next_one_goes_on(ground: Ground) -> None:
    if ground.cli:
        pytest.skip("what a command says is the same under each engine")
    with ground.served() as server:
        assert ground.typed("up", "--stack", "organization").returncode == 0
        ground.faulty.meet = Ending(server.end)
        done = ground.typed("up", "--stack", "governance", "--stack", "domain-shop")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert re.search(rf"^governance +{ground.account} +{ground.stated().total()} ", done.stdout, re.MULTILINE)
    assert re.search(r"^domain-shop +not run$", done.stdout, re.MULTILINE)
    assert "failed governance: " in done.stdout
    assert done.stdout.splitlines()[-1].startswith(ENDED)
    ground.faulty.meet = spared
    with ground.served(), ground.workspace() as workspace:
        assert ground.typed("up", "--stack", "governance").returncode == 0
        converges(ground, workspace)


def test_a_state_that_ends_with_its_organisation_is_one_sentence(ground: Ground) -> None:
    if ground.cli:
        pytest.skip("the state of Pulumi's engine is its own to write")
    with ground.served():
        ground.faulty.meet = Ending(lambda: shutil.rmtree(ground.states.path))
        done = ground.typed("up")
        (ground.states.path / "identity").parent.mkdir()
    assert done.returncode == 1
    assert "failed organization: the state of stack 'organization' in" in done.stdout
    assert "could not be written (No such file or directory)" in done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_a_killed_command_leaves_nothing_that_the_next_one_does_not_find(ground: Ground) -> None:
    with ground.served(), ground.workspace() as workspace:
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        command = ground.type("up", "--stack", "governance")
        ground.faulty.meet = ending = Ending(command.kill)
        command.communicate()
        assert (command.returncode, ending.created >= 12) == (-signal.SIGKILL, True)
        ground.unlocked()
        ground.faulty.meet = spared
        assert ground.stated() < ground.exists()
        converges(ground, workspace)
