"""Goals: requests of the program as resources that it wants, each with its provider."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import alias_pb2, resource_pb2

from sandbox.engine import wire
from sandbox.engine.deployment import Deployment, Goal
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import ResourceState
from sandbox.engine.urns import PROVIDER_PREFIX, is_provider, package_of, provider_urn, type_of

RegisterRequest = resource_pb2.RegisterResourceRequest
"""A request of the program to register a resource."""

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class Goals:
    """Goals of requests. The provider is the request's, else that of the parents, else a default one."""

    def __init__(self, deployment: Deployment, snapshot: Snapshot, disabled: Collection[str]) -> None:
        self._deployment = deployment
        self._snapshot = snapshot
        self._disabled = set(disabled)
        self._providers_of: dict[str, Mapping[str, str]] = {}
        self._defaults: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def of(self, urn: str, request: RegisterRequest) -> Goal:
        """The goal of a registration; raises RefusedError when it names a resource or provider that does not exist."""
        parent = self._snapshot.new(request.parent)
        new = ResourceState(
            urn=urn,
            type=request.type,
            custom=request.custom,
            parent=request.parent,
            provider=self._provider_of(urn, request),
            input_message=_versioned(request),
            dependencies=self._registered(urn, request.dependencies),
            property_dependencies={
                key: tuple(sorted(dependencies.urns)) for key, dependencies in request.propertyDependencies.items()
            },
            protect=request.protect if request.HasField("protect") else bool(parent and parent.protect),
            retain_on_delete=(
                request.retainOnDelete
                if request.HasField("retainOnDelete")
                else bool(parent and parent.retain_on_delete)
            ),
            deleted_with=request.deletedWith or (parent.deleted_with if parent else ""),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
            ignore_changes=tuple(request.ignoreChanges),
            replace_on_changes=tuple(request.replaceOnChanges),
            replace_with=tuple(request.replace_with),
            replacement_trigger=wire.value_of(request.replacement_trigger),
            import_id=request.importId,
            timeouts=_timeouts(request),
            hooks=_hooks(request),
        )
        # SDKs before `deleteBeforeReplaceDefined` only ever send true.
        is_defined = request.deleteBeforeReplaceDefined or request.deleteBeforeReplace
        aliases = [alias_pb2.Alias(urn=alias) for alias in request.aliasURNs]
        # The generated stubs name the aliases' module wrongly, so the checker knows no type for them.
        aliases.extend(request.aliases)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        return Goal(new, aliases, request.deleteBeforeReplace if is_defined else None)

    def _registered(self, urn: str, dependencies: Iterable[str]) -> tuple[str, ...]:
        in_order = tuple(sorted(dependencies))
        for dependency in in_order:
            if self._snapshot.new(dependency) is None:
                raise RefusedError(f"resource {urn}'s dependency {dependency} refers to missing resource")
        return in_order

    def _provider_of(self, urn: str, request: RegisterRequest) -> str:
        if not request.custom or is_provider(request.type):
            if not request.custom:
                self._providers_of[urn] = {**self._providers_of.get(request.parent, {}), **request.providers}
            return ""
        reference = self.provider_for(request.type, request.provider, request.providers, request.parent)
        return reference or self.default_provider(request.type, request.version, urn)

    def provider_for(self, token: str, requested: str, providers: Mapping[str, str], parent: str) -> str:
        """The provider that the request or its parents name, empty when none does."""
        package = package_of(token)
        reference = requested or providers.get(package) or self._providers_of.get(parent, {}).get(package)
        if reference:
            return reference
        inherited = resource.provider if (resource := self._snapshot.new(parent)) else ""
        return inherited if inherited and type_of(provider_urn(inherited)) == PROVIDER_PREFIX + package else ""

    def default_provider(self, token: str, version: str, subject: str) -> str:
        """The provider that Pulumi makes when none is named; refused for the packages that the project disables."""
        package = package_of(token)
        if package != "pulumi" and ({package, "*"} & self._disabled):
            raise RefusedError(f"Default provider for '{package}' disabled. '{subject}' must use an explicit provider.")
        type_, name = PROVIDER_PREFIX + package, "default_" + version.replace(".", "_") if version else "default"
        with self._lock:
            reference = self._defaults.get((type_, name))
            if reference is None:
                inputs = wire.to_struct({"version": version} if version else {})
                urn = self._deployment.claim("", type_, name)
                goal = Goal(ResourceState(urn=urn, type=type_, custom=True, input_message=inputs))
                reference = self._defaults[type_, name] = f"{urn}::{self._deployment.register(goal).id}"
            return reference


def _versioned(request: RegisterRequest) -> struct_pb2.Struct:
    """The inputs of a request; those of a provider carry its version as well."""
    if is_provider(request.type) and request.version:
        request.object.fields["version"].string_value = request.version
    return request.object


def _timeouts(request: RegisterRequest) -> dict[str, float]:
    if not request.HasField("customTimeouts"):
        return {}
    timeouts = request.customTimeouts
    texts = {"create": timeouts.create, "update": timeouts.update, "delete": timeouts.delete, "read": timeouts.read}
    return {operation: _seconds(text) for operation, text in texts.items() if text}


def _hooks(request: RegisterRequest) -> dict[str, tuple[str, ...]]:
    if not request.HasField("hooks"):
        return {}
    return {field.name: tuple(names) for field, names in request.hooks.ListFields()}


def _seconds(text: str) -> float:
    if not re.fullmatch(rf"(?:{_DURATION.pattern})+", text):
        raise RefusedError(f"unable to parse customTimeout Value {text}")
    return sum(float(number) * _SECONDS[unit] for number, unit in _DURATION.findall(text))
