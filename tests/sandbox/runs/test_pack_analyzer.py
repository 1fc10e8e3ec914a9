"""A pack as the analyzer of the engine: what is asked of it, and what of its answers fails a run."""

from __future__ import annotations

from typing import Any, cast

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from sandbox.engine.analysis import AnalyzedResource, EnforcementLevel
from sandbox.engine.state import ResourceState
from sandbox.engine.wire import to_struct
from sandbox.runs.pack_analyzer import EVERY, PackAnalyzer

BUCKET = ResourceState(urn="urn:pulumi:s::m::aws:s3/bucket:Bucket::b", type="aws:s3/bucket:Bucket", custom=True)


class AskedPack(PackAnalyzer):
    """A pack with an advisory policy, which answers without a process."""

    def __init__(self, level: int = analyzer_pb2.MANDATORY) -> None:
        super().__init__(cast("Any", None))
        self.level = level
        self.asked: list[tuple[str, Any]] = []

    def _answer(self, method: str, request: Any) -> Any:
        self.asked.append((method, request))
        if method == "GetAnalyzerInfo":
            return analyzer_pb2.AnalyzerInfo(
                policies=[analyzer_pb2.PolicyInfo(name="a", enforcementLevel=analyzer_pb2.ADVISORY)]
            )
        if method == "Remediate":
            return analyzer_pb2.RemediateResponse()
        return analyzer_pb2.AnalyzeResponse(
            diagnostics=[analyzer_pb2.AnalyzeDiagnostic(policyName="a", message="It.", enforcementLevel=self.level)]  # pyright: ignore[reportArgumentType]
        )


def bucket(**inputs: Any) -> AnalyzedResource:
    from dataclasses import replace

    return AnalyzedResource(replace(BUCKET, input_message=to_struct(inputs)), None)


@pytest.mark.parametrize(
    ("level", "fails"),
    [
        (analyzer_pb2.MANDATORY, True),
        (analyzer_pb2.REMEDIATE, True),
        (analyzer_pb2.ADVISORY, False),
        (analyzer_pb2.DISABLED, False),
    ],
)
def test_what_is_mandatory_or_was_not_mended_fails_a_run(level: int, fails: bool) -> None:
    (told,) = AskedPack(level).of_resource(bucket())
    assert told.mandatory is fails


@pytest.mark.parametrize(
    ("levels", "is_asked"),
    [
        ({}, False),
        ({"a": "remediate"}, True),
        ({EVERY: "remediate"}, True),
        ({EVERY: "remediate", "a": "advisory"}, False),
        ({"of another pack": "remediate"}, False),
    ],
)
def test_a_pack_is_asked_to_mend_only_where_a_policy_does(levels: dict[str, EnforcementLevel], is_asked: bool) -> None:
    pack = AskedPack()
    pack.levels(levels)
    assert pack.remedied(bucket()) == (None, [] if is_asked else ())
    assert any(method == "Remediate" for method, _ in pack.asked) is is_asked


def test_what_is_internal_to_the_engine_is_not_sent() -> None:
    pack = AskedPack()
    pack.of_resource(bucket(__defaults=["a"], tags={"__defaults": [], "team": "shop"}, names=[{"__x": 1, "y": 2}]))
    ((_, request),) = pack.asked
    sent = cast("struct_pb2.Struct", request.properties)
    assert sent == to_struct({"tags": {"team": "shop"}, "names": [{"y": 2}]})
