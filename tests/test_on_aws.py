"""The road in docs/on-aws.md is walked: with the emulated organisation in place of AWS, command by command."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mesh.findings import NotPossibleError
from mesh.folder import plan_folder
from mesh.load import load
from mesh.plan import build
from sandbox.runs import language_host
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import Cli, find
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.states import state_directory
from sandbox.runs.workspace import Workspace
from tests.e2e.journal import DAY
from tests.mesh.access.details import EMPTY

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "on-aws.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)
BY_HAND = "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
CODE = ("Pulumi.yaml", "__main__.py", "components", "mesh", "pipelines", "policies", "program", "sandbox", "stacks")

NEEDS_AWS = {
    "aws ": "the AWS CLI, with the account of an administrator",
    "pulumi login": "a bucket in S3; the test keeps its state in a folder",
}
"""How a command begins that is not run, and why."""

GIVEN = {"o-EXAMPLE": "o-aur0ra5treamx", "111111111111": "100000000001"}
"""Ids of the page, and those of the sample."""

ANSWERS = {
    "services.json": {"EnabledServicePrincipals": [{"ServicePrincipal": "config.amazonaws.com"}]},
    "roots.json": {
        "Roots": [
            {
                "Id": "r-aur0",
                "Arn": "arn:aws:organizations::100000000001:root/o-aur0ra5treamx/r-aur0",
                "PolicyTypes": [{"Type": "TAG_POLICY", "Status": "ENABLED"}],
            }
        ]
    },
}
"""What the AWS CLI would have written into files."""

REFUSED = {"pulumi destroy -s domain-playback --preview-only": "protected"}
"""What is meant to fail, and what it says."""


def needs_aws(command: str) -> bool:
    return command.startswith(tuple(NEEDS_AWS))


def test_every_command_of_the_page_is_run_or_needs_aws() -> None:
    known = [
        *NEEDS_AWS,
        "mesh ",
        "pulumi stack ",
        "pulumi preview ",
        "pulumi up ",
        "pulumi refresh ",
        "pulumi destroy ",
    ]
    known += ["pulumi import ", "pulumi cancel "]
    assert [command for command in COMMANDS if not command.startswith(tuple(known))] == []
    assert len([command for command in COMMANDS if not needs_aws(command)]) > 20


def test_the_readme_leads_to_the_page() -> None:
    assert "docs/on-aws.md" in (ROOT / "README.md").read_text("utf-8")


@dataclass
class Terminal:
    """A shell in a checkout, with the CLI and its language host first on PATH."""

    checkout: Path
    environment: dict[str, str]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.checkout,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )


def copied(to: Path, *, cli: Path) -> Path:
    """A checkout as git has it, with the virtual environment of these tests and the CLI of `make pulumi`."""
    to.mkdir(exist_ok=True)
    for name in CODE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml"))
        else:
            shutil.copy(source, to / name)
    (to / ".venv").symlink_to(Path(sys.prefix))
    tools = language_host.install(to / ".tools").parent
    (tools / "pulumi").symlink_to(cli)
    return to


def environment(checkout: Path) -> dict[str, str]:
    path = os.pathsep.join([str(checkout / ".tools"), str(checkout / ".venv" / "bin"), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI", "PYTHONPATH", "AWS"))}
    return {**kept, "PATH": path, "PYTHONPATH": str(checkout), "PULUMI_SKIP_UPDATE_CHECK": "1"}


@pytest.fixture(scope="module")
def cli() -> Cli:
    try:
        return find()
    except NotPossibleError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def terminal(cli: Cli, tmp_path: Path) -> Generator[Terminal]:
    checkout = copied(tmp_path / "checkout", cli=cli.path)
    (tmp_path / "state").mkdir()
    plan = build(load(ROOT / "stacks").usable(), DAY)
    with emulated(plan) as organization, ProviderServer(organization) as server:
        variables = {
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "on the road",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{server.port}",
            "PULUMI_EXPERIMENTAL": "1",
            "PULUMI_SKIP_CHECKPOINTS": "1",
        }
        yield Terminal(checkout, environment(checkout) | variables)


@pytest.mark.e2e
@pytest.mark.timeout(600)
def test_the_commands_of_the_page_lead_from_an_empty_organisation_to_the_first_product(terminal: Terminal) -> None:
    # What an account that joins would answer.
    (terminal.checkout / "details.json").write_text(json.dumps(EMPTY), "utf-8")
    # What the organisation that is imported would answer.
    for name, answer in ANSWERS.items():
        (terminal.checkout / name).write_text(json.dumps(answer), "utf-8")
    for written in COMMANDS:
        if needs_aws(written):
            continue
        command = re.sub(r" --secrets-provider='[^']*'", "", written)
        for example, given in GIVEN.items():
            command = command.replace(example, given)
        done = terminal.run(command)
        if written in REFUSED:
            assert done.returncode != 0
            assert REFUSED[written] in done.stdout + done.stderr
        else:
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def as_printed(exports: list[str]) -> str:
    """The lines of the page, with what `mesh up --serve` printed in place of the values there, and of their folder."""
    printed = dict(line.split("=", 1) for line in exports)
    page = dict(re.findall(r"^(export \w+)=(.*)$", BY_HAND, re.MULTILINE))
    assert page.keys() == {*printed, "export PATH"}
    folder, theirs = (each["export PULUMI_BACKEND_URL"].removeprefix("file://") for each in (page, printed))
    lines = BY_HAND.replace(folder, theirs).splitlines()
    names = [line.partition("=")[0] for line in lines]
    return "\n".join(
        f"{name}={printed[name]}" if name in printed else line for name, line in zip(names, lines, strict=True)
    )


@pytest.mark.e2e
@pytest.mark.timeout(600)
def test_a_preview_typed_by_hand_works_with_the_provider_attached_as_the_page_says(cli: Cli, tmp_path: Path) -> None:
    checkout = copied(tmp_path / "checkout", cli=cli.path)
    mesh = plan_folder(checkout / "stacks", DAY)
    with (
        emulated(mesh.plan) as organization,
        ProviderServer(organization) as server,
        state_directory() as states,
    ):
        backend = Backend(cli, states.pulumi, server.port, states.passphrase, throw_away=True)
        runs = Workspace(PulumiEngine(backend, states)).up(
            mesh, ["organization", "governance", "access-playback", "domain-playback"]
        )
        assert [failure for run in runs for failure in run.result.failures] == []
        typed = as_printed(backend.exports) + " --policy-pack policies"
        done = Terminal(checkout, environment(checkout) | {"PULUMI_HOME": str(tmp_path / "home")}).run(typed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"mesh-guardrails\S* \(local: policies\)", done.stdout), done.stdout
    unchanged = len(runs[-1].result.resources) - 1
    assert unchanged > 100
    summary = done.stdout.partition("Resources:")[2].split("\n")
    assert [line.strip() for line in summary if line.strip()] == ["~ 1 to update", f"{unchanged} unchanged"], typed
