"""Registration of a resource in milliseconds: the Pulumi SDK alone, and with the embedded engine and an echo.

    python -m benchmarks.registration

One run prints both figures, their ratio, and how the engine's figure grows with the number of resources.
"""

# ruff: noqa: N802, ARG002 - the names and the signatures are the protocol's

from __future__ import annotations

from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, resource_pb2

from sandbox.engine.driver import run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState

COUNTS = (1_000, 2_500, 5_000)
PROPERTIES = {"bucket": "data", "forceDestroy": True, "tags": {"owner": "playback", "product": "sessions"}}


class Echo(provider_pb2_grpc.ResourceProviderServicer):
    """A provider that answers with the properties that it is sent."""

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        return provider_pb2.CreateResponse(id=request.name, properties=request.properties)


class Floor(Engine):
    """The least of a monitor: it makes a URN and echoes the properties."""

    def RegisterResource(self, request: Any, context: Any = None) -> resource_pb2.RegisterResourceResponse:
        urn = f"urn:pulumi:{self.stack}::{self.project}::{request.type}::{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=request.name, object=request.object)

    def RegisterResourceOutputs(self, request: Any, context: Any = None) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any = None) -> empty_pb2.Empty:
        return empty_pb2.Empty()


class BenchmarkAccount(pulumi.ProviderResource):
    def __init__(self, name: str) -> None:
        super().__init__("aws", name, {})


class BenchmarkThing(pulumi.CustomResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__("aws:s3/bucket:Bucket", name, dict(PROPERTIES), opts)


def program(count: int) -> None:
    """Declare resources that do not depend on each other."""
    opts = pulumi.ResourceOptions(provider=BenchmarkAccount("account"))
    for number in range(count):
        BenchmarkThing(f"thing-{number}", opts)


def milliseconds(engine: type[Engine], count: int, *, preview: bool = True) -> float:
    """Milliseconds of a whole run per resource."""
    under_test = engine(project="bench", stack="bench", preview=preview, state=StackState(), provider=lambda _: Echo())
    result = run(under_test, lambda: program(count))
    if result.failures:
        raise SystemExit(result.failures[0].message)
    return result.seconds / count * 1000


def main() -> None:
    """Print the figures: each is the best of three rounds, in which floor and engine take turns."""
    milliseconds(Engine, 200)
    rounds = [(milliseconds(Floor, COUNTS[0]), milliseconds(Engine, COUNTS[0])) for _ in range(3)]
    floor, engine = min(seconds for seconds, _ in rounds), min(seconds for _, seconds in rounds)
    print(f"floor   {floor:.3f} ms per resource (the SDK and a monitor that echoes)")
    print(f"engine  {engine:.3f} ms per resource (preview)")
    print(f"ratio   {engine / floor:.2f}")
    for count in COUNTS:
        preview, update = milliseconds(Engine, count), milliseconds(Engine, count, preview=False)
        print(f"{count:>6} resources: {preview:.3f} ms each in a preview, {update:.3f} ms in an update")


if __name__ == "__main__":
    main()
