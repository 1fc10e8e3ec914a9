"""Each kind of beginning in a terminal, as its transcript has it: what is asked, typed, shown and written."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from mesh.beginnings.kinds import KINDS
from mesh.folder import findings_of
from tests.cli.terminal_session import session, typed
from tests.conftest import STACKS, TINY
from tests.e2e.journal import DAY
from tests.mesh_copies import copied

TRANSCRIPTS = Path(__file__).resolve().parent / "transcripts"
ENDED = "exit code "


def test_each_kind_has_a_transcript() -> None:
    assert sorted(path.stem for path in TRANSCRIPTS.glob("*.txt")) == sorted(KINDS)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_a_transcript_is_typed_again_and_shows_the_same(kind: str, tmp_path: Path) -> None:
    # Every product of the tiny mesh has a pipeline already.
    folder = copied(STACKS if kind == "pipeline" else TINY, tmp_path / "stacks")
    command, _, rest = (TRANSCRIPTS / f"{kind}.txt").read_text("utf-8").partition("\n")
    expected, _, code = rest.rpartition(ENDED)
    words = shlex.split(command.removeprefix("$ "))
    assert words[:3] == ["mesh", "new", kind]
    shown = session(words[1:], typed(expected), tmp_path)
    assert shown.text == expected
    assert (shown.code, shown.left) == (int(code), [])
    mesh, findings = findings_of(folder, DAY)
    assert mesh is not None
    assert [str(one) for one in findings if one.severity in ("error", "lapse")] == []


@pytest.mark.long
def test_tab_completes_what_is_offered(tmp_path: Path) -> None:
    folder = copied(TINY, tmp_path / "stacks")
    answers = ["bucket-has-pub\t", "domain-shop/clicks", "A site serves it", "pl\t", ""]
    assert session(["new", "exception"], answers, tmp_path).code == 0
    written = (folder / "exceptions.yaml").read_text("utf-8")
    assert "rule: bucket-has-public-access-block" in written
    assert "owner: platform" in written
