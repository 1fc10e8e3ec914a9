"""Provider of the `pulumi` package, which Pulumi's engine has built in: stack references, and looking up a resource."""

# ruff: noqa: N802, ARG002 - the names and the signatures are the protocol's

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.engine import wire
from sandbox.engine.grpc_calls import ServiceContext
from sandbox.engine.state import ResourceState

StackOutputs = Callable[[str], Mapping[str, Any] | None]
"""The outputs of the stack `<organization>/<project>/<stack>`, as on the wire; None when there is no such stack."""


_STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"


class Builtin(provider_pb2_grpc.ResourceProviderServicer):
    """The provider of `pulumi:pulumi:StackReference` (read only) and of the functions of the `pulumi` package."""

    def __init__(self, stack_outputs: StackOutputs | None, find: Callable[[str], ResourceState | None]) -> None:
        self._stack_outputs = stack_outputs
        self._find = find

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: ServiceContext) -> provider_pb2.CheckResponse:
        """Accept everything: there is no configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: ServiceContext) -> provider_pb2.DiffResponse:
        """No change: there is no configuration."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: ServiceContext
    ) -> provider_pb2.ConfigureResponse:
        """The features of the provider: there is no configuration."""
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, acceptResources=True, acceptOutputs=True, supportsPreview=True
        )

    def Read(self, request: provider_pb2.ReadRequest, context: ServiceContext) -> provider_pb2.ReadResponse:
        """The outputs of another stack."""
        if request.type != _STACK_REFERENCE:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"unrecognized resource type '{request.type}'")
        name = request.inputs.fields["name"].string_value
        return provider_pb2.ReadResponse(
            id=request.id, inputs=request.inputs, properties=self._read_stack(name, context)
        )

    def Delete(self, request: provider_pb2.DeleteRequest, context: ServiceContext) -> empty_pb2.Empty:
        """Do nothing: a stack reference is only read."""
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: ServiceContext) -> provider_pb2.InvokeResponse:
        """`readStackOutputs` and `getResource`."""
        args = request.args.fields
        if request.tok == "pulumi:pulumi:readStackOutputs":
            values = self._read_stack(args["name"].string_value, context)
        elif request.tok == "pulumi:pulumi:getResource":
            values = self._get_resource(args["urn"].string_value, context)
        else:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"unrecognized function name: '{request.tok}'")
        answer = provider_pb2.InvokeResponse()
        getattr(answer, "return").CopyFrom(values)
        return answer

    def _read_stack(self, name: str, context: ServiceContext) -> struct_pb2.Struct:
        outputs = self._stack_outputs(name) if self._stack_outputs else None
        if outputs is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f'unknown stack "{name}"')
        values = wire.to_struct(outputs)
        return wire.to_struct(
            {"name": name, "outputs": outputs, "secretOutputNames": sorted(wire.secret_names(values))}
        )

    def _get_resource(self, urn: str, context: ServiceContext) -> struct_pb2.Struct:
        resource = self._find(urn)
        if resource is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"unknown resource {urn}")
        values = struct_pb2.Struct()
        for key, value in (("urn", urn), ("id", resource.id), ("provider", resource.provider)):
            values.fields[key].string_value = value
        values.fields["state"].struct_value.CopyFrom(resource.output_message)
        return values
