"""`mesh diff` and `mesh plan --against` between folders and revisions, and what they say of sides that are none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli import exit_codes, main

TINY = Path(__file__).resolve().parents[1] / "mesh" / "tiny"
MEMBER = "  - {group: shop-analysts, domain: shop, use: Repeat customers"


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], cwd=folder, check=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny mesh in a repository of its own, committed once; the working folder is its top."""
    monkeypatch.setenv("MESH_AS_OF", "2027-01-01")
    monkeypatch.chdir(tmp_path)
    made = Path(shutil.copytree(TINY, tmp_path / "stacks"))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")
    return made


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def typed(capsys: pytest.CaptureFixture[str], *words: str, code: int = exit_codes.FINE) -> tuple[str, str]:
    assert main.run(list(words)) == code
    shown = capsys.readouterr()
    return shown.out, shown.err


def test_nothing_changes_and_an_edit_outside_of_the_mesh_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.parent / "README.md").write_text("new\n", "utf-8")
    assert main.run(["diff", "HEAD", "--exit-code"]) == exit_codes.FINE
    assert capsys.readouterr().out == "HEAD:stacks → stacks: Nothing in the mesh changes.\n"
    said, _ = typed(capsys, "diff", "main", "HEAD", "--markdown")
    assert "Nothing in the mesh changes" in said


def test_a_member_that_is_removed_is_said_in_each_form(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder / "clearances" / "pii.yaml", MEMBER, f"  #{MEMBER}")
    change(folder / "clearances" / "pii.yaml", "members:\n", "members: []\n")
    line = "shop-analysts@shop: pii → no clearance; loses 4 columns of 2 products and the files of 2 products"
    said, _ = typed(capsys, "diff", "HEAD", "--exit-code", code=exit_codes.FINDINGS)
    assert line in said
    against, _ = typed(capsys, "plan", "--against", "HEAD")
    assert against == said
    comment, _ = typed(capsys, "diff", "HEAD", "--markdown")
    assert f"- `{line}`" in comment
    document = json.loads(typed(capsys, "diff", "HEAD", "--json")[0])
    assert document["changed"] is True
    (lost,) = document["sections"]["people"]["changes"]
    assert (lost["group"], lost["before"], lost["after"], lost["gained"]) == ("shop-analysts", ["pii"], [], [])
    assert json.loads(typed(capsys, "plan", "--against", "HEAD", "--json")[0]) == document


@pytest.mark.long
def test_the_text_is_the_same_in_every_process(folder: Path) -> None:
    change(folder / "clearances" / "general.yaml", "reads: []", "reads: [pii]")
    words = [sys.executable, "-c", "from cli.main import main; main()", "diff", "HEAD", "--all"]
    texts = {
        subprocess.run(
            words,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    (text,) = texts
    assert "general, in every home, gains orders.customers: email (pii)" in text


def test_two_folders_are_compared_without_git(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = Path(shutil.copytree(folder, folder.parent / "other"))
    change(other / "domains" / "shop.yaml", "retention: 30 days", "retention: 20 days")
    said, _ = typed(capsys, "diff", "stacks", "other")
    assert said.startswith("stacks → other: 1 file says something else. Nobody gains or loses access")
    assert "shop.clicks: kept 30 → 20 days; what is older than 20 days is deleted and does not come back" in said


def test_a_day_alone_can_be_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said, _ = typed(capsys, "diff", "stacks", "--since", "2027-01-01", "--as-of", "2028-07-01", "--all")
    assert "courier gets no copies of orders.parcels any more: the agreement expired on 2028-06-30" in said
    assert "pipeline of shop.clicks, with pii, loses orders.customers" in said


def test_a_date_of_another_team_that_has_passed_stops_no_report(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A12: an agreement that ended makes `mesh validate` fail for every team's request; a report does not fail."""
    change(folder / "domains" / "shop.yaml", "The shop's pages.", "Pages of the shop.")
    assert main.run(["validate", "--as-of", "2028-07-01"]) == exit_codes.BAD_INPUT
    capsys.readouterr()
    said, error = typed(capsys, "diff", "HEAD", "--as-of", "2028-07-01")
    assert "domain shop: description" in said
    assert error == ""


def test_a_side_with_errors_is_said_and_what_both_could_read_is_compared(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder / "domains" / "shop.yaml", "kind: ml", "kind: mll")
    change(folder / "clearances" / "pii.yaml", "Repeat customers", "Loyal customers")
    said, error = typed(capsys, "diff", "HEAD", code=exit_codes.BAD_INPUT)
    assert "stacks/domains/shop.yaml:5:" in error
    assert "stacks cannot be planned, and who reads what is not compared until that is mended." in said
    assert "Left out: domains/shop.yaml" in said
    assert "use 'Repeat customers' → 'Loyal customers'" in said
    git(folder.parent, "commit", "-q", "-a", "-m", "two")
    change(folder / "domains" / "shop.yaml", "kind: mll", "kind: ml")
    said, error = typed(capsys, "diff", "HEAD", code=exit_codes.BAD_INPUT)
    assert "HEAD:stacks/domains/shop.yaml:5:" in error
    assert "HEAD:stacks cannot be planned" in said


def test_a_contract_that_is_none_is_said_with_its_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "contracts" / "shop" / "clicks.odcs.yaml").write_text("- not a contract\n", "utf-8")
    said, error = typed(capsys, "diff", "HEAD", code=exit_codes.BAD_INPUT)
    assert "stacks/contracts/shop/clicks.odcs.yaml:1:1:" in error
    assert "Left out: contracts/shop/clicks.odcs.yaml" in said
    assert "lock of" not in said
    comment, _ = typed(capsys, "diff", "HEAD", "--markdown", code=exit_codes.BAD_INPUT)
    assert "### What this change does to the mesh cannot be told" in comment
    assert json.loads(typed(capsys, "diff", "HEAD", "--json", code=exit_codes.BAD_INPUT)[0])["changed"] is None


def test_a_folder_that_is_no_mesh_leaves_the_answer_about_the_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.parent / "empty").mkdir()
    said, error = typed(capsys, "diff", "stacks", "empty", code=exit_codes.BAD_INPUT)
    assert "empty:1:1: there is no mesh in this folder" in error
    assert "stacks has 2 domains and 3 products." in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("diff", "nowhere"), "has no revision 'nowhere', and there is no folder of that name"),
        (("diff", "HEAD", "--json", "--markdown"), "JSON or Markdown, not both"),
        (("plan", "--against", "nowhere"), "has no revision 'nowhere'"),
        (("plan", "--against", "HEAD", "--sizes"), "leave out --sizes"),
        (("plan", "--against", "HEAD", "--removal"), "leave out --removal"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence_with_status_2(
    words: tuple[str, ...], sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said, error = typed(capsys, *words, code=exit_codes.BAD_INPUT)
    assert said == ""
    assert sentence in " ".join(error.replace("│", " ").split())


def test_a_comparison_that_failed_does_not_say_that_nothing_changes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "domains" / "shop.yaml"
    other = "contracts/shop/@octocat <img src=x> `.odcs.yaml"
    (folder / "contracts" / "shop" / "clicks.odcs.yaml").unlink()
    (folder / other).write_text("- not a contract\n", "utf-8")
    change(file, "kind: ml,", f"kind: ml, contract: '{other}',")
    comment, _ = typed(capsys, "diff", "HEAD", "--markdown", code=exit_codes.BAD_INPUT)
    assert "Nothing in the mesh changes" not in comment
    assert f"``{other}``" in comment
    assert "lock of" not in comment
    document = json.loads(typed(capsys, "diff", "HEAD", "--json", code=exit_codes.BAD_INPUT)[0])
    assert document["changed"] in (None, True)
    assert other in document["remark"]
