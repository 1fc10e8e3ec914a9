"""`mesh run` on a kept organisation: what it prints, its exit codes, and its sentences about bad input."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cli import exit_codes, main
from sandbox.emulator import backends
from sandbox.runs.fresh_organization import FreshOrganization
from tests.sandbox.jobs.deployed_pipelines import FUNCTION, JOB, kept

ROOT: Final = Path(__file__).parents[2]
AS_OF: Final = ("--as-of", "2027-01-01")
MESH: Final = "import sys; sys.argv[0] = 'mesh'; from cli.main import main; main()"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreshOrganization]:
    with kept(tmp_path_factory.mktemp("run")) as (fresh, _):
        yield fresh


class Typed:
    """Command lines of `mesh run`, and what came of the last one."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str, code: int) -> tuple[str, str]:
        self._capsys.readouterr()
        ended = main.run(["run", *words, *AS_OF])
        out, err = self._capsys.readouterr()
        assert ended == code, out + err
        return out, err

    def refused(self, *words: str) -> str:
        """The one sentence on bad input, after what is said of the mesh itself."""
        out, err = self(*words, code=exit_codes.BAD_INPUT)
        assert out == ""
        *of_the_mesh, sentence = err.splitlines()
        assert all(re.fullmatch(r"\d+ warnings?: `mesh validate` tells (it|them)", line) for line in of_the_mesh)
        return sentence


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(capsys)


def test_what_a_job_prints_is_printed_and_how_it_ended_is_said(organization: FreshOrganization, typed: Typed) -> None:
    out, err = typed(JOB, code=exit_codes.FINE)
    assert len(out.splitlines()) == 3
    assert "to the errors" in err
    assert err.splitlines()[-1].startswith("orders.customers: SUCCEEDED, ")
    assert err.splitlines()[-1].endswith(" s, 4 lines")


def test_a_run_that_fails_ends_with_1_and_the_reason(organization: FreshOrganization, typed: Typed) -> None:
    _, err = typed(JOB, "--argument", "act=fail", code=exit_codes.FINDINGS)
    sentence, end = err.splitlines()[-2:]
    assert sentence.startswith("mesh--customers failed: ValueError: there are no rows of yesterday; its log is /mesh/")
    assert end.startswith("orders.customers: FAILED, ")


def test_a_past_window_is_run_by_its_name(organization: FreshOrganization, typed: Typed) -> None:
    out, _ = typed(JOB, code=exit_codes.FINE)
    stored = backends.bucket(json.loads(out.splitlines()[0])["--mesh-bucket"])
    assert stored is not None
    assert "files/written.txt" not in stored.keys
    typed(JOB, "--window", "january", code=exit_codes.FINE)
    assert stored.keys["files/written.txt"].value == b"a line"


def test_a_function_is_given_the_event_of_a_file(organization: FreshOrganization, typed: Typed, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"day": "2026-12-31"}', "utf-8")
    out, _ = typed(FUNCTION, "--event", str(event), code=exit_codes.FINE)
    assert out.splitlines() == ["at work", '{"given": {"day": "2026-12-31"}}']


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("orders.custmers",), "unknown product 'orders.custmers'; did you mean 'orders.customers'?"),
        ((JOB, "--window", "june"), "mesh--customers has no window 'june'; there are january and march"),
        ((JOB, "--argument", "kept=1"), "mesh--customers lets no run change --kept"),
        ((JOB, "--argument", "JOB_NAME=1"), "--JOB_NAME: Glue reserves"),
        ((JOB, "--argument", "act"), "--argument 'act' is no NAME=VALUE"),
        ((FUNCTION, "--event", "absent.json"), "--event absent.json cannot be read"),
        ((FUNCTION, "--event", "stacks/mesh.yaml"), "--event stacks/mesh.yaml is no JSON"),
    ],
)
def test_bad_input_is_one_sentence(
    organization: FreshOrganization, typed: Typed, words: tuple[str, ...], told: str
) -> None:
    assert typed.refused(*words).startswith(told)


def test_runtimes_that_are_not_run_say_so(
    organization: FreshOrganization, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.jobs.pipeline_runs.importlib.util.find_spec", lambda _: None)
    assert "missing: " in typed.refused("shop.clicks")
    domain = Path("stacks/domains/orders.yaml")
    text = domain.read_text("utf-8")
    try:
        domain.write_text(
            text.replace('{script: parcels.py, runtime: lambda, schedule: "cron(5 4 * * ? *)"}', "{runtime: external}"),
            "utf-8",
        )
        assert 'eval "$(mesh as pipeline:orders.parcels)"' in typed.refused("orders.parcels")
        domain.write_text(
            text.replace("customers.py, runtime: glue-python", "customers.py, runtime: glue-spark"), "utf-8"
        )
        assert "Glue Spark" in typed.refused(JOB)
    finally:
        domain.write_text(text, "utf-8")


def test_a_state_machine_and_a_folder_without_an_organisation_say_so(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = ("--dir", str(ROOT / "tests" / "mesh" / "tiny"))
    assert typed.refused("orders.parcels", *folder).startswith("no organisation is kept here")
    assert "is a state machine" in typed.refused("orders.customers", *folder)


def test_ctrl_c_ends_the_run_with_130_and_the_next_one_begins(organization: FreshOrganization, typed: Typed) -> None:
    command = [sys.executable, "-c", MESH, "run", JOB, "--window", "march", *AS_OF]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def heed_interrupts() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed_interrupts
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == exit_codes.SIGNALLED + signal.SIGINT
        assert time.monotonic() - began < 30
    typed(JOB, code=exit_codes.FINE)
