"""Runs programs on the embedded engine, and says what came of it in the words of `outcome`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.engine.driver import RunResult, destroy, refresh, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import ResourceState, StackState
from tests.conformance.outcome import Outcome, Seen, in_order, plain
from tests.conformance.programs import Verb

PROJECT: Final = "mesh"
_VALUE: Final = re.compile(r"value '(.*?)'(?= has a problem)")


class EmbeddedStacks:
    """The stacks of one program, each with its state."""

    def __init__(self, disable_default_providers: tuple[str, ...] = ("aws",)) -> None:
        self._states: dict[str, StackState] = {}
        self._disabled = disable_default_providers

    def run(
        self,
        stack: str,
        program: Callable[[], Any],
        make: Callable[[], provider_pb2_grpc.ResourceProviderServicer],
        *,
        preview: bool = False,
        verb: Verb = "up",
        config: Mapping[str, str] | None = None,
    ) -> Outcome:
        """One run over one stack."""
        state = self._states.setdefault(stack, StackState())
        engine = Engine(
            project=PROJECT,
            stack=stack,
            preview=preview,
            state=state,
            provider=lambda _: make(),
            disable_default_providers=self._disabled,
            stack_outputs=self._outputs,
            config=config,
        )
        without = {"refresh": refresh, "destroy": destroy}
        result = without[verb](engine) if verb in without else run(engine, program)
        return Outcome(
            steps=in_order(
                verb,
                (
                    Seen(step.operation, step.urn, plain(step.provider), step.parent, step.keys, step.replaces)
                    for step in result.steps
                ),
            ),
            failures=_failures(result),
            previewed={one.urn: _previewed(one) for one in result.resources} if preview else {},
            records={} if preview else {_mark(one): _record(one) for one in state.resources},
        )

    def _outputs(self, name: str) -> Mapping[str, Any] | None:
        state = self._states.get(name.removeprefix(f"organization/{PROJECT}/"))
        return state.outputs() if state else None


def _failures(result: RunResult) -> tuple[str, ...]:
    return tuple(sorted(f"{failure.urn}: {_message(failure.message)}" for failure in result.failures))


def _message(text: str) -> str:
    return plain(_VALUE.sub(r"value \1", text.strip()))


def _previewed(one: ResourceState) -> dict[str, Any]:
    return {"inputs": plain(one.inputs), "outputs": plain(one.outputs), "protect": one.protect}


def _mark(one: ResourceState) -> str:
    return f"{one.urn}{' (replaced)' if one.delete else ''}"


def _record(one: ResourceState) -> dict[str, Any]:
    """The record as Pulumi writes it into its state; what is empty is left out."""
    record = {
        "urn": one.urn,
        "type": one.type,
        "custom": one.custom,
        "id": one.id,
        "parent": one.parent,
        "provider": one.provider,
        "inputs": one.inputs,
        "outputs": one.outputs,
        "dependencies": sorted(one.dependencies),
        "propertyDependencies": {key: sorted(urns) for key, urns in one.property_dependencies.items() if urns},
        "protect": one.protect,
        "retainOnDelete": one.retain_on_delete,
        "deletedWith": one.deleted_with,
        "external": one.external,
        "delete": one.delete,
        "pendingReplacement": one.pending_replacement,
        "additionalSecretOutputs": list(one.additional_secret_outputs),
        "ignoreChanges": list(one.ignore_changes),
        "replaceOnChanges": list(one.replace_on_changes),
        "importID": one.import_id,
        "initErrors": list(one.init_errors),
        "customTimeouts": {key: value for key, value in one.timeouts.items() if value},
    }
    return {key: plain(value) for key, value in record.items() if value or key == "custom"}
