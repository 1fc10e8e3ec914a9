"""The `pulumi` package, which Pulumi's engine serves itself: references to other stacks, and looking up a resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox import wire
from sandbox.state import Resource

StackOutputs = Callable[[str], Mapping[str, Any] | None]
"""The outputs of the stack `<organization>/<project>/<stack>`, as on the wire; None when there is no such stack."""

_STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"


class Builtin(provider_pb2_grpc.ResourceProviderServicer):
    """The provider of `pulumi:pulumi:StackReference` (read only) and of the functions of the `pulumi` package."""

    def __init__(self, outputs: StackOutputs | None, resource: Callable[[str], Resource | None]) -> None:
        self._outputs = outputs
        self._resource = resource

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: Any) -> provider_pb2.CheckResponse:
        """There is no configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: Any) -> provider_pb2.DiffResponse:
        """There is no configuration."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: Any) -> provider_pb2.ConfigureResponse:
        """There is no configuration."""
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, acceptResources=True, acceptOutputs=True, supportsPreview=True
        )

    def Read(self, request: provider_pb2.ReadRequest, context: Any) -> provider_pb2.ReadResponse:
        """The outputs of another stack."""
        if request.type != _STACK_REFERENCE:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"unrecognized resource type '{request.type}'")
        name = request.inputs.fields["name"].string_value
        return provider_pb2.ReadResponse(
            id=request.id, inputs=request.inputs, properties=self._read_stack(name, context)
        )

    def Delete(self, request: provider_pb2.DeleteRequest, context: Any) -> empty_pb2.Empty:
        """Nothing to do."""
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: Any) -> provider_pb2.InvokeResponse:
        """`readStackOutputs` and `getResource`."""
        args = request.args.fields
        if request.tok == "pulumi:pulumi:readStackOutputs":
            values = self._read_stack(args["name"].string_value, context)
        elif request.tok == "pulumi:pulumi:getResource":
            values = self._find(args["urn"].string_value, context)
        else:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"unrecognized function name: '{request.tok}'")
        return provider_pb2.InvokeResponse(**{"return": values})

    def _read_stack(self, name: str, context: Any) -> struct_pb2.Struct:
        outputs = self._outputs(name) if self._outputs else None
        if outputs is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f'unknown stack "{name}"')
        values = wire.to_struct(outputs)
        return wire.to_struct(
            {"name": name, "outputs": outputs, "secretOutputNames": sorted(wire.secret_names(values))}
        )

    def _find(self, urn: str, context: Any) -> struct_pb2.Struct:
        found = self._resource(urn)
        if found is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"unknown resource {urn}")
        values = struct_pb2.Struct()
        for key, value in (("urn", urn), ("id", found.id), ("provider", found.provider)):
            values.fields[key].string_value = value
        values.fields["state"].struct_value.CopyFrom(found.output_message)
        return values
