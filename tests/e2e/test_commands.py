"""`mesh up --serve` in one terminal, the other commands in another; bad input is one sentence and exit 2."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import run as command_line
from mesh.findings import NotPossibleError
from mesh.folder import plan_folder
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.runs import pulumi_cli
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import Cli
from sandbox.runs.pulumi_engine import PulumiStack
from sandbox.runs.stack_run import ENTRY_POINT, stack_config
from sandbox.runs.states import state_directory

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "mesh" / "tiny"
DAY = datetime.date(2027, 1, 1)
COMMAND = "import sys; sys.argv[0] = 'mesh'; from cli.main import main; main()"
WORDS = [sys.executable, "-c", COMMAND]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PULUMI_EXPERIMENTAL": "1", "PULUMI_SKIP_CHECKPOINTS": "1"}
"""What these tests interrupt is never the engine: its state may wait for the end of a run."""
FILE = Path(".mesh") / "organization.json"


class Terminal:
    """A working directory with the tiny mesh in it, in which commands are typed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def type(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*WORDS, *words, *(() if words[0] == "as" else ("--as-of", DAY.isoformat()))],
            cwd=self.directory,
            env=ENVIRONMENT | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    def refused(self, *words: str, **environment: str) -> str:
        """The one sentence of a command that is bad input."""
        done = self.type(*words, **environment)
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        return re.sub(r"\s+", " ", done.stderr)

    @property
    def announcement(self) -> dict[str, Any]:
        return json.loads((self.directory / FILE).read_text())

    @contextmanager
    def serving(self, *words: str) -> Generator[subprocess.Popen[str]]:
        with (self.directory / "serve.log").open("w") as log:
            server = subprocess.Popen(
                [*WORDS, "up", "--serve", "--no-data", *words, "--as-of", DAY.isoformat()],
                cwd=self.directory,
                env=ENVIRONMENT,
                stdout=log,
                stderr=log,
                text=True,
            )
        try:
            until = time.monotonic() + 200
            while not (self.directory / FILE).exists():
                assert server.poll() is None, (self.directory / "serve.log").read_text()
                assert time.monotonic() < until, (self.directory / "serve.log").read_text()
                time.sleep(0.1)
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)

    def change(self, file: str, old: str, new: str) -> None:
        path = self.directory / "stacks" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    shutil.copytree(TINY, tmp_path / "stacks")
    return Terminal(tmp_path)


@pytest.fixture(scope="module")
def beside(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Terminal]:
    """A terminal beside one in which an organisation is served; for what changes nothing."""
    directory = tmp_path_factory.mktemp(engine)
    shutil.copytree(TINY, directory / "stacks")
    terminal = Terminal(directory)
    with terminal.serving("--engine", engine):
        yield terminal


@pytest.fixture(scope="module", params=["embedded", "pulumi"])
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "pulumi":
        request.getfixturevalue("cli")
    return request.param


def operations(done: subprocess.CompletedProcess[str]) -> set[str]:
    assert done.returncode == 0, done.stderr
    return {r["operation"] for s in json.loads(done.stdout)["stacks"] for r in s["resources"] if "aws:" in r["type"]}


def test_a_second_terminal_updates_refreshes_and_destroys_what_the_first_keeps(terminal: Terminal, engine: str) -> None:
    with terminal.serving("--engine", engine):
        state = Path(terminal.announcement["state"])
        assert operations(terminal.type("up", "--json", "--stack", "governance", "--stack", "domain-shop")) == {"same"}
        terminal.change("domains/shop.yaml", "retention: 30 days", "retention: 40 days")
        assert operations(terminal.type("up", "--json", "--stack", "domain-shop")) == {"same", "update"}
        refreshed = terminal.type("refresh", "--stack", "domain-shop")
        assert (refreshed.returncode, "no drift" in refreshed.stdout) == (0, True), refreshed.stderr
        protected = terminal.type("destroy")
        assert protected.returncode == 1
        assert "stopped at domain-shop: what is protected cannot be deleted" in protected.stdout
        terminal.change("mesh.yaml", "classifications:", "defaults: {deletion-protection: false}\nclassifications:")
        again = terminal.type("up")
        assert (again.returncode, "every answer as planned" in again.stdout) == (0, True), again.stdout + again.stderr
        destroyed = terminal.type("destroy")
        assert destroyed.returncode == 0, destroyed.stdout
        kept = Counter(re.findall(r"organization: aws:\w+/\w+:(\w+) \S+ \S+$", destroyed.stdout, re.MULTILINE))
        stack_sets = {"StackSet": 2, "StackInstances": 2}
        assert kept == {"Account": 4, "Organization": 1, "OrganizationalUnit": 3} | stack_sets, destroyed.stdout
        assert re.search(r"left: \d+ resources;", destroyed.stdout), destroyed.stdout
    assert not (terminal.directory / FILE).exists()
    assert not state.exists()


def test_what_was_changed_by_hand_is_told_by_the_live_checks_of_a_second_terminal(terminal: Terminal) -> None:
    """The engine compares with its state and sees nothing; the calls do."""
    import boto3

    with terminal.serving():
        handed = terminal.type("as", "deploy@shop").stdout
        given = dict(re.findall(r"export (AWS_\w+)=(\S+)", handed))
        s3 = boto3.client(
            "s3",
            endpoint_url=given["AWS_ENDPOINT_URL"],
            region_name=given["AWS_DEFAULT_REGION"],
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given["AWS_SESSION_TOKEN"],
        )
        bucket = plan_folder(terminal.directory / "stacks", DAY).plan.domains["shop"].products["clicks"].bucket
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != "RefuseOtherReaders"]
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
        done = terminal.type("up")
    assert done.returncode == 1
    assert "answers not as planned" in done.stdout
    assert f"get {bucket}: planned refused (s3:GetObject: resource, statement RefuseOtherReaders)" in done.stderr


def test_what_does_not_fit_a_kept_organisation_is_refused_and_changes_nothing(beside: Terminal, engine: str) -> None:
    state = Path(beside.announcement["state"])
    before = contents(state)
    other = {"embedded": "pulumi", "pulumi": "embedded"}[engine]
    assert f"was deployed with --engine {engine}" in beside.refused("up", "--engine", other)
    assert "an organisation is kept already" in beside.refused("up", "--serve")
    for command in ("up", "refresh", "destroy"):
        assert "there is no stack 'domain-shoo'" in beside.refused(command, "--stack", "domain-shoo")
    with (state / "domain-shop.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another update of stack 'domain-shop' is under way" in beside.refused("destroy")
    if engine == "pulumi":
        for command, first in (("up", "organization"), ("refresh", "organization"), ("destroy", "domain-shop")):
            said = beside.refused(command, PULUMI_CONFIG_PASSPHRASE="another")
            assert f"the passphrase in PULUMI_CONFIG_PASSPHRASE does not fit the state of stack '{first}'" in said
    accounts = beside.directory / "stacks" / "accounts.yaml"
    ours = accounts.read_text()
    accounts.write_text(ours.replace("o-tinytinyti", "o-othermesh1"))
    assert "the organisation that is kept here is o-tinytinyti" in beside.refused("up")
    accounts.write_text(ours)
    assert contents(state) == before


def test_a_stack_that_is_not_deployed_yet_is_neither_refreshed_nor_destroyed(beside: Terminal) -> None:
    before = contents(Path(beside.announcement["state"]))
    domain = beside.directory / "stacks" / "domains" / "tools.yaml"
    domain.write_text("owner: {team: tools, email: tools@tiny.example}\ndescription: Tools.\nproducts: {}\n")
    try:
        for command in ("refresh", "destroy"):
            said = beside.refused(command, "--stack", "domain-tools")
            assert "stack 'domain-tools' is not deployed in this organisation: run `mesh up` first" in said
    finally:
        domain.unlink()
    assert contents(Path(beside.announcement["state"])) == before


def test_the_state_of_another_organisation_is_refused(beside: Terminal) -> None:
    identity = Path(beside.announcement["state"]) / "identity"
    ours = identity.read_text()
    identity.write_text("that of another organisation")
    try:
        for command in ("up", "refresh", "destroy"):
            assert "belongs to another organisation than the one that answers" in beside.refused(command)
    finally:
        identity.write_text(ours)


def test_the_lines_that_serve_prints_are_all_that_a_command_typed_by_hand_needs(beside: Terminal, engine: str) -> None:
    printed = (beside.directory / "serve.log").read_text()
    typed = re.findall(r"^  (export (?:PATH|PULUMI_\w+)=.*|pulumi .*)$", printed, re.MULTILINE)
    if engine == "embedded":
        assert typed == [], "the state is not one of Pulumi's"
        return
    assert typed[-1].startswith("pulumi preview -s domain-shop --config-file /")
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, beside.directory)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI")}
    done = subprocess.run(
        ["/bin/sh", "-c", "\n".join(typed)],
        cwd=beside.directory,
        env=bare | {"PYTHONPATH": str(ROOT), "PULUMI_HOME": str(beside.directory / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^Resources:\n +~ 1 to update\n +\d\d+ unchanged$", done.stdout, re.MULTILINE), done.stdout


def contents(state: Path) -> dict[str, bytes]:
    """The states of all stacks."""
    files = [*state.glob("embedded/*.json"), *state.glob("pulumi/.pulumi/stacks/**/*.json")]
    assert files
    return {str(file): file.read_bytes() for file in files}


def test_without_a_kept_organisation_there_is_nothing_to_refresh_or_destroy(terminal: Terminal) -> None:
    for words in (("refresh",), ("destroy",), ("up", "--stack", "domain-shop")):
        assert "run `mesh up --serve` in another terminal" in terminal.refused(*words)


def test_the_file_of_an_organisation_that_has_ended_is_passed_over(terminal: Terminal) -> None:
    with terminal.serving() as server:
        server.kill()
        server.wait(30)
        state = Path(terminal.announcement["state"])
        said = terminal.refused("refresh")
        assert "is of an organisation that has ended" in said
        assert "no organisation is kept here" in said
        shutil.rmtree(state)


def test_a_port_in_use_is_refused_before_anything_is_done(terminal: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} cannot be used (Address already in use)" in terminal.refused(
            "up", "--serve", "--port", str(port)
        )
    assert not (terminal.directory / FILE).exists()


def fake(directory: Path, version: str) -> None:
    file = directory / "pulumi"
    file.write_text(f"#!/bin/sh\necho {version}\n")
    file.chmod(0o755)


def test_no_pulumi_and_no_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPossibleError, match=r"no pulumi was found: install the Pulumi CLI .*, or Go and then"):
        pulumi_cli.find(tmp_path / "none")


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("", "no pulumi was found: install the Pulumi CLI"),
        ("v3.9.1", "or newer is needed, .* is version 3.9.1; update"),
    ],
    ids=["no-pulumi", "too-old"],
)
def test_up_without_a_usable_pulumi_is_one_sentence(
    version: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if version:
        fake(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pulumi_cli.find, "__defaults__", (tmp_path / "none",))
    monkeypatch.chdir(tmp_path)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    code = command_line(["up", "--dir", str(TINY), "--engine", "pulumi", "--serve", "--as-of", DAY.isoformat()])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert re.fullmatch(f".*{sentence}.*\n", err)
    assert [*temporary.iterdir()] == []
    assert not (tmp_path / FILE).exists()


def test_a_stack_that_the_state_does_not_have_is_not_made_by_a_refresh_or_a_destroy(cli: Cli, tmp_path: Path) -> None:
    stack = PulumiStack(Backend(cli, tmp_path, 1, "any"), "mesh", "domain-none", lambda: None, {})
    for do in (stack.refresh, stack.destroy, lambda: stack.destroy(preview=True)):
        with pytest.raises(
            NotPossibleError, match=r"^there is no stack 'domain-none' in the state of this organisation$"
        ):
            do()
    assert [*tmp_path.glob(".pulumi/stacks/**/*.json")] == []


@dataclass(frozen=True)
class Bare:
    """A copy of what `make pulumi` needs, and a PATH on which there is neither Go nor a pulumi."""

    checkout: Path
    path: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.checkout,
            env={"PATH": str(self.path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    checkout, path = tmp_path / "checkout", tmp_path / "path"
    for folder in ("tools/pulumi", "sandbox", "mesh", ".ci"):
        shutil.copytree(ROOT / folder, checkout / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", checkout)
    (checkout / ".venv").symlink_to(sys.prefix)
    path.mkdir()
    for name in ("make", "sh", "bash", "sed", "dirname", "env", "df", "tail", "mktemp", "rm"):
        (path / name).symlink_to(shutil.which(name) or name)
    return Bare(checkout, path)


def test_make_pulumi_with_neither_says_what_to_install_and_changes_nothing(bare: Bare) -> None:
    # The virtual environment is there, whatever the copied lock files look like.
    done = bare.run("make", "--old-file=.venv/.installed", "pulumi")
    sentence, *rest = done.stderr.splitlines()
    assert sentence.startswith("no pulumi and no Go were found: install the Pulumi CLI (https://"), done.stderr
    assert [line for line in rest if not line.startswith("make: ***")] == []
    assert (done.returncode, done.stdout) == (2, "")
    assert not (bare.checkout / ".tools").exists()


@pytest.mark.parametrize("found", ["", "pulumi", "go"])
def test_ci_runs_the_tests_under_pulumis_engine_or_says_why_not(bare: Bare, found: str) -> None:
    (bare.path / "make").unlink()
    for name in filter(None, ("make", found)):
        (bare.path / name).write_text('#!/bin/sh\necho "make $*"\n')
        (bare.path / name).chmod(0o755)
    done = bare.run(".ci/run")
    assert done.returncode == 0, done.stderr
    steps = ["make test-all", "make check", "make site", "make judge", *(["make e2e"] if found else []), "make up"]
    assert done.stdout.splitlines() == steps
    said = [] if found else ["make e2e was not run: no pulumi and no Go were found, and it needs one of them"]
    assert done.stderr.splitlines() == said


def test_go_but_no_pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "")
    (tmp_path / "pulumi").rename(tmp_path / "go")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPossibleError, match=r"no pulumi was found; `make pulumi` builds"):
        pulumi_cli.find(tmp_path / "none")


@pytest.mark.parametrize("version", ["v3.100.0", "3.9.1", "not a version"])
def test_a_pulumi_that_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    fake(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPossibleError, match=r"pulumi 3\.\d+\.0 or newer is needed, .* update it, or"):
        pulumi_cli.find(tmp_path / "none")


def test_the_pulumi_on_the_path_comes_before_the_one_that_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "built"
    for directory in (tmp_path, built):
        directory.mkdir(exist_ok=True)
        fake(directory, f"v{pulumi_cli.PINNED}")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pulumi_cli.find(built / "pulumi").path == tmp_path / "pulumi"
    fake(tmp_path, "v3.1.0")
    assert pulumi_cli.find(built / "pulumi").path == built / "pulumi"


def test_the_pinned_version_is_that_of_the_tools_module() -> None:
    assert f"github.com/pulumi/pulumi/pkg/v3 v{pulumi_cli.PINNED} " in (ROOT / "tools/pulumi/go.mod").read_text()


def test_a_stack_without_an_account_id_is_refused_under_both_engines(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = Path(shutil.copytree(TINY, tmp_path / "stacks"))
    accounts = directory / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace('  shop: "320000000021"\n', ""))
    mesh = plan_folder(directory, DAY)
    config = stack_config(mesh, emulated=False)
    sentence = "stack 'domain-shop' names domain-shop, which has no account id yet"
    with emulated(mesh.plan) as organization:
        engine = Engine(
            project="mesh",
            stack="domain-shop",
            preview=False,
            state=StackState(),
            provider=lambda _: AwsProvider(organization),
            config=config,
        )
        with pytest.raises(Exception, match=sentence):
            run(engine, entry_point(ENTRY_POINT))
        cli = request.getfixturevalue("cli")
        with state_directory() as states, ProviderServer(organization) as server:
            backend = Backend(cli, states.pulumi, server.port, states.passphrase, throw_away=True)
            result = PulumiStack(backend, "mesh", "domain-shop", entry_point(ENTRY_POINT), config).up()
        assert [failure.message for failure in result.failures if sentence in failure.message]
        assert organization.counts() == []
