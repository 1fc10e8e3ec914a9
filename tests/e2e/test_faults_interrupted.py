"""Ctrl-C, SIGTERM and SIGHUP in the middle of a stack: what is under way is finished, is in the state, and said."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import pytest

from sandbox.emulator.provider import AwsProvider
from sandbox.engine.interruption import INTERRUPTED, NOTICE
from tests.e2e.ground import Ground, converges, created
from tests.e2e.journal import mesh_of
from tests.sandbox.emulator.faulty import spared

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
PATIENCE = 60


@dataclass
class Pressing:
    """At the fourth call of a kind somebody presses Ctrl-C; all calls wait until that was noticed."""

    press: Callable[[], None]
    noticed: Event
    kind: str = "create_"
    calls: int = 0
    waited: bool = True
    pressed: Event = field(default_factory=Event)

    def __call__(self, operation: str) -> None:
        self.calls += operation.startswith(self.kind)
        if self.calls == 4 and not self.pressed.is_set():
            self.pressed.set()
            self.press()
        if self.pressed.is_set():
            self.waited = self.noticed.wait(PATIENCE) and self.waited

    @property
    def was_noticed(self) -> bool:
        return self.pressed.is_set() and self.waited


class Told(list[str]):
    """What was said; when it was, something was noticed."""

    def __init__(self, noticed: Event) -> None:
        super().__init__()
        self.noticed = noticed

    def append(self, text: str) -> None:
        super().append(text)
        self.noticed.set()


@pytest.fixture(autouse=True)
def _heard() -> Generator[None]:
    """Whoever runs the tests may have SIGHUP ignored, as `nohup` does, and what it runs inherits that."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def noticed(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set once the engine begins nothing more: Pulumi's tells its providers, the embedded one says so."""
    event = Event()
    was = AwsProvider.Cancel

    def cancel(self: AwsProvider, request: Any, context: Any) -> Any:
        event.set()
        return was(self, request, context)

    monkeypatch.setattr(AwsProvider, "Cancel", cancel)
    if ground.cli is None:
        ground.told = Told(event)
    return event


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_an_interrupted_update_finishes_what_is_under_way_and_forgets_nothing(
    ground: Ground, noticed: Event, number: signal.Signals
) -> None:
    if ground.cli and number != signal.SIGINT:
        pytest.skip("a command is sent this one below")
    before = signal.getsignal(number)
    with ground.workspace() as workspace:
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        ground.faulty.meet = pressing = Pressing(lambda: os.kill(os.getpid(), number), noticed)
        (run,) = workspace.up(ground.mesh, ["governance", "domain-shop"])
        assert pressing.was_noticed
        assert (workspace.interrupted, signal.getsignal(number)) == (number, before)
        assert [failure.message for failure in run.result.failures] == [INTERRUPTED]
        assert ground.exists() == ground.stated()
        assert created(run) == ground.exists().total() >= 1
        some = ground.exists()
        ground.faulty.meet = spared
        converges(ground, workspace)
        assert some < ground.exists()
        assert not workspace.interrupted


def test_an_interrupted_command_says_what_was_done_and_the_next_one_goes_on(ground: Ground, noticed: Event) -> None:
    with ground.served():
        with ground.workspace() as workspace:
            assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        command = ground.type("up")
        said: list[str] = []
        listening = Thread(target=lambda: said.extend(heard(command, noticed if ground.cli is None else Event())))
        listening.start()
        ground.faulty.meet = pressing = Pressing(command.terminate, noticed)
        assert command.stdout
        out = command.stdout.read()
        listening.join(PATIENCE)
        assert (command.wait(PATIENCE), pressing.was_noticed) == (128 + signal.SIGTERM, True), said
        assert [line for line in said if "Traceback" in line] == []
        assert [line for line in said if line.startswith("interrupted:")] == [f"{NOTICE}\n"]
        assert ground.exists() == ground.stated()
        assert re.search(rf"^governance +{ground.account} +{ground.exists().total()} ", out, re.MULTILINE), out
        assert f"failed governance: {INTERRUPTED}" in out
        assert re.search(r"^domain-shop +not run$", out, re.MULTILINE), out
        ground.faulty.meet = spared
        with ground.workspace() as workspace:
            converges(ground, workspace)


def read_until(terminal: int, closed: Event) -> None:
    """Reads what is said on a terminal, and closes it."""
    while not closed.is_set():
        if select.select([terminal], [], [], 0.05)[0]:
            os.read(terminal, 4096)
    os.close(terminal)


def heard(command: subprocess.Popen[str], noticed: Event) -> Iterator[str]:
    assert command.stderr
    for line in command.stderr:
        if line.startswith("interrupted:"):
            noticed.set()
        yield line


def test_a_terminal_that_is_closed_interrupts_in_order_and_the_next_command_goes_on(ground: Ground) -> None:
    if ground.cli:
        pytest.skip("what a command hears is the same under each engine")
    with ground.served(), ground.workspace() as workspace:
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        process, terminal = pty.fork()
        if not process:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.chdir(ground.mesh.directory.parent)
            os.execve(*ground.command("up", "--stack", "governance"))
        closed = Event()
        watching = Thread(target=read_until, args=(terminal, closed))
        watching.start()

        def close() -> None:
            closed.set()
            watching.join(PATIENCE)

        ground.faulty.meet = pressing = Pressing(close, closed)
        _, status = os.waitpid(process, 0)
        assert pressing.was_noticed
        assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP
        assert ground.exists() == ground.stated()
        ground.faulty.meet = spared
        converges(ground, workspace)


def test_an_interrupted_destruction_forgets_only_what_is_gone(ground: Ground, noticed: Event) -> None:
    file = ground.mesh.directory / "mesh.yaml"
    file.write_text(f"defaults: {{deletion-protection: false}}\n{file.read_text()}")
    mesh = mesh_of(ground.mesh.directory)
    with ground.workspace() as workspace:
        assert all(not run.result.failures for run in workspace.up(mesh, ["organization", "governance"]))
        before = ground.exists()
        ground.faulty.meet = pressing = Pressing(lambda: os.kill(os.getpid(), signal.SIGINT), noticed, "delete_")
        (run,) = workspace.destroy(mesh, ["organization", "governance"])
        assert pressing.was_noticed
        assert [failure.message for failure in run.result.failures] == [INTERRUPTED]
        # LF-tags of databases are let go, and stay: what they close is never open.
        let_go = ground.exists() - ground.stated()
        assert ground.stated() <= ground.exists()
        assert {kind for kind, _ in let_go} <= {"aws:lakeformation/resourceLfTag:ResourceLfTag"}
        assert run.operations["delete"] == (before - ground.exists() + let_go).total() >= 1
        assert ground.exists()
        ground.faulty.meet = spared
        assert not workspace.destroy(mesh, ["governance"])[0].result.failures
        assert {kind for kind, _ in ground.exists()} <= {"aws:lakeformation/resourceLfTag:ResourceLfTag"}
