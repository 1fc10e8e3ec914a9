"""The stacks of one emulated organisation under the embedded engine and under Pulumi's own, asked in the same words."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from mesh.findings import NotPossibleError
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.provider import AwsProvider
from sandbox.engine import driver
from sandbox.engine.engine import Engine
from sandbox.engine.interruption import Interruption
from sandbox.engine.registry import ProviderFactory
from sandbox.engine.state import StackState
from sandbox.engine.work import Failure
from sandbox.runs.pulumi_engine import Backend, PulumiStack
from sandbox.runs.run import ENTRY_POINT, PROJECT, OnStep, RunInput, Verb, told
from sandbox.runs.served_organization import StateDirectory


class StateStore(Protocol):
    """Where the embedded engine's states are between two runs."""

    def load(self, stack: str) -> StackState:
        """The state of a stack, empty before its first run."""
        ...

    def save(self, stack: str, state: StackState) -> None:
        """Keep the state."""
        ...

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Nobody else updates the stack meanwhile."""
        ...


class InMemoryStates:
    """States that nobody outside this process will ever read."""

    def __init__(self) -> None:
        self.states: dict[str, StackState] = {}

    def load(self, stack: str) -> StackState:
        """The state of a stack, empty before its first run."""
        return self.states.setdefault(stack, StackState())

    def save(self, stack: str, state: StackState) -> None:
        """Keep the state."""
        self.states[stack] = state

    def locked(self, stack: str) -> AbstractContextManager[None]:  # noqa: ARG002 (each stack is this process's)
        """Nobody else can."""
        return nullcontext()


class EmbeddedEngine:
    """The embedded engine; `make` gives it a provider, in this process or in another."""

    reviews = False

    def __init__(self, make: ProviderFactory, states: StateStore | None = None) -> None:
        self._make = make
        self._states = states or InMemoryStates()

    @staticmethod
    def of(organization: EmulatedOrganization, states: StateStore | None = None) -> EmbeddedEngine:
        """With providers in this process."""
        return EmbeddedEngine(lambda _: AwsProvider(organization), states)

    def knows(self, stack: str) -> bool:
        """Whether the stack has resources."""
        return bool(self._states.load(stack).resources)

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Nobody else changes the stack meanwhile."""
        return self._states.locked(stack)

    def run(
        self,
        verb: Verb,
        mesh: RunInput,
        stack: str,
        on_step: OnStep | None,
        *,
        preview: bool = False,
        until: Interruption | None = None,
    ) -> driver.RunResult:
        """Do it; the state is kept however the run ends."""
        state = self._states.load(stack)
        engine = Engine(
            project=PROJECT,
            stack=stack,
            preview=preview,
            state=state,
            provider=self._make,
            config=mesh.config(emulated=True),
            on_step=told(on_step, stack),
        )
        try:
            with until.stopping(engine.interrupt) if until else nullcontext():
                result = _done(verb, engine)
        except BaseException:
            if not preview:
                self._states.save(stack, state)
            raise
        if not preview:
            self._save(stack, state, result)
        return result

    def _save(self, stack: str, state: StackState, result: driver.RunResult) -> None:
        try:
            self._states.save(stack, state)
        except NotPossibleError as error:
            result.failures.append(Failure("", str(error)))


def _done(verb: Verb, engine: Engine) -> driver.RunResult:
    if verb == "up":
        return driver.run(engine, driver.entry_point(ENTRY_POINT))
    return driver.refresh(engine) if verb == "refresh" else driver.destroy(engine)


class PulumiEngine:
    """Pulumi's own engine."""

    def __init__(self, backend: Backend, states: StateDirectory) -> None:
        self._backend, self._states = backend, states

    @property
    def reviews(self) -> bool:
        """Whether there are policies: one about a whole stack is asked in the end, in an update when all is made."""
        return self._backend.policies is not None

    def knows(self, stack: str) -> bool:
        """Whether the backend has the stack."""
        return self._backend.state_of(PROJECT, stack).exists()

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Nobody else changes the stack meanwhile."""
        return self._states.locked(stack)

    def run(
        self,
        verb: Verb,
        mesh: RunInput,
        stack: str,
        on_step: OnStep | None,
        *,
        preview: bool = False,
        until: Interruption | None = None,
    ) -> driver.RunResult:
        """Do it; the backend keeps the state."""
        program, config = driver.entry_point(ENTRY_POINT), mesh.config(emulated=True)
        one = PulumiStack(self._backend, PROJECT, stack, program, config, told(on_step, stack), until)
        if verb == "up":
            return one.up(preview=preview)
        return one.refresh() if verb == "refresh" else one.destroy(preview=preview)
