"""A policy pack as the engine's analyzer: asked over gRPC what Pulumi's engine would ask it.

`sdk/go/common/resource/plugin/analyzer_plugin.go` of Pulumi has the requests: secrets and unknown values stay what they
are on the wire, references to resources become ids, and keys that begin with `__` are left out.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from sandbox.engine import wire
from sandbox.engine.analysis import AnalyzedResource, EnforcementLevel, PolicyDiagnostic
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.state import ResourceState
from sandbox.runs.organization_questions import SIZES
from sandbox.runs.policy_process import PolicyProcess

LEVELS: Final[Mapping[EnforcementLevel, int]] = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "remediate": analyzer_pb2.REMEDIATE,
    "disabled": analyzer_pb2.DISABLED,
}
PolicyConfiguration = Mapping[str, tuple[EnforcementLevel, Mapping[str, Any]]]
"""The level and the parameters of each policy that has some of its own."""

EVERY: Final = "all"
"""The name by which a configuration gives every policy a level."""

_INTERNAL: Final = "__"
_MARKS: Final = tuple(mark.encode() for mark in (wire.OUTPUT_VALUE, wire.RESOURCE, _INTERNAL))


class PackAnalyzer:
    """A pack that runs in a process; each process that asks it, one that was forked off, too, has its connection."""

    def __init__(self, process: PolicyProcess) -> None:
        self._process = process
        self._lock = threading.Lock()
        self._asks_of = 0
        self._stub: analyzer_pb2_grpc.AnalyzerStub | None = None
        self._remedies: bool | None = None
        self._levels: dict[str, EnforcementLevel] = {}

    @property
    def info(self) -> analyzer_pb2.AnalyzerInfo:
        """Facts of the pack by itself: its policies, with levels, severities and schemas of parameters."""
        return self._answer("GetAnalyzerInfo", empty_pb2.Empty())

    def levels(self, levels: Mapping[str, EnforcementLevel]) -> None:
        """Levels that `configure` will give policies; known before processes are forked off, which mend by them."""
        self._levels = dict(levels)

    def configure(self, configuration: PolicyConfiguration) -> None:
        """Give policies their levels and parameters; the pack keeps them until it ends."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name, (level, parameters) in configuration.items():
            policy = analyzer_pb2.PolicyConfig(enforcementLevel=LEVELS[level])  # pyright: ignore[reportArgumentType]
            policy.properties.update(dict(parameters))
            request.policyConfig[name].CopyFrom(policy)
        self._answer("Configure", request)

    def remedied(self, asked: AnalyzedResource) -> tuple[struct_pb2.Struct | None, Sequence[PolicyDiagnostic]]:
        """The inputs as the last policy that mends something leaves them, and which policies could not be asked."""
        if not self._mends():
            return None, ()
        answer = self._answer("Remediate", _request(asked, asked.resource.input_message))
        told = [
            PolicyDiagnostic("", each.policyName, each.diagnostic, mandatory=False)
            for each in answer.remediations
            if each.diagnostic
        ]
        mended = [each.properties for each in answer.remediations if not each.diagnostic]
        return (mended[-1] if mended else None), told

    def of_resource(self, asked: AnalyzedResource) -> Sequence[PolicyDiagnostic]:
        """Diagnostics on a resource that is about to be made."""
        return _told(self._answer("Analyze", _request(asked, _sent(asked.resource.input_message))))

    def of_stack(self, stack: Sequence[AnalyzedResource]) -> Sequence[PolicyDiagnostic]:
        """Diagnostics on the stack, by the outputs of its resources."""
        request = analyzer_pb2.AnalyzeStackRequest(resources=[_in_stack(each) for each in stack])
        return _told(self._answer("AnalyzeStack", request))

    def _mends(self) -> bool:
        """Whether a policy is one that mends: by its level in the pack, unless it was given another."""
        if self._remedies is None:
            levels = {one.name: one.enforcementLevel == analyzer_pb2.REMEDIATE for one in self.info.policies}
            every = self._levels.get(EVERY)
            if every:
                levels = dict.fromkeys(levels, every == "remediate")
            levels |= {name: level == "remediate" for name, level in self._levels.items() if name in levels}
            self._remedies = any(levels.values())
        return self._remedies

    def _answer(self, method: str, request: Any) -> Any:
        ask: Callable[[Any], Any] = getattr(self._connected(), method)
        try:
            return ask(request)
        except grpc.RpcError as error:
            raise RefusedError(_why(error)) from error

    def _connected(self) -> analyzer_pb2_grpc.AnalyzerStub:
        with self._lock:
            if self._stub is None or self._asks_of != os.getpid():
                channel = grpc.insecure_channel(self._process.address(), options=list(SIZES))
                self._stub, self._asks_of = analyzer_pb2_grpc.AnalyzerStub(channel), os.getpid()
            return self._stub


def _why(error: grpc.RpcError) -> str:
    if isinstance(error, grpc.Call) and error.code() != grpc.StatusCode.UNAVAILABLE:
        return f"failed to run policy: {error.details()}"
    return "failed to run policy: the policy pack has ended, and does not answer any more"


def _told(answer: analyzer_pb2.AnalyzeResponse) -> list[PolicyDiagnostic]:
    fails = (analyzer_pb2.MANDATORY, analyzer_pb2.REMEDIATE)
    return [
        PolicyDiagnostic(each.urn, each.policyName, each.message.strip(), mandatory=each.enforcementLevel in fails)
        for each in answer.diagnostics
    ]


def _request(asked: AnalyzedResource, properties: struct_pb2.Struct) -> analyzer_pb2.AnalyzeRequest:
    resource = asked.resource
    return analyzer_pb2.AnalyzeRequest(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=properties,
        options=_options(resource),
        provider=_provider(asked.provider),
    )


def _in_stack(asked: AnalyzedResource) -> analyzer_pb2.AnalyzerResource:
    resource = asked.resource
    return analyzer_pb2.AnalyzerResource(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=_sent(resource.output_message),
        options=_options(resource),
        provider=_provider(asked.provider),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in resource.property_dependencies.items()
            if urns
        },
    )


def _options(resource: ResourceState) -> analyzer_pb2.AnalyzerResourceOptions:
    timeouts = {name: resource.timeouts.get(name, 0.0) for name in ("create", "update", "delete", "read")}
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=resource.protect,
        ignoreChanges=resource.ignore_changes,
        additionalSecretOutputs=resource.additional_secret_outputs,
        aliases=resource.aliases,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(**timeouts),
        parent=resource.parent,
    )


def _provider(provider: ResourceState | None) -> analyzer_pb2.AnalyzerProviderResource | None:
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.type, urn=provider.urn, name=provider.name, properties=_sent(provider.input_message)
    )


def _sent(properties: struct_pb2.Struct) -> struct_pb2.Struct:
    """Properties in the form in which Pulumi's engine sends them."""
    # Most have nothing in them that would be written in another way: that is looked up in the message's bytes.
    text = properties.SerializeToString()
    if not any(mark in text for mark in _MARKS):
        return properties
    values: dict[str, Any] = wire.without_references(wire.settle(wire.to_python(properties)))
    return wire.to_struct(_without_internal(values))


def _without_internal(value: Any) -> Any:
    if wire.is_map(value):
        return {key: _without_internal(item) for key, item in value.items() if not key.startswith(_INTERNAL)}
    if wire.is_list(value):
        return [_without_internal(item) for item in value]
    return value
