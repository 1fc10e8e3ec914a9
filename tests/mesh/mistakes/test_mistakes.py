"""Mistakes that people make in the files of a mesh: each is told with its place, and with what they need to mend it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh.folder import findings_of
from tests.mesh.mistakes.mistake import Mistake, made
from tests.mesh.mistakes.text_mistakes import TEXT_MISTAKES
from tests.mesh_copies import copied

STACKS = Path(__file__).parents[3] / "stacks"
DAY = datetime.date(2026, 12, 1)
MISTAKES = (*TEXT_MISTAKES,)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample mesh, in which each mistake is made and mended again."""
    return copied(STACKS, tmp_path_factory.mktemp("mistaken") / "stacks")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_with_place_what_was_found_what_is_allowed_and_what_to_do(
    folder: Path, mistake: Mistake
) -> None:
    with made(mistake, folder) as place:
        findings = [str(finding) for finding in findings_of(folder, DAY)[1] if finding.severity != "note"]
    lines = [line.replace(f"{folder}/", "").replace(f"{folder.parent}/", "") for line in findings]
    here = [line for line in lines if line.startswith(f"{place}: ") and mistake.found in line]
    assert len(here) == 1, lines
    rest = here[0].removeprefix(f"{place}: ")
    for part in filter(None, (mistake.found, mistake.allowed, mistake.do)):
        assert part in rest, f"{part!r} is not in what is left: {rest}"
        rest = rest.replace(part, "", 1)  # what is told once counts once
    assert len(lines) == 1 + mistake.others, lines
