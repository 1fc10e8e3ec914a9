"""Rules of values that have a grammar of their own, or that have to fit another value of their resource.

AWS's models say of such a value that it is a text or a number; its pages and its plugin say what is in it. The plugin
is terraform-provider-aws at 5f2286d6d836.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from mesh.acceptance import inner_relations
from mesh.acceptance.emitted import EmittedResource, InputRefusal, values_at
from mesh.acceptance.endpoint_services import wrong_endpoint
from mesh.acceptance.event_patterns import wrong_pattern, wrong_schedule
from mesh.acceptance.glue_types import wrong_hive_type, wrong_iceberg_type
from mesh.acceptance.iceberg_inputs import wrong_table


class ValueRule(NamedTuple):
    """A grammar of the values at a path of a type: `wrong` gives the reasons for which a value is none of it."""

    type: str
    path: str
    wrong: Callable[[Any], Iterator[str]]
    source: str
    takes: type = str


class FitRule(NamedTuple):
    """A relation between values of one resource: `wrong` gives paths of its inputs with the reasons."""

    type: str
    wrong: Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]
    source: str


# ---- grammars

_DURATION: Final = re.compile(r"PT(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?")
_MAIL: Final = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_ZONE: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]")
_LOCATION: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/.*)?", re.DOTALL)
_PRINCIPAL: Final = re.compile(
    r"\d{12}|\d{12}:IAMPrincipals|IAM_ALLOWED_PRINCIPALS|arn:aws[a-z-]*:iam::\d{12}:(?:role|user|group)/.+"
    r"|arn:aws[a-z-]*:organizations::\d{12}:(?:organization/o-[a-z0-9]{10,32}"
    r"|ou/o-[a-z0-9]{10,32}/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})|arn:aws[a-z-]*:identitystore:::(?:user|group)/.+"
)
_RETENTIONS: Final = tuple(
    map(int, "1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653".split())
)


def _session(text: str) -> Iterator[str]:
    match = _DURATION.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    if not 3600 <= 3600 * hours + 60 * minutes + seconds <= 12 * 3600:
        yield f"{text!r} is no session of 1 to 12 hours, as PT8H"


def _address(text: str) -> Iterator[str]:
    if not _MAIL.fullmatch(text) or ".." in text or text.startswith(".") or ".@" in text:
        yield f"{text!r} is no address of mail"


def _amount(text: str) -> Iterator[str]:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        yield f"{text!r} is no amount above 0"


def _alias(text: str) -> Iterator[str]:
    if not text.startswith("alias/") or text.startswith("alias/aws/"):
        yield f"{text!r} does not begin with alias/, or is AWS's own (alias/aws/)"


def _whole_minutes(value: int) -> Iterator[str]:
    if value not in (10, 20, 30) and (value <= 0 or value % 60):
        yield f"{value} is none of 10, 20, 30 and no multiple of 60"


def _retention(value: int) -> Iterator[str]:
    if value not in (0, *_RETENTIONS):  # 0 is for ever, and the plugin's default
        yield f"{value} is none of {', '.join(map(str, _RETENTIONS))} days"


def _has(pattern: re.Pattern[str], what: str) -> Callable[[str], Iterator[str]]:
    def wrong(text: str) -> Iterator[str]:
        if not pattern.fullmatch(text):
            yield f"{text!r} is no {what}"

    return wrong


_TABLE: Final = "aws:glue/catalogTable:CatalogTable"
_ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
_ATHENA_TYPES: Final = 'Athena User Guide, "Data types in Amazon Athena"'

VALUE_RULES: Final = (
    ValueRule(
        "aws:athena/workgroup:Workgroup",
        "configuration.resultConfiguration.outputLocation",
        _has(_LOCATION, "location in S3, as s3://bucket/prefix/"),
        "Athena API Reference, ResultConfiguration, OutputLocation",
    ),
    ValueRule("aws:budgets/budget:Budget", "limitAmount", _amount, "Budgets API Reference, Spend, Amount"),
    ValueRule(
        "aws:budgets/budget:Budget",
        "notifications.subscriberEmailAddresses",
        _address,
        "Budgets API Reference, Subscriber, Address",
    ),
    ValueRule(
        "aws:cloudwatch/eventRule:EventRule",
        "eventPattern",
        wrong_pattern,
        'EventBridge User Guide, "Comparison operators for use in event patterns in Amazon EventBridge"',
    ),
    ValueRule(
        "aws:cloudwatch/eventRule:EventRule",
        "scheduleExpression",
        wrong_schedule,
        'EventBridge User Guide, "Setting a schedule pattern for scheduled rules (legacy)"',
    ),
    ValueRule(
        "aws:cloudwatch/logGroup:LogGroup", "retentionInDays", _retention, "botocore, logs PutRetentionPolicy", int
    ),
    ValueRule(_ALARM, "period", _whole_minutes, "botocore, cloudwatch PutMetricAlarm, Period", int),
    ValueRule(_ALARM, "metricQueries.metric.period", _whole_minutes, "botocore, cloudwatch MetricStat, Period", int),
    ValueRule(
        "aws:ec2/subnet:Subnet",
        "availabilityZone",
        _has(_ZONE, "availability zone"),
        'EC2 User Guide, "Regions and Zones"',
    ),
    ValueRule(
        "aws:glue/catalogDatabase:CatalogDatabase",
        "locationUri",
        _has(_LOCATION, "location in S3, as s3://bucket/prefix/"),
        "Glue API Reference, DatabaseInput, LocationUri",
    ),
    ValueRule(_TABLE, "storageDescriptor.columns.type", wrong_hive_type, _ATHENA_TYPES),
    ValueRule(_TABLE, "partitionKeys.type", wrong_hive_type, _ATHENA_TYPES),
    ValueRule(
        _TABLE,
        "storageDescriptor.location",
        _has(_LOCATION, "location in S3, as s3://bucket/prefix/"),
        "Glue API Reference, StorageDescriptor, Location",
    ),
    ValueRule(
        _TABLE,
        "openTableFormatInput.icebergInput.icebergTableInput.location",
        _has(_LOCATION, "location in S3, as s3://bucket/prefix/"),
        "Glue API Reference, CreateIcebergTableInput, Location",
    ),
    ValueRule(
        _TABLE,
        "openTableFormatInput.icebergInput.icebergTableInput.schema.fields.type",
        wrong_iceberg_type,
        "Apache Iceberg table spec, appendix C; Glue API Reference, IcebergStructField, Type",
    ),
    ValueRule("aws:kms/alias:Alias", "name", _alias, "KMS API Reference, CreateAlias, AliasName"),
    ValueRule(
        "aws:lakeformation/permissions:Permissions",
        "principal",
        _has(_PRINCIPAL, "principal that Lake Formation knows"),
        "plugin, internal/service/lakeformation/validate.go, validPrincipal",
    ),
    ValueRule(
        "aws:organizations/account:Account", "email", _address, "Organizations API Reference, CreateAccount, Email"
    ),
    ValueRule(
        "aws:ssoadmin/permissionSet:PermissionSet",
        "sessionDuration",
        _session,
        'IAM Identity Center User Guide, "Set session duration for AWS accounts": 1 hour to 12 hours',
    ),
)
"""Grammars of values, by type and path."""

FIT_RULES: Final = (
    FitRule("aws:budgets/budget:Budget", inner_relations.wrong_budget, "Budgets API Reference, Budget; its quotas"),
    FitRule(
        "aws:cloudtrail/trail:Trail",
        inner_relations.wrong_trail,
        "CloudTrail API Reference, AdvancedEventSelector and AdvancedFieldSelector",
    ),
    FitRule(_ALARM, inner_relations.wrong_metric_period, "botocore, cloudwatch PutMetricAlarm, EvaluationPeriods"),
    FitRule(
        "aws:ec2/networkAcl:NetworkAcl",
        inner_relations.wrong_network_acl,
        "EC2 API Reference, CreateNetworkAclEntry; plugin, internal/service/ec2/vpc_network_acl.go",
    ),
    FitRule(
        "aws:ec2/securityGroup:SecurityGroup",
        inner_relations.wrong_ports,
        "EC2 API Reference, IpPermission; plugin, internal/service/ec2/vpc_security_group.go, validateIPPermission",
    ),
    FitRule("aws:ec2/vpcEndpoint:VpcEndpoint", wrong_endpoint, "EC2 API Reference, CreateVpcEndpoint"),
    FitRule(_TABLE, wrong_table, "Apache Iceberg table spec, Identifier Field IDs, Partitioning, Partition Transforms"),
    FitRule(
        _TABLE,
        inner_relations.wrong_hive_table,
        'Athena answers "duplicate columns" (AWS re:Post, HIVE_INVALID_METADATA)',
    ),
    FitRule(
        "aws:lakeformation/dataLakeSettings:DataLakeSettings",
        inner_relations.wrong_settings_of_lake,
        "botocore, lakeformation DataLakeSettings, Parameters; SET_CONTEXT: plugin, data_lake_settings.go",
    ),
    FitRule(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        inner_relations.wrong_lifecycle,
        'S3 User Guide, "Lifecycle configuration elements"; S3 API Reference, LifecycleRule',
    ),
    FitRule(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        inner_relations.wrong_object_lock,
        "S3 API Reference, DefaultRetention",
    ),
    FitRule(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        inner_relations.wrong_replication,
        'S3 User Guide, "Replication configuration file elements"; S3 API Reference, ReplicationRule',
    ),
)
"""Relations between values of one resource, by type."""

_VALUES_OF: Final = {rule.type: [each for each in VALUE_RULES if each.type == rule.type] for rule in VALUE_RULES}
_FITS_OF: Final = {rule.type: [each for each in FIT_RULES if each.type == rule.type] for rule in FIT_RULES}


def unfit(resource: EmittedResource) -> Iterator[InputRefusal]:
    """Values of a resource that AWS would refuse for what is in them, or that do not fit one another."""
    for rule in _VALUES_OF.get(resource.type, ()):
        for _, value in values_at(resource.inputs, rule.path):
            if type(value) is rule.takes:  # another form is refused as such
                yield from (resource.refused(rule.path, f"{why} ({rule.source})") for why in rule.wrong(value))
    for rule in _FITS_OF.get(resource.type, ()):
        yield from (resource.refused(path, f"{why} ({rule.source})") for path, why in rule.wrong(resource.inputs))
