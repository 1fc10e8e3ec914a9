"""The CLI is run to its end; one that hangs is ended."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from pulumi.automation import CommandError

from sandbox.runs import pulumi_automation
from sandbox.runs.pulumi_automation import Command
from sandbox.runs.pulumi_cli import Cli


def command(directory: Path, script: str) -> Command:
    executable = directory / "pulumi"
    executable.write_text(f"#!/bin/sh\n{script}\n")
    executable.chmod(0o755)
    return Command(Cli(executable, "3.259.0"))


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi_automation, "QUIET", 0.3)
    monkeypatch.setattr(pulumi_automation, "ENDING", 0.3)


def test_what_it_prints_is_the_result(tmp_path: Path) -> None:
    assert command(tmp_path, "echo done").run(["up"], str(tmp_path), {}).stdout == "done"


def test_an_engine_that_says_nothing_is_told_to_end_and_then_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine a shell takes longer than a third of a second to hear a signal.
    monkeypatch.setattr(pulumi_automation, "QUIET", 1.0)
    for heeds, ending in (("trap 'echo told >&2; exit 3' INT", 20.0), ("trap '' INT", 0.3)):
        monkeypatch.setattr(pulumi_automation, "ENDING", ending)
        waiting = command(tmp_path, f"{heeds}\nwhile :; do sleep 0.1; done")
        began = time.monotonic()
        with pytest.raises(CommandError) as raised:
            waiting.run(["up"], str(tmp_path), {})
        assert waiting.fell_silent
        assert time.monotonic() - began < 30
        assert ("told" in str(raised.value)) == ("told" in heeds)


def test_an_engine_that_tells_is_left_to_its_work(tmp_path: Path) -> None:
    working = command(tmp_path, "sleep 2.5; echo done")
    with telling(working):
        assert working.run(["up"], str(tmp_path), {}).stdout == "done"
    assert not working.fell_silent


@contextmanager
def telling(working: Command) -> Generator[None]:
    """Inside, an event comes ten times a second."""
    over = Event()

    def tell() -> None:
        while not over.wait(0.1):
            working.heard()

    thread = Thread(target=tell)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
