"""The alarm hears what CloudTrail tells of a broken glass, as EventBridge compares it, and nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from mesh.plan import Plan

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.sts",
    "account": "200000000002",
    "time": "2026-12-01T03:00:00Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::100000000001:user/mesh/break-glass/keeper",
            "accountId": "100000000001",
            "userName": "keeper",
        },
        "eventTime": "2026-12-01T03:00:00Z",
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "192.0.2.1",
        "requestParameters": {
            "roleArn": "arn:aws:iam::200000000002:role/mesh/break-glass/emergencies",
            "roleSessionName": "emergency",
            "sourceIdentity": "keeper",
            "serialNumber": "arn:aws:iam::100000000001:mfa/keeper",
        },
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "200000000002",
        "sharedEventID": "ffffffff-bbbb-cccc-dddd-eeeeeeeeeeee",
        "eventCategory": "Management",
    },
}
"""As in "Logging IAM and AWS STS API calls with AWS CloudTrail" (IAM User Guide), told by EventBridge."""


def heard(plan: Plan, event: dict[str, Any]) -> bool:
    pattern = json.dumps(plan.governance.break_glass.pattern)
    return bool(EventPattern.load(pattern).matches_event(event))  # pyright: ignore[reportArgumentType]


def test_the_event_of_a_broken_glass_is_heard(plan: Plan) -> None:
    assert heard(plan, EVENT)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eventName", "GetCallerIdentity"),
        ("eventSource", "iam.amazonaws.com"),
        ("requestParameters", {"roleArn": "arn:aws:iam::200000000002:role/mesh/ci/governance"}),
        ("requestParameters", {"roleArn": "arn:aws:iam::200000000002:role/mesh/break-glass/emergencies-2"}),
    ],
)
def test_another_event_is_not(plan: Plan, field: str, value: Any) -> None:
    event = copy.deepcopy(EVENT)
    event["detail"][field] = value
    assert not heard(plan, event)
