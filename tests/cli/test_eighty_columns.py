"""In a terminal of 80 columns no word is broken: each that stands there stands in one of a thousand columns, too."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console
from rich.table import Table

from cli.screens import Screen
from cli.words import wrapped
from tests.cli.terminal import ROOT, plain
from tests.cli.warm_commands import WarmCommands
from tests.mesh_copies import copied

QUICK: Final = (
    "validate",
    "stacks",
    "accounts",
    "plan --costs",
    "validate -h",
    "lapse --as-of 2029-01-01",
    "plan --stack nothing",
)
SLOW: Final = (
    "validate --notes",
    "plan --sizes",
    "access",
    "access --home ads --clearance pii",
    "access who identity.profiles.birth_year",
    "access explain --as general@ads --read identity.profiles.birth_year",
    "access blast",
    "access blast deploy@ads",
    "prove -i I13",
    "schemas --out elsewhere",
    "codeowners --out elsewhere/CODEOWNERS",
    "decide -h",
)
PLANS: Final = ("plan", "plan --removal", "plan --stack governance")
"""Commands that say the same of every stack: those of the tiny mesh, which has each kind, are enough."""
NUMBER: Final = re.compile(r"[\d.,:%]+")


def words(text: str) -> set[str]:
    return {word.strip(";.") for word in text.split() if not NUMBER.fullmatch(word.strip(";."))}


@pytest.fixture(scope="module")
def commands() -> Iterator[WarmCommands]:
    with WarmCommands() as process:
        yield process


def look(commands: WarmCommands, line: str, folder: Path) -> None:
    narrow = commands.printed(line.split(), folder)
    elsewhere_again(folder)
    wide = commands.printed(line.split(), folder, 1000)
    assert words(narrow)
    assert "Traceback" not in narrow
    assert sorted(words(narrow) - words(wide)) == []
    too_long = [each for each in narrow.splitlines() if len(each.rstrip()) > 80 and len(each.split()) > 1]
    assert [each for each in too_long if max(map(len, each.split())) < 70] == []


def elsewhere_again(folder: Path) -> None:
    """Empties the folder for what is written: a command that finds its files there would say that it wrote none."""
    shutil.rmtree(folder / "elsewhere", ignore_errors=True)
    (folder / "elsewhere").mkdir()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A folder with a copy of the sample mesh that has findings of every length."""
    copied(ROOT / "stacks", tmp_path / "stacks")
    elsewhere_again(tmp_path)
    return tmp_path


@pytest.fixture
def tiny_top(tmp_path: Path) -> Path:
    """A folder with a copy of the tiny mesh."""
    copied(ROOT / "tests" / "mesh" / "tiny", tmp_path / "stacks")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("line", QUICK)
def test_no_word_is_broken(commands: WarmCommands, line: str, top: Path) -> None:
    look(commands, line, top)


@pytest.mark.long
@pytest.mark.parametrize("line", SLOW)
def test_no_word_of_a_longer_command_is_broken(commands: WarmCommands, line: str, top: Path) -> None:
    look(commands, line, top)


@pytest.mark.long
@pytest.mark.parametrize("line", PLANS)
def test_no_word_of_a_plan_is_broken(commands: WarmCommands, line: str, tiny_top: Path) -> None:
    look(commands, line, tiny_top)


@pytest.mark.slow
def test_findings_break_at_words_in_a_terminal(commands: WarmCommands, top: Path) -> None:
    file = top / "stacks" / "domains" / "ads.yaml"
    file.write_text(file.read_text("utf-8").replace("identity.profiles", "identity.profile"), "utf-8")
    look(commands, "validate", top)
    assert "did you mean 'identity.profiles'?" in " ".join(commands.printed(["validate"], top).split())


@pytest.mark.long
@pytest.mark.parametrize("line", [*QUICK, *SLOW])
def test_no_command_fails_where_output_is_ascii(commands: WarmCommands, line: str, top: Path) -> None:
    holds_in_ascii(commands, line, top)


@pytest.mark.long
@pytest.mark.parametrize("line", PLANS)
def test_no_plan_fails_where_output_is_ascii(commands: WarmCommands, line: str, tiny_top: Path) -> None:
    holds_in_ascii(commands, line, tiny_top)


def holds_in_ascii(commands: WarmCommands, line: str, folder: Path) -> None:
    told = commands.printed(line.split(), folder, more={"PYTHONIOENCODING": "ascii"})
    assert told.split()
    assert told.isascii()
    assert "Traceback" not in told


def test_progress_that_is_erased_does_not_stand_on_the_terminal() -> None:
    told = "\x1b[?25lone …\r\x1b[2Ktwo 1/16 …\r\n\x1b[?25h\r\x1b[1A\x1b[2K\x1b[1mstack\x1b[0m\r\nads\r\n"
    assert plain(told) == "stack\nads\n"
    assert plain("a line that stays\r\nshort\b\bed") == "a line that stays\nshoed"


def shown(width: int, *rows: tuple[str, ...], terminal: bool = True) -> list[str]:
    """Lines of a table of three columns on a console of that width."""
    console = Screen(width=width, force_terminal=terminal, color_system=None, highlight=False)
    assert isinstance(console, Console)
    table = Table(box=None, pad_edge=False)
    for title in ("stack", "in words", "owner"):
        table.add_column(title)
    for row in rows:
        table.add_row(*row)
    with console.capture() as captured:
        console.print(table)
    return [line.rstrip() for line in captured.get().splitlines()]


ROW: Final = ("governance", "what is shared by all of them", "privacy-office@aurora.example")


def test_a_table_is_as_wide_as_its_words() -> None:
    assert shown(80, ROW)[1] == "governance  what is shared by all of them  privacy-office@aurora.example"
    narrow = shown(60, ROW)
    assert narrow[1:3] == ["governance  what is shared by  privacy-office@aurora.example", "            all of them"]
    assert max(map(len, narrow)) <= 60


def test_a_table_whose_words_do_not_fit_is_told_row_by_row() -> None:
    assert shown(40, ROW) == [
        "governance",
        "  in words what is shared by all of",
        "  them; owner",
        "  privacy-office@aurora.example",
    ]


def test_a_table_that_goes_into_a_pipe_keeps_its_columns() -> None:
    piped = shown(40, ROW, terminal=False)
    (first,) = (line for line in piped if line.startswith("governance"))
    assert first.split()[0] == "governance"
    assert first.endswith("privacy-office@aurora.example")


def test_lines_break_at_words_and_words_stay() -> None:
    assert wrapped("  one two three", 10) == "  one two\n  three"
    assert wrapped("short\nan-address@of-an-office.example is long", 12) == (
        "short\nan-address@of-an-office.example\nis long"
    )
