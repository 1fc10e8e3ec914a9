"""Where faults happen: the tiny mesh in an emulated organisation, under one engine, with its states in files."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mesh.folder import PlannedMesh
from sandbox.emulator.provider import AwsProvider
from sandbox.runs.organization_questions import IDENTITY, INVENTORY
from sandbox.runs.provider_server import Answers, ProviderServer, RemoteProviders
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import Cli
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.served_organization import FILE, ServedOrganization, announced
from sandbox.runs.stack_run import StackRun
from sandbox.runs.states import StateDirectory, state_directory
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.conformance.lost_connection import tell_the_cause
from tests.e2e.journal import DAY, fresh, mesh_of
from tests.sandbox.emulator.faulty import FaultyOrganization

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "mesh" / "tiny"
COMMAND = "import sys; sys.argv[0] = 'mesh'; from cli.main import main; main()"

Thing = tuple[str, str]
"""The type and the id of something that exists, or that a state says to exist."""


@dataclass
class Ground:
    """One engine, one organisation, and the states; `cli` is Pulumi's, where its engine is the one."""

    mesh: PlannedMesh
    faulty: FaultyOrganization
    states: StateDirectory
    cli: Cli | None
    told: list[str] = field(default_factory=list[str])
    """What was said while stacks were worked on."""

    @contextmanager
    def workspace(self, server: ProviderServer | None = None) -> Generator[Workspace]:
        """The engine; with a server the provider is that one's, else the embedded engine has its own."""
        if self.cli is None and server is None:
            yield Workspace(EmbeddedEngine(lambda _: AwsProvider(self.faulty), self.states), self.told.append)
        elif server is None:
            with ProviderServer(self.faulty) as own, self.workspace(own) as workspace:
                yield workspace
        elif self.cli is None:
            with RemoteProviders(server.port) as providers:
                yield Workspace(EmbeddedEngine(providers, self.states), self.told.append)
        else:
            tell_the_cause()
            backend = Backend(self.cli, self.states.pulumi, server.port, self.states.passphrase)
            yield Workspace(PulumiEngine(backend, self.states), self.told.append)

    @contextmanager
    def served(self) -> Generator[ProviderServer]:
        """As `mesh up --serve` would serve it in another terminal: commands that are typed here find it."""
        organization = self.faulty.organization

        questions: dict[str, Answers] = {
            IDENTITY: lambda _: {"identity": self.states.identity},
            INVENTORY: lambda _: organization.inventory().to_json(),
        }
        with ProviderServer(self.faulty, questions) as server:
            served = ServedOrganization(
                identity=self.states.identity,
                organization=self.mesh.plan.perimeter.organization,
                mesh=self.mesh.plan.mesh,
                engine="pulumi" if self.cli else "embedded",
                endpoint="",
                provider_port=server.port,
                pid=os.getpid(),
                state=str(self.states.path),
            )
            with announced(served, self.mesh.directory.parent / FILE):
                yield server

    def command(self, *words: str) -> tuple[str, list[str], dict[str, str]]:
        """The executable, the arguments and the environment of a command."""
        arguments = [sys.executable, "-c", COMMAND, *words, "--as-of", DAY.isoformat()]
        return sys.executable, arguments, {**os.environ, "PYTHONPATH": str(ROOT)}

    def type(self, *words: str) -> subprocess.Popen[str]:
        """A command in the working directory."""
        _, arguments, environment = self.command(*words)
        return subprocess.Popen(
            arguments,
            cwd=self.mesh.directory.parent,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def typed(self, *words: str, patience: float = 120) -> subprocess.CompletedProcess[str]:
        """The same, when it has ended."""
        command = self.type(*words)
        out, said = command.communicate(timeout=patience)
        return subprocess.CompletedProcess(command.args, command.returncode, out, said)

    def unlocked(self, stack: str = "governance") -> None:
        """Waits until nobody works on the stack: a Pulumi CLI may live longer than the command that began it."""
        with (self.states.path / f"{stack}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)

    def is_behind(self, message: str) -> bool:
        """Whether a failure is of what waits for one that failed: Pulumi's engine begins it without its values."""
        said = ("a required property is missing", "whose registration isn't pending")
        return self.cli is not None and any(each in message for each in said)

    def all_stated(self) -> Counter[Thing]:
        """What all states say."""
        return sum((self.stated(stack) for stack in self.mesh.plan.stacks if self.knows(stack)), Counter[Thing]())

    def all_there(self) -> Counter[Thing]:
        """What is there, in all accounts."""
        return Counter((token, id_) for _, _, token, id_ in self.faulty.organization.records.live)

    @property
    def account(self) -> str:
        """The account in which the governance stack is."""
        return self.mesh.plan.governance.access.account_id

    def exists(self) -> Counter[Thing]:
        """What is in that account."""
        live = self.faulty.organization.records.live
        return Counter((token, id_) for account, _, token, id_ in live if account == self.account)

    def stated(self, stack: str = "governance") -> Counter[Thing]:
        """What the state says, read from where it is stored."""
        if self.cli is None:
            found = [(one.type, one.id) for one in self.states.load(stack).resources]
        else:
            file = self.states.pulumi / ".pulumi" / "stacks" / "mesh" / f"{stack}.json"
            latest = json.loads(file.read_text())["checkpoint"].get("latest") or {}
            found = [(one["type"], one.get("id", "")) for one in latest.get("resources") or ()]
        return Counter((token, id_) for token, id_ in found if token.startswith("aws:"))

    def knows(self, stack: str) -> bool:
        """Whether there is a state of the stack."""
        if self.cli is None:
            return bool(self.states.load(stack).resources)
        return (self.states.pulumi / ".pulumi" / "stacks" / "mesh" / f"{stack}.json").exists()

    def held(self) -> int:
        """How many things the emulator itself holds in the account, whoever made them."""
        return self.faulty.organization.resources_in(self.account)


@contextmanager
def opened(directory: Path, cli: Cli | None) -> Generator[Ground]:
    """The tiny mesh, of which nothing is deployed."""
    stacks = Path(shutil.copytree(TINY, directory / "stacks"))
    with fresh(stacks) as organization, state_directory() as states:
        yield Ground(mesh_of(stacks), FaultyOrganization(organization), states, cli)


def created(run: StackRun) -> int:
    """What the summary calls created."""
    return 0 if run.preview else run.operations.get("create", 0)


def converges(ground: Ground, workspace: Workspace) -> None:
    """The next run makes what is missing, and the one behind it has nothing to do; each thing is there once."""
    (run,) = workspace.up(ground.mesh, ["governance"])
    assert run.result.failures == [], run.result.failures
    assert ground.exists() == ground.stated()
    assert set(ground.exists().values()) == {1}
    (again,) = workspace.up(ground.mesh, ["governance"])
    assert again.result.failures == [], again.result.failures
    assert again.operations == {"same": ground.exists().total()}


def without_clearance(stacks: Path) -> PlannedMesh:
    """The tiny mesh without the clearance `pii`, and without what reads with it."""
    (stacks / "clearances" / "pii.yaml").unlink()
    shop, clicks = stacks / "domains" / "shop.yaml", stacks / "contracts" / "shop" / "clicks.odcs.yaml"
    reading = "reads: [orders.customers], clearance: pii, event: orders.customers, "
    assert reading in shop.read_text()
    shop.write_text(shop.read_text().replace(reading, ""))
    clicks.write_text(clicks.read_text().partition("customProperties:")[0])
    return mesh_of(stacks)
