"""What must hold for what watches, and for what is watched: alarms, queues, functions and logs, two resources at once.

Nothing refuses an alarm on a metric that nobody sends, or of a thing that is not there: it is silent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mesh.plan import Plan
from tests.program.checks import Check
from tests.program.sample import Document, Found

UNKNOWN: Final = "<unknown>"


class AwsMetrics(NamedTuple):
    """Metrics of a namespace that AWS sends for one thing, which a dimension names; `keys` are inputs of its name."""

    names: frozenset[str]
    dimensions: frozenset[str]
    of: str
    named_by: str
    key: str


METRICS: Final = {
    # Lambda Developer Guide, "Types of metrics for Lambda functions", and "dimensions" there.
    "AWS/Lambda": AwsMetrics(
        frozenset(
            "AsyncEventAge AsyncEventsDropped AsyncEventsReceived ConcurrentExecutions DeadLetterErrors "
            "DestinationDeliveryFailures Duration Errors Invocations OffsetLag RecursiveInvocationsDropped "
            "Throttles".split()
        ),
        frozenset({"FunctionName"}),
        "lambda/function:Function",
        "FunctionName",
        "name",
    ),
    # SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS".
    "AWS/SQS": AwsMetrics(
        frozenset(
            "ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible "
            "ApproximateNumberOfMessagesVisible NumberOfEmptyReceives NumberOfMessagesDeleted "
            "NumberOfMessagesReceived NumberOfMessagesSent SentMessageSize".split()
        ),
        frozenset({"QueueName"}),
        "sqs/queue:Queue",
        "QueueName",
        "name",
    ),
    # Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch", execution metrics.
    "AWS/States": AwsMetrics(
        frozenset(
            "ExecutionThrottled ExecutionTime ExecutionsAborted ExecutionsFailed ExecutionsStarted "
            "ExecutionsSucceeded ExecutionsTimedOut".split()
        ),
        frozenset({"StateMachineArn"}),
        "sfn/stateMachine:StateMachine",
        "StateMachineArn",
        "name",
    ),
    # EventBridge User Guide, "Monitoring Amazon EventBridge", metrics of rules on the default bus.
    "AWS/Events": AwsMetrics(
        frozenset("DeadLetterInvocations FailedInvocations Invocations MatchedEvents TriggeredRules".split()),
        frozenset({"RuleName"}),
        "cloudwatch/eventRule:EventRule",
        "RuleName",
        "name",
    ),
    # S3 User Guide, "Metrics and dimensions", S3 replication metrics.
    "AWS/S3": AwsMetrics(
        frozenset(
            "BytesPendingReplication OperationsFailedReplication OperationsPendingReplication "
            "ReplicationLatency".split()
        ),
        frozenset({"SourceBucket", "DestinationBucket", "RuleId"}),
        "s3/bucket:Bucket",
        "SourceBucket",
        "bucket",
    ),
}
"""Metrics of AWS by namespace, as the pages of each service list them."""

OWN: Final = frozenset({"mesh/publication"})
"""Namespaces of metrics that something of ours sends."""

ALARM: Final = "cloudwatch/metricAlarm:MetricAlarm"
FUNCTION: Final = "lambda/function:Function"
LOGS: Final = "cloudwatch/logGroup:LogGroup"
QUEUE: Final = "sqs/queue:Queue"
MAPPING: Final = "lambda/eventSourceMapping:EventSourceMapping"


def _every(document: Document, kind: str) -> Iterator[tuple[str, Found, list[Found]]]:
    """Stack, resource of a kind, and everything in its stack."""
    for part in document["stacks"]:
        for resource in part["resources"]:
            if resource["type"].endswith(kind):
                yield part["stack"], resource, part["resources"]


def _waited_for(resource: Found, held: list[Found], kind: str) -> list[Found]:
    """What a resource waits for, of a kind: what it names and only AWS knows is among it."""
    return [each for each in held if each["type"].endswith(kind) and each["urn"] in resource["dependencies"]]


def _looked_at(alarm: Found) -> list[tuple[str, str, dict[str, Any]]]:
    """Namespace, name and dimensions of each metric that an alarm looks at."""
    inputs = alarm["inputs"]
    queried = [each["metric"] for each in inputs.get("metricQueries") or () if each.get("metric")]
    return [
        (each.get("namespace", ""), each.get("metricName", ""), each.get("dimensions") or {})
        for each in (queried or [inputs])
    ]


def every_alarm_looks_at_a_metric_of_a_thing_that_is_there(document: Document, plan: Plan) -> list[str]:
    """In its own stack: a metric has the account and the region of what it is of."""
    wrong: list[str] = []
    for stack, alarm, held in _every(document, ALARM):
        for namespace, metric, dimensions in _looked_at(alarm):
            about = f"{stack}/{alarm['name']}: {namespace} {metric} {dimensions}"
            if namespace in OWN:
                continue
            known = METRICS.get(namespace)
            if known is None or metric not in known.names or dimensions.keys() != known.dimensions:
                wrong.append(about)
                continue
            named = dimensions[known.named_by]
            there = _waited_for(alarm, held, known.of) if named == UNKNOWN else held
            names = {each["inputs"].get(known.key) for each in there if each["type"].endswith(known.of)}
            if not names or (named != UNKNOWN and named not in names):
                wrong.append(f"{about}: of nothing that is there")
    return wrong


def every_alarm_of_governance_tells_somebody(document: Document, plan: Plan) -> list[str]:
    """A topic of its account, to which somebody is subscribed; of a domain engineers and owners look."""
    wrong: list[str] = []
    for stack, alarm, held in _every(document, ALARM):
        if stack != "governance":
            continue
        topics = [each["urn"] for each in _waited_for(alarm, held, "sns/topic:Topic")]
        heard = {urn for _, each, _ in _every(document, "TopicSubscription") for urn in each["dependencies"]}
        on = alarm["inputs"].get("actionsEnabled", True) and alarm["inputs"].get("alarmActions")
        if not on or not heard & {*topics}:
            wrong.append(f"{alarm['name']}: {alarm['inputs'].get('alarmActions')}")
    return wrong


def every_alarm_says_what_no_number_is(document: Document, plan: Plan) -> list[str]:
    """Nobody is told where it does not say so: `missing` ends in a state that is no alarm."""
    return [
        f"{stack}/{alarm['name']}: {alarm['inputs'].get('treatMissingData')}"
        for stack, alarm, _ in _every(document, ALARM)
        # One that counts too few rings when there is nothing to count, any other one does not.
        if alarm["inputs"].get("treatMissingData")
        != ("breaching" if alarm["inputs"]["comparisonOperator"].startswith("Less") else "notBreaching")
    ]


def every_message_outlives_the_run_that_has_it(document: Document, plan: Plan) -> list[str]:
    """Lambda refuses a queue that hides for less than a run takes.

    It advises six times that for functions that are throttled; this one is not, and people wait for what failed
    (Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping").
    """
    wrong: list[str] = []
    for stack, mapping, held in _every(document, MAPPING):
        queues, functions = _waited_for(mapping, held, QUEUE), _waited_for(mapping, held, FUNCTION)
        hidden = [queue["inputs"].get("visibilityTimeoutSeconds") or 30 for queue in queues]
        runs = [function["inputs"].get("timeout") or 3 for function in functions]
        if len(hidden) != 1 or len(runs) != 1 or hidden[0] < runs[0]:
            wrong.append(f"{stack}/{mapping['name']}: hidden for {hidden}, a run takes {runs}")
        if mapping["inputs"].get("functionResponseTypes") != ["ReportBatchItemFailures"]:
            wrong.append(f"{stack}/{mapping['name']}: a message that failed brings back its whole batch")
    return wrong


def every_queue_that_wakes_gives_up_into_another(document: Document, plan: Plan) -> list[str]:
    """One of the same stack, that takes it, keeps it for longer, and has an alarm; at least five tries (same page)."""
    wrong: list[str] = []
    watched = {each.get("QueueName") for _, alarm, _ in _every(document, ALARM) for *_, each in _looked_at(alarm)}
    for stack, mapping, held in _every(document, MAPPING):
        for queue in _waited_for(mapping, held, QUEUE):
            redrive = json.loads(queue["inputs"].get("redrivePolicy") or "{}")
            into = redrive.get("deadLetterTargetArn", "").rpartition(":")[2]
            there = [each["inputs"] for each in held if each["type"].endswith(QUEUE) and each["inputs"]["name"] == into]
            kept = queue["inputs"].get("messageRetentionSeconds", 345_600)
            good = [
                each
                for each in there
                if each.get("messageRetentionSeconds", 345_600) > kept
                and queue["inputs"]["name"] in str(each.get("redriveAllowPolicy"))
            ]
            if not good or redrive.get("maxReceiveCount", 0) < 5 or into not in watched:
                wrong.append(f"{stack}/{queue['name']}: {redrive}, {there}")
    return wrong


def every_function_logs_where_logs_end(document: Document, plan: Plan) -> list[str]:
    """Into a group of its stack that it waits for, and in the network: a subnet, and a security group."""
    wrong: list[str] = []
    for stack, function, held in _every(document, FUNCTION):
        group = (function["inputs"].get("loggingConfig") or {}).get("logGroup")
        groups = [each["inputs"]["name"] for each in _waited_for(function, held, LOGS)]
        if group not in groups:
            wrong.append(f"{stack}/{function['name']}: logs to {group}, waits for {groups}")
        network = function["inputs"].get("vpcConfig") or {}
        if not network.get("subnetIds") or not network.get("securityGroupIds"):
            wrong.append(f"{stack}/{function['name']}: in no network")
    wrong += [
        f"{stack}/{group['name']}: kept for ever"
        for stack, group, _ in _every(document, LOGS)
        if not group["inputs"].get("retentionInDays")
    ]
    return wrong


def logs_of_a_product_have_its_key(document: Document, plan: Plan) -> list[str]:
    """What a run prints is data; the function's own log has no data of a product, and nobody reads it."""
    return [
        f"{stack}/{group['name']}: no key"
        for stack, group, held in _every(document, LOGS)
        if "mesh:aws:Pipeline$" in group["urn"]
        and (
            not group["inputs"].get("kmsKeyId")
            or [key["name"] for key in _waited_for(group, held, "kms/key:Key")] != [group["parent"].rpartition("::")[2]]
        )
    ]


CHECKS: Final[tuple[Check, ...]] = (
    every_alarm_looks_at_a_metric_of_a_thing_that_is_there,
    every_alarm_of_governance_tells_somebody,
    every_alarm_says_what_no_number_is,
    every_message_outlives_the_run_that_has_it,
    every_queue_that_wakes_gives_up_into_another,
    every_function_logs_where_logs_end,
    logs_of_a_product_have_its_key,
)
