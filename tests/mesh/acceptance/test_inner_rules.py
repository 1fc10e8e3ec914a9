"""Values with a grammar of their own, and values that have to fit one another: of each rule one that does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.acceptance.emitted import EmittedResource, InputRefusal, emitted
from mesh.acceptance.event_patterns import wrong_pattern, wrong_schedule
from mesh.acceptance.glue_types import wrong_hive_type, wrong_iceberg_type
from mesh.acceptance.inner_rules import FIT_RULES, VALUE_RULES, unfit
from tests.mesh.acceptance.seeded import Change, changed_in, put, with_hive_table
from tests.mesh.acceptance.test_property_values import ODD, places
from tests.program.sample import Planned

ICEBERG = "openTableFormatInput.icebergInput.icebergTableInput"
SCHEMA, SPEC = f"{ICEBERG}.schema", f"{ICEBERG}.partitionSpec"
FIELD = {"name": "day", "sourceId": 1, "fieldId": 1000, "transform": "identity"}
RULE = {"id": "clean-up", "status": "Enabled"}
TOPIC = "arn:aws:sns:eu-west-1:200000000002:mesh"
REPLICA = "rules.0.destination"


def partitions(*fields: dict[str, Any]) -> Change:
    """The change of an Iceberg table's partition fields."""
    return put(SPEC, {"specId": 0, "fields": list(fields)})


def key(change: Callable[[dict[str, Any]], None]) -> Change:
    """The change of the first column, which identifies rows."""

    def changed(inputs: dict[str, Any]) -> None:
        put(f"{SCHEMA}.identifierFieldIds", [1])(inputs)
        change(inputs["openTableFormatInput"]["icebergInput"]["icebergTableInput"]["schema"]["fields"][0])

    return changed


def queried(period: int) -> Change:
    """An alarm that looks at a metric through a query, with this period."""
    metric = {"namespace": "AWS/Lambda", "metricName": "Errors", "stat": "Sum", "period": period}
    return lambda inputs: inputs.update(period=None, metricQueries=[{"id": "a", "metric": metric}])


def doubled(path: str, **other: Any) -> Change:
    """The change by which the first object of a list stands twice, but for some properties."""

    def changed(inputs: dict[str, Any]) -> None:
        inputs[path] = [*inputs[path], {**inputs[path][0], **other}]

    return changed


WRONG: list[tuple[str, Change, str]] = [
    ("Workgroup", put("configuration.resultConfiguration.outputLocation", "aurora/"), "'aurora/' is no location in S3"),
    ("Budget", put("limitAmount", "-1"), "limitAmount: '-1' is no amount above 0"),
    ("Budget", put("limitAmount", "many"), "limitAmount: 'many' is no amount above 0"),
    ("Budget", put("limitUnit", "GB"), "limitUnit: 'GB' is no currency"),
    ("Budget", put("budgetType", "RI_COVERAGE"), "limitUnit: 'USD': a budget of RI_COVERAGE is in PERCENTAGE"),
    ("Budget", put("notifications.0.subscriberEmailAddresses", ["anna"]), "'anna' is no address of mail"),
    ("Budget", put("notifications.0.subscriberEmailAddresses", []), "notifications: one tells nobody"),
    ("Budget", put("notifications.0.subscriberEmailAddresses", ["a@b.example"] * 11), "11 are more than 10"),
    ("Budget", doubled("notifications"), "threshold"),
    (
        "Budget",
        lambda i: i.update(notifications=[{**i["notifications"][0], "threshold": n} for n in range(6)]),
        "6 are",
    ),
    ("EventRule", put("eventPattern", "{"), "eventPattern: it is no JSON"),
    ("EventRule", put("eventPattern", '{"source": "aws.sts"}'), "source is 'aws.sts': a list of values is taken"),
    (
        "EventRule",
        put("eventPattern", json.dumps({"source": [f"mesh.orders.product-{number}" for number in range(80)]})),
        "characters, an account takes 2,048 unless it had the quota raised",
    ),
    ("EventRule", put("scheduleExpression", "rate(1 days)"), "scheduleExpression: 'rate(1 days)' is neither rate("),
    ("LogGroup", put("retentionInDays", 10), "retentionInDays: 10 is none of 1, 3, 5"),
    ("MetricAlarm", put("period", 90), "period: 90 is none of 10, 20, 30 and no multiple of 60"),
    ("MetricAlarm", put("evaluationPeriods", 1441), "evaluationPeriods: 1441 of 60 seconds are more than"),
    ("MetricAlarm", queried(90), "metricQueries.metric.period: 90 is none of 10, 20, 30 and no multiple of 60"),
    ("MetricAlarm", queried(120), "evaluationPeriods: 1440 of 120 seconds are more than"),
    ("Subnet", put("availabilityZone", "eu-west-1"), "availabilityZone: 'eu-west-1' is no availability zone"),
    ("CatalogDatabase", put("locationUri", "aurora-ads"), "locationUri: 'aurora-ads' is no location in S3"),
    ("hive", put("storageDescriptor.location", "s3:/b/"), "storageDescriptor.location: 's3:/b/' is no location in S3"),
    ("hive", put("storageDescriptor.columns.0.type", "text"), "'text' is no type of a Hive table: 'text' is not known"),
    ("hive", put("partitionKeys.0.type", "varchar(0)"), "'varchar(0)' is no type of a Hive table"),
    ("hive", put("partitionKeys.0.name", "ID"), "storageDescriptor.columns.name: column id stands twice"),
    ("CatalogTable", put(f"{ICEBERG}.location", "s3://"), f"{ICEBERG}.location: 's3://' is no location in S3"),
    (
        "CatalogTable",
        put(f"{SCHEMA}.fields.0.type", '"bigint"'),
        "is no type of an Iceberg table: 'bigint' is not known",
    ),
    ("CatalogTable", put(f"{SCHEMA}.fields.0.type", "string"), "'string' is no type of an Iceberg table"),
    ("CatalogTable", put(f"{SCHEMA}.fields.0.id", 2), f"{SCHEMA}.fields.id: field id 2 stands twice"),
    ("CatalogTable", lambda i: doubled("fields", id=99)(schema_of(i)), f"{SCHEMA}.fields.name: column id stands twice"),
    ("CatalogTable", put(f"{SCHEMA}.identifierFieldIds", [99]), "no column has id 99"),
    ("CatalogTable", key(lambda field: field.update(required=False)), "id identifies rows, and is not required"),
    (
        "CatalogTable",
        key(lambda field: field.update(required=True, type='"double"')),
        "id identifies rows, and is a float",
    ),
    ("CatalogTable", partitions({**FIELD, "sourceId": 99}), f"{SPEC}.fields.sourceId: no column has id 99"),
    ("CatalogTable", partitions({**FIELD, "fieldId": 999}), f"{SPEC}.fields.fieldId: 999 is less than 1,000"),
    ("CatalogTable", partitions({**FIELD, "transform": "week"}), "'week' is no transform"),
    ("CatalogTable", partitions({**FIELD, "transform": "hour"}), "'hour' does not take id, which is \"string\""),
    ("CatalogTable", partitions({**FIELD, "name": "id", "sourceId": 2}), "'id' is the name of a column, and another"),
    ("CatalogTable", partitions(FIELD, {**FIELD, "name": "b"}), "partition field id 1000 stands twice"),
    ("CatalogTable", partitions(FIELD, {**FIELD, "fieldId": 1001}), "partition field day stands twice"),
    ("Alias", put("name", "alias/aws/s3"), "name: 'alias/aws/s3' does not begin with alias/, or is AWS's own"),
    ("Permissions", put("principal", "everybody"), "principal: 'everybody' is no principal that Lake Formation knows"),
    ("Account", put("email", "aws+ads.example"), "email: 'aws+ads.example' is no address of mail"),
    ("PermissionSet", put("sessionDuration", "PT13H"), "sessionDuration: 'PT13H' is no session of 1 to 12 hours"),
    ("PermissionSet", put("sessionDuration", "PT30M"), "sessionDuration: 'PT30M' is no session of 1 to 12 hours"),
    ("PermissionSet", put("sessionDuration", "P1D"), "sessionDuration: 'P1D' is no session of 1 to 12 hours"),
    (
        "Trail",
        put("advancedEventSelectors.0.fieldSelectors.0.field", "category"),
        "has not one eventCategory by equals",
    ),
    ("Trail", put("advancedEventSelectors.1.fieldSelectors.1.field", "eventName"), "of Data has no resources.type"),
    ("NetworkAcl", doubled("ingress", fromPort=0), "ingress.ruleNo: ruleNo 100 stands twice"),
    (
        "NetworkAcl",
        lambda i: i["ingress"][0].update(fromPort=1, toPort=1, protocol="-1"),
        "all protocols are all ports",
    ),
    (
        "SecurityGroup",
        lambda i: i["ingress"][0].update(fromPort=444, toPort=443),
        "ingress.fromPort: 444 is above toPort, 443",
    ),
    ("SecurityGroup", put("ingress.0.fromPort", -1), "ingress.fromPort: -1 is no port"),
    ("VpcEndpoint", put("serviceName", "com.amazonaws.eu-west-1.atena"), "is no service with an endpoint"),
    ("VpcEndpoint", put("serviceName", "athena"), "serviceName: 'athena' is no service with an endpoint"),
    ("VpcEndpoint", put("vpcEndpointType", "Gateway"), "has no endpoint of kind Gateway: Interface"),
    ("VpcEndpoint", put("routeTableIds", ["rtb-1"]), "routeTableIds: an endpoint of kind Interface has none"),
    ("DataLakeSettings", put("parameters.CROSS_ACCOUNT_VERSION", "6"), "'6' is none of 1, 2, 3, 4, 5"),
    ("BucketLifecycleConfiguration", doubled("rules"), "rules.id: id clean-up stands twice"),
    ("BucketLifecycleConfiguration", put("rules", [RULE]), "rules: rule clean-up does nothing"),
    (
        "BucketLifecycleConfiguration",
        put("rules.0.transitions", [{"days": 9999, "storageClass": "GLACIER"}]),
        "days come after 9999: each is later than the one before",
    ),
    (
        "BucketLifecycleConfiguration",
        put("rules.0.noncurrentVersionTransitions", [{"noncurrentDays": 9999, "storageClass": "GLACIER"}]),
        "rules.noncurrentVersionTransitions.noncurrentDays: ",
    ),
    ("BucketLifecycleConfiguration", put("rules.0.expiration.date", "2027-01-01T00:00:00Z"), "exclude each other"),
    ("BucketObjectLockConfiguration", put("rule.defaultRetention.years", 7), "days or years are said, and not both"),
    ("BucketReplicationConfig", doubled("rules", priority=7), "rules.id: id "),
    ("BucketReplicationConfig", doubled("rules", id="other"), "rules.priority: priority 0 stands twice"),
    ("BucketReplicationConfig", put("rules.0.deleteMarkerReplication", "-"), "a rule with a filter says it"),
    ("BucketReplicationConfig", doubled("rules", filter=None), "rules.filter: one of several rules has a filter"),
    (
        "BucketReplicationConfig",
        lambda i: i["rules"][0]["destination"].update(bucket=f"arn:aws:s3:::{i['bucket']}"),
        "a bucket is not replicated into itself",
    ),
    ("BucketReplicationConfig", put(f"{REPLICA}.account", "-"), "who becomes the owner of replicas is said with"),
    ("BucketReplicationConfig", put(f"{REPLICA}.encryptionConfiguration", "-"), "are replicated with a key of theirs"),
]


def schema_of(inputs: dict[str, Any]) -> Any:
    return inputs["openTableFormatInput"]["icebergInput"]["icebergTableInput"]["schema"]


@pytest.fixture(scope="module")
def every(planned_tiny: Planned) -> list[EmittedResource]:
    """One resource of each type of the tiny mesh, a table of Hive's, and two types that the mesh does not make yet."""
    found = {each.type: each for each in with_hive_table(planned_tiny)}
    for each in emitted(planned_tiny.document):
        if each.type.endswith(":CatalogTable") or (each.type.endswith(":VpcEndpoint") and each.name == "athena"):
            found[each.name] = each
        if each.type.endswith(":BucketLifecycleConfiguration") and "expiration" in each.inputs["rules"][0]:
            found[each.type] = each
    made = {
        "aws:cloudwatch/logGroup:LogGroup": {"name": "/mesh", "retentionInDays": 30},
        "aws:cloudwatch/metricAlarm:MetricAlarm": {"period": 60, "evaluationPeriods": 1440},
    }
    return [
        *found.values(),
        *(EmittedResource("s", type_, type_, "x", "1" * 12, inputs) for type_, inputs in made.items()),
    ]


def of_kind(every: list[EmittedResource], type_: str) -> EmittedResource:
    """The resource of a type that a case changes; `hive` is the table of Parquet files."""
    if type_ == "hive":
        return next(each for each in every if each.name == "hive")
    return [each for each in every if each.type.endswith(f":{type_}") and each.name != "hive"][-1]


def refused(every: list[EmittedResource], type_: str, change: Change) -> list[InputRefusal]:
    """Refusals of that resource with the change."""
    resource = of_kind(every, type_)
    (changed, *_) = changed_in([resource], resource.type.rpartition(":")[2], change)
    return list(unfit(changed))


@pytest.mark.parametrize(("type_", "change", "expected"), WRONG, ids=lambda each: each if isinstance(each, str) else "")
def test_a_value_that_is_wrong_inside_is_found(
    every: list[EmittedResource], type_: str, change: Change, expected: str
) -> None:
    found = [f"{each.path}: {each.why}" for each in refused(every, type_, change)]
    assert any(expected in each for each in found), found
    assert list(unfit(of_kind(every, type_))) == []


def test_each_rule_is_broken_and_told_with_its_source(every: list[EmittedResource]) -> None:
    found = [each for type_, change, _ in WRONG for each in refused(every, type_, change)]
    assert [
        (rule.type, path)
        for rule, path in (*((rule, rule.path) for rule in VALUE_RULES), *((rule, "") for rule in FIT_RULES))
        if not any(
            each.type == rule.type and each.path.startswith(path) and each.why.endswith(f" ({rule.source})")
            for each in found
        )
    ] == []


@given(st.data())
def test_no_value_ends_the_check_of_what_is_inside(every: list[EmittedResource], data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from([each for each in every if each.inputs]))
    inputs = copy.deepcopy(dict(resource.inputs))
    put(data.draw(st.sampled_from(places(inputs))), data.draw(ODD | st.just("-")))(inputs)
    list(unfit(resource._replace(inputs=inputs)))


# ---- grammars


@pytest.mark.parametrize(
    "item",
    [
        {"prefix": "a"},
        {"prefix": {"equals-ignore-case": "a"}},
        {"suffix": ".png"},
        {"anything-but": "a"},
        {"anything-but": ["a", "b"]},
        {"anything-but": [1, 2]},
        {"anything-but": {"prefix": ["a", "b"]}},
        {"anything-but": {"wildcard": "*/lib/*"}},
        {"equals-ignore-case": "a"},
        {"numeric": [">", 0, "<=", 5]},
        {"exists": False},
        {"cidr": "10.0.0.0/24"},
        {"wildcard": "a*b"},
        "a",
        7,
        None,
        True,
    ],
)
def test_an_event_pattern_has_the_matchers_of_eventbridge(item: Any) -> None:
    assert list(wrong_pattern(json.dumps({"source": ["a"], "detail": {"x": {"y": [item]}}}))) == []
    assert list(wrong_pattern(json.dumps({"detail": {"$or": [{"a": [item]}, {"b": [item]}]}}))) == []


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ([], "it is no map of fields"),
        ({}, "the pattern has no fields"),
        ({"detail": {}}, "detail has no fields"),
        ({"sauce": ["a"]}, "sauce is a field that no event has"),
        ({"source": []}, "source is an empty list"),
        ({"source": [["a"]]}, "source: a list stands in a list"),
        ({"source": [{"contains": "a"}]}, "source: ['contains'] is no matcher: one of anything-but,"),
        ({"source": [{"prefix": "a", "suffix": "b"}]}, "source: ['prefix', 'suffix'] is no matcher"),
        ({"source": [{"prefix": 7}]}, "source: prefix takes no 7"),
        ({"source": [{"exists": "true"}]}, "source: exists takes no 'true'"),
        ({"source": [{"numeric": [">", 0, "<="]}]}, "source: numeric takes no"),
        ({"source": [{"numeric": ["!=", 0]}]}, "source: numeric takes no"),
        ({"source": [{"numeric": [["<"], 0]}]}, "source: numeric takes no"),
        ({"source": [{"numeric": ["<", 1e16]}]}, "source: numeric takes no"),
        ({"source": [{"cidr": "10.0.0.0"}]}, "source: cidr takes no '10.0.0.0'"),
        ({"source": [{"wildcard": "a**"}]}, "source: wildcard takes no 'a**'"),
        ({"source": [{"anything-but": []}]}, "source: anything-but takes no []"),
        ({"source": [{"anything-but": ["a", 1]}]}, "source: anything-but takes no"),
        ({"source": [{"anything-but": {"numeric": 1}}]}, "source: anything-but takes no"),
        ({"$or": [{"source": ["a"]}]}, "$or is a list of two maps or more"),
    ],
)
def test_an_event_pattern_that_eventbridge_refuses(pattern: Any, expected: str) -> None:
    found = list(wrong_pattern(json.dumps(pattern)))
    assert any(each.startswith(expected) for each in found), found


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("rate(1 day)", True),
        ("rate(5 minutes)", True),
        ("rate(0 minutes)", False),
        ("rate(5 minute)", False),
        ("cron(0 10 * * ? *)", True),
        ("cron(15 12 ? * MON-FRI *)", True),
        ("cron(0/10 * ? * 2#1 2027-2030)", True),
        ("cron(0 8 L * ? *)", True),
        ("cron(0 10 * * * *)", False),
        ("cron(0 10 ? * ? *)", False),
        ("cron(60 10 * * ? *)", False),
        ("cron(0 24 * * ? *)", False),
        ("cron(0 10 32 * ? *)", False),
        ("cron(0 10 * 13 ? *)", False),
        ("cron(0 10 ? * MOO *)", False),
        ("cron(0 10 * * ?)", False),
        ("0 10 * * ? *", False),
    ],
)
def test_a_schedule_has_the_grammar_of_eventbridge(text: str, right: bool) -> None:
    assert (not list(wrong_schedule(text))) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("array<map<string,struct<a:int,b:decimal(38,10)>>>", True),
        ("varchar(65535)", True),
        ("char(256)", False),
        ("decimal(39,2)", False),
        ("decimal(5,6)", False),
        ("array<string", False),
        ("array<string,int>", False),
        ("map<array<int>,int>", False),
        ("struct<a:int,a:int>", False),
        ("struct<a int>", False),
        ("integer", False),
        ("STRING", False),
        ("", False),
        ("array<" * 200 + "int" + ">" * 200, False),
    ],
)
def test_a_type_of_hive_is_one_that_athena_knows(text: str, right: bool) -> None:
    assert (not list(wrong_hive_type(text))) is right


LIST = {"type": "list", "element-id": 3, "element": "string", "element-required": False}
MAP = {"type": "map", "key-id": 4, "key": "string", "value-id": 5, "value": LIST, "value-required": True}
STRUCT = {"type": "struct", "fields": [{"id": 6, "name": "a", "required": False, "type": MAP}]}


@pytest.mark.parametrize(
    ("type_", "right"),
    [
        ("timestamptz", True),
        ("fixed[16]", True),
        ("fixed[0]", False),
        ("decimal(9,2)", True),
        ("varchar(5)", False),
        (STRUCT, True),
        ({**LIST, "element-id": "3"}, False),
        ({**LIST, "element": "text"}, False),
        ({**MAP, "key": {"type": "array"}}, False),
        ({"type": "struct", "fields": [{"id": True, "name": "a", "required": False, "type": "int"}]}, False),
        ({"type": "struct", "fields": ["a"]}, False),
        ({"type": "struct"}, False),
        (7, False),
    ],
)
def test_a_type_of_iceberg_is_one_of_its_spec(type_: Any, right: bool) -> None:
    assert (not list(wrong_iceberg_type(json.dumps(type_)))) is right
