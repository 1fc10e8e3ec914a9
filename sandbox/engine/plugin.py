"""Plugins: providers as the engine calls them, Pulumi's `ResourceProvider` as an object in this process.

Pulumi's engine has duties on its side of that protocol, which are done here: secrets are unwrapped for a provider that
does not take them and put back on its answers, a provider whose configuration is not known yet is not called, and an
aborted call becomes a `RefusedError`.
"""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.engine import wire
from sandbox.engine.grpc_calls import CallContext, PartlyDoneError, RefusedError
from sandbox.engine.state import EMPTY, ResourceState
from sandbox.engine.urns import name_of, package_of, type_of

ResponseT = TypeVar("ResponseT")
DiffResponse = provider_pb2.DiffResponse
"""A provider's answer to `Diff` or `DiffConfig`."""

UNKNOWN_CONFIGURATION: Final = (
    "The provider for this resource has inputs that are not known during preview.\n"
    "This preview may not correctly represent the changes that will be applied during an update."
)


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """A failed check of a provider; `property` is empty when it is about the whole resource."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """An answer to `Create`, `Update` or `Read`. `reasons` are set when the resource exists but is not initialised."""

    id: str
    outputs: struct_pb2.Struct
    inputs: struct_pb2.Struct | None = None
    reasons: tuple[str, ...] = ()


class Plugin:
    """The provider of one provider resource."""

    def __init__(self, servicer: provider_pb2_grpc.ResourceProviderServicer, peer: str) -> None:
        self.servicer = servicer
        self.configuration_known = True
        """False in a preview when a value of the configuration is not known yet."""
        self._peer = peer
        self._takes_secrets = self._takes_references = self._has_previews = False

    # The provider resource itself

    def check_config(
        self, urn: str, olds: struct_pb2.Struct | None, news: struct_pb2.Struct
    ) -> tuple[struct_pb2.Struct, list[CheckFailure]]:
        """The configuration with the provider's defaults, and its failed checks."""
        request = provider_pb2.CheckRequest(
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            olds=None if olds is None else _without_secrets(olds),
            news=_without_secrets(news),
        )
        try:
            answer = self._call(provider_pb2.CheckResponse, "CheckConfig", request)
        except RefusedError as refusal:
            if refusal.code is grpc.StatusCode.UNIMPLEMENTED:
                return news, []
            raise
        inputs = _with_secrets(answer.inputs, news)
        if "version" in news.fields and "version" not in inputs.fields:
            inputs.fields["version"].CopyFrom(news.fields["version"])
        return inputs, _failures(answer)

    def diff_config(self, urn: str, old: ResourceState, news: struct_pb2.Struct) -> DiffResponse:
        """The diff of two configurations; that of the values where the provider has no `DiffConfig`."""
        request = provider_pb2.DiffRequest(
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            old_inputs=_without_secrets(old.input_message),
            olds=_without_secrets(old.output_message),
            news=_without_secrets(news),
        )
        try:
            answer = self._call(provider_pb2.DiffResponse, "DiffConfig", request)
        except RefusedError as refusal:
            if refusal.code is not grpc.StatusCode.UNIMPLEMENTED:
                raise
            answer = DiffResponse()
        if answer.changes == DiffResponse.DIFF_UNKNOWN:
            answer.changes = DiffResponse.DIFF_NONE if old.output_message == news else DiffResponse.DIFF_SOME
        return answer

    def configure(self, urn: str, id_: str, inputs: struct_pb2.Struct) -> None:
        """Configure the provider, unless its configuration is not known yet."""
        self.configuration_known = not wire.mentions(inputs, wire.UNKNOWN)
        if not self.configuration_known:
            return
        answer = self._call(
            provider_pb2.ConfigureResponse,
            "Configure",
            provider_pb2.ConfigureRequest(
                urn=urn,
                name=name_of(urn),
                type=type_of(urn),
                id=id_,
                variables=_variables(package_of(type_of(urn)), wire.to_python(inputs)),
                args=inputs,
                acceptSecrets=True,
                acceptResources=True,
                sends_old_inputs=True,
                sends_old_inputs_to_delete=True,
            ),
        )
        self._takes_secrets, self._takes_references = answer.acceptSecrets, answer.acceptResources
        self._has_previews = answer.supportsPreview

    # Resources

    def check(
        self, new: ResourceState, olds: struct_pb2.Struct | None, news: struct_pb2.Struct
    ) -> tuple[struct_pb2.Struct, list[CheckFailure]]:
        """The inputs with the provider's defaults, and their failed checks. The random seed follows from the URN."""
        if not self.configuration_known:
            return news, []
        answer = self._call(
            provider_pb2.CheckResponse,
            "Check",
            provider_pb2.CheckRequest(
                urn=new.urn,
                name=name_of(new.urn),
                type=new.type,
                olds=None if olds is None else self._for_provider(olds),
                news=self._for_provider(news),
                randomSeed=hashlib.sha256(new.urn.encode()).digest(),
            ),
        )
        inputs = answer.inputs if self._takes_secrets else _with_secrets(answer.inputs, news)
        return inputs, _failures(answer)

    def diff(
        self, urn: str, old: ResourceState, news: struct_pb2.Struct, ignore_changes: Sequence[str]
    ) -> DiffResponse:
        """The diff of a resource; its `changes` may be DIFF_UNKNOWN."""
        return self._call(
            provider_pb2.DiffResponse,
            "Diff",
            provider_pb2.DiffRequest(
                id=old.id,
                urn=urn,
                name=name_of(urn),
                type=type_of(urn),
                old_inputs=self._for_provider(old.input_message),
                olds=self._for_provider(old.output_message),
                news=self._for_provider(news),
                ignoreChanges=ignore_changes,
            ),
        )

    def create(self, new: ResourceState, preview: bool) -> ProviderAnswer:
        """Create the resource; in a preview, the outputs that are known."""
        if preview and not self.configuration_known:
            return ProviderAnswer("", EMPTY)
        if preview and not self._has_previews:
            # As Pulumi's engine does: the outputs of a provider without previews are taken to be the inputs.
            return ProviderAnswer("", new.input_message)
        request = provider_pb2.CreateRequest(
            urn=new.urn,
            name=name_of(new.urn),
            type=new.type,
            properties=self._for_provider(new.input_message),
            timeout=new.timeouts.get("create", 0),
            preview=preview,
        )
        try:
            answer = self._call(provider_pb2.CreateResponse, "Create", request)
        except PartlyDoneError as partly:
            outputs = self._from_provider(partly.properties, new.input_message)
            return ProviderAnswer(partly.id, outputs, reasons=partly.reasons)
        if not answer.id and not preview:
            raise RefusedError(f"plugin returned empty resource.ID from create '{new.urn}'")
        return ProviderAnswer(answer.id, self._from_provider(answer.properties, new.input_message))

    def update(self, old: ResourceState, new: ResourceState, preview: bool) -> ProviderAnswer:
        """Change the resource in place."""
        if preview and not self.configuration_known:
            return ProviderAnswer(old.id, EMPTY)
        if preview and not self._has_previews:
            return ProviderAnswer(old.id, new.input_message)
        request = provider_pb2.UpdateRequest(
            id=old.id,
            urn=new.urn,
            name=name_of(new.urn),
            type=new.type,
            old_inputs=self._for_provider(old.input_message),
            olds=self._for_provider(old.output_message),
            news=self._for_provider(new.input_message),
            timeout=new.timeouts.get("update", 0),
            ignoreChanges=new.ignore_changes,
            preview=preview,
        )
        try:
            answer = self._call(provider_pb2.UpdateResponse, "Update", request)
        except PartlyDoneError as partly:
            outputs = self._from_provider(partly.properties, new.input_message)
            return ProviderAnswer(old.id, outputs, reasons=partly.reasons)
        return ProviderAnswer(old.id, self._from_provider(answer.properties, new.input_message))

    def read(
        self, new: ResourceState, id_: str, inputs: struct_pb2.Struct | None, state: struct_pb2.Struct | None = None
    ) -> ProviderAnswer | None:
        """The resource as it is, None when it does not exist; without a `state` the inputs are sent in its place."""
        if not self.configuration_known:
            return ProviderAnswer(id_, EMPTY, EMPTY)
        sent_inputs = None if inputs is None else self._for_provider(inputs)
        request = provider_pb2.ReadRequest(
            id=id_,
            urn=new.urn,
            name=name_of(new.urn),
            type=new.type,
            properties=sent_inputs if state is None else self._for_provider(state),
            inputs=sent_inputs,
        )
        request.timeout = new.timeouts.get("read", 0)
        try:
            answer = self._call(provider_pb2.ReadResponse, "Read", request)
        except PartlyDoneError as partly:
            return ProviderAnswer(partly.id or id_, partly.properties, reasons=partly.reasons)
        if not answer.HasField("properties") or (state is not None and not answer.id):
            return None
        outputs = answer.properties if inputs is None else self._from_provider(answer.properties, inputs)
        return ProviderAnswer(answer.id or id_, outputs, answer.inputs if answer.HasField("inputs") else None)

    def delete(self, old: ResourceState) -> None:
        """Delete the resource."""
        request = provider_pb2.DeleteRequest(
            id=old.id,
            urn=old.urn,
            name=old.name,
            type=old.type,
            properties=self._for_provider(old.output_message),
            old_inputs=self._for_provider(old.input_message),
            timeout=old.timeouts.get("delete", 0),
        )
        self._call(empty_pb2.Empty, "Delete", request)

    def invoke(self, token: str, args: struct_pb2.Struct, preview: bool) -> provider_pb2.InvokeResponse:
        """Call a function of the provider; its answer is secret when an argument is."""
        if not self.configuration_known:
            return provider_pb2.InvokeResponse()
        answer = self._call(
            provider_pb2.InvokeResponse,
            "Invoke",
            provider_pb2.InvokeRequest(tok=token, args=self._for_provider(args), preview=preview),
        )
        if self._takes_secrets or not wire.mentions(args, wire.SECRET):
            return answer
        values = getattr(answer, "return")
        concealed = wire.conceal(values, list(values.fields))
        return provider_pb2.InvokeResponse(**{"return": concealed}, failures=answer.failures)

    # Between the engine's values and the provider's

    def _call(self, kind: type[ResponseT], method: str, request: object) -> ResponseT:
        context = CallContext(self._peer)
        try:
            answer = getattr(self.servicer, method)(request, context)
        except RefusedError:
            raise
        except Exception as fault:
            raise context.refusal(traceback.format_exc()) from fault
        if not isinstance(answer, kind):
            message = f"{type(self.servicer).__name__}.{method} answered {answer!r}, not a {kind.__name__}"
            raise RefusedError(message, trace=message)
        return answer

    def _for_provider(self, values: struct_pb2.Struct) -> struct_pb2.Struct:
        if (self._takes_secrets and self._takes_references) or not wire.mentions(values, wire.SIGNATURE):
            return values
        plain: Any = wire.to_python(values)
        plain = plain if self._takes_secrets else wire.reveal(plain)
        return wire.to_struct(plain if self._takes_references else wire.without_references(plain))

    def _from_provider(self, answered: struct_pb2.Struct, sent: struct_pb2.Struct) -> struct_pb2.Struct:
        return answered if self._takes_secrets else _with_secrets(answered, sent)


def _failures(answer: provider_pb2.CheckResponse) -> list[CheckFailure]:
    return [CheckFailure(failure.property, failure.reason) for failure in answer.failures]


def _without_secrets(values: struct_pb2.Struct) -> struct_pb2.Struct:
    """A configuration with its secrets unwrapped, as `CheckConfig` and `DiffConfig` get it."""
    if not wire.mentions(values, wire.SIGNATURE):
        return values
    return wire.to_struct(wire.reveal(wire.to_python(values)))


def _with_secrets(answered: struct_pb2.Struct, sent: struct_pb2.Struct) -> struct_pb2.Struct:
    if not wire.mentions(sent, wire.SECRET):
        return answered
    return wire.to_struct(wire.annotate(wire.to_python(answered), wire.to_python(sent)))


def _variables(package: str, inputs: Mapping[str, Any]) -> dict[str, str]:
    """A configuration in the older form: every value is a string, of JSON where it was none."""
    plain = {key: wire.reveal(value) for key, value in inputs.items() if key != "version"}
    return {
        f"{package}:config:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in plain.items()
    }
