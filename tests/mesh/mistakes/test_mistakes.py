"""Mistakes that people make in the files of a mesh: each is told with its place, and with what they need to mend it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh.folder import findings_of
from tests.mesh.mistakes.command_mistakes import COMMAND_MISTAKES, CommandMistake
from tests.mesh.mistakes.contract_mistakes import CONTRACT_MISTAKES
from tests.mesh.mistakes.domain_mistakes import DOMAIN_MISTAKES
from tests.mesh.mistakes.mistake import Mistake, made
from tests.mesh.mistakes.settings_mistakes import SETTINGS_MISTAKES
from tests.mesh.mistakes.text_mistakes import TEXT_MISTAKES
from tests.mesh_copies import copied

STACKS = Path(__file__).parents[3] / "stacks"
DAY = datetime.date(2026, 12, 1)
MISTAKES = (*CONTRACT_MISTAKES, *DOMAIN_MISTAKES, *SETTINGS_MISTAKES, *TEXT_MISTAKES)
TOLD = tuple(mistake for mistake in MISTAKES if not mistake.lacks)
LACKING = tuple(mistake for mistake in MISTAKES if mistake.lacks)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample mesh, in which each mistake is made and mended again."""
    return copied(STACKS, tmp_path_factory.mktemp("mistaken") / "stacks")


def told(folder: Path) -> list[str]:
    """Every finding that somebody has to do something about, as it is shown."""
    findings = [str(finding) for finding in findings_of(folder, DAY)[1] if finding.severity != "note"]
    return [line.replace(f"{folder}/", "").replace(f"{folder.parent}/", "") for line in findings]


def require_apart(sentence: str, *parts: str) -> None:
    """Each part is in a sentence, and no two of them are the same words of it."""
    for part in parts:
        assert part in sentence, f"{part!r} is not in what is left: {sentence}"
        sentence = sentence.replace(part, "", 1)


def test_eighty_mistakes_at_the_least_are_told_in_full_and_each_other_has_a_reason() -> None:
    names = [mistake.name for mistake in (*MISTAKES, *COMMAND_MISTAKES)]
    assert len(set(names)) == len(names) >= 85
    assert len([mistake for mistake in TOLD if mistake.has_all_four]) == len(TOLD) >= 80
    assert all(len(mistake.lacks.split()) >= 10 for mistake in LACKING)
    assert len(LACKING) <= 5


def test_every_kind_of_file_has_a_mistake() -> None:
    kinds = {mistake.file.partition("/")[0] for mistake in MISTAKES}
    assert {path.name for path in STACKS.iterdir() if not path.name.startswith(".")} <= kinds


@pytest.mark.parametrize("mistake", TOLD, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_with_place_what_was_found_what_is_allowed_and_what_to_do(
    folder: Path, mistake: Mistake
) -> None:
    with made(mistake, folder) as place:
        lines = told(folder)
    here = [line for line in lines if line.startswith(f"{place}: ") and mistake.found in line]
    assert len(here) == 1, lines
    require_apart(here[0].removeprefix(f"{place}: "), mistake.found, mistake.allowed, mistake.do)
    assert len(lines) == 1 + mistake.others, lines


@pytest.mark.parametrize("mistake", LACKING, ids=lambda mistake: mistake.name)
def test_a_mistake_of_which_nothing_is_told_is_still_one_of_those(folder: Path, mistake: Mistake) -> None:
    with made(mistake, folder):
        assert told(folder) == []


@pytest.mark.parametrize("mistake", COMMAND_MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_at_the_command_line_is_told_in_the_same_way(
    folder: Path, mistake: CommandMistake, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.replace("FOLDER", str(folder)) for word in mistake.words]
    assert main.run(words) == exit_codes.BAD_INPUT
    shown = " ".join("".join(capsys.readouterr()).replace(str(folder), "FOLDER").split())
    require_apart(shown, mistake.place, mistake.found, mistake.allowed, mistake.do)


def test_the_sample_mesh_is_as_it_was(folder: Path) -> None:
    assert told(folder) == []
