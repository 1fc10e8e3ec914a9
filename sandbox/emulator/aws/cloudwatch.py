"""CloudWatch alarms, dashboards and log groups."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import (
    Conversion,
    Fields,
    PropertyValues,
    document,
    flag,
    many,
    mapping,
    number,
    one,
    text,
    texts,
)
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging

# --- alarms ------------------------------------------------------------------------------------------------

_DIMENSIONS: Final = Conversion(
    lambda values: [{"Name": name, "Value": value} for name, value in values.items()],
    lambda dimensions: {pair["Name"]: pair["Value"] for pair in dimensions},
)
_METRIC: Final[Fields] = {
    "metricName": text(required=True),
    "namespace": text(),
    "dimensions": mapping(convert=_DIMENSIONS),
    "period": number(required=True),
    "stat": text(required=True),
    "unit": text(),
}


def _to_metric_stat(metric: PropertyValues) -> PropertyValues:
    named = {"MetricName": metric["metricName"], "Namespace": metric.get("namespace")}
    named["Dimensions"] = _DIMENSIONS.to_aws(metric.get("dimensions") or {})
    stat = {"Metric": named, "Period": metric["period"], "Stat": metric["stat"], "Unit": metric.get("unit")}
    return {name: value for name, value in stat.items() if value is not None}


def _from_metric_stat(stat: PropertyValues) -> PropertyValues:
    metric: PropertyValues = stat["Metric"]
    values: dict[str, Any] = {
        "metricName": metric["MetricName"],
        "namespace": metric.get("Namespace"),
        "dimensions": _DIMENSIONS.from_aws(metric.get("Dimensions") or []),
        "period": stat["Period"],
        "stat": stat["Stat"],
        "unit": stat.get("Unit"),
    }
    return {name: value for name, value in values.items() if value}


_QUERY: Final[Fields] = {
    "id": text(required=True),
    "expression": text(),
    "label": text(),
    "period": number(),
    "returnData": flag(),
    "accountId": text(),
    "metric": one(_METRIC, "MetricStat", convert=Conversion(_to_metric_stat, _from_metric_stat)),
}
_ALARM_TAGS: Final = Tagging("tag_resource", "untag_resource", "list_tags_for_resource", "ResourceARN")


def _put_alarm(call: Call) -> None:
    call.aws("put_metric_alarm", **call.request())


def _create_alarm(call: Call) -> IdAndOutputs:
    call.aws("put_metric_alarm", **call.request(), Tags=call.tag_list())
    call.id = call.inputs["name"]
    return call.id, {"arn": call.arn("cloudwatch", f"alarm:{call.id}"), "evaluateLowSampleCountPercentiles": ""}


def _read_alarm(call: Call) -> PropertyValues | None:
    alarms = call.aws("describe_alarms", AlarmNames=[call.id])["MetricAlarms"]
    if not alarms:
        return None
    call.state["arn"] = alarms[0]["AlarmArn"]
    return {"evaluateLowSampleCountPercentiles": "", **call.properties(alarms[0]), "arn": alarms[0]["AlarmArn"]}


def _delete_alarm(call: Call) -> None:
    call.aws("delete_alarms", AlarmNames=[call.id])


ALARM: Final = ResourceType(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "CloudWatch Metric Alarm",
    "cloudwatch",
    {
        "name": text("AlarmName", required=True, replaces=True),
        "alarmDescription": text(),
        "comparisonOperator": text(required=True),
        "evaluationPeriods": number(required=True),
        "datapointsToAlarm": number(),
        "threshold": number(),
        "metricName": text(),
        "namespace": text(),
        "dimensions": mapping(convert=_DIMENSIONS),
        "period": number(),
        "statistic": text(),
        "extendedStatistic": text(),
        "unit": text(),
        "treatMissingData": text(default="missing"),
        "evaluateLowSampleCountPercentiles": text("EvaluateLowSampleCountPercentile", computed=True),
        "actionsEnabled": flag(default=True),
        "alarmActions": texts(),
        "okActions": texts("OKActions"),
        "insufficientDataActions": texts(),
        "metricQueries": many(_QUERY, "Metrics", unordered=True),
        "thresholdMetricId": text(),
    },
    _create_alarm,
    _read_alarm,
    _put_alarm,
    _delete_alarm,
    outputs=("arn",),
    name="name",
    tagging=_ALARM_TAGS,
)

# --- dashboards --------------------------------------------------------------------------------------------


def _put_dashboard(call: Call) -> None:
    call.aws("put_dashboard", **call.request())


def _create_dashboard(call: Call) -> IdAndOutputs:
    _put_dashboard(call)
    call.id = call.inputs["dashboardName"]
    return call.id, {"dashboardArn": _dashboard_arn(call)}


def _dashboard_arn(call: Call) -> str:
    return f"arn:aws:cloudwatch::{call.account}:dashboard/{call.id}"


def _read_dashboard(call: Call) -> PropertyValues:
    return {**call.properties(call.aws("get_dashboard", DashboardName=call.id)), "dashboardArn": _dashboard_arn(call)}


def _delete_dashboard(call: Call) -> None:
    call.aws("delete_dashboards", DashboardNames=[call.id])


DASHBOARD: Final = ResourceType(
    "aws:cloudwatch/dashboard:Dashboard",
    "CloudWatch Dashboard",
    "cloudwatch",
    {"dashboardName": text(required=True, replaces=True), "dashboardBody": document(required=True)},
    _create_dashboard,
    _read_dashboard,
    _put_dashboard,
    _delete_dashboard,
    outputs=("dashboardArn",),
    name="dashboardName",
)

# --- log groups --------------------------------------------------------------------------------------------

_LOG_TAGS: Final = Tagging(
    "tag_resource",
    "untag_resource",
    "list_tags_for_resource",
    "resourceArn",
    tags="tags",
    keys="tagKeys",
    listed="tags",
    pair=None,
)


_CHOSEN_OF_GROUP: Final[PropertyValues] = {"logGroupClass": "STANDARD", "deletionProtectionEnabled": False}


def _create_group(call: Call) -> IdAndOutputs:
    call.aws("create_log_group", **call.request("name", "kmsKeyId", "logGroupClass"), tags=call.tags or None)
    call.id = call.inputs["name"]
    if call.inputs.get("retentionInDays"):
        _retain(call)
    return call.id, {**_CHOSEN_OF_GROUP, "arn": call.arn("logs", f"log-group:{call.id}")}


def _retain(call: Call) -> None:
    if days := call.inputs.get("retentionInDays"):
        call.aws("put_retention_policy", logGroupName=call.id, retentionInDays=days)
    else:
        call.aws("delete_retention_policy", logGroupName=call.id)


def _read_group(call: Call) -> PropertyValues | None:
    groups = call.aws("describe_log_groups", logGroupNamePrefix=call.id)["logGroups"]
    group = next((group for group in groups if group["logGroupName"] == call.id), None)
    if group is None:
        return None
    call.state["arn"] = call.arn("logs", f"log-group:{call.id}")
    return {**_CHOSEN_OF_GROUP, "retentionInDays": 0, **call.properties(group), "arn": call.state["arn"]}


def _delete_group(call: Call) -> None:
    if not call.inputs.get("skipDestroy"):
        call.aws("delete_log_group", logGroupName=call.id)


LOG_GROUP: Final = ResourceType(
    "aws:cloudwatch/logGroup:LogGroup",
    "CloudWatch Logs Log Group",
    "logs",
    {
        "name": text("logGroupName", required=True, replaces=True),
        "retentionInDays": number("retentionInDays", default=0),
        "kmsKeyId": text("kmsKeyId", unread=True),
        "logGroupClass": text("logGroupClass", replaces=True, computed=True),
        "skipDestroy": flag(local=True, default=False),
        "deletionProtectionEnabled": flag(local=True, computed=True),
    },
    _create_group,
    _read_group,
    _retain,
    _delete_group,
    outputs=("arn",),
    name="name",
    tagging=_LOG_TAGS,
)

RESOURCES: Final = (ALARM, DASHBOARD, LOG_GROUP)
