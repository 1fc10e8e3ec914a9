"""The first domain as docs/beginning.md has it: typed in tmux, at most twelve answers, and then everything passes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.terminal_session import MESH, PROMPT, ROOT, environment, typed
from tests.conftest import STACKS
from tests.mesh_copies import copied

PAGE = (ROOT / "docs" / "beginning.md").read_text("utf-8")
MOST = 12
"""Answers from a clone to a domain with a product that passes everything."""

PATIENCE = 240.0
PASSES = ("validate", "lock", "plan --stack domain-billing", "prove")
"""Commands that pass afterwards."""


def recorded() -> list[str]:
    """The lines of the session that the page shows."""
    found = re.search(r"<!-- session -->\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1].splitlines()


@dataclass
class Tmux:
    """A server of tmux with one window of 80 columns."""

    socket: Path

    def call(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-f", "/dev/null", "-S", str(self.socket), *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    def lines(self) -> list[str]:
        """The lines of the window and its history, those that the window broke joined."""
        return [line.rstrip() for line in self.call("capture-pane", "-p", "-J", "-S", "-").rstrip().splitlines()]

    def wait_for(self, pattern: str, after: int = 0) -> int:
        """The number of lines when the last one matches, of more than some."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            lines = self.lines()
            if len(lines) > after and re.fullmatch(pattern, lines[-1]):
                return len(lines)
            time.sleep(0.2)
        raise AssertionError("\n".join(self.lines()))

    def type(self, text: str) -> None:
        if text:
            self.call("send-keys", "-l", text)
        self.call("send-keys", "Enter")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    copied(STACKS, tmp_path / "stacks")
    command = tmp_path / "mesh"
    command.write_text(f'#!/bin/sh\nexec {shlex.join(MESH)} "$@"\n')
    command.chmod(0o755)
    kept = {key: value for key, value in environment().items() if key not in ("TERM", "COLUMNS")}
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    server = Tmux(tmp_path / "tmux")
    shell = ["env", "-i", f"PATH={path}", "PS1=$ ", "HOME=" + str(tmp_path), "LANG=C.UTF-8", "TERM=screen"]
    shell += [f"{key}={kept[key]}" for key in ("MESH_AS_OF", "PYTHONPATH")]
    started = f"tmux -f /dev/null -u -S {server.socket} new-session -d -x 80 -y 50 -c {tmp_path} sh -c"
    subprocess.run([*started.split(), shlex.join([*shell, "bash", "--norc", "--noprofile"])], check=True)
    yield server
    server.call("kill-server")


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_domain_and_its_product_take_twelve_answers_in_a_terminal(tmux: Tmux, tmp_path: Path) -> None:
    session = recorded()
    assert session[0] == "$ mesh new domain"
    answers = typed("\n".join(session))
    assert len(answers) <= MOST
    number = tmux.wait_for(r"\$")
    tmux.type("mesh new domain")
    for answer in answers:
        number = tmux.wait_for(PROMPT.pattern, number)
        tmux.type(answer)
    tmux.wait_for(r"\$", number)
    shown = [line for line in tmux.lines() if line]
    assert shown[-1] == "$"
    assert shown[:-1] == [line for line in session if line]
    for command in PASSES:
        done = subprocess.run(
            [*MESH, *command.split()], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert command != "lock" or done.stdout.startswith("0 locks written")
