"""What Tab proposes: words of the command line, and values of the nearest mesh, whether it is valid or not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from cli import main
from cli.completion import SCRIPTS
from cli.completions import table
from cli.completions.complete import TABLE, proposals
from tests.cli.terminal import MESH, ROOT, Terminal
from tests.mesh_copies import copied

STACKS: Final = ROOT / "stacks"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the sample mesh, which is the working directory."""
    copied(STACKS, tmp_path / "stacks")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words(line: str) -> list[str]:
    *before, current = line.split(" ")
    return list(proposals(before, current).words)


def test_the_table_is_that_of_the_commands() -> None:
    assert (Path(table.__file__).with_name(TABLE)).read_text("utf-8") == table.text(), (
        "write it with `python -m cli.completions.table`"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pl", ["plan"]),
        ("access bl", ["blast"]),
        ("plan --sta", ["--stack"]),
        ("plan --stack ad", ["ads", "ad-measurement"]),
        ("plan --stack=domain-pl", ["--stack=domain-playback"]),
        ("refresh -s partner-s", ["partner-subtitling"]),
        ("access --clearance p", ["pii"]),
        ("access --home re", ["recommendations"]),
        ("access --product identity.p", ["identity.profiles"]),
        ("access who playback.v", ["playback.viewing-hours"]),
        ("offboard sub", ["subtitling"]),
        ("as partner:", ["partner:ad-measurement", "partner:subtitling"]),
        ("as pipeline:playback.v", ["pipeline:playback.viewing-hours"]),
        ("query --as general@a", ["general@ads"]),
        ("up --engine ", ["embedded", "pulumi"]),
        ("prove --invariant I13", ["I13"]),
        ("data sample ads.im", ["ads.impressions"]),
        ("data sample ads.campaigns ads.im", ["ads.impressions"]),
        ("plan --json --js", []),
        ("publish ads.campaigns ads", []),
    ],
)  # fmt: skip
def test_words_and_values_of_the_mesh_are_proposed(top: Path, line: str, expected: list[str]) -> None:
    assert words(line) == expected


def test_values_are_of_the_mesh_that_the_line_names_or_of_the_nearest(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = ROOT / "tests" / "mesh" / "tiny"
    assert words(f"plan -C {tiny} --stack domain-") == ["domain-orders", "domain-shop"]
    assert words(f"plan --dir={tiny} --stack domain-s") == ["domain-shop"]
    monkeypatch.chdir(top / "stacks" / "contracts" / "ads")
    assert words("plan --stack domain-a") == ["domain-ads"]
    monkeypatch.chdir("/")
    assert words("plan --stack domain-a") == []


BROKEN: Final = "products:\n  new-one: {kind: [\n  pii-two:\n    kind: ml\n"


@pytest.mark.parametrize("text", [BROKEN, "products: 5\n", "a: b: c\n", "", "\0\n", "- 1\n"])
def test_a_broken_file_takes_away_no_more_than_it_has(top: Path, text: str) -> None:
    (top / "stacks/domains/ads.yaml").write_text(text)
    named = words("access --product ads.")
    assert named == (["ads.new-one", "ads.pii-two"] if "new-one" in text else [])
    assert "identity.profiles" in words("access --product ")
    assert "ads" in words("plan --stack a")


def test_files_and_folders_are_left_to_the_shell(top: Path) -> None:
    assert [proposals(*each).kind for each in ((["plan", "-C"], ""), (["validate"], ""))] == ["folders", "folders"]
    assert proposals(["query", "--file"], "").kind == "files"


@pytest.mark.parametrize("shell", sorted(SCRIPTS))
def test_nothing_but_words_is_printed_whatever_is_wrong(top: Path, shell: str) -> None:
    shutil.rmtree(top / "stacks" / "domains")
    (top / "stacks" / "domains").write_text("no folder")
    for line in ("mesh plan --stack ", 'mesh query "select', "mesh", "", "mesh nothing there "):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "_MESH_COMPLETE": shell, "COMP_LINE": line}
        done = subprocess.run(
            [*MESH, *line.split(" ")[1:]], cwd=top, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.stderr, "Traceback" in done.stdout) == ("", False)


def test_a_key_is_answered_at_once(top: Path) -> None:
    """In 0.3 seconds of the processor, without what Python takes to begin; typer and the model are not loaded."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "_MESH_COMPLETE": "zsh"}
    subprocess.run([*MESH, "plan", "--stack", ""], cwd=top, env=environment, capture_output=True, check=True)
    before, started = os.times(), time.perf_counter()
    subprocess.run([*MESH, "access", "--product", ""], cwd=top, env=environment, capture_output=True, check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert used < 0.3, (used, time.perf_counter() - started)


def test_bash_completes_in_a_terminal(top: Path) -> None:
    """With bash itself: a word that it cuts at colons and at signs is whole again, and names of files are its own."""
    (top / "mesh").write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from cli.main import main; main()' \"$@\"\n")
    (top / "mesh").chmod(0o755)
    more = {"PATH": f"{top}:{os.environ['PATH']}", "PS1": "$ ", "HISTFILE": "", "INPUTRC": "/dev/null"}
    with Terminal(["bash", "--norc", "--noprofile", "-i"], top, 120, more) as bash:
        bash.send("bind 'set enable-bracketed-paste off'\n")
        bash.send('eval "$(mesh completion bash)"; echo ready\n')
        bash.read_until("\nready")
        for typed, completed in (
            ("mesh plan --stack domain-pl\t", "mesh plan --stack domain-playback "),
            ("mesh as partner:su\t", "mesh as partner:subtitling "),
            ("mesh connect --as pii@ide\t", "mesh connect --as pii@identity "),
            ("mesh validate sta\t", "mesh validate stacks/"),
            ("mesh as --write sta\t", "mesh as --write stacks/"),
        ):
            bash.send(typed)
            bash.read_until(completed, 20)
            bash.send("\x15")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_the_script(top: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} is found")
    script = top / "mesh.script"
    script.write_text(SCRIPTS[shell])
    subprocess.run([shell, "-n", str(script)], check=True, timeout=20)


@pytest.mark.parametrize("shell", sorted(SCRIPTS))
def test_the_script_is_printed_as_it_is(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["completion", shell]) == 0
    assert capsys.readouterr().out == SCRIPTS[shell]
