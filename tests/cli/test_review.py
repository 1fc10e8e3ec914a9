"""`mesh review` writes what the separate commands write, byte for byte, and ends as they do."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from cli import compared_sides, exit_codes, main
from mesh.folder import read_folder
from tests.cli.test_diff import change, folder, git, typed
from tests.cli.test_validate_against import CUSTOMERS, EMAIL, nothing_is_left_behind

__all__ = ["folder"]
Capture = pytest.CaptureFixture[str]
PROGRESS: Final = "planning "
LONG: Final = pytest.mark.long


class Written(NamedTuple):
    """What a review is asked for: findings, the report, the stacks, all lines of both streams, and the exit code."""

    findings: str
    report: str
    affected: str
    lines: frozenset[str]
    code: int


def separately(capsys: Capture, base: str, words: Sequence[str]) -> Written:
    """The same of the commands that there are for each."""
    commands = (
        ("validate", "--against", base, *words),
        ("diff", base, "--markdown"),
        ("affected", "--since", base, "--only", "stacks", "--json"),
    )
    capsys.readouterr()
    outs: list[str] = []
    said: list[str] = []
    codes: list[int] = []
    for each in commands:
        codes.append(main.run(list(each)))
        shown = capsys.readouterr()
        outs.append(shown.out)
        said += shown.err.splitlines()
    return Written(outs[0], outs[1], outs[2], _lines(outs[0], said), max(codes))


def reviewed(capsys: Capture, base: str, words: Sequence[str]) -> Written:
    """What one review writes."""
    top = Path("..")
    files = [top / "report.md", top / "affected.json"]
    capsys.readouterr()
    code = main.run(["review", base, "--report", str(files[0]), "--affected", str(files[1]), *words])
    shown = capsys.readouterr()
    report, affected = (file.read_bytes().decode("utf-8") if file.exists() else "" for file in files)
    return Written(shown.out, report, affected, _lines(shown.out, shown.err.splitlines()), code)


def _lines(out: str, said: Sequence[str]) -> frozenset[str]:
    return frozenset(line for line in (*out.splitlines(), *said) if not line.startswith(PROGRESS))


@pytest.fixture
def inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The mesh folder, in a repository one folder down: files that a review writes lie outside."""
    top = folder.parent / "repository"
    top.mkdir()
    for name in (".git", "stacks"):
        shutil.move(folder.parent / name, top / name)
    monkeypatch.chdir(top)
    return top / "stacks"


def an_edit_outside(stacks: Path) -> None:
    (stacks.parent / "README.md").write_text("new\n", "utf-8")


def a_remark(stacks: Path) -> None:
    change(stacks / "mesh.yaml", "name: tiny\n", "# A remark.\nname: tiny\n")


def a_retention(stacks: Path) -> None:
    change(stacks / "domains" / "shop.yaml", "retention: 30 days", "retention: 40 days")


def a_break(stacks: Path) -> None:
    change(stacks / CUSTOMERS, EMAIL, "")
    nothing_is_left_behind(stacks)
    assert main.run(["lock", "--widen"]) == exit_codes.FINE


def a_widening(stacks: Path) -> None:
    change(stacks / CUSTOMERS, ", classification: pii", "")
    nothing_is_left_behind(stacks)
    assert main.run(["lock", "--widen"]) == exit_codes.FINE


def an_error(stacks: Path) -> None:
    change(stacks / "domains" / "shop.yaml", "description:", "descriptoin:")


def a_mended_base(stacks: Path) -> None:
    good = (stacks / "domains" / "shop.yaml").read_text("utf-8")
    an_error(stacks)
    git(stacks.parent, "commit", "-qam", "two")
    (stacks / "domains" / "shop.yaml").write_text(good, "utf-8")


def two_bad_sides(stacks: Path) -> None:
    an_error(stacks)
    git(stacks.parent, "commit", "-qam", "two")
    change(stacks / "clearances" / "pii.yaml", "members:", "membres:")


def no_mesh(stacks: Path) -> None:
    shutil.rmtree(stacks)


def a_new_domain(stacks: Path) -> None:
    text = (stacks / "domains" / "shop.yaml").read_text("utf-8")
    head = text.partition("products:")[0]
    (stacks / "domains" / "bakery.yaml").write_text(f"{head}products: {{}}\n", "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "words", "code"),
    [
        pytest.param(an_edit_outside, (), 0, marks=LONG),
        pytest.param(a_remark, ("--format", "github"), 0, marks=LONG),
        (a_retention, ("--format", "json"), 0),
        (a_break, ("--format", "github"), 2),
        pytest.param(a_widening, ("--format", "sarif"), 2, marks=LONG),
        pytest.param(a_remark, ("--as-of", "2027-12-15", "--only", "mesh.yaml"), 0, marks=LONG),
        (a_remark, ("--as-of", "2027-12-15", "--format", "junit"), 2),
        pytest.param(a_remark, ("--as-of", "2027-12-15", "--lapses", "warn", "--notes"), 0, marks=LONG),
        pytest.param(an_error, ("--format", "github"), 2, marks=LONG),
        (a_mended_base, (), 2),
        pytest.param(two_bad_sides, (), 2, marks=LONG),
        pytest.param(no_mesh, (), 2, marks=LONG),
        pytest.param(a_new_domain, (), 0, marks=LONG),
    ],
)
def test_a_review_is_the_separate_commands_in_one(
    inside: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    edit: Callable[[Path], None],
    words: tuple[str, ...],
    code: int,
) -> None:
    if "--as-of" in words:  # of every command, also of those that have no option for findings
        monkeypatch.setenv("MESH_AS_OF", words[1])
        words = words[2:]
    edit(inside)
    apart, together = separately(capsys, "HEAD", words), reviewed(capsys, "HEAD", words)
    assert together.findings == apart.findings
    assert together.report == apart.report
    assert together.affected == apart.affected
    assert together.code == apart.code == code
    if not words:
        assert together.lines == apart.lines


@pytest.mark.parametrize(
    ("validation", "request_"),
    [
        (("--against", "nowhere"), ("nowhere",)),
        (("--against", "HEAD..main"), ("HEAD..main",)),
        (("--against=--exec=x",), ("--", "--exec=x")),
        (("--against", "nowhere:stacks"), ("nowhere:stacks",)),
        (("--against", "HEAD:elsewhere"), ("HEAD:elsewhere",)),
        (("--against", "HEAD", "--only", "nothing.yaml"), ("HEAD", "--only", "nothing.yaml")),
        (("--against", "HEAD", "--as-of", "tomorrow"), ("HEAD", "--as-of", "tomorrow")),
        (("--against", "HEAD", "--lapses", "none"), ("HEAD", "--lapses", "none")),
        (("--against", "HEAD", "--format", "pdf"), ("HEAD", "--format", "pdf")),
    ],
)
def test_bad_input_is_told_as_validate_tells_it(
    inside: Path, capsys: Capture, validation: tuple[str, ...], request_: tuple[str, ...]
) -> None:
    one, other = (
        "".join(typed(capsys, *words, code=exit_codes.BAD_INPUT)).splitlines()[-1]
        for words in (("validate", *validation), ("review", *request_))
    )
    assert one == other


def test_a_folder_without_a_mesh_is_a_finding_as_validate_has_it(inside: Path, capsys: Capture) -> None:
    validated = typed(capsys, "validate", "..", "--against", "stacks", code=exit_codes.BAD_INPUT)
    reviewed_ = typed(capsys, "review", "stacks", "-C", "..", "--report", "../r.md", code=exit_codes.BAD_INPUT)
    assert validated == reviewed_


def test_a_side_is_read_once_and_planned_once(
    inside: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read: list[Path] = []

    def counted(directory: Path, *rest: object) -> object:
        read.append(directory)
        return read_folder(directory, *rest)  # pyright: ignore[reportArgumentType] (as it was given)

    monkeypatch.setattr(compared_sides, "read_folder", counted)
    typed(capsys, "review", "HEAD", "--report", str(tmp_path / "r.md"), "--affected", str(tmp_path / "a.json"))
    assert len(read) == 2


@pytest.mark.slow
def test_a_base_with_errors_need_not_fail_the_request_that_mends_it(inside: Path, capsys: Capture) -> None:
    a_mended_base(inside)
    files = ("--report", "../report.md", "--affected", "../affected.json")
    said, more = typed(capsys, "review", "HEAD", "--bad-base", "warn", "--format", "github", *files)
    assert said.startswith("::notice file=stacks/mesh.yaml,line=1,col=1,title=mesh%3A error::")
    assert "HEAD:stacks is not valid" in said
    assert "HEAD:stacks/domains/shop.yaml:2:1: " in more
    assert "stacks" not in json.loads(Path("../affected.json").read_text("utf-8"))
    an_error(inside)
    typed(capsys, "review", "HEAD", "--bad-base", "warn", *files, code=exit_codes.BAD_INPUT)


@pytest.mark.slow
def test_a_person_sees_findings_and_one_screen(inside: Path, capsys: Capture) -> None:
    a_retention(inside)
    valid, _ = typed(capsys, "validate", "--against", "HEAD")
    screen, _ = typed(capsys, "diff", "HEAD")
    assert typed(capsys, "review", "HEAD")[0] == valid + screen
    comment, _ = typed(capsys, "diff", "HEAD", "--markdown")
    said, more = typed(capsys, "review", "HEAD", "--report", "-")
    assert said == comment
    assert valid in more


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--report", "-", "--format", "json"), "standard output has the findings in the format json; write the"),
        (("--affected", "-"), "standard output has findings and the report; write the stacks to a file"),
        (("--report", "x", "--affected", "./x"), "x is the file of the report; name another one"),
        (("--report", "stacks"), "stacks is a folder; name a file"),
        (("--affected", "none/x"), "there is no folder none; make it first"),
    ],
)
def test_files_that_cannot_be_written_are_refused_first(
    inside: Path, capsys: Capture, words: tuple[str, ...], sentence: str
) -> None:
    _, said = typed(capsys, "review", "HEAD", *words, code=exit_codes.BAD_INPUT)
    assert sentence in " ".join(said.split())


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
def test_a_full_disk_is_a_sentence(inside: Path, capsys: Capture) -> None:
    said, more = typed(capsys, "review", "HEAD", "--report", "/dev/full", code=exit_codes.BAD_INPUT)
    assert "is valid" in said
    assert "/dev/full cannot be written: No space left on device" in more
