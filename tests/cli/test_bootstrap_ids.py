"""`mesh bootstrap` names no id that its input does not: whatever part of accounts.yaml AWS has given so far."""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path

import pytest

from cli import exit_codes, main
from tests.cli.named_ids import named_ids
from tests.e2e.ground import TINY
from tests.e2e.journal import DAY

ADMINISTRATOR = "arn:aws:iam::100000000001:role/Administrator"
PARTS = {
    "units": r"^units:.*\n",
    "governance": r"^governance:.*\n",
    "accounts": r"^domains:\n(?:  .*\n)+partners:\n(?:  .*\n)+",
    "network": r"^network:.*\n",
}
"""What accounts.yaml has beside the organisation's line, and AWS gives in this or that order."""
LACKING = [lack for size in range(len(PARTS) + 1) for lack in itertools.combinations(PARTS, size)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "stacks"))


def cut(folder: Path, lack: tuple[str, ...]) -> str:
    """accounts.yaml without some of its parts."""
    file = folder / "accounts.yaml"
    text = file.read_text()
    for part in lack:
        text, number = re.subn(PARTS[part], "", text, flags=re.MULTILINE)
        assert number == 1, part
    file.write_text(text)
    return text


@pytest.mark.parametrize("lack", LACKING, ids=lambda lack: "all" if not lack else "no " + ", ".join(lack))
@pytest.mark.parametrize("options", [(), ("--administrator", ADMINISTRATOR)], ids=["again", "first"])
def test_nothing_is_printed_that_names_another_id(
    options: tuple[str, ...], lack: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = named_ids(cut(folder, lack) + " ".join(options))
    code = main.run(["bootstrap", "--dir", str(folder), *options, "--as-of", DAY.isoformat()])
    printed = capsys.readouterr().out
    assert named_ids(printed) - given == set()
    # The second template trusts the governance account's break-glass role.
    complete = bool(options) or "governance" not in lack
    assert (code, bool(printed)) == ((exit_codes.FINE, True) if complete else (exit_codes.BAD_INPUT, False))


def test_an_assumed_id_would_be_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `mesh accounts` shows of such a mesh has the assumed ids, and this scan finds them."""
    given = named_ids(cut(folder, ("governance", "accounts")))
    assert main.run(["accounts", "--dir", str(folder), "--as-of", DAY.isoformat()]) == exit_codes.FINE
    assert len(named_ids(capsys.readouterr().out) - given) == 4
