"""Questions to an organisation in another process: what fails there is a fault of ours, and none that has ended."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from cli import main
from cli.exit_codes import FAULT
from mesh.findings import NotPossibleError, OurFaultError
from mesh.folder import plan_folder
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.filling.filled import Sample
from sandbox.runs.organization_questions import AS, CHECK, FILL, IDENTITY, INVENTORY, JOBS, QUERY
from sandbox.runs.provider_server import Answers, ProviderServer
from sandbox.runs.served_organization import FILE, ServedOrganization, announced

MESH = plan_folder(Path(__file__).parents[2] / "mesh" / "tiny", datetime.date(2027, 1, 1))
NOBODY = cast("EmulatedOrganization", None)


def failing(_question: Mapping[str, Any]) -> NoReturn:
    raise ValueError("a member\nof ours")


def served(port: int, state: Path) -> ServedOrganization:
    return ServedOrganization("one", "o-one", "m", "embedded", "", port, os.getpid(), str(state))


QUESTIONS: dict[str, Callable[[ServedOrganization], object]] = {
    QUERY: lambda organization: organization.query({"who": "x", "sql": "select 1"}),
    FILL: lambda organization: organization.fill(MESH, Sample()),
    JOBS: lambda organization: organization.jobs({"do": "begin"}),
    CHECK: lambda organization: organization.check(MESH),
    INVENTORY: lambda organization: organization.inventory(),
    AS: lambda organization: organization.credentials("x"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_fails_there_is_a_fault_and_not_an_organisation_that_has_ended(question: str, tmp_path: Path) -> None:
    with (
        ProviderServer(NOBODY, {question: failing}) as server,
        pytest.raises(OurFaultError, match=rf"\({question}: a member of ours\), which is a fault of ours") as told,
    ):
        QUESTIONS[question](served(server.port, tmp_path))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("question", [QUERY, FILL, JOBS])
def test_one_that_has_ended_is_not_there(question: str, tmp_path: Path) -> None:
    with pytest.raises(NotPossibleError, match="no organisation is kept here"):
        QUESTIONS[question](served(1, tmp_path))


def test_one_that_ends_while_it_is_asked_is_not_there(tmp_path: Path) -> None:
    def ending(_question: Mapping[str, Any]) -> Mapping[str, Any]:
        server.end()
        return {}

    with (
        ProviderServer(NOBODY, {QUERY: ending}) as server,
        pytest.raises(NotPossibleError, match="no organisation is kept here"),
    ):
        QUESTIONS[QUERY](served(server.port, tmp_path))


def test_the_command_ends_with_a_fault_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "identity").write_text("one", "utf-8")
    answers: dict[str, Answers] = {IDENTITY: lambda _: {"identity": "one"}, AS: failing}
    with ProviderServer(NOBODY, answers) as server, announced(served(server.port, tmp_path), tmp_path / FILE):
        capsys.readouterr()
        assert main.run(["as", "x", "--kept-in", str(tmp_path)]) == FAULT
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("the organisation")]
    assert len(told) == 1
    assert "(As: " in told[0]
    assert "is a fault of ours" in told[0]
