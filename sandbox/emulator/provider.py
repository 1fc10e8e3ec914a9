"""Provider of AWS: Pulumi's `ResourceProvider` over an emulated organisation, one instance for each `aws.Provider`.

The embedded engine calls its methods as those of an object, Pulumi's own engine over gRPC. Without an organisation it
serves previews only, and loads no AWS SDK.
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
from sandbox.emulator.aws.fields import PropertyValues, changed, faults, forces_replacement
from sandbox.emulator.aws.records import UnacknowledgedAnswer
from sandbox.emulator.aws.resource import AwsError, AwsSession, Call, ResourceType
from sandbox.emulator.configuration import Configuration, ConfigurationError, parse
from sandbox.engine.grpc_calls import ServiceContext, abort_partly_done
from sandbox.engine.wire import UNKNOWN, reveal, to_python, to_struct

VERSION: Final = "7.51.1"
RECORDED: Final = "__recorded"
"""The output with the reason why a resource, or a part of it, exists only in the record store."""
HALF_MADE: Final = "__halfMade"
"""The output of a resource whose creation or update failed in the middle: the next update reads it first."""

DiffKind = provider_pb2.PropertyDiff.Kind
_LEAVES_HALF_MADE: Final = ("creating", "updating")


class RoleAssumer(Protocol):
    """The part of an organisation that the provider uses."""

    def assume(self, role_arn: str, through: Sequence[str] = ()) -> AwsSession:
        """A session of the role, assumed through the roles before it; raises AwsError."""
        ...


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The AWS provider of the sandbox; `organization=None` is for previews without an emulator."""

    def __init__(self, organization: RoleAssumer | None = None) -> None:
        self._organization = organization
        self._configuration: Configuration | None = None
        self._session: AwsSession | None = None

    # --- the plugin ------------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: ServiceContext) -> provider_pb2.ProviderHandshakeResponse:
        """Accept the engine; the answer asks for no secrets, references or output values."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: ServiceContext) -> empty_pb2.Empty:
        """Accept an engine that attaches to a provider under way."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: ServiceContext) -> plugin_pb2.PluginInfo:
        """The version of the AWS provider whose types are served."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def Cancel(self, request: Any, context: ServiceContext) -> empty_pb2.Empty:
        """Do nothing: no call takes long."""
        return empty_pb2.Empty()

    # --- configuration ---------------------------------------------------------------------------------------

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: ServiceContext) -> provider_pb2.CheckResponse:
        """Refuse settings that the sandbox does not have, by name."""
        failures: list[provider_pb2.CheckFailure] = []
        try:
            parse(reveal(to_python(request.news)))
        except ConfigurationError as error:
            failures.append(provider_pb2.CheckFailure(property=error.setting, reason=str(error)))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: ServiceContext) -> provider_pb2.DiffResponse:
        """The diff of two configurations: every change is an update in place."""
        old, new = reveal(to_python(request.old_inputs or request.olds)), reveal(to_python(request.news))
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return _difference(names, [], old, new)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: ServiceContext
    ) -> provider_pb2.ConfigureResponse:
        """Assume the role of the settings; refuse one that is missing, or in an account that is not allowed."""
        try:
            configuration = parse(reveal(to_python(request.args)))
            configuration.require_role()
            if self._organization is not None and configuration.role_arn != UNKNOWN:
                self._session = self._organization.assume(configuration.role_arn, configuration.through)
        except (ConfigurationError, AwsError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"configuring the AWS provider: {error}")
        self._configuration = configuration
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: ServiceContext) -> provider_pb2.InvokeResponse:
        """Call one of the functions for the caller's identity, the partition and the region."""
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
        """Refuse unhandled, missing, wrongly typed properties and malformed documents, each by name."""
        if request.olds.fields:
            self._acknowledge(request.urn)
        resource = _resource(request.urn, context)
        failures = [
            provider_pb2.CheckFailure(property=name, reason=f"{resource.token}: {name}: {reason}")
            for name, reason in faults(resource.all_fields, _values(request.news))
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: provider_pb2.DiffRequest, context: ServiceContext) -> provider_pb2.DiffResponse:
        """The properties whose meaning changes, and those of them that force a replacement."""
        self._acknowledge(request.urn)
        resource = _resource(request.urn, context)
        old = _values(request.old_inputs if request.old_inputs.fields else request.olds)
        new = _values(request.news)
        old = _compared(resource, old, _values(request.olds))
        ignored = {path.partition(".")[0].partition("[")[0] for path in request.ignoreChanges}
        names = [name for name in changed(resource.all_fields, old, new) if name not in ignored]
        if self._same_region(old, new) and "region" in names:
            names.remove("region")
        replaces = [name for name in names if _replaces(resource, name, old, new)]
        if resource.tagging and not ignored & {"tags", "tagsAll"} and self._tags_change(_values(request.olds), new):
            names.append("tagsAll")
        answer = _difference(names, replaces, old, new)
        answer.deleteBeforeReplace = bool(replaces) and _name_is_fixed(resource, old, new)
        return answer

    def Create(self, request: provider_pb2.CreateRequest, context: ServiceContext) -> provider_pb2.CreateResponse:
        """Create the resource in AWS; in a preview, only mark the outputs that are not known yet."""
        resource = _resource(request.urn, context)
        inputs = _values(request.properties)
        if request.preview:
            unknown = dict.fromkeys((name for name in resource.computed if name not in inputs), UNKNOWN)
            return provider_pb2.CreateResponse(properties=self._outputs(resource, inputs, unknown))
        call = self._call(resource, inputs, context)
        with self._readable("creating", call, request.urn, context):
            computed = self._adopt_unacknowledged(call, request.urn)
            if computed is None:
                computed = lifecycle.create(call)
        outputs = self._outputs(resource, inputs, computed)
        _keep_answer(call, request.urn, outputs)
        return provider_pb2.CreateResponse(id=call.id, properties=outputs)

    def Read(self, request: provider_pb2.ReadRequest, context: ServiceContext) -> provider_pb2.ReadResponse:
        """The resource as AWS has it; an empty id when it is gone."""
        resource = _resource(request.urn, context)
        inputs, state = _values(request.inputs), _values(request.properties)
        call = self._call(resource, inputs, context, request.id, state)
        with self._readable("reading", call, request.urn, context):
            values = lifecycle.read(call)
        if values is None:
            return provider_pb2.ReadResponse()
        inputs, outputs = self._as_read(resource, inputs, state, values)
        return provider_pb2.ReadResponse(id=request.id, properties=outputs, inputs=to_struct(inputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: ServiceContext) -> provider_pb2.UpdateResponse:
        """Update the resource to the new inputs."""
        resource = _resource(request.urn, context)
        inputs, state = _values(request.news), _values(request.olds)
        kept = resource.computed if request.preview else [*resource.computed, *resource.compared_as_read]
        computed = {name: state[name] for name in kept if name in state and not (request.preview and name in inputs)}
        half_made = HALF_MADE in request.olds.fields
        if request.preview and half_made:
            computed = {name: UNKNOWN for name in resource.computed if name not in inputs} | computed
        if not request.preview:
            call = self._call(resource, inputs, context, request.id, state)
            call.old = _compared(resource, _values(request.old_inputs) or state, state)
            with self._readable("updating", call, request.urn, context):
                computed |= lifecycle.resume(call) if half_made else lifecycle.update(call)
        return provider_pb2.UpdateResponse(properties=self._outputs(resource, inputs, computed))

    def Delete(self, request: provider_pb2.DeleteRequest, context: ServiceContext) -> empty_pb2.Empty:
        """Delete the resource; one that is gone already counts as deleted."""
        self._acknowledge(request.urn)
        resource = _resource(request.urn, context)
        state = _values(request.properties)
        call = self._call(resource, {**state, **_values(request.old_inputs)}, context, request.id, state)
        with self._readable("deleting", call, request.urn, context):
            lifecycle.delete(call)
        return empty_pb2.Empty()

    # --- calls, and values with the configuration ------------------------------------------------------------

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
        if self._session is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "without an organisation there are only previews")
        state = state or {}
        region = inputs.get("region") or state.get("region") or configuration.region
        tags: dict[str, str] = configuration.all_tags(inputs.get("tags")) if resource.tagging else {}
        return Call(self._session, resource, region, inputs, id_, {}, state, tags)

    def _outputs(
        self, resource: ResourceType, inputs: PropertyValues, computed: Mapping[str, Any]
    ) -> struct_pb2.Struct:
        read = {name: computed[name] for name in resource.compared_as_read if name in computed}
        outputs: PropertyValues = {**resource.defaults, **computed, **inputs, **read}
        outputs = {name: value for name, value in outputs.items() if value is not None or name not in read}
        if resource.regional:
            outputs.setdefault("region", self._settings.region)
        if resource.tagging:
            outputs["tagsAll"] = self._settings.all_tags(inputs.get("tags"))
        if reason := lifecycle.reason_recorded(resource, inputs):
            outputs[RECORDED] = reason
        return to_struct(outputs)

    def _as_read(
        self, resource: ResourceType, inputs: PropertyValues, state: PropertyValues, values: PropertyValues
    ) -> tuple[PropertyValues, struct_pb2.Struct]:
        """The inputs and outputs of a resource with these values in AWS; without inputs and state it is imported."""
        own = self._without_default_tags(values, inputs)
        is_known = bool(inputs or state)
        inputs = lifecycle.refreshed(resource, inputs, own) if is_known else lifecycle.imported(resource, own)
        computed = {name: own.get(name, state.get(name)) for name in resource.computed}
        computed |= {name: own.get(name) for name in resource.compared_as_read}
        outputs = self._outputs(resource, {**state, **inputs}, computed)
        if resource.tagging:
            outputs.update({"tagsAll": values["tags"]})
        return inputs, outputs

    @contextmanager
    def _readable(self, doing: str, call: Call, urn: str, context: ServiceContext) -> Generator[None]:
        """Inside, a refusal of AWS ends the call with a message, and with the half-made resource if there is one."""
        try:
            yield
        except AwsError as error:
            name = call.inputs.get(call.resource.name) or call.id or urn.rpartition("::")[2]
            message = f"{doing} {call.resource.label} ({name}): {error}"
            if call.changed and call.id and doing in _LEAVES_HALF_MADE:
                abort_partly_done(context, self._half_made(call, urn, message))
            context.abort(grpc.StatusCode.UNKNOWN, message)

    def _adopt_unacknowledged(self, call: Call, urn: str) -> PropertyValues | None:
        """Update the resource of an earlier creation whose answer did not arrive; None when there is none to update."""
        earlier = call.session.records.unacknowledged_answer(urn)
        if earlier is None or earlier.account != call.account:
            return None
        call.id, call.state = earlier.id, dict(earlier.state)
        if lifecycle.read(call) is None:
            call.id, call.state = "", {}
            return None
        differences = changed(call.resource.all_fields, earlier.inputs, call.inputs)
        if any(_replaces(call.resource, name, earlier.inputs, call.inputs) for name in differences):
            lifecycle.delete(replace(call, inputs=earlier.inputs))
            call.id, call.state = "", {}
            return None
        computed = {name: earlier.state[name] for name in call.resource.computed if name in earlier.state}
        return computed | lifecycle.resume(call)

    def _acknowledge(self, urn: str) -> None:
        """Note that the engine names the resource, so that the answer to its creation has arrived."""
        if self._session is not None:
            self._session.records.acknowledge(urn)

    def _half_made(self, call: Call, urn: str, reason: str) -> provider_pb2.ErrorResourceInitFailed:
        values = lifecycle.read_half_made(call)
        resource, inputs, state = call.resource, call.inputs, call.state
        if values:
            _, outputs = self._as_read(resource, inputs, state, values)
        else:
            outputs = self._outputs(resource, inputs, state)
        outputs.fields[HALF_MADE].bool_value = True
        _keep_answer(call, urn, outputs)
        return provider_pb2.ErrorResourceInitFailed(id=call.id, properties=outputs, reasons=[reason])

    def _same_region(self, old: PropertyValues, new: PropertyValues) -> bool:
        """True when two inputs name one region: no region means the provider's."""
        return (old.get("region") or self._settings.region) == (new.get("region") or self._settings.region)

    def _tags_change(self, state: PropertyValues, new: PropertyValues) -> bool:
        before = state.get("tagsAll")
        return before is not None and before != self._settings.all_tags(new.get("tags"))

    def _without_default_tags(self, values: PropertyValues, inputs: PropertyValues) -> PropertyValues:
        if "tags" not in values:
            return values
        return {**values, "tags": self._settings.own_tags(values["tags"], inputs.get("tags") or {})}


def _keep_answer(call: Call, urn: str, outputs: struct_pb2.Struct) -> None:
    answer = UnacknowledgedAnswer(call.account, call.id, call.inputs, _values(outputs))
    call.session.records.keep_answer(urn, answer)


def _resource(urn: str, context: ServiceContext) -> ResourceType:
    token = urn.split("::")[2].rpartition("$")[2]
    resource = resource_of(token)
    if resource is None:
        module = f"sandbox/emulator/aws/{token.split(':')[1].partition('/')[0]}.py"
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the sandbox has no handler for {token}; add one in {module}")
    return resource


def _values(struct: struct_pb2.Struct) -> PropertyValues:
    """The values of a message without wrappers of secrets, nulls and the engine's own keys (`__…`)."""
    values = reveal(to_python(struct))
    return {name: value for name, value in values.items() if value is not None and not name.startswith("__")}


def _replaces(resource: ResourceType, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    field = resource.all_fields[name]
    return name in resource.never_updated or forces_replacement(field, old.get(name), new.get(name))


def _compared(resource: ResourceType, inputs: PropertyValues, state: PropertyValues) -> PropertyValues:
    """The old values that new ones are compared with: inputs, and what was read where AWS has its own."""
    return {**inputs, **{name: state.get(name) for name in resource.compared_as_read}} if state else inputs


def _name_is_fixed(resource: ResourceType, old: PropertyValues, new: PropertyValues) -> bool:
    """True when both have one explicit name, which the replacement cannot take while the old resource has it."""
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
