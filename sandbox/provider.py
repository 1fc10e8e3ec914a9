"""Pulumi's ResourceProvider service for AWS, over an emulated organisation; one instance per `aws.Provider`.

Messages in, messages out: the embedded engine calls the methods as those of an object, Pulumi's own engine over gRPC.
Without an organisation it serves previews only, and loads no AWS SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Protocol

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.aws import resource_of
from sandbox.aws.fields import Values, changed, faults, same
from sandbox.aws.resource import Access, AwsError, Call, Resource
from sandbox.configuration import Configuration, ConfigurationError, parse
from sandbox.wire import UNKNOWN, has_unknown, reveal, to_python, to_struct

VERSION: Final = "7.51.1"
RECORDED: Final = "__recorded"
"""The output that says why a resource, or a part of it, exists only in the record store."""


class Organization(Protocol):
    """What the provider needs of the organisation."""

    def assume(self, role_arn: str) -> Access:
        """The role, assumed; raises AwsError."""
        ...


class Context(Protocol):
    """What the provider needs of a gRPC context."""

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error."""
        ...


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The AWS provider of the sandbox; `organization=None` is for previews without an emulator."""

    def __init__(self, organization: Organization | None = None) -> None:
        self._organization = organization
        self._configuration: Configuration | None = None
        self._access: Access | None = None

    # --- the plugin ----------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: Context) -> provider_pb2.ProviderHandshakeResponse:
        """The engine introduces itself; it keeps secrets, references and output values to itself."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Context) -> empty_pb2.Empty:
        """The engine attaches to a provider that is already running."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Context) -> plugin_pb2.PluginInfo:
        """The version of the AWS provider whose types are served."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def Cancel(self, request: Any, context: Context) -> empty_pb2.Empty:
        """Nothing runs for long."""
        return empty_pb2.Empty()

    # --- configuration -------------------------------------------------------------------------------------

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: Context
    ) -> provider_pb2.CheckResponse:
        """Refuses settings that the sandbox does not have, by name."""
        failures: list[provider_pb2.CheckFailure] = []
        try:
            parse(reveal(to_python(request.news)))
        except ConfigurationError as error:
            failures.append(provider_pb2.CheckFailure(property=error.property, reason=str(error)))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        """Any change of the settings is an update of the provider in place."""
        old, new = reveal(to_python(request.old_inputs or request.olds)), reveal(to_python(request.news))
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return _diff_response(names, [], [], old, new)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: Context
    ) -> provider_pb2.ConfigureResponse:
        """Assumes the role of the settings; refuses one that is missing, or in an account that is not allowed."""
        try:
            configuration = parse(reveal(to_python(request.args)))
            configuration.require_role()
            if self._organization is not None and configuration.role_arn != UNKNOWN:
                self._access = self._organization.assume(configuration.role_arn)
        except (ConfigurationError, AwsError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"configuring the AWS provider: {error}")
        self._configuration = configuration
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: Context) -> provider_pb2.InvokeResponse:
        """The three functions that say where we are."""
        configuration = self._configured(context)
        account, role = configuration.account_id, configuration.role_arn
        answers: dict[str, Values] = {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "id": account,
                "accountId": account,
                "arn": f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/mesh",
                "userId": f"AROASANDBOX{account}:mesh",
            },
            "aws:index/getPartition:getPartition": _PARTITION,
            "aws:index/getRegion:getRegion": _region(reveal(to_python(request.args)).get("region") or configuration.region),
        }
        if request.tok not in answers:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the sandbox does not serve the function {request.tok}")
        return provider_pb2.InvokeResponse(**{"return": to_struct(answers[request.tok])})

    # --- resources -----------------------------------------------------------------------------------------

    def Check(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        """Refuses unhandled, missing, wrongly typed properties and malformed documents, each by name."""
        resource = self._resource(request.urn, context)
        inputs = _inputs(request.news)
        failures = [
            provider_pb2.CheckFailure(property=name, reason=f"{resource.token}: {name}: {reason}")
            for name, reason in faults(resource.all_fields, inputs)
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        """What changed in meaning, and what of it forces a replacement."""
        resource = self._resource(request.urn, context)
        old = _inputs(request.old_inputs if request.old_inputs.fields else request.olds)
        new = _inputs(request.news)
        ignored = {path.split(".")[0].split("[")[0] for path in request.ignoreChanges}
        names = [n for n in changed(resource.all_fields, old, new) if n not in ignored and not self._settled(n, old, new)]
        replaces = [n for n in names if resource.update is None or resource.all_fields[n].replaces]
        if resource.tagging and not ignored & {"tags", "tagsAll"} and self._tags_changed(request.olds, new):
            names.append("tagsAll")
        if resource.update is None and "tags" in replaces:
            replaces.remove("tags")
        fixed = bool(replaces) and resource.name in new and old.get(resource.name) == new[resource.name]
        return _diff_response(names, replaces, replaces if fixed else [], old, new)

    def Create(self, request: provider_pb2.CreateRequest, context: Context) -> provider_pb2.CreateResponse:
        """Creates the resource in AWS; in a preview, says only which outputs are not known yet."""
        resource = self._resource(request.urn, context)
        inputs = _inputs(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=self._outputs(resource, inputs, _unknown(resource)))
        call = self._call(resource, inputs, context)
        with self._readable("creating", call, request.urn, context):
            call.id, computed = resource.create(call)
            call.access.records.born(call.key, _reason(resource, inputs))
            _keep_parts(call)
        return provider_pb2.CreateResponse(
            id=call.id, properties=self._outputs(resource, inputs, computed)
        )

    def Read(self, request: provider_pb2.ReadRequest, context: Context) -> provider_pb2.ReadResponse:
        """The resource as AWS has it; an empty id when it is gone."""
        resource = self._resource(request.urn, context)
        old_inputs, state = _inputs(request.inputs), _inputs(request.properties)
        call = self._call(resource, old_inputs, context, request.id, state)
        with self._readable("reading", call, request.urn, context):
            found = _read(call)
            if found is None:
                return provider_pb2.ReadResponse()
            inputs = _refreshed(resource, old_inputs, found)
            computed = {name: found.get(name, state.get(name)) for name in resource.computed}
            outputs = self._outputs(resource, {**state, **inputs}, computed)
        return provider_pb2.ReadResponse(id=request.id, properties=outputs, inputs=to_struct(inputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> provider_pb2.UpdateResponse:
        """Brings the resource to the new inputs."""
        resource = self._resource(request.urn, context)
        inputs, state = _inputs(request.news), _inputs(request.olds)
        computed = {name: state[name] for name in resource.computed if name in state}
        if request.preview:
            return provider_pb2.UpdateResponse(properties=self._outputs(resource, inputs, computed))
        call = self._call(resource, inputs, context, request.id, state)
        call.old = _inputs(request.old_inputs) or state
        with self._readable("updating", call, request.urn, context):
            computed |= _update(call)
            call.access.records.born(call.key, _reason(resource, inputs))
            _keep_parts(call)
        return provider_pb2.UpdateResponse(properties=self._outputs(resource, inputs, computed))

    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> empty_pb2.Empty:
        """Deletes the resource; one that is gone already is deleted."""
        resource = self._resource(request.urn, context)
        state = _inputs(request.properties)
        call = self._call(resource, {**state, **_inputs(request.old_inputs)}, context, request.id, state)
        with self._readable("deleting", call, request.urn, context):
            try:
                resource.delete(call)
            except AwsError as error:
                if not error.not_found:
                    raise
            call.access.records.gone(call.key)
        return empty_pb2.Empty()

    # --- helpers -------------------------------------------------------------------------------------------

    def _configured(self, context: Context) -> Configuration:
        if self._configuration is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "the AWS provider is not configured")
        return self._configuration

    def _resource(self, urn: str, context: Context) -> Resource:
        token = urn.split("::")[2].rpartition("$")[2]
        resource = resource_of(token)
        if resource is None:
            message = f"the sandbox has no handler for {token}; add one in sandbox/aws/{token.split(':')[1].split('/')[0]}.py"
            context.abort(grpc.StatusCode.UNIMPLEMENTED, message)
        return resource

    def _call(self, resource: Resource, inputs: Values, context: Context, id: str = "", state: Values | None = None) -> Call:
        configuration = self._configured(context)
        if self._access is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "this provider serves previews only: it has no organisation")
        region = inputs.get("region") or (state or {}).get("region") or configuration.region
        call = Call(self._access, resource, region, inputs, id, {}, state or {}, {})
        call.tags = {**configuration.default_tags, **(inputs.get("tags") or {})} if resource.tagging else {}
        return call

    def _outputs(self, resource: Resource, inputs: Values, computed: Mapping[str, Any]) -> struct_pb2.Struct:
        configuration = self._configuration or Configuration()
        defaults = {n: f.default for n, f in resource.fields.items() if f.default is not None and not f.required}
        outputs: Values = {**defaults, **computed, **inputs}
        if resource.regional:
            outputs.setdefault("region", configuration.region)
        if resource.tagging:
            outputs["tagsAll"] = _merged(configuration.default_tags, inputs.get("tags"))
        outputs.pop(RECORDED, None)
        if reason := _reason(resource, inputs):
            outputs[RECORDED] = reason
        return to_struct(outputs)

    def _settled(self, name: str, old: Values, new: Values) -> bool:
        """The region of the provider, said or not said, is the same region."""
        region = (self._configuration or Configuration()).region
        return name == "region" and (old.get(name) or region) == (new.get(name) or region)

    def _tags_changed(self, olds: struct_pb2.Struct, new: Values) -> bool:
        before = reveal(to_python(olds)).get("tagsAll")
        after = _merged((self._configuration or Configuration()).default_tags, new.get("tags"))
        return before is not None and before != after

    def _readable(self, doing: str, call: Call, urn: str, context: Context) -> _Readable:
        name = call.inputs.get(call.resource.name) or call.id or urn.rpartition("::")[2]
        return _Readable(f"{doing} {call.resource.label} ({name})", context)


@dataclass(frozen=True, slots=True)
class _Readable:
    """Ends the call with a sentence when AWS refuses."""

    doing: str
    context: Context

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, AwsError):
            self.context.abort(grpc.StatusCode.UNKNOWN, f"{self.doing}: {error}")


def _inputs(struct: struct_pb2.Struct) -> Values:
    """The values of a message without secrets' wrappers, nulls and the engine's own keys."""
    return {k: v for k, v in reveal(to_python(struct)).items() if v is not None and not k.startswith("__")}


def _unknown(resource: Resource) -> Values:
    return dict.fromkeys(resource.computed, UNKNOWN)


def _merged(defaults: Mapping[str, str], tags: Any) -> Any:
    return UNKNOWN if has_unknown(tags) and not isinstance(tags, dict) else {**defaults, **(tags or {})}


def _reason(resource: Resource, inputs: Mapping[str, Any]) -> str:
    """Why the resource, or a part of it, is only recorded; empty when it is all in AWS."""
    parts = [f"{name}: {reason}" for name, reason in resource.recorded_parts.items() if inputs.get(name) not in _EMPTY]
    if resource.tagging and resource.tagging.recorded:
        parts.append(f"tags: {resource.tagging.recorded}")
    return resource.recorded or "; ".join(parts)


_EMPTY: Final = (None, "", [], {})


def _keep_parts(call: Call) -> None:
    if not call.resource.recorded:
        parts = {name: call.inputs[name] for name in call.resource.remembered if name in call.inputs}
        call.access.records.keep(call.key, parts)


def _read(call: Call) -> Values | None:
    """What AWS has, with the parts that are only recorded; None when it is gone."""
    try:
        found = call.resource.read(call)
        if found is None:
            return None
        tags = call.resource.tagging.read(call) if call.resource.tagging else {}
    except AwsError as error:
        if error.not_found:
            return None
        raise
    parts = {} if call.resource.recorded else call.access.records.get(call.key) or {}
    return {**found, **parts, "tags": tags}


def _refreshed(resource: Resource, old: Values, found: Values) -> Values:
    """The inputs as AWS has them: only what was given, in its own form where it means the same; all on an import."""
    fields = resource.fields
    if not old:
        return {name: found[name] for name in fields if name in found}
    return {n: v if n not in fields or _seen_same(resource, n, v, found) else found.get(n) for n, v in old.items()}


def _seen_same(resource: Resource, name: str, value: Any, found: Values) -> bool:
    field = resource.fields[name]
    return field.local or field.required and name not in found or same(field, found.get(name), value)


def _update(call: Call) -> Values:
    resource = call.resource
    computed: Values = {}
    if resource.update is not None and changed(resource.fields, call.old, call.inputs):
        computed = resource.update(call) or {}
    if resource.tagging and call.state.get("tagsAll") != call.tags:
        resource.tagging.update(call)
    return computed


def _diff_response(
    names: list[str], replaces: list[str], delete_first: list[str], old: Values, new: Values
) -> provider_pb2.DiffResponse:
    kinds = provider_pb2.PropertyDiff
    detailed = {
        name: kinds(kind=_kind(name in old, name in new, name in replaces), inputDiff=name != "tagsAll") for name in names
    }
    changes = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=changes,
        diffs=names,
        replaces=replaces,
        deleteBeforeReplace=bool(delete_first),
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _kind(before: bool, after: bool, replaces: bool) -> Any:
    verb = "UPDATE" if before == after else "ADD" if after else "DELETE"
    return provider_pb2.PropertyDiff.Kind.Value(f"{verb}_REPLACE" if replaces else verb)


_PARTITION: Final[Values] = {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _region(name: str) -> Values:
    return {"id": name, "name": name, "region": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}
