"""`mesh plan --watch` as a process: it plans what a saved file changes, tells mistakes, and ends at Ctrl-C."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli import exit_codes, main, plan_watch
from tests.cli.terminal import MESH, ROOT, Terminal
from tests.mesh_copies import copied


def saved(file: Path, old: str, new: str) -> None:
    """A text replaced as editors do it: a new file takes the place of the old one."""
    text = file.read_text("utf-8")
    assert old in text
    fresh = file.with_suffix(".new")
    fresh.write_text(text.replace(old, new, 1), "utf-8")
    fresh.replace(file)


@pytest.mark.long
def test_what_is_saved_is_planned_again_until_ctrl_c(tmp_path: Path) -> None:
    stacks = copied(ROOT / "tests" / "mesh" / "tiny", tmp_path / "stacks")
    domain = stacks / "domains" / "shop.yaml"
    with Terminal([*MESH, "plan", "--watch"], tmp_path, 120, {"MESH_AS_OF": "2027-01-01"}) as terminal:
        terminal.read_until("Ctrl-C ends it")
        saved(domain, "retention: 30 days", "retention: 40 days")
        told = terminal.read_until("1 stack of 7 changed")
        assert "stacks/domains/shop.yaml\n" in told
        assert "domain-shop" in told
        assert "governance" not in told
        saved(domain, "retention: 40 days", "retention: 40")
        terminal.read_until("stacks/domains/shop.yaml:5:49: 'retention' is the number 40")
        saved(domain, "retention: 40,", "retention: 40 days,")
        saved(stacks / "mesh.yaml", "description:", "description: 'x'\n#")
        terminal.read_until("no stack changes")
        terminal.send("\x03")
        assert terminal.read_all(30).endswith("ended\n")
        assert terminal.process.returncode == exit_codes.FINE
        assert "Traceback" not in terminal.plain


def test_each_change_is_planned_against_the_one_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same in this process, without the waiting: the long test above types Ctrl-C in a terminal."""
    stacks = copied(ROOT / "tests" / "mesh" / "tiny", tmp_path / "stacks")
    domain = stacks / "domains" / "shop.yaml"
    edits = iter([("30 days", "40 days"), ("40 days", "40"), ("40,", "40 days,")])

    def settled(directory: Path, seen: plan_watch.Seen) -> plan_watch.Seen:
        old, new = next(edits, ("", ""))
        if not old:
            raise KeyboardInterrupt
        saved(domain, f"retention: {old}", f"retention: {new}")
        return plan_watch._files(directory)

    monkeypatch.setattr(plan_watch, "_settled", settled)
    monkeypatch.setenv("MESH_AS_OF", "2027-01-01")
    monkeypatch.chdir(tmp_path)
    assert main.run(["plan", "--watch"]) == exit_codes.FINE
    out, err = capsys.readouterr()
    assert out.count("\nstacks/domains/shop.yaml\n") == 3
    assert out.count("1 stack of 7 changed") == 1
    assert "domain-shop" in out
    assert out.endswith("no stack changes\n")
    assert "stacks/domains/shop.yaml:5:49: 'retention' is the number 40" in err
    assert err.endswith("ended\n")


def test_files_are_known_by_what_an_editor_changes(tmp_path: Path) -> None:
    stacks = copied(ROOT / "tests" / "mesh" / "tiny", tmp_path / "stacks")
    before = plan_watch._files(stacks)
    assert {Path(name).name for name in before} >= {"mesh.yaml", "shop.yaml", "parcels.py"}
    saved(stacks / "mesh.yaml", "name: tiny", "name: many")
    after = plan_watch._files(stacks)
    assert plan_watch._changed(before, after) == [os.path.relpath(stacks / "mesh.yaml")]
    (stacks / "domains" / "shop.yaml").unlink()
    assert len(plan_watch._changed(after, plan_watch._files(stacks))) == 1


@pytest.mark.parametrize("option", [["--json"], ["--sizes"], ["--against", "main"]])
def test_it_is_alone(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["plan", "--watch", *option]) == exit_codes.BAD_INPUT
    assert option[0] in capsys.readouterr().err
