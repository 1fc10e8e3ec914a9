"""What was said of stacks, counted: violations, exceptions, and questions that wait for the update."""

from __future__ import annotations

from dataclasses import replace

from pulumi.runtime.proto import analyzer_pb2

from sandbox.engine.analysis import PolicyDiagnostic
from sandbox.engine.driver import RunResult
from sandbox.engine.state import ResourceState
from sandbox.engine.work import Failure
from sandbox.runs.asked_policies import PackRules, asked_policies, without_violations
from sandbox.runs.pack_analyzer import PolicyConfiguration
from sandbox.runs.stack_run import StackRun

STACK = "urn:pulumi:domain-shop::mesh::pulumi:pulumi:Stack::mesh-domain-shop"
BUCKET = "urn:pulumi:domain-shop::mesh::mesh:aws:Product$aws:s3/bucket:Bucket::clicks"
OPEN = PolicyDiagnostic(BUCKET, "bucket-is-closed", "It is.\n'clicks' is open; close it", mandatory=True)
ADVICE = PolicyDiagnostic(BUCKET, "bucket-is-cheap", "It is.\n'clicks' is dear", mandatory=False)
IDLE = PolicyDiagnostic(STACK, "exceptions-are-used", "They are.\nit is not", mandatory=True)
WAITS = PolicyDiagnostic(BUCKET, "x", "can't run policy 'x' from policy pack 'p@v1' during preview: y", mandatory=False)
EXCEPTED = PolicyDiagnostic(
    BUCKET,
    "excepted-in-the-stack",
    "An exception allows it.\nbucket-is-closed: 'clicks' is open; close it\nexcepted until 2027-05-01 by shop: A: b",
    mandatory=False,
)
RULES = PackRules(3, {"bucket-is-closed": "high"})


def run_of(*said: PolicyDiagnostic) -> StackRun:
    types = {STACK: "pulumi:pulumi:Stack", BUCKET: "aws:s3/bucket:Bucket"}
    resources = [ResourceState(urn=urn, type=type_, custom=True) for urn, type_ in types.items()]
    failures = [Failure(each.urn, each.failure) for each in said if each.mandatory]
    result = RunResult([], resources, [*failures, Failure("", "another")], [], [], 0.0, {}, list(said))
    return StackRun("domain-shop", "1", True, result)


def test_a_violation_names_stack_resource_rule_and_severity() -> None:
    asked = asked_policies([run_of(OPEN, ADVICE, IDLE)], RULES)
    assert [str(each) for each in asked.violations] == [
        "domain-shop: aws:s3/bucket:Bucket clicks: advice: 'clicks' is dear (bucket-is-cheap)",
        "domain-shop: aws:s3/bucket:Bucket clicks: 'clicks' is open; close it (bucket-is-closed, high)",
        "domain-shop: the stack: it is not (exceptions-are-used)",
    ]
    assert str(asked) == "2 resources of 1 stack asked 3 rules: 3 violations, 0 exceptions"
    assert asked.refused


def test_advice_alone_refuses_nothing() -> None:
    assert not asked_policies([run_of(ADVICE)], RULES).refused


def test_an_exception_is_told_with_its_reason_owner_and_day() -> None:
    asked = asked_policies([run_of(EXCEPTED)], RULES)
    (one,) = asked.exceptions
    assert (one.rule, one.expires, one.owner, one.reason) == ("bucket-is-closed", "2027-05-01", "shop", "A: b")
    assert "excepted until 2027-05-01 by shop (A: b): 'clicks' is open; close it (bucket-is-closed)" in str(one)
    assert (asked.violations, asked.refused) == ((), False)
    assert asked.as_json()["exceptions"][0]["resource"] == "clicks"


def test_what_waits_for_the_update_is_counted_apart() -> None:
    asked = asked_policies([run_of(WAITS)], RULES)
    assert asked.violations == ()
    assert str(asked).endswith("; 1 question about values that only the update knows, which asks again")


def test_what_is_said_twice_counts_once() -> None:
    assert len(asked_policies([run_of(OPEN, OPEN)], RULES).violations) == 1


def test_failures_that_are_no_violation_stay() -> None:
    assert [each.message for each in without_violations(run_of(OPEN)).result.failures] == ["another"]


def test_rules_are_those_with_a_tag_less_those_that_are_disabled() -> None:
    high = analyzer_pb2.POLICY_SEVERITY_HIGH
    tagged = [analyzer_pb2.PolicyInfo(name=name, tags=["storage"], severity=high) for name in ("a", "b")]
    info = analyzer_pb2.AnalyzerInfo(policies=[*tagged, analyzer_pb2.PolicyInfo(name="reading")])
    configuration: PolicyConfiguration = {"a": ("mandatory", {"severity": "low"}), "b": ("disabled", {})}
    assert PackRules.of(info, configuration) == PackRules(1, {"a": "low", "b": "high", "reading": ""})
    bare = analyzer_pb2.AnalyzerInfo(policies=[analyzer_pb2.PolicyInfo(name="one")])
    assert PackRules.of(bare, {}).number == 1


def test_what_no_exception_tells_under_a_policy_on_exceptions_is_not_lost() -> None:
    other = PolicyDiagnostic(BUCKET, "excepted-resources", "Of another pack.\n'clicks' is spared", mandatory=False)
    asked = asked_policies([run_of(other, EXCEPTED)], RULES)
    assert [each.message for each in asked.violations] == ["'clicks' is spared"]
    assert [each.rule for each in asked.exceptions] == ["bucket-is-closed"]


def test_a_mandatory_violation_is_no_question_that_waits_whatever_it_says() -> None:
    asked = asked_policies([run_of(replace(WAITS, mandatory=True))], RULES)
    assert (len(asked.violations), asked.waiting, asked.refused) == (1, 0, True)
