"""Values of the tiny mesh against AWS's limits: each kind of limit is broken once, in one place of a real input."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.acceptance.accept import accept_all
from mesh.acceptance.emitted import EmittedResource, emitted
from mesh.acceptance.own_findings import UNLISTED
from mesh.acceptance.property_values import check, wrong
from mesh.aws.property_shapes import PropertyShape, TypeShapes, shapes
from tests.mesh.acceptance.seeded import put, refusals, with_wrong
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
    (
        "CatalogTable",
        "openTableFormatInput.icebergInput.icebergTableInput.partitionSpec",
        {"specId": 1, "fields": []},
        "partitionSpec.fields: AWS requires it, and the plugin sends no list of nothing",
    ),
    ("Role", "description", ["a"], "description: a list stands where one value is taken"),
    ("Role", "description", {"a": "b"}, "description: a map stands where one value is taken"),
    ("Role", "tags", "a", "tags: one value stands where a map is taken"),
    ("Role", "tags", {f"k{number}": "" for number in range(51)}, "tags: 51 entries are more than 50"),
    ("Key", "deletionWindowInDays", True, "deletionWindowInDays: True is no number"),
    ("Workgroup", "configuration", "a", "configuration: one value stands where a map is taken"),
    ("Workgroup", "configuration.enforceWorkgroupConfiguration", 1, "1 is neither true nor false"),
    ("LfTag", "values", "a", "values: one value stands where a list is taken"),
    ("LfTag", "values", [["a"]], "values: a list stands where one value is taken"),
    ("LfTag", "values", [{"a": "b"}], "values: a map stands where one value is taken"),
    ("BucketLifecycleConfiguration", "rules", ["a"], "rules: one value stands where a map is taken"),
    ("BucketLifecycleConfiguration", "rules.0.id", ["a"], "rules.id: a list stands where one value is taken"),
]

OWN = "m-ads-logs-{}-{}-an"
BUCKETS = [
    (OWN.format("200000000002", "eu-west-1"), None, "bucketNamespace: {!r} ends as names of an account's own"),
    (OWN.format("200000000002", "eu-west-1"), "global", "bucketNamespace: {!r} ends as names of an account's own"),
    (
        OWN.format("310000000013", "eu-west-1"),
        "account-regional",
        "bucket: {!r} is a name of account 310000000013 alone",
    ),
    (OWN.format("200000000002", "me-south-1"), "account-regional", "bucket: {!r}: accounts have no namespace of their"),
    (
        "m-ads-logs",
        "account-regional",
        "bucket: {!r} is of an account's own namespace only if it ends in -200000000002",
    ),
]


@pytest.mark.parametrize(("type_", "path", "value", "expected"), WRONG)
def test_a_value_that_aws_would_refuse_is_found(
    planned_tiny: Planned, type_: str, path: str, value: Any, expected: str
) -> None:
    found = refusals(with_wrong(planned_tiny, type_, put(path, value)), type_)
    assert [True for each in found if expected in each] == [True], found


@pytest.mark.parametrize(("name", "namespace", "expected"), BUCKETS)
def test_a_bucket_of_another_namespace_than_its_name_is_found(
    planned_tiny: Planned, name: str, namespace: str | None, expected: str
) -> None:
    changed = with_wrong(planned_tiny, "Bucket", lambda inputs: inputs.update(bucket=name, bucketNamespace=namespace))
    found = refusals(changed, "Bucket")
    assert len(found) == 1
    assert found[0].startswith(expected.format(name))


def test_a_bucket_of_its_accounts_own_namespace_is_taken(planned_tiny: Planned) -> None:
    own = {"bucket": OWN.format("200000000002", "eu-west-1"), "bucketNamespace": "account-regional"}
    assert refusals(with_wrong(planned_tiny, "Bucket", lambda inputs: inputs.update(own)), "Bucket") == []


@pytest.mark.long
def test_every_value_of_the_sample_is_checked_and_none_refused(planned: Planned) -> None:
    accepted = accept_all(emitted(planned.document), whole=True)
    assert (accepted.unlisted, accepted.refusals) == ((), ())
    assert accepted.limited >= 4_500
    assert accepted.limited > 2 * accepted.typed


def test_no_property_of_the_tiny_mesh_is_without_a_shape_or_a_reason(planned_tiny: Planned) -> None:
    accepted = accept_all(emitted(planned_tiny.document), whole=True)
    assert accepted.unlisted == ()
    assert accepted.limited > 2 * accepted.typed > 0


@pytest.mark.long
def test_the_tiny_mesh_has_every_type_of_the_sample(planned_tiny: Planned, planned: Planned) -> None:
    assert {r.type for r in emitted(planned.document)} <= {r.type for r in emitted(planned_tiny.document)}


def test_a_property_or_a_type_that_nobody_listed_is_a_finding(planned_tiny: Planned) -> None:
    strange = EmittedResource("governance", "urn", "aws:sns/topik:Topik", "x", "200000000002", {"name": "a"})
    accepted = accept_all((*with_wrong(planned_tiny, "Topic", put("lambda", "x")), strange), whole=True)
    assert [each.removesuffix(f": {UNLISTED}") for each in accepted.findings()] == [
        "not compared with AWS: governance: Topic break-glass: lambda",
        "not compared with AWS: governance: Topik x: its type",
    ]
    assert "2 that are not listed" in str(accepted)


def test_what_aws_alone_knows_is_counted_and_not_compared(planned_tiny: Planned) -> None:
    every = with_wrong(planned_tiny, "Role", put("permissionsBoundary", "<unknown>"))
    role = next(r for r in every if r.inputs.get("permissionsBoundary") == "<unknown>")
    count = check(role, shapes().types[role.type])
    assert (count.unknown, count.refusals) == (1, ())
    tagged = role._replace(inputs={**role.inputs, "tags": {"a": "<unknown>", "b": "x" * 257}})
    tags = check(tagged, shapes().types[role.type])
    assert (tags.unknown, [each.path for each in tags.refusals]) == (2, ["tags"])


def test_a_value_counts_as_limited_only_if_its_shape_says_more_than_a_type() -> None:
    resource = EmittedResource("s", "urn", "t", "x", "1" * 12, {"a": "x", "b": "x", "c": {"d": 1}, "e": {"k": "v"}})
    of_type = TypeShapes.of(
        {
            "properties": {
                "a": {"type": "string"},
                "b": {"type": "string", "max": 3},
                "c": {"type": "structure"},
                "c.d": {"type": "integer"},
                "e": {"type": "map", "keys": {"type": "string", "max": 3}, "values": {"type": "string"}},
            },
            "aside": {},
        },
        {},
    )
    assert check(resource, of_type)[:2] == (2, 2)


def test_a_text_is_as_long_as_its_bytes_at_the_most_and_as_its_characters_at_the_least() -> None:
    assert list(wrong(PropertyShape("string", max=5), "ab\U0001f600")) == ["'ab😀' has 6 bytes in UTF-8: more than 5"]
    assert list(wrong(PropertyShape("string", max=6), "ab\U0001f600")) == []
    assert list(wrong(PropertyShape("string", min=4), "ab\U0001f600")) == ["'ab😀' has 3 characters: less than 4"]


def emptied(of_type: TypeShapes, path: str) -> dict[str, Any]:
    """Inputs with nothing but an empty list at a path."""
    value: Any = []
    while path:
        above, _, name = path.rpartition(".")
        value = {name: value}
        shape = of_type.properties.get(above)
        value = [value] if shape is not None and shape.taken_as == "list" else value
        path = above
    return value


REQUIRED_LISTS = [
    (type_, path)
    for type_, of_type in shapes().types.items()
    for path, shape in of_type.properties.items()
    if shape.required and shape.taken_as == "list"
]


@pytest.mark.parametrize(("type_", "path"), REQUIRED_LISTS)
def test_an_empty_list_is_no_value_of_what_aws_requires(type_: str, path: str) -> None:
    of_type = shapes().types[type_]
    resource = EmittedResource("s", "urn", type_, "x", "1" * 12, emptied(of_type, path))
    found = [each.why for each in check(resource, of_type).refusals if each.path == path]
    assert len(found) == 1
    assert "the plugin sends no list of nothing" in found[0] or "0 items are less than" in found[0]


def test_some_lists_are_required() -> None:
    assert len(REQUIRED_LISTS) > 10


# ---- whatever stands in an input

ODD = st.recursive(
    st.sampled_from([None, 7, -1.5, 10**400, True, "", "x", "\ud800", "{", "[]", "*", "s4:GetObject", "<unknown>"]),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.sampled_from("ab"), inside, max_size=2),
    max_leaves=3,
)


def places(value: Any, path: str = "") -> list[str]:
    """The path of each value of an input, as `put` takes it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    names = [(str(name), item) for name, item in inside if "." not in str(name)]
    below = [each for name, item in names for each in places(item, f"{path}.{name}" if path else name)]
    return [path, *below] if path else below


@given(st.data())
def test_no_value_ends_the_check(planned_tiny: Planned, data: st.DataObject) -> None:
    kinds = {(r.type, str(r.inputs.get("type"))): r for r in emitted(planned_tiny.document) if r.inputs}
    resource = kinds[data.draw(st.sampled_from(sorted(kinds)))]
    texts = [name for name, text in resource.inputs.items() if isinstance(text, str) and text.startswith("{")]
    of_document = data.draw(st.sampled_from([None, *texts]))
    inputs = copy.deepcopy(dict(resource.inputs))
    body = inputs if of_document is None else json.loads(inputs[of_document])
    where = data.draw(st.sampled_from(places(body)))
    put(where, data.draw(ODD | st.just("-")))(body)
    if of_document is not None:
        inputs[of_document] = json.dumps(body)
    accept_all([resource._replace(inputs=inputs)], whole=True)
