"""The tutorial is typed: its files are written, its commands run in their order, and print what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.pages import FENCE, ROOT, Page
from tests.mesh_copies import copied

PAGE = Page(ROOT / "docs" / "tutorial.md")
BLOCK = re.compile(
    r"(?:^`(?P<file>[^`\n]+)`(?P<new>, a new file)?:\n\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
DIFFERS = (
    (re.compile(r"\b\d+\.\d s\b"), "N s"),
    (re.compile(r"^(\S+ +\d{12} .*)\b\d+\.\d$"), r"\1N s"),
    (re.compile(r"[\d,]+ bytes"), "N bytes"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "MOMENT"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "PUBLICATION"),
)
"""What is another from run to run, and on another machine; seconds of a stack stand behind its account."""
GAP = "…"
PATIENCE = 300.0


class Step(NamedTuple):
    """A block of the page: a file to write or to change, or commands to type, with what is shown below them."""

    file: str
    kind: str
    body: str

    @property
    def typed(self) -> Iterator[tuple[str, list[str]]]:
        """The commands of a console, each with the lines below it."""
        for part in re.split(r"^\$ ", self.body, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield command, shown


def steps(text: str) -> list[Step]:
    """The blocks in their order; a change without a file is of the file before."""
    found: list[Step] = []
    for block in BLOCK.finditer(text):
        file = block["file"] or (found[-1].file if block["kind"] == "diff" else "")
        assert bool(file) == (block["kind"] != "console"), f"a block of no file: {block['body']}"
        assert bool(block["new"]) == (block["kind"] not in ("console", "diff")), f"new, or changed? {file}"
        found.append(Step(file, block["kind"], block["body"]))
    return found


def changed(text: str, change: str) -> str:
    """A text with a change of the page made in it; its lines without a sign say where, and have to be there once."""
    lines = [(line[:1], line[1:]) for line in change.splitlines(keepends=True)]
    before = "".join(line for sign, line in lines if sign != "+")
    assert text.count(before) == 1, f"there {text.count(before)} times:\n{before}"
    return text.replace(before, "".join(line for sign, line in lines if sign != "-"))


def even(line: str) -> str:
    """A line without what differs from run to run, and without blanks that align it."""
    for pattern, name in DIFFERS:
        line = pattern.sub(name, line)
    return " ".join(line.split())


def first_unlike(shown: list[str], printed: str) -> str:
    """The first of the lines shown that is not printed where the page has it; empty where all are.

    A gap stands for any number of lines, or within a line for any text. Where none is shown, nothing is compared.
    """
    whole = "".join(f"{even(line)}\n" for line in printed.splitlines())
    pattern = ""
    for line in shown:
        pattern += r"(?:.*\n)*?" if line == GAP else re.escape(even(line)).replace(GAP, ".*") + r"\n"
        if not re.match(pattern, whole):
            return line
    return "" if not shown or re.fullmatch(pattern, whole) else f"nothing more below: {shown[-1]}"


@dataclass
class Terminal:
    """Two terminals in a folder with a copy of the sample mesh: in the first an organisation is kept."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: {**os.environ, "PYTHONUNBUFFERED": "1"})
    kept: subprocess.Popen[bytes] | None = None

    def take(self, step: Step) -> list[str]:
        """Do what a block says; what was printed otherwise than shown."""
        if step.kind == "console":
            return [unlike for command, shown in step.typed if (unlike := self.type(command, shown))]
        file = self.folder / step.file
        if step.kind == "diff":
            file.write_text(changed(file.read_text("utf-8"), step.body), "utf-8")
            return []
        assert not file.exists(), f"{step.file} is no new file"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(step.body, "utf-8")
        return []

    def type(self, command: str, shown: list[str]) -> str:
        """Type a command; the line that is shown and not printed, with what was printed; empty where there is none."""
        program, *arguments = shlex.split(command)
        match program:
            case "export":
                self.environment |= dict(each.split("=", 1) for each in arguments if not each.startswith("PATH="))
                return ""
            case "make":
                printed = self._made(arguments)
            case "mesh":
                printed = self._typed(arguments)
            case _:
                pytest.fail(f"who types `{command}`?")
        line = first_unlike(shown, printed)
        return f"$ {command}\nshows: {line}\nprints:\n{printed}" if line else ""

    def _typed(self, arguments: list[str]) -> str:
        done = subprocess.run(
            [mesh(), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"$ mesh {shlex.join(arguments)}\n{done.stdout}"
        return done.stdout

    def _made(self, arguments: list[str]) -> str:
        """`make up ARGS=…`, as the Makefile has it, until it says how it is ended."""
        assert arguments[0] == "up"
        (more,) = [each.removeprefix("ARGS=") for each in arguments[1:]]
        day = re.search(r"^AS_OF +\?= (\S+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert day
        said = self.folder / "first-terminal.txt"
        with said.open("wb") as opened:
            self.kept = subprocess.Popen(
                [mesh(), "up", "--as-of", day[1], *more.split()],
                cwd=self.folder,
                env=self.environment,
                stdout=opened,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + PATIENCE
        while "Ctrl-C" not in (printed := said.read_text("utf-8")):
            assert self.kept.poll() is None, printed
            assert time.monotonic() < end, printed
            time.sleep(0.2)
        return printed

    def end(self) -> None:
        """Ctrl-C in the first terminal."""
        if self.kept:
            self.kept.send_signal(signal.SIGINT)
            assert self.kept.wait(60) == 0


def mesh() -> str:
    """The command of this environment."""
    return str(Path(sys.executable).parent / "mesh")


@contextmanager
def terminal(folder: Path) -> Generator[Terminal]:
    """Inside, there is a folder to type in; outside, no organisation is kept there."""
    copied(ROOT / "stacks", folder / "stacks")
    opened = Terminal(folder)
    try:
        yield opened
        opened.end()
    finally:
        if opened.kept and opened.kept.poll() is None:
            opened.kept.kill()
            opened.kept.wait()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    with terminal(tmp_path) as opened:
        unlike = [each for step in steps(PAGE.text) for each in opened.take(step)]
    assert not unlike, "\n\n".join(unlike)


def test_every_block_of_the_page_is_a_step() -> None:
    assert [step.body for step in steps(PAGE.text)] == [block["body"] for block in FENCE.finditer(PAGE.text)]
    assert [command for step in steps(PAGE.text) for command, _ in step.typed] == PAGE.commands


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (["a 1.2 s", "b  c"], ""),
        (["a 9.9 s", GAP], ""),
        ([GAP, "b c"], ""),
        (["a …", "b …"], ""),
        ([], ""),
        (["a 1.2 s"], "nothing more below: a 1.2 s"),
        (["b c"], "b c"),
        ([GAP, "b d"], "b d"),
        ([GAP, "b c", "a 1.2 s"], "a 1.2 s"),
    ],
)
def test_what_is_not_printed_is_told(shown: list[str], line: str) -> None:
    assert first_unlike(shown, "a 3.4 s\nb    c\n") == line


def test_a_decimal_in_a_row_is_compared_and_the_seconds_of_a_stack_are_not() -> None:
    stack = "access-ads  310000000013       2    72      {}"
    assert first_unlike([stack.format("0.5")], stack.format("10.3")) == ""
    assert first_unlike([stack.format("0.5")], stack.replace("72", "73").format("10.3"))
    assert first_unlike(["sold  0.5"], "sold  0.6") == "sold  0.5"
    assert first_unlike(["310000000013  0.5"], "310000000013  0.6")


def test_a_change_whose_place_is_gone_is_none() -> None:
    assert changed("a\nb\nc\n", " a\n-b\n+d\n c\n") == "a\nd\nc\n"
    with pytest.raises(AssertionError, match="there 0 times"):
        changed("a\nc\n", " a\n-b\n+d\n")
