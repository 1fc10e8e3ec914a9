"""`mesh as`: profiles that last, files that stay the user's, and an organisation that is busy or has ended."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from configparser import RawConfigParser
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from cli import main
from cli.aws_profile import mesh_command, profile_name, section, write_section
from cli.exit_codes import BAD_INPUT, FINE
from mesh.findings import NotPossibleError
from sandbox.emulator.provider import RoleAssumer
from sandbox.runs import organization_questions
from sandbox.runs.organization_questions import AS, IDENTITY, INVENTORY
from sandbox.runs.provider_server import Answers, ProviderServer
from sandbox.runs.served_organization import FILE, ServedOrganization, announced, find

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}
EXPIRES = "2099-01-01T00:00:00Z"


@contextmanager
def kept(folder: Path, answers: Mapping[str, Answers], organization: str = "o-one") -> Iterator[None]:
    """Inside, an organisation is kept in the folder that answers so; nobody asks it for resources."""
    state = folder / "state"
    state.mkdir()
    (state / "identity").write_text("one", "utf-8")
    with ProviderServer(cast("RoleAssumer", None), answers) as server:
        served = ServedOrganization("one", organization, "m", "embedded", "", server.port, os.getpid(), str(state))
        with announced(served, folder / FILE):
            yield


def identity(_question: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"identity": "one"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "it's kept here"
    folder.mkdir()

    def handed(question: Mapping[str, Any]) -> Mapping[str, Any]:
        if question["who"] == "anonymous":
            return {"environment": {"AWS_ENDPOINT_URL": "http://x", "AWS_DEFAULT_REGION": "r"}, "expires": ""}
        return {"environment": ENVIRONMENT, "expires": EXPIRES}

    with kept(folder, {IDENTITY: identity, AS: handed}):
        yield folder


# ---- the forms


def test_the_process_prints_what_the_sdk_reads(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["as", "general@ads", "--process", "--kept-in", str(served)]) == FINE
    assert json.loads(capsys.readouterr().out) == {
        "Version": 1,
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": EXPIRES,
    }


def test_the_profile_asks_this_command_in_this_folder_from_where_one_calls(
    served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["as", "general@ads", "mine", "--profile", "--from", "office", "--kept-in", str(served)]
    assert main.run(words) == FINE
    config = RawConfigParser()
    config.read_string(capsys.readouterr().out)
    assert config.sections() == ["profile mine"]
    values = config["profile mine"]
    assert (values["region"], values["endpoint_url"]) == ("eu-west-1", "http://127.0.0.1:4566")
    process = ["as", "general@ads", "--process", "--from", "office", "--kept-in", str(served)]
    assert shlex.split(values["credential_process"]) == [*mesh_command(), *process]


def test_an_sdk_gets_the_keys_through_a_command_whose_path_has_spaces(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "my tools" / "mesh"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m cli.main "$@"\n', "utf-8")
    command.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(command)])
    config = tmp_path / "config"
    assert main.run(["as", "x", "--profile", "--write", str(config), "--kept-in", str(served)]) == FINE
    assert "my tools/mesh" in config.read_text("utf-8")
    code = (
        "import boto3; keys = boto3.Session(profile_name='mesh-x').get_credentials();"
        "print(keys.method, keys.get_frozen_credentials().access_key)"
    )
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={**bare, "AWS_CONFIG_FILE": str(config), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "custom-process ASIAEXAMPLE\n", done.stderr


@pytest.mark.parametrize("form", ["--process", "--profile"])
def test_who_has_no_keys_has_no_profile(served: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["as", "anonymous", form, "--kept-in", str(served)]) == BAD_INPUT
    assert "anonymous has no keys, so a profile cannot tell them" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["name"], ["--write", "x"], ["--process", "--profile"]])
def test_options_that_do_not_fit_are_refused(words: list[str]) -> None:
    assert main.run(["as", "x", *words]) == BAD_INPUT


# ---- the file of profiles

OURS = section("mesh-x", "eu-west-1", "http://127.0.0.1:1", ["mesh", "as", "x"])
THEIRS = "# mine\n[default]\nregion = us-east-1\n\n[profile mesh-x2]\nregion = us-east-2\n"


def test_a_section_is_appended_and_then_replaced_and_all_else_stays(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config"
    write_section(file, "mesh-x", OURS)
    assert (file.read_text("utf-8"), file.stat().st_mode & 0o777) == (OURS, 0o600)
    file.write_text(f"{THEIRS}\n{OURS}\n[profile last]\nregion = x\n", "utf-8")
    file.chmod(0o640)
    write_section(file, "mesh-x", OURS.replace(":1\n", ":2\n"))
    changed = OURS.replace(":1\n", ":2\n")
    assert file.read_text("utf-8") == f"{THEIRS}\n{changed}\n[profile last]\nregion = x\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in file.parent.iterdir()] == ["config"]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(THEIRS.rstrip("\n"), "utf-8")
    (tmp_path / "config").symlink_to("real")
    write_section(tmp_path / "config", "mesh-x", OURS)
    assert (tmp_path / "config").is_symlink()
    assert (tmp_path / "real").read_text("utf-8") == f"{THEIRS}\n{OURS}"


def test_a_profile_that_somebody_else_wrote_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(f"{THEIRS}\n{OURS}", "utf-8")
    with pytest.raises(NotPossibleError, match="a profile 'mesh-x2' that `mesh as` did not write; nothing was changed"):
        write_section(file, "mesh-x2", OURS)
    with pytest.raises(NotPossibleError, match="a profile 'default'"):
        write_section(file, "default", OURS)
    assert file.read_text("utf-8") == f"{THEIRS}\n{OURS}"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotPossibleError, match=r"cannot be written: .*; nothing was changed"):
        write_section(tmp_path, "mesh-x", OURS)


def test_names_of_profiles() -> None:
    asked = ("clearance:general@ads", "general@ads", "pipeline:identity.device-graph", "keeper@management")
    assert [profile_name(who) for who in asked] == [
        "mesh-general-ads",
        "mesh-general-ads",
        "mesh-pipeline-identity.device-graph",
        "mesh-keeper-management",
    ]
    with pytest.raises(NotPossibleError, match="'a]b' is no name of a profile"):
        section("a]b", "", "", [])


# ---- busy, ended, quick


def test_an_organisation_that_is_busy_is_said_to_be_and_not_to_be_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    free = threading.Event()

    def late(_question: Mapping[str, Any]) -> Mapping[str, Any]:
        free.wait(10)
        return {"identity": "one"}

    monkeypatch.setattr(organization_questions, "PATIENCE", 0.2)
    with kept(tmp_path, {IDENTITY: late}):
        assert main.run(["as", "x", "--kept-in", str(tmp_path)]) == BAD_INPUT
        free.set()
    assert capsys.readouterr().err == (
        "the organisation that is kept here is busy, and gave no answer in 0.2 seconds; type the command again\n"
    )


def test_what_is_counted_after_a_deployment_is_left_out_where_the_organisation_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deployment has happened: to end with an error would be to say that it had not."""
    free = threading.Event()

    def late(_question: Mapping[str, Any]) -> Mapping[str, Any]:
        free.wait(10)
        return {}

    monkeypatch.setattr(organization_questions, "PATIENCE", 0.2)
    with kept(tmp_path, {IDENTITY: identity, INVENTORY: late}):
        served = find(lambda _note: None, tmp_path / FILE)
        assert served is not None
        assert served.inventory() is None
        free.set()


def test_an_organisation_that_has_ended_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    served = ServedOrganization("one", "o-one", "m", "embedded", "", 1, os.getpid(), str(tmp_path))
    with announced(served, tmp_path / FILE):
        assert main.run(["as", "x", "--kept-in", str(tmp_path)]) == BAD_INPUT
    assert "no organisation is kept here" in capsys.readouterr().err


def test_the_command_loads_no_mesh_no_emulator_and_no_sdk(served: Path) -> None:
    """They are what takes a command seconds to begin, and an SDK asks for keys each time that a program begins."""
    code = (
        "import sys; from cli.main import run; assert run(['as', 'x', '--kept-in', sys.argv[1]]) == 0;"
        "heavy = {'boto3', 'moto', 'mesh.model', 'mesh.plan', 'pulumi', 'pydantic', 'rich', 'sandbox.emulator.aws'};"
        "sys.exit(sorted(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(served)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "export AWS_ACCESS_KEY_ID=ASIAEXAMPLE" in done.stdout
