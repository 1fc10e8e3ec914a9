"""The page of what newcomers stumbled over: each finding once, with a word of what came of it and what holds it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from cli import exit_codes, main
from tests.docs.held_pages import SAMPLES, TESTS, findings, missing
from tests.docs.pages import ROOT
from tests.mesh_copies import copied

PAGE: Final = (ROOT / "docs" / "held-to-newcomers.md").read_text("utf-8")
ON_AWS: Final = (ROOT / "docs" / "on-aws.md").read_text("utf-8")
FINDINGS: Final = findings(PAGE)

OF_THE_REVIEW: Final = {
    "A7": ("type", "options", "same-key", "corpus"),
    "A8": ("words", "stream", "mistakes"),
    "A9": ("begin", "least"),
    "A10": ("warning", "readme"),
    "A11": ("oidc", "cost", "quotas", "upgrade", "lost", "time", "ci", "bootstrap"),
    "A14": ("product", "id", "version", "retired", "types", "struct"),
    "A15": (),
    "A16": ("words", "hyphens"),
    "A17": ("summaries", "version", "completion", "types"),
    "A18": ("folder", "upwards", "file", "stack"),
    "A19": ("hang-up", "two"),
    "A20": ("drift", "annotations", "count", "changelog", "tag", "plural", "ascii"),
}
"""Findings, each with the points that it has."""

ASKED: Final = {
    "OIDC": ("## 6. CI", r"OpenID Connect \(OIDC\)"),
    "cost": ("## 9. Before Monday", r"\*\*Costs\.\*\* `mesh plan --costs`"),
    "quotas of AWS": ("## 9. Before Monday", r"number of accounts, ten with the management account"),
    "an upgrade of the mesh": ("## 5. From day to day", r"\*\*A new version of the mesh\*\* .*\(upgrading\.md\)"),
    "what is lost but the state": ("## 11. When something is lost", r"\| the key of a product \|"),
    "a region that is lost": ("## 11. When something is lost", r"What a region that fails takes with it"),
    "how long the first run takes": ("## 9. Before Monday", r"Plan half a day for the first pass"),
    "CI of a team's request": ("## 6. CI", r"\[what they do, and what they need\]\(workflows\.md\)"),
}
"""Questions to the page on AWS: the section that answers, and words of the answer."""


def test_every_point_stands_there_once() -> None:
    points = [f"{name}-{point}" if point else name for name, all_ in OF_THE_REVIEW.items() for point in all_ or ("",)]
    assert [row[0].partition(" ")[0] for row in sorted(FINDINGS)] == sorted(points)


def test_what_is_mended_is_held_and_what_is_decided_has_a_reason() -> None:
    assert {row[1] for row in FINDINGS} == {"mended", "decided"}
    assert [
        row[0] for row in FINDINGS if row[1] == "mended" and not (TESTS.search(row[3]) or SAMPLES.search(row[3]))
    ] == []
    assert [row[0] for row in FINDINGS if row[1] == "decided" and len(row[2].split()) < 8] == []


def test_what_holds_them_is_there() -> None:
    assert len(TESTS.findall(PAGE)) > 40
    assert missing(PAGE) == []


@pytest.mark.parametrize("question", ASKED)
def test_the_page_on_aws_answers_what_was_asked_of_it(question: str) -> None:
    heading, words = ASKED[question]
    section = ON_AWS.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    assert re.search(words, section), question


def test_help_and_page_agree_on_who_gets_the_first_roles_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["bootstrap", "-h"]) == exit_codes.FINE
    told = " ".join(capsys.readouterr().out.split())
    section = " ".join(ON_AWS.partition("\n## 2. Roles\n")[2].partition("\n## ")[0].split())
    by_hand = re.compile(r"the (\w+) account[^.;:]*? (?:needs it|gets them) by hand")
    assert by_hand.findall(told) == by_hand.findall(section) == ["management"]


def test_a_pipe_reads_findings_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = copied(ROOT / "stacks", tmp_path / "stacks")
    file = folder / "domains/ads.yaml"
    file.write_text(file.read_text("utf-8").replace("identity.profiles", "identity.profile"), "utf-8")
    assert main.run(["validate", str(folder), "--as-of", "2026-12-01"]) == exit_codes.BAD_INPUT
    shown = capsys.readouterr()
    assert [line for line in shown.out.splitlines() if not re.match(r".+:\d+:\d+: ", line)] == []
    assert "1 finding in 1 file" in shown.err


def test_no_sentence_counts_without_its_plural() -> None:
    number_and_plural = re.compile(
        r'f"[^"]*\{(?:len\([^}]*\)|\w*(?:count|number|total)\w*)\} (?:stacks|files|findings|domains|products)\b'
    )
    assert number_and_plural.search('say(f"{name}: {len(stacks)} stacks into')
    found = [path.name for path in (ROOT / "cli").rglob("*.py") if number_and_plural.search(path.read_text("utf-8"))]
    assert found == []
