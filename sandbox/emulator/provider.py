"""Pulumi's ResourceProvider service for AWS, over an emulated organisation; one instance per `aws.Provider`.

Messages in, messages out: the embedded engine calls the methods as those of an object, Pulumi's own engine over gRPC.
Without an organisation it serves previews only, and loads no AWS SDK.
"""
# ruff: noqa: N802, ARG002 - the methods and their parameters are those of Pulumi's service

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, Protocol

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.emulator.aws import lifecycle, resource_of
from sandbox.emulator.aws.fields import PropertyValues, changed, faults
from sandbox.emulator.aws.records import Unheard
from sandbox.emulator.aws.resource import AwsError, AwsSession, Call, ResourceType
from sandbox.emulator.configuration import Configuration, ConfigurationError, parse
from sandbox.engine.grpc_calls import ServiceContext, abort_partly_done
from sandbox.engine.wire import UNKNOWN, reveal, to_python, to_struct

VERSION: Final = "7.51.1"
RECORDED: Final = "__recorded"
"""The output that says why a resource, or a part of it, exists only in the record store."""
HALF_MADE: Final = "__halfMade"
"""The output of a resource that a creation or an update left unfinished: the next update looks at what there is."""

DiffKind = provider_pb2.PropertyDiff.Kind
_MAKING: Final = ("creating", "updating")


class RoleAssumer(Protocol):
    """What the provider needs of the organisation."""

    def assume(self, role_arn: str, through: Sequence[str] = ()) -> AwsSession:
        """The role, assumed by the last of those before it; raises AwsError."""
        ...


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The AWS provider of the sandbox; `organization=None` is for previews without an emulator."""

    def __init__(self, organization: RoleAssumer | None = None) -> None:
        self._organization = organization
        self._configuration: Configuration | None = None
        self._access: AwsSession | None = None

    # --- the plugin ------------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: ServiceContext) -> provider_pb2.ProviderHandshakeResponse:
        """The engine introduces itself; secrets, references and output values it keeps to itself."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: ServiceContext) -> empty_pb2.Empty:
        """The engine attaches to a provider that is already running."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: ServiceContext) -> plugin_pb2.PluginInfo:
        """The version of the AWS provider whose types are served."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def Cancel(self, request: Any, context: ServiceContext) -> empty_pb2.Empty:
        """Nothing runs for long."""
        return empty_pb2.Empty()

    # --- configuration ---------------------------------------------------------------------------------------

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: ServiceContext) -> provider_pb2.CheckResponse:
        """Refuses settings that the sandbox does not have, by name."""
        failures: list[provider_pb2.CheckFailure] = []
        try:
            parse(reveal(to_python(request.news)))
        except ConfigurationError as error:
            failures.append(provider_pb2.CheckFailure(property=error.setting, reason=str(error)))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: ServiceContext) -> provider_pb2.DiffResponse:
        """Any change of the settings is an update of the provider in place."""
        old, new = reveal(to_python(request.old_inputs or request.olds)), reveal(to_python(request.news))
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return _difference(names, [], old, new)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: ServiceContext
    ) -> provider_pb2.ConfigureResponse:
        """Assumes the role of the settings; refuses one that is missing, or in an account that is not allowed."""
        try:
            configuration = parse(reveal(to_python(request.args)))
            configuration.require_role()
            if self._organization is not None and configuration.role_arn != UNKNOWN:
                self._access = self._organization.assume(configuration.role_arn, configuration.through)
        except (ConfigurationError, AwsError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"configuring the AWS provider: {error}")
        self._configuration = configuration
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: ServiceContext) -> provider_pb2.InvokeResponse:
        """The three functions that say where we are."""
        configuration = self._configured(context)
        region = reveal(to_python(request.args)).get("region") or configuration.region
        answers: dict[str, Mapping[str, Any]] = {
            "aws:index/getCallerIdentity:getCallerIdentity": configuration.caller(),
            "aws:index/getPartition:getPartition": _PARTITION,
            "aws:index/getRegion:getRegion": dict.fromkeys(("id", "name", "region", "description"), region),
        }
        if request.tok not in answers:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the sandbox does not serve the function {request.tok}")
        answer: Any = {"return": to_struct(answers[request.tok])}  # the field's name is a keyword
        return provider_pb2.InvokeResponse(**answer)

    # --- resources -------------------------------------------------------------------------------------------

    def Check(self, request: provider_pb2.CheckRequest, context: ServiceContext) -> provider_pb2.CheckResponse:
        """Refuses unhandled, missing, wrongly typed properties and malformed documents, each by name."""
        if request.olds.fields:
            self._heard(request.urn)
        resource = _resource(request.urn, context)
        failures = [
            provider_pb2.CheckFailure(property=name, reason=f"{resource.token}: {name}: {reason}")
            for name, reason in faults(resource.all_fields, _values(request.news))
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: provider_pb2.DiffRequest, context: ServiceContext) -> provider_pb2.DiffResponse:
        """What changed in meaning, and what of it forces a replacement."""
        self._heard(request.urn)
        resource = _resource(request.urn, context)
        old = _values(request.old_inputs if request.old_inputs.fields else request.olds)
        new = _values(request.news)
        ignored = {path.partition(".")[0].partition("[")[0] for path in request.ignoreChanges}
        names = [name for name in changed(resource.all_fields, old, new) if name not in ignored]
        if self._same_region(old, new) and "region" in names:
            names.remove("region")
        replaces = [name for name in names if _replaces(resource, name)]
        if resource.tagging and not ignored & {"tags", "tagsAll"} and self._tags_change(_values(request.olds), new):
            names.append("tagsAll")
        answer = _difference(names, replaces, old, new)
        answer.deleteBeforeReplace = bool(replaces) and _name_is_fixed(resource, old, new)
        return answer

    def Create(self, request: provider_pb2.CreateRequest, context: ServiceContext) -> provider_pb2.CreateResponse:
        """Creates the resource in AWS; in a preview, says only which outputs are not known yet."""
        resource = _resource(request.urn, context)
        inputs = _values(request.properties)
        if request.preview:
            unknown = dict.fromkeys(resource.computed, UNKNOWN)
            return provider_pb2.CreateResponse(properties=self._outputs(resource, inputs, unknown))
        call = self._call(resource, inputs, context)
        with self._readable("creating", call, request.urn, context):
            computed = self._adopted(call, request.urn)
            if computed is None:
                computed = lifecycle.create(call)
        outputs = self._outputs(resource, inputs, computed)
        call.access.records.answer(request.urn, Unheard(call.account, call.id, inputs, _values(outputs)))
        return provider_pb2.CreateResponse(id=call.id, properties=outputs)

    def Read(self, request: provider_pb2.ReadRequest, context: ServiceContext) -> provider_pb2.ReadResponse:
        """The resource as AWS has it; an empty id when it is gone."""
        resource = _resource(request.urn, context)
        given, state = _values(request.inputs), _values(request.properties)
        call = self._call(resource, given, context, request.id, state)
        with self._readable("reading", call, request.urn, context):
            found = lifecycle.read(call)
        if found is None:
            return provider_pb2.ReadResponse()
        inputs, outputs = self._as_found(resource, given, state, found)
        return provider_pb2.ReadResponse(id=request.id, properties=outputs, inputs=to_struct(inputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: ServiceContext) -> provider_pb2.UpdateResponse:
        """Brings the resource to the new inputs."""
        resource = _resource(request.urn, context)
        inputs, state = _values(request.news), _values(request.olds)
        computed = {name: state[name] for name in resource.computed if name in state}
        half_made = HALF_MADE in request.olds.fields
        if request.preview and half_made:
            computed = dict.fromkeys(resource.computed, UNKNOWN) | computed
        if not request.preview:
            call = self._call(resource, inputs, context, request.id, state)
            call.old = _values(request.old_inputs) or state
            with self._readable("updating", call, request.urn, context):
                computed |= lifecycle.resume(call) if half_made else lifecycle.update(call)
        return provider_pb2.UpdateResponse(properties=self._outputs(resource, inputs, computed))

    def Delete(self, request: provider_pb2.DeleteRequest, context: ServiceContext) -> empty_pb2.Empty:
        """Deletes the resource; one that is gone already is deleted."""
        self._heard(request.urn)
        resource = _resource(request.urn, context)
        state = _values(request.properties)
        call = self._call(resource, {**state, **_values(request.old_inputs)}, context, request.id, state)
        with self._readable("deleting", call, request.urn, context):
            lifecycle.delete(call)
        return empty_pb2.Empty()

    # --- what the configuration adds -------------------------------------------------------------------------

    def _configured(self, context: ServiceContext) -> Configuration:
        if self._configuration is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "the AWS provider is not configured")
        return self._configuration

    @property
    def _settings(self) -> Configuration:
        return self._configuration or Configuration()

    def _call(
        self,
        resource: ResourceType,
        inputs: PropertyValues,
        context: ServiceContext,
        id_: str = "",
        state: PropertyValues | None = None,
    ) -> Call:
        configuration = self._configured(context)
        if self._access is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "without an organisation there are only previews")
        state = state or {}
        region = inputs.get("region") or state.get("region") or configuration.region
        tags: dict[str, str] = configuration.all_tags(inputs.get("tags")) if resource.tagging else {}
        return Call(self._access, resource, region, inputs, id_, {}, state, tags)

    def _outputs(
        self, resource: ResourceType, inputs: PropertyValues, computed: Mapping[str, Any]
    ) -> struct_pb2.Struct:
        outputs: PropertyValues = {**resource.defaults, **computed, **inputs}
        if resource.regional:
            outputs.setdefault("region", self._settings.region)
        if resource.tagging:
            outputs["tagsAll"] = self._settings.all_tags(inputs.get("tags"))
        if reason := lifecycle.reason_recorded(resource, inputs):
            outputs[RECORDED] = reason
        return to_struct(outputs)

    def _as_found(
        self, resource: ResourceType, given: PropertyValues, state: PropertyValues, found: PropertyValues
    ) -> tuple[PropertyValues, struct_pb2.Struct]:
        """Inputs and outputs of a resource as AWS has it."""
        own = self._without_default_tags(found, given)
        known = given or state
        inputs = lifecycle.refreshed(resource, given, own) if known else lifecycle.imported(resource, own)
        computed = {name: own.get(name, state.get(name)) for name in resource.computed}
        outputs = self._outputs(resource, {**state, **inputs}, computed)
        if resource.tagging:
            outputs.update({"tagsAll": found["tags"]})
        return inputs, outputs

    @contextmanager
    def _readable(self, doing: str, call: Call, urn: str, context: ServiceContext) -> Generator[None]:
        """Ends the call with a sentence when AWS refuses, and with what there is when it refused in the middle."""
        try:
            yield
        except AwsError as error:
            name = call.inputs.get(call.resource.name) or call.id or urn.rpartition("::")[2]
            said = f"{doing} {call.resource.label} ({name}): {error}"
            if call.changed and call.id and doing in _MAKING:
                abort_partly_done(context, self._half_made(call, urn, said))
            context.abort(grpc.StatusCode.UNKNOWN, said)

    def _adopted(self, call: Call, urn: str) -> PropertyValues | None:
        """What an earlier creation made whose answer nobody heard, as it is wanted now; None when there is nothing."""
        made = call.access.records.unheard(urn)
        if made is None or made.account != call.account:
            return None
        call.id, call.state = made.id, dict(made.state)
        if lifecycle.read(call) is None:
            call.id, call.state = "", {}
            return None
        if any(_replaces(call.resource, name) for name in changed(call.resource.all_fields, made.inputs, call.inputs)):
            lifecycle.delete(replace(call, inputs=made.inputs))
            call.id, call.state = "", {}
            return None
        known = {name: made.state[name] for name in call.resource.computed if name in made.state}
        return known | lifecycle.resume(call)

    def _heard(self, urn: str) -> None:
        """The engine knows of the resource."""
        if self._access is not None:
            self._access.records.heard(urn)

    def _half_made(self, call: Call, urn: str, said: str) -> provider_pb2.ErrorResourceInitFailed:
        found = lifecycle.found_half_made(call)
        resource, inputs, state = call.resource, call.inputs, call.state
        outputs = self._as_found(resource, inputs, state, found)[1] if found else self._outputs(resource, inputs, state)
        outputs.fields[HALF_MADE].bool_value = True
        call.access.records.answer(urn, Unheard(call.account, call.id, inputs, _values(outputs)))
        return provider_pb2.ErrorResourceInitFailed(id=call.id, properties=outputs, reasons=[said])

    def _same_region(self, old: PropertyValues, new: PropertyValues) -> bool:
        """The provider's region, said or not said, is the same region."""
        return (old.get("region") or self._settings.region) == (new.get("region") or self._settings.region)

    def _tags_change(self, state: PropertyValues, new: PropertyValues) -> bool:
        before = state.get("tagsAll")
        return before is not None and before != self._settings.all_tags(new.get("tags"))

    def _without_default_tags(self, found: PropertyValues, given: PropertyValues) -> PropertyValues:
        if "tags" not in found:
            return found
        return {**found, "tags": self._settings.own_tags(found["tags"], given.get("tags") or {})}


def _resource(urn: str, context: ServiceContext) -> ResourceType:
    token = urn.split("::")[2].rpartition("$")[2]
    resource = resource_of(token)
    if resource is None:
        where = f"sandbox/emulator/aws/{token.split(':')[1].partition('/')[0]}.py"
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the sandbox has no handler for {token}; add one in {where}")
    return resource


def _values(struct: struct_pb2.Struct) -> PropertyValues:
    """The values of a message without secrets' wrappers, nulls and the engine's own keys."""
    values = reveal(to_python(struct))
    return {name: value for name, value in values.items() if value is not None and not name.startswith("__")}


def _replaces(resource: ResourceType, name: str) -> bool:
    field = resource.all_fields[name]
    return field.replaces or (resource.update is None and not field.local and name != "tags")


def _name_is_fixed(resource: ResourceType, old: PropertyValues, new: PropertyValues) -> bool:
    """A name that was given and stays cannot be taken by the replacement while the old one has it."""
    return bool(resource.name) and resource.name in new and old.get(resource.name) == new[resource.name]


def _difference(
    names: list[str], replaces: list[str], old: PropertyValues, new: PropertyValues
) -> provider_pb2.DiffResponse:
    detail = provider_pb2.PropertyDiff
    changes = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
    detailed = {n: detail(kind=_kind(n in old, n in new, n in replaces), inputDiff=n != "tagsAll") for n in names}
    return provider_pb2.DiffResponse(
        changes=changes, diffs=names, replaces=replaces, detailedDiff=detailed, hasDetailedDiff=True
    )


def _kind(before: bool, after: bool, replaces: bool) -> Any:
    verb = "UPDATE" if before == after else "ADD" if after else "DELETE"
    return DiffKind.Value(f"{verb}_REPLACE" if replaces else verb)


_PARTITION: Final[PropertyValues] = {
    "id": "aws",
    "partition": "aws",
    "dnsSuffix": "amazonaws.com",
    "reverseDnsPrefix": "com.amazonaws",
}
