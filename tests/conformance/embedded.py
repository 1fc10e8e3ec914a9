"""Programs on the embedded engine, with outcomes in the form of `outcome`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.engine.driver import RunResult, destroy, refresh, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import ResourceState, StackState
from tests.conformance.outcome import Outcome, StepOutcome, in_order, plain
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
        """Run a program, or a verb without one, over a stack."""
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
        without_program = {"refresh": refresh, "destroy": destroy}
        result = without_program[verb](engine) if verb in without_program else run(engine, program)
        return Outcome(
            steps=in_order(
                verb,
                (
                    StepOutcome(step.operation, step.urn, plain(step.provider), step.parent, step.keys, step.replaces)
                    for step in result.steps
                ),
            ),
            failures=_failures(result),
            previewed={resource.urn: _previewed(resource) for resource in result.resources} if preview else {},
            records={} if preview else {_mark(resource): _record(resource) for resource in state.resources},
        )

    def _outputs(self, name: str) -> Mapping[str, Any] | None:
        state = self._states.get(name.removeprefix(f"organization/{PROJECT}/"))
        return state.outputs() if state else None


def _failures(result: RunResult) -> tuple[str, ...]:
    return tuple(sorted(f"{failure.urn}: {_message(failure.message)}" for failure in result.failures))


def _message(text: str) -> str:
    return plain(_VALUE.sub(r"value \1", text.strip()))


def _previewed(resource: ResourceState) -> dict[str, Any]:
    return {"inputs": plain(resource.inputs), "outputs": plain(resource.outputs), "protect": resource.protect}


def _mark(resource: ResourceState) -> str:
    return f"{resource.urn}{' (replaced)' if resource.delete else ''}"


def _record(resource: ResourceState) -> dict[str, Any]:
    """The record of a resource as Pulumi writes it into its state, without empty values."""
    record = {
        "urn": resource.urn,
        "type": resource.type,
        "custom": resource.custom,
        "id": resource.id,
        "parent": resource.parent,
        "provider": resource.provider,
        "inputs": resource.inputs,
        "outputs": resource.outputs,
        "dependencies": sorted(resource.dependencies),
        "propertyDependencies": {key: sorted(urns) for key, urns in resource.property_dependencies.items() if urns},
        "protect": resource.protect,
        "retainOnDelete": resource.retain_on_delete,
        "deletedWith": resource.deleted_with,
        "external": resource.external,
        "delete": resource.delete,
        "pendingReplacement": resource.pending_replacement,
        "additionalSecretOutputs": list(resource.additional_secret_outputs),
        "ignoreChanges": list(resource.ignore_changes),
        "replaceOnChanges": list(resource.replace_on_changes),
        "importID": resource.import_id,
        "initErrors": list(resource.init_errors),
        "customTimeouts": {key: value for key, value in resource.timeouts.items() if value},
    }
    return {key: plain(value) for key, value in record.items() if value or key == "custom"}
