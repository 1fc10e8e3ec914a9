"""A workspace: the stacks of a mesh in one emulated organisation, run one after the other by one engine."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace

from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.provider import AwsProvider
from sandbox.engine import driver
from sandbox.engine.analysis import Analyzer
from sandbox.engine.engine import Engine
from sandbox.engine.interruption import Interruption
from sandbox.engine.registry import ProviderFactory
from sandbox.engine.state import StackState
from sandbox.engine.work import Failure
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.pack_analyzer import PackAnalyzer
from sandbox.runs.policy_host import PACK, policy_host, settings
from sandbox.runs.policy_process import PolicyProcess
from sandbox.runs.provider_server import RemoteProviders
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import find
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.served_organization import ServedOrganization
from sandbox.runs.stack_run import (
    ENTRY_POINT,
    PROJECT,
    EngineName,
    OnStep,
    StackEngine,
    StackRun,
    StackTask,
    Verb,
    stack_config,
)
from sandbox.runs.states import StateStore


class EmbeddedEngine:
    """The embedded engine; `make` gives it a provider, in this process or in another."""

    exports: Sequence[str] = ()

    def __init__(self, make: ProviderFactory, states: StateStore, analyzer: Analyzer | None = None) -> None:
        self._make = make
        self._states = states
        self._analyzer = analyzer

    @staticmethod
    def of(organization: EmulatedOrganization, states: StateStore, analyzer: Analyzer | None = None) -> EmbeddedEngine:
        """With providers in this process."""
        return EmbeddedEngine(lambda _: AwsProvider(organization), states, analyzer)

    @property
    def reviews(self) -> bool:
        """Whether there are policies: one about a whole stack is asked in the end, in an update when all is made."""
        return self._analyzer is not None

    def typed(self, stack: str) -> str:  # noqa: ARG002 (another engine has a command for each)
        """No command of Pulumi's works on its states."""
        return ""

    def knows(self, stack: str) -> bool:
        """Whether the stack has resources."""
        return bool(self._states.load(stack).resources)

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Nobody else changes the stack meanwhile."""
        return self._states.locked(stack)

    def run(self, task: StackTask) -> driver.RunResult:
        """Does the task; the state is stored however it ends."""
        state = self._states.load(task.stack)
        engine = Engine(
            project=PROJECT,
            stack=task.stack,
            preview=task.preview,
            state=state,
            provider=self._make,
            config=stack_config(task.mesh, emulated=True),
            on_step=task.step,
            goes_on=task.verb == "up",
            analyzer=self._analyzer if task.verb == "up" else None,
        )
        try:
            with task.interruption.stopping(engine.interrupt) if task.interruption else nullcontext():
                result = _run(task.verb, engine)
        except BaseException:
            if not task.preview:
                self._states.save(task.stack, state)
            raise
        if not task.preview:
            self._save(task.stack, state, result)
        return result

    def _save(self, stack: str, state: StackState, result: driver.RunResult) -> None:
        try:
            self._states.save(stack, state)
        except NotPossibleError as error:
            result.failures.append(Failure("", str(error)))


def _run(verb: Verb, engine: Engine) -> driver.RunResult:
    if verb == "up":
        return driver.run(engine, driver.entry_point(ENTRY_POINT))
    return driver.refresh(engine) if verb == "refresh" else driver.destroy(engine)


class Workspace:
    """Runs the stacks of a mesh one after the other, under either engine (the word is the Automation API's).

    It stops behind the first stack that fails, with what was done in the result. What exists is previewed first, as
    `pulumi up` does, and what is new where policies are asked: what the preview refuses, such as deleting something
    protected or a bucket that is open, leaves everything as it was.
    Ctrl-C and SIGTERM end it in order; `interrupted` is then the signal's number.
    """

    def __init__(self, engine: StackEngine, told: Callable[[str], None] | None = None) -> None:
        self.engine = engine
        self._interruption = Interruption(told)

    @property
    def interrupted(self) -> int:
        """The signal that ended the last run, 0 when none did."""
        return self._interruption.signal

    def up(
        self, mesh: PlannedMesh, stacks: Iterable[str] | None = None, on_step: OnStep | None = None
    ) -> list[StackRun]:
        """Deploy every stack (or those named), in order."""
        return self._each("up", mesh, stacks if stacks is not None else mesh.plan.stacks, on_step)

    def refresh(
        self, mesh: PlannedMesh, stacks: Iterable[str] | None = None, on_step: OnStep | None = None
    ) -> list[StackRun]:
        """Read what is there into the states; the steps are the drift."""
        return self._each("refresh", mesh, stacks if stacks is not None else mesh.plan.stacks, on_step)

    def destroy(
        self, mesh: PlannedMesh, stacks: Iterable[str] | None = None, on_step: OnStep | None = None
    ) -> list[StackRun]:
        """Delete what is in the states, the last stack first."""
        named = list(stacks if stacks is not None else mesh.plan.stacks)
        known = [stack for stack in mesh.plan.stacks if stack in named and self.engine.knows(stack)]
        return self._each("destroy", mesh, reversed(known), on_step)

    def _each(self, verb: Verb, mesh: PlannedMesh, stacks: Iterable[str], on_step: OnStep | None) -> list[StackRun]:
        runs: list[StackRun] = []
        with self._interruption:
            for stack in stacks:
                with self.engine.locked(stack):
                    runs.append(self._one(StackTask(verb, mesh, stack, on_step, interruption=self._interruption)))
                if runs[-1].result.failures or self.interrupted:
                    break
        return runs

    def _one(self, task: StackTask) -> StackRun:
        reviewed = task.verb == "up" and self.engine.reviews
        if task.verb != "refresh" and (reviewed or self.engine.knows(task.stack)):
            preview = replace(task, preview=True, on_step=None)
            previewed = self.engine.run(preview)
            if previewed.failures:
                return StackRun.of(preview, previewed)
        return StackRun.of(task, self.engine.run(task))


@contextmanager
def open_workspace(
    mesh: PlannedMesh,
    engine: EngineName,
    served: ServedOrganization | None = None,
    *,
    keep: bool = False,
    asks: bool = False,
    told: Callable[[str], None] | None = None,
) -> Generator[tuple[Workspace, FreshOrganization | ServedOrganization]]:
    """The stacks of a mesh, and the organisation that they are in: the one that is served elsewhere, else a fresh one.

    `keep` says that a fresh one will be served, so that others read its states; `told` hears what a person should know.
    `asks` says that something will be deployed: then the policy pack runs, and is asked. Pulumi's engine asks always.
    Raises NotPossibleError where there is no Pulumi CLI for its engine, or no pack can be run.
    """
    cli = find() if engine == "pulumi" else None
    with ExitStack() as ends:
        variables = settings(mesh)
        # It starts while the organisation does.
        pack = ends.enter_context(PolicyProcess(PACK, variables)) if asks and cli is None else None
        analyzer = PackAnalyzer(pack) if pack else None
        organization = served or ends.enter_context(fresh_organization(mesh))
        states = organization.states
        if cli:
            policies = ends.enter_context(policy_host(PACK, variables))
            throw_away = served is None and not keep
            backend = Backend(cli, states.pulumi, organization.provider_port, states.passphrase, throw_away, policies)
            yield Workspace(PulumiEngine(backend, states), told), organization
        elif isinstance(organization, ServedOrganization):
            providers = ends.enter_context(RemoteProviders(organization.provider_port))
            yield Workspace(EmbeddedEngine(providers, states, analyzer), told), organization
        else:
            yield Workspace(EmbeddedEngine.of(organization.aws, states, analyzer), told), organization
