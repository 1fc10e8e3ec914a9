"""Calls from the engine back into the program: transforms and resource hooks, served by the SDK's callback server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar, cast

import grpc
from google.protobuf import struct_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from sandbox.engine import wire
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.state import ResourceState

RegisterRequest = resource_pb2.RegisterResourceRequest
Options = resource_pb2.TransformResourceOptions
CallbackResponse = TypeVar("CallbackResponse", bound=Message)

_PLAIN: Final = (
    ("dependencies", "depends_on"),
    ("ignoreChanges", "ignore_changes"),
    ("replaceOnChanges", "replace_on_changes"),
    ("version", "version"),
    ("aliases", "aliases"),
    ("provider", "provider"),
    ("customTimeouts", "custom_timeouts"),
    ("pluginDownloadURL", "plugin_download_url"),
    ("deletedWith", "deleted_with"),
    ("additionalSecretOutputs", "additional_secret_outputs"),
    ("providers", "providers"),
    ("hooks", "hooks"),
    ("importId", "import"),
    ("hideDiffs", "hide_diff"),
    ("replace_with", "replace_with"),
    ("replacement_trigger", "replacement_trigger"),
)
"""The fields of a request and the options of the same meaning, where unset and empty mean the same."""

_APART: Final = ("aliasURNs", "protect", "retainOnDelete", "deleteBeforeReplace", "deleteBeforeReplaceDefined")
"""The fields of a request that an answer's options replace as well, each in its own way."""


class Callbacks:
    """What the program asked to be called for."""

    def __init__(self) -> None:
        self.in_use = False
        """True once the program may be called back: a call of its may then wait for another."""
        self._channels: dict[str, grpc.Channel] = {}
        self._stack: list[callback_pb2.Callback] = []
        self._invokes: list[callback_pb2.Callback] = []
        self._own: dict[str, Sequence[callback_pb2.Callback]] = {}
        self._hooks: dict[str, resource_pb2.RegisterResourceHookRequest] = {}
        self._lock = threading.Lock()

    def add_stack_transform(self, callback: callback_pb2.Callback) -> None:
        """Transform every resource that is registered from now on."""
        self.in_use = True
        self._stack.append(callback)

    def add_invoke_transform(self, callback: callback_pb2.Callback) -> None:
        """Transform every call of a function from now on."""
        self.in_use = True
        self._invokes.append(callback)

    def add_hook(self, hook: resource_pb2.RegisterResourceHookRequest) -> None:
        """A hook that resources name."""
        self.in_use = True
        if hook.name in self._hooks:
            raise RefusedError(f"resource hook already registered for name: {hook.name}")
        self._hooks[hook.name] = hook

    def close(self) -> None:
        """Close the connections to the program."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    # Transforms

    def transformed(self, request: RegisterRequest, urn: str, parents: Iterable[str]) -> RegisterRequest:
        """The request after the resource's own transforms, its parents' and the stack's."""
        # The generated stubs name the callbacks' module wrongly, so the checker knows no type for them.
        own: list[callback_pb2.Callback] = list(request.transforms)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        if not self.in_use and not own:
            return request
        self.in_use = True
        self._own[urn] = own
        todo = [*own, *(each for parent in parents for each in self._own.get(parent, ())), *self._stack]
        for callback in todo:
            request = self._transform(callback, request)
        return request

    def _transform(self, callback: callback_pb2.Callback, request: RegisterRequest) -> RegisterRequest:
        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=_options(request),
        )
        answer = self._call(callback, asked, resource_pb2.TransformResponse())
        changed = RegisterRequest()
        changed.CopyFrom(request)
        if answer.HasField("properties"):
            changed.object.CopyFrom(_settled(answer.properties))
        if answer.HasField("options"):
            _apply(answer.options, changed)
        return changed

    def transformed_invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeRequest:
        """The call of a function after the stack's transforms."""
        for callback in self._invokes:
            options = resource_pb2.TransformInvokeOptions(
                provider=request.provider, plugin_download_url=request.pluginDownloadURL, version=request.version
            )
            asked = resource_pb2.TransformInvokeRequest(token=request.tok, args=request.args, options=options)
            answer = self._call(callback, asked, resource_pb2.TransformInvokeResponse())
            changed = resource_pb2.ResourceInvokeRequest()
            changed.CopyFrom(request)
            if answer.HasField("args"):
                changed.args.CopyFrom(answer.args)
            if answer.HasField("options"):
                changed.provider, changed.version = answer.options.provider, answer.options.version
            request = changed
        return request

    # Hooks

    def run_hooks(self, kind: str, old: ResourceState | None, new: ResourceState | None, *, preview: bool) -> None:
        """Run the hooks of a kind (`before_create`, ...); raises RefusedError when one fails."""
        subject = new or old
        if subject is None:
            return
        for name in subject.hooks.get(kind, ()):
            hook = self._hooks.get(name)
            if hook is None:
                raise RefusedError(f"resource hook {name} was not registered")
            if hook.on_dry_run or not preview:
                self._run_hook(hook, kind, subject, old, new)

    def _run_hook(
        self,
        hook: resource_pb2.RegisterResourceHookRequest,
        kind: str,
        subject: ResourceState,
        old: ResourceState | None,
        new: ResourceState | None,
    ) -> None:
        asked = resource_pb2.ResourceHookRequest(urn=subject.urn, id=subject.id, name=subject.name, type=subject.type)
        if new:
            asked.new_inputs.CopyFrom(new.input_message)
            if kind.startswith("after_"):
                asked.new_outputs.CopyFrom(new.output_message)
        if old:
            asked.old_inputs.CopyFrom(old.input_message)
            asked.old_outputs.CopyFrom(old.output_message)
        untyped: Any = hook
        answer = self._call(untyped.callback, asked, resource_pb2.ResourceHookResponse())
        if answer.error and not hook.ignore_errors:
            raise RefusedError(f'{kind.partition("_")[0]} hook "{hook.name}" failed: {answer.error}')

    def _call(self, callback: callback_pb2.Callback, asked: Message, answer: CallbackResponse) -> CallbackResponse:
        with self._lock:
            channel = self._channels.get(callback.target)
            if channel is None:
                channel = self._channels[callback.target] = grpc.insecure_channel(callback.target)
        message = callback_pb2.CallbackInvokeRequest(token=callback.token, request=asked.SerializeToString())
        try:
            stub: Any = callback_pb2_grpc.CallbacksStub(channel)
            response = stub.Invoke(message)
        except grpc.RpcError as error:
            raise RefusedError(str(error.details() if isinstance(error, grpc.Call) else error)) from error
        answer.ParseFromString(response.response)
        return answer


def _options(request: RegisterRequest) -> Options:
    values = {option: getattr(request, name) for name, option in _PLAIN if _is_set(request, name)}
    if request.HasField("protect"):
        values["protect"] = request.protect
    if request.HasField("retainOnDelete"):
        values["retain_on_delete"] = request.retainOnDelete
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        values["delete_before_replace"] = request.deleteBeforeReplace
    return Options(**values)


def _apply(options: Options, request: RegisterRequest) -> None:
    clear: Callable[[str], None] = cast("Message", request).ClearField
    for name in (*(name for name, _ in _PLAIN), *_APART):
        clear(name)
    values = {name: getattr(options, option) for name, option in _PLAIN if _is_set(options, option)}
    if options.HasField("protect"):
        values["protect"] = options.protect
    if options.HasField("retain_on_delete"):
        values["retainOnDelete"] = options.retain_on_delete
    if options.HasField("delete_before_replace"):
        values.update(deleteBeforeReplace=options.delete_before_replace, deleteBeforeReplaceDefined=True)
    request.MergeFrom(RegisterRequest(**values))


def _is_set(message: Message, name: str) -> bool:
    field = message.DESCRIPTOR.fields_by_name[name]
    return message.HasField(name) if field.has_presence else bool(getattr(message, name))


def _settled(values: struct_pb2.Struct) -> struct_pb2.Struct:
    if not wire.mentions(values, wire.OUTPUT_VALUE):
        return values
    return wire.to_struct(wire.settle(wire.to_python(values)))
