"""A provider that keeps its resources in memory, bare resources to declare, and one stack to run programs on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
import pulumi
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from sandbox.engine.driver import RunResult, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import ResourceState, StackState
from sandbox.engine.wire import reveal, to_python, to_struct

PREFIX = "urn:pulumi:dev::mesh::"
THING = "aws:test/thing:Thing"


@dataclass
class Cloud:
    """The things that exist, and all calls; shared by the providers of a test."""

    things: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    calls: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    requests: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    takes_secrets: bool = True
    answers_diffs: bool = True
    made: int = 0

    def names(self, method: str) -> list[str]:
        return [name for called, name in self.calls if called == method]

    def last(self, method: str) -> Any:
        return next(request for called, request in reversed(self.requests) if called == method)


class MemoryProvider(provider_pb2_grpc.ResourceProviderServicer):
    """`fail: <method>` refuses, `crash` raises, `half` creates without initialising; `fixed` and `unique` replace."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.region = ""

    def _called(self, method: str, request: Any) -> None:
        self.cloud.calls.append((method, request.name))
        self.cloud.requests.append((method, request))

    def CheckConfig(self, request: Any, context: Any) -> pb.CheckResponse:
        self._called("CheckConfig", request)
        if to_python(request.news).get("region") == "nowhere":
            return pb.CheckResponse(failures=[pb.CheckFailure(property="region", reason="no such region")])
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> pb.DiffResponse:
        self._called("DiffConfig", request)
        olds, news = to_python(request.old_inputs), to_python(request.news)
        keys = [key for key in {*olds, *news} if olds.get(key) != news.get(key)]
        changes = pb.DiffResponse.DIFF_SOME if keys else pb.DiffResponse.DIFF_NONE
        return pb.DiffResponse(changes=changes, diffs=keys, replaces=[key for key in keys if key == "region"])

    def Configure(self, request: Any, context: Any) -> pb.ConfigureResponse:
        self._called("Configure", request)
        self.region = to_python(request.args).get("region", "")
        return pb.ConfigureResponse(acceptSecrets=self.cloud.takes_secrets, acceptResources=False, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> pb.CheckResponse:
        self._called("Check", request)
        news = to_python(request.news)
        failures = [pb.CheckFailure(property=key, reason="it is bad") for key, value in news.items() if value == "bad"]
        return pb.CheckResponse(inputs=to_struct({"defaulted": True, **news}), failures=failures)

    def Diff(self, request: Any, context: Any) -> pb.DiffResponse:
        self._called("Diff", request)
        if not self.cloud.answers_diffs:
            return pb.DiffResponse()
        olds, news = to_python(request.old_inputs), to_python(request.news)
        keys = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if keys else pb.DiffResponse.DIFF_NONE,
            diffs=keys,
            replaces=[key for key in keys if key in ("fixed", "unique")],
            deleteBeforeReplace="unique" in keys,
        )

    def Create(self, request: Any, context: Any) -> pb.CreateResponse:
        self._called("Create", request)
        inputs = to_python(request.properties)
        if request.preview:
            return pb.CreateResponse(properties=request.properties)
        if inputs.get("fail") == "Create":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "AccessDenied: not allowed to create")
        if inputs.get("crash"):
            raise ValueError("the emulator fell over")
        if inputs.get("slow"):
            time.sleep(0.1)
        self.cloud.made += 1
        identifier = f"{request.name}-{self.cloud.made}"
        outputs = {**inputs, "arn": f"arn:{identifier}", "region": self.region}
        self.cloud.things[identifier] = reveal(outputs)
        if inputs.get("half"):
            failed = pb.ErrorResourceInitFailed(id=identifier, properties=to_struct(outputs), reasons=["not ready"])
            self._half_done(failed, context)
        return pb.CreateResponse(id=identifier, properties=to_struct(outputs))

    def _half_done(self, failed: pb.ErrorResourceInitFailed, context: Any) -> None:
        detail = any_pb2.Any()
        detail.Pack(failed)
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message="half done", details=[detail])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, "half done")

    def Read(self, request: Any, context: Any) -> pb.ReadResponse:
        self._called("Read", request)
        found = self.cloud.things.get(request.id)
        if found is None:
            return pb.ReadResponse()
        inputs = {key: value for key, value in found.items() if key not in ("arn", "region")}
        return pb.ReadResponse(id=request.id, properties=to_struct(found), inputs=to_struct(inputs))

    def Update(self, request: Any, context: Any) -> pb.UpdateResponse:
        self._called("Update", request)
        news = to_python(request.news)
        if request.preview:
            return pb.UpdateResponse(properties=request.news)
        if news.get("fail") == "Update":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "AccessDenied: not allowed to update")
        outputs = {**news, "arn": f"arn:{request.id}", "region": self.region}
        self.cloud.things[request.id] = reveal(outputs)
        return pb.UpdateResponse(properties=to_struct(outputs))

    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:
        self._called("Delete", request)
        if to_python(request.properties).get("fail") == "Delete":
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "BucketNotEmpty")
        del self.cloud.things[request.id]
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> pb.InvokeResponse:
        args = to_python(request.args)
        if args.get("fail"):
            context.abort(grpc.StatusCode.NOT_FOUND, "no such thing")
        return pb.InvokeResponse(**{"return": to_struct({"region": self.region, **args})})


class Stack:
    """A stack over several runs."""

    def __init__(self, *, cloud: Cloud | None = None, **options: Any) -> None:
        self.cloud = cloud or Cloud()
        self.state = StackState()
        self.options = options

    def engine(self, *, preview: bool = False, **options: Any) -> Engine:
        return Engine(
            project="mesh",
            stack="dev",
            preview=preview,
            state=self.state,
            **{"provider": lambda _: MemoryProvider(self.cloud), **self.options, **options},
        )

    def run(self, program: Callable[[], Any], *, preview: bool = False, **options: Any) -> RunResult:
        self.cloud.calls.clear()
        return run(self.engine(preview=preview, **options), program)

    def up(self, program: Callable[[], Any], **options: Any) -> RunResult:
        result = self.run(program, **options)
        assert not result.failures, result.failures
        return result

    def preview(self, program: Callable[[], Any], **options: Any) -> RunResult:
        return self.run(program, preview=True, **options)

    def remembered(self) -> dict[str, ResourceState]:
        return {short(resource.urn): resource for resource in self.state.resources}


class Account(pulumi.ProviderResource):
    def __init__(self, name: str = "account", region: Any = "eu-west-1", opts: Any = None, **props: Any) -> None:
        super().__init__("aws", name, {"region": region, **props}, opts)


class Thing(pulumi.CustomResource):
    arn: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions, type_: str = THING, **props: Any) -> None:
        super().__init__(type_, name, {"arn": None, **props}, opts)


class Product(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **children: Mapping[str, Any]) -> None:
        super().__init__("mesh:aws:Product", name, None, opts)
        for child, props in children.items():
            Thing(f"{name}-{child}", pulumi.ResourceOptions(parent=self), **props)
        self.register_outputs({"children": sorted(children)})


def on(account: Account, **options: Any) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(provider=account, **options)


def short(urn: str) -> str:
    """`Thing::a` for a bare thing; parents and project left out."""
    _, _, types, name = urn.split("::", 3)
    return f"{types.rpartition('$')[2].rpartition(':')[2]}::{name}"


def steps(result: RunResult) -> list[tuple[str, str]]:
    """The steps on things and components, in order; without the stack and the provider."""
    hidden = ("Stack", "aws", "pulumi")
    return [(step.operation, step.name) for step in result.steps if step.type.rpartition(":")[2] not in hidden]


def messages(result: RunResult) -> str:
    return "\n".join(failure.message for failure in result.failures)
