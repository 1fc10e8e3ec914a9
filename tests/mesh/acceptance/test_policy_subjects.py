"""Resource policies that are about another resource, or that nobody may put: each in a real policy of the tiny mesh."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.acceptance.emitted import EmittedResource
from mesh.acceptance.policy_places import PLACES
from mesh.acceptance.policy_subjects import SUBJECTS, of_another
from mesh.acceptance.public_policies import is_public
from mesh.evaluator.policy_types import PolicyType
from tests.mesh.acceptance.seeded import Change, document, put, refusals, statement, with_wrong
from tests.program.sample import Planned

ANOTHER = "is another resource than the policy's own"
BUS = "arn:aws:events:eu-west-1:200000000002:event-bus/"
TOPIC = "arn:aws:sns:eu-west-1:200000000002:"
KEY = "arn:aws:kms:eu-west-1:200000000002:key/11111111-2222-3333-4444-555555555555"


def added(**elements: Any) -> Change:
    """The change by which a bucket policy has one statement more."""
    body = {"Sid": "Added", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", **elements}

    def changed(inputs: dict[str, Any]) -> None:
        own = f"arn:aws:s3:::{inputs['bucket']}/*"
        document("policy", lambda whole: whole["Statement"].append({"Resource": own, **body}))(inputs)

    return changed


OTHER_SUBJECTS: list[tuple[str, Change, str]] = [
    ("BucketPolicy", statement("policy", put("Resource", "arn:aws:s3:::another")), ANOTHER),
    ("BucketPolicy", statement("policy", put("Resource", "*")), ANOTHER),
    ("BucketPolicy", statement("policy", put("Resource", "arn:aws:s3:::another/*")), ANOTHER),
    ("BucketPolicy", put("bucket", "another"), ANOTHER),
    ("BucketPolicy", statement("policy", put("Resource", "-")), "Resource"),
    ("BucketPolicy", statement("policy", lambda s: s.update(NotResource=s.pop("Resource")[0] + "x")), ANOTHER),
    ("Topic", statement("policy", put("Resource", f"{TOPIC}another")), ANOTHER),
    ("Topic", put("name", "another"), ANOTHER),
    ("Topic", statement("policy", put("Action", "sns:TagResource")), "is no action that such a policy may have"),
    ("Topic", statement("policy", put("Action", "sns:*")), "is no action that such a policy may have"),
    (
        "Topic",
        statement("policy", lambda s: s.update(Resource=[s["Resource"], s["Resource"]])),
        "2 resources: AWS takes 1",
    ),
    ("EventBusPolicy", statement("policy", put("Resource", f"{BUS}another")), ANOTHER),
    ("EventBusPolicy", put("eventBusName", "another"), ANOTHER),
    ("Key", statement("policy", put("Resource", KEY)), ANOTHER),
    (
        "ResourcePolicy",
        statement("policy", put("Resource", "arn:aws:glue:eu-west-1:310000000013:catalog")),
        ANOTHER,
    ),
    ("VpcEndpoint", put("serviceName", "com.amazonaws.eu-west-1.kms"), "never passes an endpoint of kms"),
]


@pytest.mark.parametrize(("type_", "change", "expected"), OTHER_SUBJECTS)
def test_a_policy_about_another_resource_is_found(
    planned_tiny: Planned, type_: str, change: Change, expected: str
) -> None:
    found = refusals(with_wrong(planned_tiny, type_, change), type_)
    sources = [subject.source for key, subject in SUBJECTS.items() if key.endswith(f":{type_}")]
    assert any(expected in each and (expected != ANOTHER or f"({sources[0]})" in each) for each in found), found


def test_each_kind_of_resource_policy_has_a_subject() -> None:
    assert {type_ for type_, place in PLACES.items() if place[1] is PolicyType.RESOURCE} == SUBJECTS.keys()


@pytest.mark.parametrize("action", ["sqs:SendMessage", "sqs:*"])
def test_a_queues_policy_is_about_the_queue(action: str) -> None:
    own = "arn:aws:sqs:eu-west-1:111111111111:mesh"
    queue = EmittedResource("s", "urn", "aws:sqs/queue:Queue", "q", "1" * 12, {"name": "mesh"})
    assert list(of_another(queue, {"Action": action, "Resource": own})) == []
    assert len(list(of_another(queue, {"Action": action, "Resource": f"{own}x"}))) == 1
    assert len(list(of_another(queue, {"Action": "sqs:ListQueues", "Resource": own}))) == 1


# ---- public access

NOT_PUBLIC = [
    {"StringEquals": {"aws:PrincipalOrgID": "o-aur0ra5treamx"}},
    {"StringLike": {"aws:SourceAccount": "111111111111"}},
    {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111111111111:mesh"}},
    {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
]
PUBLIC = [
    {},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-aur0ra5treamx"}},
    {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    {"StringLike": {"aws:SourceVpc": "vpc-*"}},
    {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    {"StringNotEquals": {"aws:PrincipalOrgID": "o-aur0ra5treamx"}},
    {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-aur0ra5treamx"}},
    {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2000::/3"]}},
    {"IpAddress": {"aws:SourceIp": "everywhere"}},
    {"StringEquals": {"aws:PrincipalTag/team": "ads"}},
]


@pytest.mark.parametrize(("condition", "public"), [(c, False) for c in NOT_PUBLIC] + [(c, True) for c in PUBLIC])
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::111111111111:root", "*"]}])
def test_an_allow_to_everybody_is_public_without_a_fixed_value(principal: Any, condition: Any, public: bool) -> None:
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Condition": condition}
    assert is_public(allowed) is public
    assert not is_public({**allowed, "Effect": "Deny"})
    assert not is_public({**allowed, "Principal": {"AWS": "arn:aws:iam::111111111111:root"}})
    del allowed["Principal"]
    assert is_public({**allowed, "NotPrincipal": {"AWS": "arn:aws:iam::111111111111:root"}}) is public


@pytest.mark.parametrize("condition", [{}, {"Bool": {"aws:SecureTransport": "true"}}])
def test_a_public_bucket_policy_is_found_while_it_is_blocked(planned_tiny: Planned, condition: Any) -> None:
    every = with_wrong(planned_tiny, "BucketPolicy", added(Condition=condition))
    expected = "policy: statement Added: it grants public access, and BlockPublicPolicy is on"
    assert [each.startswith(expected) for each in refusals(every, "BucketPolicy")] == [True]
    off = ("AccountPublicAccessBlock", "BucketPublicAccessBlock")
    open_ = [
        each._replace(inputs={**each.inputs, "blockPublicPolicy": False}) if each.type.endswith(off) else each
        for each in every
    ]
    assert refusals(open_, "BucketPolicy") == []


def test_a_bucket_policy_may_name_the_organisation(planned_tiny: Planned) -> None:
    fixed = {"StringEquals": {"aws:PrincipalOrgID": "o-aur0ra5treamx"}}
    assert refusals(with_wrong(planned_tiny, "BucketPolicy", added(Condition=fixed)), "BucketPolicy") == []
