"""Engine of one run, in this process: `ResourceMonitor` and `Engine` of Pulumi's protocol, as the SDK calls them.

The SDK takes any object with the stubs' methods for its monitor and engine, so an unmodified `__main__.py` runs without
the Pulumi CLI (`sandbox.engine.driver.run`). The providers are Pulumi's own `ResourceProvider` service. A request that
is not supported is refused with a message, never ignored.
"""

# ruff: noqa: N802, ARG002 - the names and the signatures are the protocol's

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import (
    callback_pb2,
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    resource_pb2,
    resource_pb2_grpc,
)

from sandbox.engine import wire
from sandbox.engine.analysis import Analysis, Analyzer, PolicyDiagnostic
from sandbox.engine.builtin import Builtin, StackOutputs
from sandbox.engine.callbacks import Callbacks, ProgramAnswer
from sandbox.engine.deployment import Deployment
from sandbox.engine.goals import Goals, RegisterRequest
from sandbox.engine.grpc_calls import Aborted, RefusedError
from sandbox.engine.program_callbacks import ThreadNeededError, is_in_loop
from sandbox.engine.registry import ProviderFactory, Registry
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import ResourceState, StackState
from sandbox.engine.steps import Step
from sandbox.engine.urns import STACK_TYPE, provider_urn
from sandbox.engine.work import Failure, LeftOutError, StoppedError, Work

_FEATURES: Final = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_PARENT,
]
_EMPTY: Final = empty_pb2.Empty()
_LEVELS: Final = ("debug", "info", "warning", "error")


class Engine(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """The engine of one run over one stack.

    `provider(package)` makes the service for one provider resource; the engine configures it and keeps it for the run.
    `state` is the state after the last run; an update that ends writes the new one into it, also when it failed.
    `goes_on` says that the failure of a resource ends it and what waits for it, and nothing else.
    `stack_outputs(name)` gives the outputs of another stack, as on the wire, or None when there is no such stack.
    `analyzer` is a policy pack, which is asked of each resource before it is made, and of the stack in the end.
    """

    def __init__(
        self,
        *,
        project: str,
        stack: str,
        preview: bool,
        state: StackState,
        provider: ProviderFactory,
        config: Mapping[str, str] | None = None,
        secret_config: Collection[str] = (),
        organization: str = "organization",
        on_step: Callable[[Step], None] | None = None,
        disable_default_providers: Collection[str] = ("aws",),
        stack_outputs: StackOutputs | None = None,
        goes_on: bool = False,
        analyzer: Analyzer | None = None,
    ) -> None:
        self.project, self.stack, self.organization = project, stack, organization
        self.preview = preview
        self.state = state
        self.config = dict(config or {})
        self.secret_config = list(secret_config)
        self.logs: list[tuple[str, str]] = []
        self._root = ""
        self._callbacks = Callbacks(is_new=not state.resources)
        builtin = Builtin(stack_outputs, self._new_resource)
        registry = Registry(lambda package: builtin if package == "pulumi" else provider(package))
        self._snapshot = Snapshot(state.resources)
        self._work = Work(self._snapshot, registry, preview, self._hook, on_step)
        self._work.goes_on = goes_on and not preview
        self._analysis = Analysis(analyzer, self._work)
        self._deployment = Deployment(stack, project, self._work, self._analysis)
        self._goals = Goals(self._deployment, self._snapshot, disable_default_providers)

    # The result of the run

    @property
    def steps(self) -> list[Step]:
        """The steps of the run, in the order they were done."""
        return self._work.steps

    @property
    def calls_back(self) -> bool:
        """True once the engine may call the program: then one call of the program may wait for another."""
        return self._callbacks.in_use

    def call_back(self, answer: ProgramAnswer) -> None:
        """Have the program's transforms and hooks answered so."""
        self._callbacks.answer = answer

    @property
    def failures(self) -> list[Failure]:
        """The reasons why the run failed; empty when it did not."""
        return self._work.failures

    @property
    def warnings(self) -> list[Failure]:
        """The warnings for the person who reads the result."""
        return self._work.warnings

    @property
    def diagnostics(self) -> list[PolicyDiagnostic]:
        """The diagnostics of policies, on a resource or on the stack."""
        return self._analysis.diagnostics

    def interrupt(self) -> None:
        """Begin no other resource; calls under way are finished. May be called from a signal handler."""
        self._work.interrupt()

    def resources(self) -> list[ResourceState]:
        """The resources of this run in the order they were done: each after those that it depends on."""
        return self._snapshot.news()

    def close(self) -> None:
        """End the run: an update writes its state."""
        self._deployment.close()
        if not self.preview:
            self.state.resources = self._snapshot.resources()

    # Runs without a program

    def refresh(self) -> None:
        """Bring the state to the resources as the providers read them; raises StoppedError when one of them refuses."""
        self._deployment.refresh()

    def destroy(self) -> None:
        """Delete every resource in the state, dependents first; raises StoppedError when one cannot be deleted."""
        self._deployment.finish()

    # ResourceMonitor

    def GetDeploymentInfo(self, request: empty_pb2.Empty, context: Any = None) -> resource_pb2.DeploymentInfo:
        """The project, stack and features: the first request of an SDK."""
        return resource_pb2.DeploymentInfo(
            project=self.project,
            stack=self.stack,
            organization=self.organization,
            dryRun=self.preview,
            config=self.config,
            configSecretKeys=self.secret_config,
            supportedFeatures=_FEATURES,
        )

    def SupportsFeature(
        self, request: resource_pb2.SupportsFeatureRequest, context: Any = None
    ) -> resource_pb2.SupportsFeatureResponse:
        """Refuse: an SDK that knows `GetDeploymentInfo` does not ask."""
        self._unsupported("SupportsFeature: use GetDeploymentInfo")

    def RegisterResource(self, request: RegisterRequest, context: Any = None) -> resource_pb2.RegisterResourceResponse:
        """Create, update, replace or leave a resource, or register a component."""
        if self._callbacks.concern(request) and is_in_loop():
            raise ThreadNeededError
        with _grpc_errors(self._work):
            if request.remote:
                self._unsupported(f"remote component '{request.type}'")
            urn = self._deployment.claim(request.parent, request.type, request.name)
            if self._work.is_behind(urn, _awaited(request)):
                return resource_pb2.RegisterResourceResponse(urn=urn, result=resource_pb2.Result.FAIL)
            with self._work.failing_as(urn):
                request = self._callbacks.transformed(request, urn, self._parents(request.parent))
                goal = self._goals.of(urn, request)
            try:
                registered = self._deployment.register(goal)
            except LeftOutError:
                return resource_pb2.RegisterResourceResponse(urn=urn, result=resource_pb2.Result.FAIL)
            if registered.type == STACK_TYPE:
                self._root = registered.urn
            if not registered.custom:
                return resource_pb2.RegisterResourceResponse(urn=urn, object=struct_pb2.Struct())
            return resource_pb2.RegisterResourceResponse(urn=urn, id=registered.id, object=registered.output_message)

    def RegisterResourceOutputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: Any = None
    ) -> empty_pb2.Empty:
        """Keep the outputs of a component or of the stack."""
        with _grpc_errors(self._work):
            self._deployment.outputs(request.urn, request.outputs)
            return empty_pb2.Empty()

    def ReadResource(
        self, request: resource_pb2.ReadResourceRequest, context: Any = None
    ) -> resource_pb2.ReadResourceResponse:
        """Read a resource that the stack does not manage (`.get`)."""
        with _grpc_errors(self._work):
            urn = self._deployment.claim(request.parent, request.type, request.name)
            with self._work.failing_as(urn):
                provider = request.provider or self._goals.default_provider(request.type, request.version, urn)
            new = ResourceState(
                urn=urn,
                type=request.type,
                custom=True,
                external=True,
                id=request.id,
                parent=request.parent,
                provider=provider,
                input_message=request.properties,
                dependencies=tuple(sorted(request.dependencies)),
                additional_secret_outputs=tuple(request.additionalSecretOutputs),
            )
            read = self._deployment.read(new)
            return resource_pb2.ReadResourceResponse(urn=urn, id=read.id, properties=read.output_message)

    def Invoke(
        self, request: resource_pb2.ResourceInvokeRequest, context: Any = None
    ) -> resource_pb2.ResourceInvokeResponse:
        """Call a function of a provider."""
        with _grpc_errors(self._work):
            self._work.raise_if_stopped()
            request = self._callbacks.transformed_invoke(request)
            reference = self._goals.provider_for(request.tok, request.provider, {}, request.parent)
            reference = reference or self._goals.default_provider(request.tok, request.version, request.tok)
            plugin = self._work.registry.find(reference)
            if plugin is None:
                raise RefusedError(f"unknown provider '{reference}' for function '{request.tok}'")
            if self._unresolved(request.dependsOn):
                return resource_pb2.ResourceInvokeResponse(unknown=True)
            try:
                answer = plugin.invoke(request.tok, request.args, self.preview)
            except RefusedError as refusal:
                message = f"invocation of {request.tok} returned an error: {refusal}"
                raise RefusedError(message, refusal.code, refusal.trace) from refusal
            values = getattr(answer, "return")
            return resource_pb2.ResourceInvokeResponse(**{"return": values}, failures=answer.failures)

    def ExistsResource(
        self, request: resource_pb2.ExistsResourceRequest, context: Any = None
    ) -> resource_pb2.ExistsResourceResponse:
        """Refuse: a program that declares resources by what exists would be another program in each run."""
        self._unsupported(f"asking whether a '{request.type}' exists")

    def Call(self, request: resource_pb2.ResourceCallRequest, context: Any = None) -> provider_pb2.CallResponse:
        """Refuse to call a method of a resource."""
        self._unsupported(f"calling the method '{request.tok}'")

    def RegisterPackage(
        self, request: resource_pb2.RegisterPackageRequest, context: Any = None
    ) -> resource_pb2.RegisterPackageResponse:
        """Refuse a parameterised package."""
        self._unsupported(f"the parameterised package '{request.name}'")

    def RegisterStackTransform(self, request: callback_pb2.Callback, context: Any = None) -> empty_pb2.Empty:
        """Add a transform of every resource."""
        self._callbacks.add_stack_transform(request)
        return _EMPTY

    def RegisterStackInvokeTransform(self, request: callback_pb2.Callback, context: Any = None) -> empty_pb2.Empty:
        """Add a transform of every call of a function."""
        self._callbacks.add_invoke_transform(request)
        return _EMPTY

    def RegisterResourceHook(
        self, request: resource_pb2.RegisterResourceHookRequest, context: Any = None
    ) -> empty_pb2.Empty:
        """Add a hook that resources may name."""
        with _grpc_errors(self._work):
            self._callbacks.add_hook(request)
            return _EMPTY

    def RegisterErrorHook(self, request: resource_pb2.RegisterErrorHookRequest, context: Any = None) -> empty_pb2.Empty:
        """Refuse an error hook."""
        self._unsupported(f"the error hook '{request.name}'")

    def SignalAndWaitForShutdown(self, request: empty_pb2.Empty, context: Any = None) -> empty_pb2.Empty:
        """Delete the resources that the program no longer has: it has registered all. Then policies see the stack."""
        with _grpc_errors(self._work):
            self._deployment.finish()
            self._analysis.of_stack()
            return empty_pb2.Empty()

    # Engine

    def Log(self, request: engine_pb2.LogRequest, context: Any = None) -> empty_pb2.Empty:
        """Keep a message of the program; debug messages, several per resource, are dropped."""
        if request.severity != engine_pb2.DEBUG:
            self.logs.append((_LEVELS[request.severity], request.message))
        return _EMPTY

    def GetRootResource(
        self, request: engine_pb2.GetRootResourceRequest, context: Any = None
    ) -> engine_pb2.GetRootResourceResponse:
        """The stack's URN."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(
        self, request: engine_pb2.SetRootResourceRequest, context: Any = None
    ) -> engine_pb2.SetRootResourceResponse:
        """Keep the stack's URN, which an older SDK sends."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def StartDebugging(self, request: engine_pb2.StartDebuggingRequest, context: Any = None) -> empty_pb2.Empty:
        """Refuse a debugger."""
        self._unsupported("attaching a debugger")

    def RequirePulumiVersion(
        self, request: engine_pb2.RequirePulumiVersionRequest, context: Any = None
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """Refuse every version: this is no Pulumi CLI, and has none."""
        self._unsupported(f"requiring a version of the Pulumi CLI ('{request.pulumi_version_range}')")

    def _unresolved(self, roots: Iterable[str]) -> bool:
        """True in a preview when one of these resources, or a child of one, is not created yet."""
        if not self.preview or not roots:
            return False
        inside = set(roots)
        for resource in self._snapshot.news():
            if resource.parent in inside:
                inside.add(resource.urn)
        return any(
            resource.custom and resource.id in ("", wire.UNKNOWN)
            for urn in inside
            if (resource := self._snapshot.new(urn)) is not None
        )

    def _new_resource(self, urn: str) -> ResourceState | None:
        return self._snapshot.new(urn)

    def _hook(self, kind: str, old: ResourceState | None, new: ResourceState | None) -> None:
        self._callbacks.run_hooks(kind, old, new, preview=self.preview)

    def _parents(self, parent: str) -> Iterator[str]:
        while parent:
            yield parent
            parent = resource.parent if (resource := self._snapshot.new(parent)) else ""

    def _unsupported(self, request: str) -> NoReturn:
        message = f"{request} is not supported by the embedded engine"
        self._work.add_failure("", message)
        self._work.stopped = True
        raise Aborted(grpc.StatusCode.UNIMPLEMENTED, message)


def _awaited(request: RegisterRequest) -> set[str]:
    """The URNs that a resource waits for: parent, provider, and all dependencies."""
    urns = {request.parent, request.deletedWith, provider_urn(request.provider), *request.dependencies}
    return urns.union(*(dependencies.urns for dependencies in request.propertyDependencies.values()))


@contextmanager
def _grpc_errors(work: Work) -> Generator[None]:
    """Inside, an exception becomes a gRPC error as the SDK expects it; a fault of the engine's own stops the run."""
    try:
        yield
    except StoppedError as stopped:
        message = "resource monitor shut down while waiting on step's done channel"
        raise Aborted(grpc.StatusCode.UNAVAILABLE, message) from stopped
    except RefusedError as refusal:
        if refusal.trace:
            work.add_failure("", str(refusal), refusal.trace)
            work.stopped = True
        raise Aborted(refusal.code, str(refusal)) from refusal
    except Aborted:
        raise
    except Exception as fault:
        work.add_failure("", f"{type(fault).__name__}: {fault}", traceback.format_exc())
        work.stopped = True
        raise Aborted(grpc.StatusCode.INTERNAL, str(fault)) from fault
