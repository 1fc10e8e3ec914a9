"""`mesh query`, `run` and `data sample` on an organisation that gives no answer in time: one sentence each."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from cli import main
from cli.exit_codes import BAD_INPUT
from mesh.folder import plan_folder
from sandbox.runs import organization_questions, served_organization
from sandbox.runs.organization_questions import FILL, IDENTITY, JOBS, QUERY
from tests.cli.test_assume import identity, kept
from tests.sandbox.jobs.deployed_pipelines import DAY, JOB, TINY, laid

OF_THE_MESH: Final = ("--dir", "stacks", "--as-of", str(DAY))
COMMANDS: Final = {
    QUERY: ("query", "--as", "general@shop", "select 1"),
    JOBS: ("run", JOB, *OF_THE_MESH),
    FILL: ("data", "sample", *OF_THE_MESH),
}
SENTENCE: Final = (
    "the organisation that is kept here is busy, and gave no answer in 0.2 seconds; type the command again\n"
)


@pytest.mark.parametrize("busy_before", [True, False], ids=["who it is", "what is asked"])
@pytest.mark.parametrize("question", COMMANDS)
def test_an_organisation_that_is_busy_is_said_to_be(
    question: str,
    busy_before: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    free = threading.Event()

    def late(_question: Mapping[str, Any]) -> Mapping[str, Any]:
        free.wait(10)
        return {"identity": "one"}

    laid(tmp_path)
    monkeypatch.chdir(tmp_path)
    if busy_before:
        monkeypatch.setattr(organization_questions, "PATIENCE", 0.2)
    for patience in ("QUERYING", "INVOKING", "FILLING"):
        monkeypatch.setattr(served_organization, patience, 0.2)
    answers = {IDENTITY: late if busy_before else identity, question: late}
    with kept(tmp_path, answers, plan_folder(TINY, DAY).plan.perimeter.organization):
        assert main.run([*COMMANDS[question]]) == BAD_INPUT
        free.set()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.removeprefix("1 warning: `mesh validate` tells it\n") == SENTENCE
