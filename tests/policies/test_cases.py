"""Every rule against its cases: by its plain function, and through the policy server, as Pulumi asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from google.protobuf import empty_pb2
from mesh_guardrails.rule import Rule, StackRule
from mesh_guardrails.rules import RULES, STACK_RULES
from pulumi.runtime.proto import analyzer_pb2

from sandbox.engine.wire import UNKNOWN, to_struct
from tests.policies.cases import all_cases
from tests.policies.cases.case import Answer, Case

EVERY_RULE: Final[dict[str, Rule | StackRule]] = {rule.name: rule for rule in (*RULES, *STACK_RULES)}
CASES: Final = all_cases()

_OF_A_BUCKET: Final = {
    "acl": "private",
    "arn": "arn:aws:s3:::example",
    "grants": [{"permissions": ["FULL_CONTROL"], "type": "CanonicalUser"}],
    "lifecycleRules": [],
    "logging": None,
    "policy": "",
    "region": "eu-west-1",
    "serverSideEncryptionConfiguration": {
        "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
    },
    "versioning": {"enabled": False, "mfaDelete": False},
    "website": None,
}
_AFTER_AN_UPDATE: Final[dict[str, dict[str, Any]]] = {
    "aws:kms/key:Key": {"arn": "arn:aws:kms:eu-west-1:111122223333:key/0", "keyId": "0", "region": "eu-west-1"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"arn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "policy": '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
    },
    "aws:glue/job:Job": {"arn": "arn:aws:glue:eu-west-1:111122223333:job/x", "maxCapacity": 10},
    "aws:iam/role:Role": {
        "arn": "arn:aws:iam::111122223333:role/x",
        "inlinePolicies": [],
        "managedPolicyArns": [],
        "name": "example-role",
    },
    "aws:lambda/function:Function": {
        "arn": "arn:aws:lambda:eu-west-1:111122223333:function:x",
        "loggingConfig": {"logFormat": "Text", "logGroup": "/aws/lambda/example-function"},
    },
    "aws:s3/bucket:Bucket": _OF_A_BUCKET,
    "aws:sfn/stateMachine:StateMachine": {"arn": "arn:aws:states:eu-west-1:111122223333:stateMachine:x"},
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {"region": "eu-west-1"},
    "aws:sns/topic:Topic": {"arn": "arn:aws:sns:eu-west-1:111122223333:topic", "region": "eu-west-1"},
    "aws:sqs/queue:Queue": {"arn": "arn:aws:sqs:eu-west-1:111122223333:queue", "region": "eu-west-1"},
}
COMPUTED: Final = [
    {type_: dict.fromkeys(props, UNKNOWN) for type_, props in _AFTER_AN_UPDATE.items()},
    _AFTER_AN_UPDATE,
]
"""What AWS computes for a resource that the program says nothing about, before and after an update."""


def test_every_case_is_of_a_rule_of_the_pack() -> None:
    assert {case.rule for case in CASES} <= EVERY_RULE.keys()


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_every_rule_has_something_it_passes_something_it_reports_and_something_unknown(rule: str) -> None:
    known = {case.answer for case in CASES if case.rule == rule and not case.has_unknown}
    assert known == {"passes", "reports"}
    assert [case for case in CASES if case.rule == rule and case.has_unknown]


def test_no_two_resources_of_a_case_have_one_name() -> None:
    for case in CASES:
        names = [resource.name for resource in case.resources]
        assert len(set(names)) == len(names), str(case)


def test_every_rule_answers_its_cases_as_expected() -> None:
    assert [failure for case in CASES if (failure := case.failure(EVERY_RULE[case.rule]))] == []


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_rule_that_looks_no_longer_fails_its_cases(rule: str) -> None:
    """With its body removed, a rule reports nothing: each case in which it should is a failure then."""
    emptied = replace(EVERY_RULE[rule], check=lambda *_, **__: ())
    reported = [case for case in CASES if case.rule == rule and case.answer == "reports"]
    assert reported
    assert all(case.failure(emptied) for case in reported)


@pytest.mark.parametrize("computed", COMPUTED, ids=["preview", "update"])
def test_what_aws_computes_changes_no_answer_about_a_stack(
    computed: dict[str, dict[str, Any]],
) -> None:
    """A stack is seen by what comes out of its resources: more than the program wrote, and in a preview unknown."""
    stacks = [case for case in CASES if isinstance(EVERY_RULE[case.rule], StackRule)]
    assert len([case for case in stacks if set(computed) & {each.type for each in case.resources}]) > 20
    fuller = [
        replace(
            case,
            says="",
            resources=tuple(replace(one, props={**computed.get(one.type, {}), **one.props}) for one in case.resources),
        )
        for case in stacks
    ]
    assert [failure for case in fuller if (failure := case.failure(EVERY_RULE[case.rule]))] == []


def test_a_message_names_the_resource_and_is_one_line() -> None:
    for case in CASES:
        if case.answer == "reports":
            rule, asked = EVERY_RULE[case.rule], case.registered
            arguments = (asked[0], asked) if isinstance(rule, StackRule) else (asked[0],)
            for message in rule.check(*arguments, **rule.values(case.configured)):
                assert f"'{asked[0].name}'" in message
                assert "\n" not in message


def test_the_policy_server_answers_every_case_as_expected(pack: Any) -> None:
    assert list(_failures(pack)) == []


def _failures(pack: Any) -> Iterator[str]:
    plain = [case for case in CASES if not case.configured]
    for case in plain:
        if failure := case.unlike(*_asked(pack, case)):
            yield failure
    try:
        for case in CASES:
            if case.configured:
                pack.Configure(_configuration(case))
                if failure := case.unlike(*_asked(pack, case)):
                    yield failure
    finally:
        assert pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest()) == empty_pb2.Empty()


def _asked(pack: Any, case: Case) -> tuple[Answer, list[str]]:
    """What the server says of a case under the name of its rule."""
    subject = case.resources[0]
    if isinstance(EVERY_RULE[case.rule], StackRule):
        resources = [resource.in_stack for resource in case.resources]
        response = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources))
    else:
        response = pack.Analyze(subject.request)
    told = [one for one in response.diagnostics if one.policyName == case.rule]
    if found := [one for one in told if one.enforcementLevel == analyzer_pb2.MANDATORY and one.urn == subject.urn]:
        return "reports", [one.message for one in found]
    return ("waits" if any("can't run policy" in one.message for one in told) else "passes"), []


def _configuration(case: Case) -> Any:
    settings = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.MANDATORY, properties=to_struct(case.configured))
    return analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={case.rule: settings})
