"""Settings of the publication function, and of what wakes and watches it: every input, as it has to be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from mesh.plan import nodes

Inputs = dict[str, Any]

A_FORTNIGHT: Final = 1_209_600
"""Seconds that a message is kept at the most (SQS API Reference, MessageRetentionPeriod)."""

SOURCE: Final = Path(__file__).resolve().parents[2] / "functions" / "publish"


def of_publication(args: nodes.PublicationArgs, zones: Iterable[str]) -> Iterator[tuple[str, str, Inputs]]:
    """A run takes fifteen minutes at the most; a message is hidden for twice that, and tried five times.

    (Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping".)
    """
    queue, given_up, topic = (each.rpartition(":")[2] for each in (args.queue, args.dead_letters, args.topic))
    redrive = json.dumps({"deadLetterTargetArn": args.dead_letters, "maxReceiveCount": 5}, separators=(",", ":"))
    hidden = {"visibilityTimeoutSeconds": 1800, "redrivePolicy": redrive}
    yield "Queue", "publication", {"name": queue, "sqsManagedSseEnabled": True, **hidden}
    kept = {"messageRetentionSeconds": A_FORTNIGHT, "redriveAllowPolicy": args.may_redrive}
    yield "Queue", "publication-unanswered", {"name": given_up, "sqsManagedSseEnabled": True, **kept}
    # With CloudWatch's own key: it holds no value of a product.
    yield "LogGroup", "publication", {"name": args.log_group, "retentionInDays": 365}
    subnets = [f"Subnet {zone}" for zone in zones]
    network = {"subnetIds": subnets, "securityGroupIds": ["SecurityGroup functions"]}
    made: Inputs = {"name": args.function, "role": args.role, "runtime": "python3.13", "handler": "handler.handler"}
    made["code"] = {file.name: file.read_text("utf-8") for file in SOURCE.glob("*.py")}
    made |= {"architectures": ["arm64"], "timeout": 900, "memorySize": 1024, "vpcConfig": network}
    yield "Function", "publication", {**made, "loggingConfig": {"logFormat": "JSON", "logGroup": args.log_group}}
    mapping: Inputs = {"eventSourceArn": "Queue publication", "functionName": "Function publication"}
    mapping |= {"batchSize": 10, "maximumBatchingWindowInSeconds": 5, "scalingConfig": {"maximumConcurrency": 2}}
    yield "EventSourceMapping", "publication", {**mapping, "functionResponseTypes": ["ReportBatchItemFailures"]}
    for rule, pattern in args.rules.items():
        yield "EventRule", rule, {"name": rule, "eventBusName": "mesh", "eventPattern": pattern}
    yield "EventRule", "mesh-sweep", {"name": "mesh-sweep", "scheduleExpression": "rate(15 minutes)"}
    for rule in (*args.rules, "mesh-sweep"):
        bus = {"eventBusName": "mesh"} if rule in args.rules else {}
        yield "EventTarget", rule, {"rule": rule, "targetId": "publication", "arn": "Queue publication", **bus}
    yield "Topic", "publication", {"name": topic}
    told = {"topic": "Topic publication", "protocol": "email", "endpoint": args.perimeter.security_contact}
    yield "TopicSubscription", "publication", told
    for alarm, (looks, rings) in _alarms(args, queue, given_up).items():
        of = {"name": f"{topic}-{alarm}", "alarmActions": ["Topic publication"]}
        yield "MetricAlarm", f"publication-{alarm}", {**of, **looks, **rings}


def _alarms(args: nodes.PublicationArgs, queue: str, given_up: str) -> Mapping[str, tuple[Inputs, Inputs]]:
    """What each alarm looks at, and when it rings."""

    def at(namespace: str, metric: str, statistic: str, **dimensions: str) -> Inputs:
        return {"namespace": namespace, "metricName": metric, "statistic": statistic, "dimensions": dimensions}

    def from_(threshold: int, period: int, periods: int = 1) -> Inputs:
        rings = {"threshold": threshold, "period": period, "evaluationPeriods": periods}
        return {**rings, "comparisonOperator": "GreaterThanOrEqualToThreshold", "treatMissingData": "notBreaching"}

    silent = {"comparisonOperator": "LessThanThreshold", "treatMissingData": "breaching"}
    age, visible = "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"
    return {
        "unanswered": (at("AWS/SQS", visible, "Maximum", QueueName=given_up), from_(1, 300)),
        "late": (at("AWS/SQS", age, "Maximum", QueueName=queue), from_(3600, 300)),
        "fails": (at("AWS/Lambda", "Errors", "Sum", FunctionName=args.function), from_(1, 900, 2)),
        "sleeps": (at("AWS/Lambda", "Invocations", "Sum", FunctionName=args.function), {**from_(1, 3600), **silent}),
        "lags": (at("mesh/publication", "DaysBehind", "Maximum", Mesh=args.perimeter.mesh), from_(args.lag_days, 3600)),
    }
