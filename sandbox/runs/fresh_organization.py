"""Which emulated organisation a command works on, under which engine: a fresh one, or one that is kept elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from cli.console import say
from cli.mesh_folder import Read
from mesh.findings import NotPossibleError

if TYPE_CHECKING:
    from sandbox.emulator.aws.records import Inventory
    from sandbox.emulator.emulated_organization import EmulatedOrganization
    from sandbox.rehearsal.check import Report
    from sandbox.runs.run import Run, StackEngine, StackRun
    from sandbox.runs.served_organization import EngineName, ServedOrganization

LOOPBACK: Final = "127.0.0.1"
MESH: Final = "mesh"

SIGNALLED: Final = 128
CHECKING: Final = 600.0
"""Seconds for the live checks in another process."""


EngineOption = Annotated[
    Literal["embedded", "pulumi"] | None,
    typer.Option("--engine", help="Who runs the program: the engine built in (the default), or Pulumi's own CLI."),
]
StackOption = Annotated[list[str] | None, typer.Option("--stack", "-s", help="Only this stack; may be repeated.")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where stacks are deployed. `kept` when the organisation lives in another process; `serve` keeps one of this.

    There is no inventory any more when the organisation has ended.
    """

    course: Run
    inventory: Callable[[], Inventory | None]
    kept: bool
    serve: Callable[[int], None]
    check: Callable[[], Report | None]
    """Makes the live checks; None where the process that keeps the organisation did not make them."""

    def verdict(self, runs: Sequence[StackRun], checked: Report | None = None) -> None:
        """Raises the exit code of a run that was interrupted (130 or 143, as a shell has it) or failed (1).

        It failed, too, when a live check came out otherwise than planned.
        """
        if number := self.course.interrupted:
            raise typer.Exit(SIGNALLED + number)
        if any(run.result.failures for run in runs) or (checked and checked.differences):
            raise typer.Exit(1)

    def known(self, stacks: list[str], asked: list[str] | None) -> list[str]:
        """Those of the stacks that are there; raises NotPossibleError when one was asked for that is not."""
        known = [stack for stack in stacks if self.course.engine.knows(stack)]
        if asked and (missing := [stack for stack in stacks if stack not in known]):
            raise NotPossibleError(f"stack '{missing[0]}' is not deployed in this organisation: run `mesh up` first")
        return known


def free_port(port: int) -> None:
    """Refuses a port that is taken, before anything is done."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise typer.BadParameter(
                f"port {port} cannot be used ({reason}); 0 takes a free one", param_hint="--port"
            ) from None


@contextmanager
def fresh(found: Read, engine: EngineName, *, throw_away: bool) -> Generator[Place]:
    """A new organisation in this process, with states of its own; in the end nothing of both is left."""
    from sandbox.rehearsal.check import check, checked
    from sandbox.rehearsal.credentials import answer
    from sandbox.runs.engines import EmbeddedEngine, PulumiEngine
    from sandbox.runs.policy_host import policy_host
    from sandbox.runs.provider_server import ABOUT, AS, CHECK, Answers, ProviderServer
    from sandbox.runs.pulumi_cli import find
    from sandbox.runs.pulumi_engine import Backend
    from sandbox.runs.rollout import enforcing
    from sandbox.runs.run import Run
    from sandbox.runs.served_organization import ServedOrganization, announced, state_directory

    cli = find() if engine == "pulumi" else None
    with ExitStack() as ends:
        states = ends.enter_context(state_directory())
        organization = ends.enter_context(enforcing(found.plan))
        stacks: StackEngine = EmbeddedEngine.of(organization, states)
        server: ProviderServer | None = None
        by_hand: list[str] = []
        if cli is not None or not throw_away:
            questions: Mapping[str, Answers] = {
                ABOUT: lambda _: _about(organization, states.identity),
                AS: lambda question: answer(found.plan, question, organization.endpoint),
                CHECK: lambda question: checked(organization, question).to_json(),
            }
            server = ends.enter_context(ProviderServer(organization, questions))
        if cli is not None and server is not None:
            host = ends.enter_context(policy_host())
            backend = Backend(cli, states.pulumi, server.port, states.passphrase, throw_away, host)
            stacks, by_hand = PulumiEngine(backend, states), backend.exports

        def serve(port: int) -> None:
            if server is None:
                raise ValueError("an organisation that is thrown away is not kept")
            organization.serve(port)
            kept = ServedOrganization(
                identity=states.identity,
                organization=found.plan.perimeter.organization,
                mesh=found.plan.mesh,
                engine=engine,
                endpoint=organization.endpoint,
                provider=server.port,
                pid=os.getpid(),
                state=str(states.path),
            )
            with announced(kept):
                _wait(organization, found, by_hand and [*by_hand, f"pulumi preview -s {found.plan.stacks[-1]}"])

        yield Place(
            Run(stacks, say),
            organization.inventory,
            kept=False,
            serve=serve,
            check=lambda: check(organization, found.plan),
        )


def _about(organization: EmulatedOrganization, identity: str) -> dict[str, object]:
    return {"identity": identity, "inventory": organization.inventory().to_json()}


def attached(found: Read, engine: EngineName | None) -> AbstractContextManager[Place] | None:
    """The organisation that another process keeps for this working directory, if there is one."""

    from sandbox.runs import served_organization

    there = served_organization.find()
    if there.note:
        say(there.note)
    if there.kept is None:
        return None
    _fits(there.kept, found, engine)
    return _attached(there.kept, found)


def needed(found: Read, engine: EngineName | None) -> AbstractContextManager[Place]:
    """The organisation that another process keeps; raises NotPossibleError when there is none."""
    there = attached(found, engine)
    if there is None:
        raise NotPossibleError("no organisation is kept here: run `mesh up --serve` in another terminal first")
    return there


def _fits(kept: ServedOrganization, found: Read, engine: EngineName | None) -> None:
    if kept.organization != found.plan.perimeter.organization:
        raise NotPossibleError(
            f"the organisation that is kept here is {kept.organization}, of the mesh '{kept.mesh}'; this mesh "
            f"('{found.plan.mesh}') belongs to {found.plan.perimeter.organization}; nothing was changed"
        )
    if engine is not None and engine != kept.engine:
        raise NotPossibleError(
            f"the organisation that is kept here was deployed with --engine {kept.engine}, and its state is that "
            f"engine's; nothing was changed: leave out --engine, or start anew with `mesh up --serve --engine {engine}`"
        )


@contextmanager
def _attached(kept: ServedOrganization, found: Read) -> Generator[Place]:
    from sandbox.emulator.aws.records import Inventory
    from sandbox.rehearsal.check import Report
    from sandbox.runs.engines import EmbeddedEngine, PulumiEngine
    from sandbox.runs.policy_host import policy_host
    from sandbox.runs.provider_server import ABOUT, CHECK, RemoteProviders, ask
    from sandbox.runs.pulumi_cli import find
    from sandbox.runs.pulumi_engine import Backend
    from sandbox.runs.run import Run

    def inventory() -> Inventory | None:
        about = ask(kept.provider, ABOUT)
        return Inventory.from_json(about["inventory"]) if about else None

    def serve(_: int) -> None:
        raise ValueError("it is kept already")

    def check() -> Report | None:
        question = {"directory": str(found.directory.resolve()), "as-of": found.as_of.isoformat()}
        answer = ask(kept.provider, CHECK, question, CHECKING)
        if answer is None:
            say(
                "no live checks were made: the process that keeps the organisation did not answer; "
                "what was deployed stays, and `mesh up` again makes them, or a new `mesh up --serve`"
            )
            return None
        return Report.from_json(answer)

    states = kept.states
    with RemoteProviders(kept.provider) as providers, policy_host() as host:
        stacks: StackEngine = EmbeddedEngine(providers, states)
        if kept.engine == "pulumi":
            backend = Backend(find(), states.pulumi, kept.provider, states.passphrase, policies=host)
            stacks = PulumiEngine(backend, states)
        yield Place(Run(stacks, say), inventory, kept=True, serve=serve, check=check)


def _wait(organization: EmulatedOrganization, found: Read, by_hand: list[str]) -> None:
    import signal
    import threading

    say(organization.connection_help())
    if by_hand:
        say("Pulumi's own commands work on it, too, in another terminal and the folder of Pulumi.yaml:\n")
        say("".join(f"  {line}\n" for line in by_hand))
    say("`mesh up`, `mesh refresh` and `mesh destroy` in another terminal, in this directory, work on it.")
    somebody = next((f"partner:{partner}" for partner in found.plan.partners), "outsider")
    say(f'Policies are enforced. Be somebody, and try to break out:  eval "$({MESH} as {somebody})"')
    say("Ctrl-C ends it, and everything in it.")
    over = threading.Event()

    def end(_number: int, _frame: object) -> None:
        over.set()

    signal.signal(signal.SIGTERM, end)
    try:
        over.wait()
    except KeyboardInterrupt:
        say("ended")
