"""Values of the sample mesh against AWS's limits: each kind of limit is broken once, in one place of a real input."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.acceptance.emitted import emitted
from mesh.acceptance.property_values import check, wrong
from mesh.aws.property_shapes import PropertyShape, shapes
from tests.mesh.acceptance.seeded import put, with_wrong
from tests.program.sample import Planned

WRONG = [
    ("Role", "description", "Reads — and writes", "description: 'Reads — and writes' does not match"),
    ("Role", "maxSessionDuration", 43201, "maxSessionDuration: 43201 is more than 43,200"),
    ("Role", "name", "a" * 65, "has 65 characters: more than 64"),
    ("Role", "path", "/mesh", "path: '/mesh' does not match"),
    ("Role", "description", 7, "description: 7 is no text"),
    ("Key", "deletionWindowInDays", 31, "deletionWindowInDays: 31 is more than 30"),
    ("Key", "deletionWindowInDays", "a month", "deletionWindowInDays: 'a month' is no number"),
    ("Key", "deletionWindowInDays", 7.5, "deletionWindowInDays: 7.5 is no whole number"),
    ("Key", "tags", {"mesh:kind": "a" * 257}, "has 257 characters: more than 256"),
    ("Alias", "name", "mesh/account", "name: 'mesh/account' does not match"),
    ("CatalogDatabase", "name", "Ads", "name: 'Ads' does not match"),
    ("CatalogDatabase", "name", "-", "name: AWS requires it, and it is not given"),
    ("Workgroup", "name", "of everybody", "name: 'of everybody' does not match"),
    ("Workgroup", "configuration.enforceWorkgroupConfiguration", "yes", "'yes' is neither true nor false"),
    ("LfTag", "key", "a" * 51, "has 51 characters: more than 50"),
    ("LfTag", "values", [], "values: 0 items are less than 1"),
    ("DataLakeSettings", "admins", ["arn:aws:iam::200000000002:role/a"] * 31, "admins: 31 items are more than 30"),
    ("Budget", "timeUnit", "WEEKLY", "timeUnit: 'WEEKLY' is none of DAILY, MONTHLY"),
    ("Bucket", "bucket", "aurora_ads", "bucket: 'aurora_ads' does not match"),
    ("BucketLifecycleConfiguration", "rules.0.expiration.days", 0, "rules.expiration.days: 0 is less than 1"),
    (
        "BucketLifecycleConfiguration",
        "rules.0.status",
        "enabled",
        "rules.status: 'enabled' is none of Enabled, Disabled",
    ),
    ("BucketLifecycleConfiguration", "rules.0.status", "-", "rules.status: AWS requires it, and it is not given"),
    ("PermissionSet", "sessionDuration", "8h", "sessionDuration: '8h' does not match"),
    ("SecurityGroup", "description", "Für alle", "description: 'Für alle' does not match"),
    ("Subnet", "cidrBlock", "10.64.0.0/29", "cidrBlock: '10.64.0.0/29' does not match"),
    ("TopicSubscription", "protocol", "mail", "protocol: 'mail' is none of"),
    ("Policy", "type", "RESOURCE_POLICY", "type: 'RESOURCE_POLICY' is none of"),
]


@pytest.mark.parametrize(("type_", "path", "value", "expected"), WRONG)
def test_a_value_that_aws_would_refuse_is_found(
    planned: Planned, type_: str, path: str, value: Any, expected: str
) -> None:
    every = with_wrong(planned, type_, put(path, value))
    resource = next(r for r, old in zip(every, emitted(planned.document), strict=True) if r.inputs != old.inputs)
    found = check(resource, shapes().types[resource.type]).refusals
    assert [True for each in found if expected in f"{each.path}: {each.why}"] == [True], found


@pytest.mark.long
def test_every_value_of_the_sample_is_checked_and_none_refused(planned: Planned) -> None:
    counts = [check(r, shapes().types[r.type]) for r in emitted(planned.document)]
    assert sum(count.checked for count in counts) >= 2_000
    assert [refusal for count in counts for refusal in count.refusals] == []


def test_no_property_of_the_sample_is_without_a_shape_or_a_reason(planned: Planned) -> None:
    assert {r.type for r in emitted(planned.document)} <= shapes().types.keys()
    assert {(r.type, p) for r in emitted(planned.document) for p in check(r, shapes().types[r.type]).unlisted} == set()


def test_a_property_that_nobody_listed_is_noticed(planned: Planned) -> None:
    every = with_wrong(planned, "Topic", put("lambda", "x"))
    topic = next(r for r in every if r.type.endswith(":Topic"))
    assert check(topic, shapes().types[topic.type]).unlisted == ("lambda",)


def test_what_aws_alone_knows_is_counted_and_not_compared(planned: Planned) -> None:
    every = with_wrong(planned, "Role", put("permissionsBoundary", "<unknown>"))
    role = next(r for r in every if r.inputs.get("permissionsBoundary") == "<unknown>")
    count = check(role, shapes().types[role.type])
    assert (count.unknown, count.refusals) == (1, ())


def test_a_character_of_two_units_counts_twice() -> None:
    assert list(wrong(PropertyShape("string", max=3), "ab\U0001f600")) == ["'ab😀' has 3 characters: more than 3"]
