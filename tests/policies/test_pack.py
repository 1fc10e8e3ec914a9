"""The pack as Pulumi's policy host runs it: in a process of its own, asked over gRPC."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import empty_pb2
from mesh_guardrails.rule import Rule, StackRule
from mesh_guardrails.rules import RULES, STACK_RULES
from mesh_guardrails.themes.storage import BUCKET, SWITCHES
from pulumi.runtime.proto import analyzer_pb2

from mesh.findings import NotPossibleError
from sandbox.engine.wire import UNKNOWN, to_struct, wrap
from sandbox.runs import policy_host as module
from sandbox.runs.policy_host import policy_host
from tests.policies.cases.storage import BLOCK

policy = pytest.importorskip("pulumi_policy.policy")
GRANT = "aws:lakeformation/permissions:Permissions"
EVERYBODY = "IAM_ALLOWED_PRINCIPALS"
ALLOWED = "no-grant-to-iam-allowed-principals"
BLOCKED = "bucket-has-public-access-block"


def asked(type_: str, provider: str = "account", **props: Any) -> Any:
    used = analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:aws", name=provider, urn="urn:p")
    return analyzer_pb2.AnalyzeRequest(type=type_, name="x", urn="urn:x", properties=to_struct(props), provider=used)


def in_stack(type_: str, name: str, source: str = "", **props: Any) -> Any:
    made_from = {"bucket": analyzer_pb2.AnalyzerPropertyDependencies(urns=[f"urn:{source}"])} if source else {}
    return analyzer_pb2.AnalyzerResource(
        type=type_, name=name, urn=f"urn:{name}", properties=to_struct(props), propertyDependencies=made_from
    )


def found(response: Any, *rules: str) -> list[tuple[str, str, bool]]:
    """What was said, by some rules or all: rule, URN, and whether it stops the run."""
    mandatory = analyzer_pb2.MANDATORY
    told = [one for one in response.diagnostics if not rules or one.policyName in rules]
    return [(one.policyName, one.urn, one.enforcementLevel == mandatory) for one in told]


def test_the_pack_names_its_rules_and_all_of_them_are_mandatory(pack: Any) -> None:
    info = pack.GetAnalyzerInfo(empty_pb2.Empty())
    levels = {one.name: one.enforcementLevel for one in info.policies}
    assert info.name == "mesh-guardrails"
    beside = [levels.pop(name) for name in ("reading", "reading-stack", "excepted-resources", "excepted-in-the-stack")]
    assert set(beside) == {analyzer_pb2.ADVISORY}
    assert levels.pop("exceptions-are-used") == analyzer_pb2.MANDATORY
    assert levels == dict.fromkeys((rule.name for rule in (*RULES, *STACK_RULES)), analyzer_pb2.MANDATORY)


def test_a_violation_is_reported_under_the_name_of_its_rule_with_its_message(pack: Any) -> None:
    response = pack.Analyze(asked(GRANT, principal=EVERYBODY))
    assert found(response) == [("no-grant-to-iam-allowed-principals", "urn:x", True)]
    assert "'x' grants to IAM_ALLOWED_PRINCIPALS" in response.diagnostics[0].message


def test_two_violations_of_one_resource_are_two(pack: Any) -> None:
    names = [name for name, _, _ in found(pack.Analyze(asked(GRANT, provider="default", principal=EVERYBODY)))]
    assert names == ["no-default-provider", "no-grant-to-iam-allowed-principals"]


def test_what_was_found_is_forgotten_with_the_next_resource(pack: Any) -> None:
    pack.Analyze(asked(GRANT, principal=EVERYBODY))
    for _ in range(8):
        assert found(pack.Analyze(asked(GRANT, principal="arn:aws:iam::111122223333:role/x"))) == []


def test_a_secret_is_looked_at_like_any_value(pack: Any) -> None:
    assert len(found(pack.Analyze(asked(GRANT, principal=wrap(EVERYBODY))))) == 1


def test_an_unknown_value_is_said_and_stops_nothing(pack: Any) -> None:
    response = pack.Analyze(asked(GRANT, principal=UNKNOWN))
    assert found(response, ALLOWED) == [(ALLOWED, "", False)]
    assert f"can't run policy '{ALLOWED}'" in response.diagnostics[0].message


def test_an_unknown_value_that_no_rule_needs_is_not_mentioned(pack: Any) -> None:
    assert found(pack.Analyze(asked("aws:sqs/queue:Queue", name=UNKNOWN, sqsManagedSseEnabled=True))) == []


def test_a_bucket_whose_name_is_unknown_is_told_from_another_by_where_the_name_comes_from(pack: Any) -> None:
    on = dict.fromkeys(SWITCHES, True)
    blocked = [in_stack(BUCKET, "a", bucket=UNKNOWN), in_stack(BLOCK, "a-block", source="a", bucket=UNKNOWN, **on)]
    stack = analyzer_pb2.AnalyzeStackRequest(resources=[*blocked, in_stack(BUCKET, "b", bucket=UNKNOWN)])
    assert found(pack.AnalyzeStack(stack), BLOCKED) == [(BLOCKED, "urn:b", True)]


def test_an_unknown_switch_of_one_bucket_does_not_hide_another_bucket(pack: Any) -> None:
    unsure = in_stack(BLOCK, "a-block", source="a", bucket="a", **dict.fromkeys(SWITCHES, UNKNOWN))
    resources = [in_stack(BUCKET, "a", bucket="a"), unsure, in_stack(BUCKET, "b", bucket="b")]
    response = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources))
    assert found(response, BLOCKED) == [(BLOCKED, "urn:b", True), (BLOCKED, "", False)]


def rules_of_both_kinds() -> tuple[list[Rule], list[StackRule]]:
    facts: dict[str, Any] = {"theme": "storage", "severity": "low", "description": "A rule."}
    rules = [Rule(name=f"rule-{number}", check=lambda _: (), **facts) for number in range(20)]
    return rules, [StackRule(name=f"stack-rule-{number}", check=lambda *_: (), **facts) for number in range(20)]


def test_a_resource_and_a_stack_are_read_once_however_many_rules_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from mesh_guardrails.configured import ConfiguredServicer
    from mesh_guardrails.pack import policies

    reads: list[Any] = []
    read = policy.deserialize_properties
    monkeypatch.setattr(policy, "deserialize_properties", lambda props: (reads.append(props), read(props))[1])
    rules, stack_rules = rules_of_both_kinds()
    beside_the_rules = policies((), ())
    for made, expected in ((policies(rules, stack_rules), 1), (beside_the_rules, 1)):
        servicer = ConfiguredServicer("p", "1", made, policy.EnforcementLevel.MANDATORY)
        servicer.Analyze(asked("aws:sqs/queue:Queue", queue="q"), None)
        assert len([props for props in reads if "queue" in props]) == expected
        reads.clear()
    counts = []
    for made in (policies(rules, stack_rules), beside_the_rules):
        servicer = ConfiguredServicer("p", "1", made, policy.EnforcementLevel.MANDATORY)
        servicer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=[in_stack(BUCKET, "a", bucket="a")]), None)
        counts.append(len([props for props in reads if "bucket" in props]))
        reads.clear()
    assert counts[0] == counts[1]


def test_without_the_policy_sdk_the_host_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NotPossibleError, match="pulumi-policy"), policy_host():
        pass
