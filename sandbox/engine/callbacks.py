"""Calls from the engine back into the program: transforms and resource hooks, answered by `ProgramCallbacks`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar, cast

from google.protobuf import struct_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import callback_pb2, resource_pb2

from sandbox.engine import wire
from sandbox.engine.goals import RegisterRequest
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.state import ResourceState

_Options = resource_pb2.TransformResourceOptions
CallbackResponse = TypeVar("CallbackResponse", bound=Message)

_OPTIONS_OF_FIELDS: Final = (
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
"""Fields of a request, and the option of a transform that means the same; unset and empty mean the same."""

_CLEARED: Final = ("aliasURNs", "protect", "retainOnDelete", "deleteBeforeReplace", "deleteBeforeReplaceDefined")
"""Fields of a request that the options of a transform replace as well, each in its own way."""


ProgramAnswer = Callable[[callback_pb2.CallbackInvokeRequest], callback_pb2.CallbackInvokeResponse]
"""The program's answer to a call; raises RefusedError where it has none."""


class Callbacks:
    """The transforms and hooks that the program has registered; `is_new` says that no resource is there yet."""

    def __init__(self, *, is_new: bool) -> None:
        self.in_use = False
        """True once the program may be called back: then one call of the program may wait for another."""
        self.answer: ProgramAnswer | None = None
        self._is_new = is_new
        self._stack_transforms: list[callback_pb2.Callback] = []
        self._invoke_transforms: list[callback_pb2.Callback] = []
        self._resource_transforms: dict[str, Sequence[callback_pb2.Callback]] = {}
        self._hooks: dict[str, resource_pb2.RegisterResourceHookRequest] = {}

    def add_stack_transform(self, callback: callback_pb2.Callback) -> None:
        """Transform every resource that is registered from now on."""
        self.in_use = True
        self._stack_transforms.append(callback)

    def add_invoke_transform(self, callback: callback_pb2.Callback) -> None:
        """Transform every call of a function from now on."""
        self.in_use = True
        self._invoke_transforms.append(callback)

    def add_hook(self, hook: resource_pb2.RegisterResourceHookRequest) -> None:
        """Add a hook that resources may name; where none is there yet, it is called for one that is made, if ever."""
        self.in_use = self.in_use or not self._is_new
        if hook.name in self._hooks:
            raise RefusedError(f"resource hook already registered for name: {hook.name}")
        self._hooks[hook.name] = hook

    def concern(self, request: RegisterRequest) -> bool:
        """Whether the program may be called back from now on, for this resource or others."""
        hooks = request.hooks
        if request.transforms or hooks.before_create or hooks.after_create:  # pyright: ignore[reportUnknownMemberType]
            self.in_use = True
        return self.in_use

    # Transforms

    def transformed(self, request: RegisterRequest, urn: str, parents: Iterable[str]) -> RegisterRequest:
        """The request after the resource's own transforms, its parents' and the stack's."""
        # The generated stubs name the callbacks' module wrongly, so the checker knows no type for them.
        transforms: list[callback_pb2.Callback] = list(request.transforms)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        if not self.in_use and not transforms:
            return request
        self._resource_transforms[urn] = transforms
        inherited = [callback for parent in parents for callback in self._resource_transforms.get(parent, ())]
        for callback in (*transforms, *inherited, *self._stack_transforms):
            request = self._transform(callback, request)
        return request

    def _transform(self, callback: callback_pb2.Callback, request: RegisterRequest) -> RegisterRequest:
        message = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=_options(request),
        )
        answer = self._call(callback, message, resource_pb2.TransformResponse())
        transformed = RegisterRequest()
        transformed.CopyFrom(request)
        if answer.HasField("properties"):
            transformed.object.CopyFrom(_without_output_values(answer.properties))
        if answer.HasField("options"):
            _apply(answer.options, transformed)
        return transformed

    def transformed_invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeRequest:
        """The call of a function after the stack's transforms."""
        for callback in self._invoke_transforms:
            options = resource_pb2.TransformInvokeOptions(
                provider=request.provider, plugin_download_url=request.pluginDownloadURL, version=request.version
            )
            message = resource_pb2.TransformInvokeRequest(token=request.tok, args=request.args, options=options)
            answer = self._call(callback, message, resource_pb2.TransformInvokeResponse())
            transformed = resource_pb2.ResourceInvokeRequest()
            transformed.CopyFrom(request)
            if answer.HasField("args"):
                transformed.args.CopyFrom(answer.args)
            if answer.HasField("options"):
                transformed.provider, transformed.version = answer.options.provider, answer.options.version
            request = transformed
        return request

    # Hooks

    def run_hooks(self, kind: str, old: ResourceState | None, new: ResourceState | None, *, preview: bool) -> None:
        """Run the hooks of a kind (`before_create`, ...); raises RefusedError when one fails."""
        resource = new or old
        if resource is None:
            return
        for name in resource.hooks.get(kind, ()):
            hook = self._hooks.get(name)
            if hook is None:
                raise RefusedError(f"resource hook {name} was not registered")
            if hook.on_dry_run or not preview:
                self._run_hook(hook, kind, resource, old, new)

    def _run_hook(
        self,
        hook: resource_pb2.RegisterResourceHookRequest,
        kind: str,
        resource: ResourceState,
        old: ResourceState | None,
        new: ResourceState | None,
    ) -> None:
        message = resource_pb2.ResourceHookRequest(
            urn=resource.urn, id=resource.id, name=resource.name, type=resource.type
        )
        if new:
            message.new_inputs.CopyFrom(new.input_message)
            if kind.startswith("after_"):
                message.new_outputs.CopyFrom(new.output_message)
        if old:
            message.old_inputs.CopyFrom(old.input_message)
            message.old_outputs.CopyFrom(old.output_message)
        untyped: Any = hook  # the stubs name the module of its callback wrongly
        answer = self._call(untyped.callback, message, resource_pb2.ResourceHookResponse())
        if answer.error and not hook.ignore_errors:
            raise RefusedError(f'{kind.partition("_")[0]} hook "{hook.name}" failed: {answer.error}')

    def _call(self, callback: callback_pb2.Callback, request: Message, answer: CallbackResponse) -> CallbackResponse:
        if self.answer is None:
            raise RefusedError("nobody answers for the program")
        message = callback_pb2.CallbackInvokeRequest(token=callback.token, request=request.SerializeToString())
        answer.ParseFromString(self.answer(message).response)
        return answer


def _options(request: RegisterRequest) -> _Options:
    values = {option: getattr(request, name) for name, option in _OPTIONS_OF_FIELDS if _is_set(request, name)}
    if request.HasField("protect"):
        values["protect"] = request.protect
    if request.HasField("retainOnDelete"):
        values["retain_on_delete"] = request.retainOnDelete
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        values["delete_before_replace"] = request.deleteBeforeReplace
    return _Options(**values)


def _apply(options: _Options, request: RegisterRequest) -> None:
    clear: Callable[[str], None] = cast("Message", request).ClearField
    for name in (*(name for name, _ in _OPTIONS_OF_FIELDS), *_CLEARED):
        clear(name)
    values = {name: getattr(options, option) for name, option in _OPTIONS_OF_FIELDS if _is_set(options, option)}
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


def _without_output_values(values: struct_pb2.Struct) -> struct_pb2.Struct:
    if not wire.mentions(values, wire.OUTPUT_VALUE):
        return values
    return wire.to_struct(wire.settle(wire.to_python(values)))
