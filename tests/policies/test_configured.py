"""The pack's server with a configuration: levels, severities, parameters, and names that do not exist."""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any, cast

import grpc
import pytest
from mesh_guardrails.pack import NamedPolicy, policies
from mesh_guardrails.rule import AnyRule, RegisteredResource, Rule, StackRule
from mesh_guardrails.rules import RULES, STACK_RULES
from mesh_guardrails.themes.encryption import KEY
from mesh_guardrails.themes.storage import BUCKET
from pulumi.runtime.proto import analyzer_pb2

from sandbox.engine.wire import to_struct
from tests.policies.cases.case import made

EVERY_RULE: list[AnyRule] = [*RULES, *STACK_RULES]
SEVERITIES = {
    "low": analyzer_pb2.POLICY_SEVERITY_LOW,
    "high": analyzer_pb2.POLICY_SEVERITY_HIGH,
    "critical": analyzer_pb2.POLICY_SEVERITY_CRITICAL,
}
NO_RULE = "there is no rule 'key-rotate' (did you mean 'key-rotates'?); docs/policies.md has the rules"
SOON = made(KEY, deletionWindowInDays=7, enableKeyRotation=True)


@pytest.fixture
def configurable(pack: Any) -> Generator[Any]:
    """The pack's server, without a configuration again in the end."""
    yield pack
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest())


def configure(pack: Any, rule: str, level: int = analyzer_pb2.MANDATORY, **properties: Any) -> None:
    settings = analyzer_pb2.PolicyConfig(enforcementLevel=level, properties=to_struct(properties))  # pyright: ignore[reportArgumentType]
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={rule: settings}))


def told(response: Any, rule: str) -> list[tuple[int, int]]:
    return [(one.severity, one.enforcementLevel) for one in response.diagnostics if one.policyName == rule]


def test_a_violation_is_as_grave_as_is_configured_from_the_first_one_on(configurable: Any) -> None:
    rule, mandatory = "key-deletion-waits", analyzer_pb2.MANDATORY
    assert told(configurable.Analyze(SOON.request), rule) == [(SEVERITIES["high"], mandatory)]
    configure(configurable, rule, severity="critical")
    assert told(configurable.Analyze(SOON.request), rule) == [(SEVERITIES["critical"], mandatory)]
    configure(configurable, "key-rotates")
    assert told(configurable.Analyze(SOON.request), rule) == [(SEVERITIES["high"], mandatory)]


def test_so_is_one_of_a_rule_about_stacks(configurable: Any) -> None:
    stack = analyzer_pb2.AnalyzeStackRequest(resources=[made(BUCKET, bucket="a").in_stack])
    configure(configurable, "bucket-is-versioned", analyzer_pb2.ADVISORY, severity="low")
    assert told(configurable.AnalyzeStack(stack), "bucket-is-versioned") == [(SEVERITIES["low"], analyzer_pb2.ADVISORY)]


def test_a_disabled_rule_is_silent_and_the_others_are_not(configurable: Any) -> None:
    configure(configurable, "key-deletion-waits", analyzer_pb2.DISABLED)
    assert told(configurable.Analyze(SOON.request), "key-deletion-waits") == []
    configure(configurable, "bucket-is-versioned", analyzer_pb2.DISABLED)
    stack = analyzer_pb2.AnalyzeStackRequest(resources=[made(BUCKET, bucket="a").in_stack])
    said = {one.policyName for one in configurable.AnalyzeStack(stack).diagnostics}
    assert "bucket-is-versioned" not in said
    assert "bucket-enforces-its-owner" in said


@pytest.mark.parametrize(
    ("rule", "properties", "says"),
    [
        (
            "key-rotate",
            {},
            "there is no rule 'key-rotate' (did you mean 'key-rotates'?); docs/policies.md has the rules",
        ),
        (
            "key-deletion-waits",
            {"shortestDay": 7},
            "'key-deletion-waits' has no parameter 'shortestDay' (did you mean 'shortestDays'?); "
            "it has shortestDays, severity, enforcementLevel",
        ),
        ("key-rotates", {"days": 7}, "'key-rotates' has no parameter 'days'; it has severity, enforcementLevel"),
    ],
)
def test_what_does_not_exist_is_refused(configurable: Any, rule: str, properties: dict[str, Any], says: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        configure(configurable, rule, **properties)
    assert isinstance(refused.value, grpc.Call)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert refused.value.details() == f"the pack's configuration cannot be used: {says}"


def test_every_policy_that_the_pack_tells_of_may_be_configured(configurable: Any) -> None:
    """Pulumi's engine configures all of them, those beside the rules, too."""
    from google.protobuf import empty_pb2

    info = configurable.GetAnalyzerInfo(empty_pb2.Empty())
    settings = {one.name: analyzer_pb2.PolicyConfig(enforcementLevel=one.enforcementLevel) for one in info.policies}
    configurable.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=settings))


def test_every_rule_tells_pulumi_its_parameters_with_defaults_that_fit(pack: Any) -> None:
    import jsonschema_rs
    from google.protobuf import empty_pb2, json_format

    info = {one.name: one for one in pack.GetAnalyzerInfo(empty_pb2.Empty()).policies}
    for rule in EVERY_RULE:
        schemas = json_format.MessageToDict(info[rule.name].configSchema)["properties"]
        assert set(schemas) == {"severity", *(one.name for one in rule.parameters)}
        for schema in schemas.values():
            assert schema["description"].endswith(".")
            jsonschema_rs.validator_for(schema).validate(schema["default"])


def test_a_disabled_rule_is_not_asked_and_so_needs_no_exception() -> None:
    asked: list[str] = []

    def check(resource: RegisteredResource, *_stack: object) -> list[str]:
        asked.append(resource.name)
        return []

    rule = Rule(name="one", theme="cost", severity="low", description="A rule.", check=check)
    of_stack = StackRule(name="two", theme="cost", severity="low", description="A rule.", check=check)
    every = policies([rule], [of_stack])
    for disabled, times in ((False, 2), (True, 0)):
        asked.clear()
        for policy in every:
            if isinstance(policy, NamedPolicy):
                policy.configure({}, is_disabled=disabled)
        for policy in every:
            if policy.name == "reading":
                args = SimpleNamespace(
                    resource_type="t",
                    name="b",
                    urn="u",
                    props={},
                    provider=None,
                    opts=SimpleNamespace(protect=False, parent=""),
                )
                cast("Any", policy).validate(args, None)
            elif policy.name == "reading-stack":
                options = SimpleNamespace(protect=False)
                resource = SimpleNamespace(
                    resource_type="t",
                    name="b",
                    urn="u",
                    props={},
                    provider=None,
                    opts=options,
                    parent=None,
                    property_dependencies={},
                )
                cast("Any", policy)._validate(SimpleNamespace(resources=[resource]), None)
        assert asked == ["b"] * times
