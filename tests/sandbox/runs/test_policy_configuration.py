"""The configuration of a pack: what Pulumi would take, and each mistake with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2

from mesh.findings import BadInputError
from sandbox.engine.wire import to_struct
from sandbox.runs.policy_configuration import levels, read_configuration, reconciled

DAYS = {"type": "integer", "minimum": 1, "default": 30, "description": "days that logs are kept"}
GRAVITY = {"type": "string", "enum": ["low", "medium", "high", "critical"], "description": "how grave it is"}
NONE: dict[str, Any] = {}
WORDS = {"type": "array", "items": {"type": "string"}, "default": ["a"]}


def pack() -> analyzer_pb2.AnalyzerInfo:
    schema = analyzer_pb2.PolicyConfigSchema(
        properties=to_struct({"mostDays": DAYS, "words": WORDS, "severity": GRAVITY})
    )
    return analyzer_pb2.AnalyzerInfo(
        policies=[
            analyzer_pb2.PolicyInfo(name="reading", enforcementLevel=analyzer_pb2.ADVISORY),
            analyzer_pb2.PolicyInfo(
                name="logs-are-kept",
                enforcementLevel=analyzer_pb2.MANDATORY,
                severity=analyzer_pb2.POLICY_SEVERITY_LOW,
                configSchema=schema,
            ),
            analyzer_pb2.PolicyInfo(
                name="bucket-is-closed",
                enforcementLevel=analyzer_pb2.MANDATORY,
                severity=analyzer_pb2.POLICY_SEVERITY_HIGH,
            ),
        ]
    )


def test_without_a_file_every_policy_has_its_level_and_its_defaults() -> None:
    assert reconciled(pack(), {}) == {
        "reading": ("advisory", {}),
        "logs-are-kept": ("mandatory", {"mostDays": 30, "words": ["a"]}),
        "bucket-is-closed": ("mandatory", {}),
    }


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ({"bucket-is-closed": "advisory"}, {"bucket-is-closed": ("advisory", NONE)}),
        ({"bucket-is-closed": {"enforcementLevel": "disabled"}}, {"bucket-is-closed": ("disabled", NONE)}),
        ({"logs-are-kept": {"mostDays": 7}}, {"logs-are-kept": ("mandatory", {"mostDays": 7, "words": ["a"]})}),
        (
            {"all": "advisory", "bucket-is-closed": "mandatory"},
            {"logs-are-kept": ("advisory", {"mostDays": 30, "words": ["a"]})},
        ),
        (
            {"all": {"enforcementLevel": "disabled"}},
            {"reading": ("disabled", NONE), "bucket-is-closed": ("disabled", NONE)},
        ),
    ],
)
def test_what_is_written_stands_over_it(written: dict[str, Any], changed: dict[str, Any]) -> None:
    result = reconciled(pack(), written)
    assert {name: result[name] for name in changed} == changed


def test_levels_are_known_before_the_pack_is() -> None:
    written = {"a": "remediate", "b": {"enforcementLevel": "advisory", "x": 1}, "c": {"x": 1}, "d": "no-level"}
    assert levels(written) == {"a": "remediate", "b": "advisory"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{"logs-are-keep": "advisory"}',
            "1:2: unknown policy 'logs-are-keep'; did you mean 'logs-are-kept'? Known: all",
        ),
        ('{"Bucket-Is-Closed": "advisory"}', "did you mean 'bucket-is-closed'?"),
        ('{"xyz": "advisory"}', "1:2: unknown policy 'xyz'; known: all, bucket-is-closed and logs-are-kept"),
        (
            '{"bucket-is-closed": "advisry"}',
            "1:22: \"advisry\" is no level of enforcement; did you mean 'advisory'? Levels: ",
        ),
        (
            '{"bucket-is-closed": 7}',
            "1:22: 'bucket-is-closed' is 7; give it a level (advisory, disabled, mandatory and",
        ),
        ('{"bucket-is-closed": null}', "'bucket-is-closed' is null; give it a level"),
        ('{"bucket-is-closed": {"enforcementLevel": true}}', "true is no level of enforcement; levels: advisory"),
        ('{"bucket-is-closed": {"days": 7}}', "1:23: 'bucket-is-closed' has no parameters; leave 'days' out"),
        (
            '{"logs-are-kept": {"mostdays": 7}}',
            "1:20: unknown parameter of 'logs-are-kept' 'mostdays'; did you mean 'mostDays'? Known: enforcementLevel,",
        ),
        (
            '{"logs-are-kept": {"mostDays": "7"}}',
            "'mostDays' of 'logs-are-kept': \"7\" is not of type \"integer\"; it is: days",
        ),
        ('{"logs-are-kept": {"mostDays": 0}}', "'mostDays' of 'logs-are-kept': 0 is less than the minimum of 1"),
        ('{"logs-are-kept": {"words": [1]}}', "'words' of 'logs-are-kept': 1 is not of type \"string\""),
        (
            '{"logs-are-kept": {"severity": "hihg"}}',
            "'severity' of 'logs-are-kept': \"hihg\" is not allowed; did you mean 'high'? Allowed: critical, high, low "
            "and medium; it is: how grave it is",
        ),
        (
            '{"logs-are-kept": {"severity": 7}}',
            "'severity' of 'logs-are-kept': 7 is not allowed; allowed: critical, high, low and medium; it is: how",
        ),
        ("{", "1:2: this is no JSON, which a pack is configured with: expecting property name"),
        ("bucket-is-closed: advisory", "1:1: this is no JSON"),
        ("[]", "1:1: an object is expected here, such as"),
        ('{"bucket-is-closed": "advisory", "bucket-is-closed": "mandatory"}', "1:34: duplicate key 'bucket-is-closed'"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BadInputError) as error:
        _reconciled(file)
    (finding,) = error.value.findings
    assert said in str(finding), finding


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(
        '{"xyz": "advisory",\n "bucket-is-closed": "no",\n "logs-are-kept": {"mostDays": "x", "y": 1}}', "utf-8"
    )
    source, written = read_configuration(file)
    with pytest.raises(BadInputError) as error:
        reconciled(pack(), written, source)
    assert [finding.line for finding in error.value.findings] == [1, 2, 3, 3]


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.json"):
        read_configuration(tmp_path / "none.json")


def _reconciled(file: Path) -> None:
    source, written = read_configuration(file)
    reconciled(pack(), written, source)
