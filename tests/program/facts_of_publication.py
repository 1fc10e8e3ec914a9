"""Facts of the publication function and of what wakes it: what the Plan says, and what the program registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mesh.iam.wake_ups import SWEEP, SWEEPS
from mesh.plan import nodes
from tests.program.sample import Found

About = tuple[str, Any]
"""What a fact is about, and its value."""


def of_publication(args: nodes.PublicationArgs) -> Iterator[About]:
    """What the Plan says of the function, but for its bucket and its role."""
    for queue, policy in args.queue_policies.items():
        own = queue == args.queue
        redrive = [args.redrive, None] if own else [None, args.may_redrive]
        yield f"queue {_last(queue)}", [policy.text(), *redrive]
    yield "log group of publication", args.log_group
    yield f"function {args.function}", [args.role, "handler.handler"]
    for path, text in args.documents.items():
        yield f"document {path} of {args.function}", text
    for rule, seen in {**args.rules, SWEEPS: SWEEP}.items():
        yield f"rule {rule}", seen
        yield f"target of rule {rule}", [rule, None if rule == SWEEPS else "mesh", args.queue]
    yield f"topic {_last(args.topic)}", args.topic_policy.text()
    yield "subscription publication", [args.topic, "email", args.perimeter.security_contact]
    for alarm in args.alarms:
        compared = "LessThanThreshold" if alarm.silence else "GreaterThanOrEqualToThreshold"
        measured = [alarm.namespace, alarm.metric, alarm.dimensions, alarm.statistic, alarm.seconds, alarm.periods]
        yield f"alarm {_last(args.topic)}-{alarm.name}", [*measured, alarm.threshold, compared, None]


def of_wakeups(args: nodes.WakeupsArgs) -> Iterator[About]:
    """What the Plan says of the rules of a domain's account."""
    for rule, pattern in args.rules.items():
        yield f"rule {rule}", pattern
        yield f"target of rule {rule}", [rule, None, args.bus]


def of_heard(args: nodes.HeardPublicationsArgs) -> Iterator[About]:
    """What the Plan says of a domain's rules on the mesh bus, and of the one that counts refusals."""
    yield f"rule {args.refusals_rule}", args.refusals_pattern
    yield "target of rule heard-refusals", [args.refusals_rule, args.mesh_bus, args.own_bus]
    if args.products:
        yield f"rule {args.rule}", args.pattern
        yield "target of rule heard", [args.rule, args.mesh_bus, args.own_bus]
    yield f"rule {args.counting_rule}", args.refusals_pattern
    counted = ["AWS/Events", "TriggeredRules", {"RuleName": args.counting_rule}, "Sum", 3600, 24]
    yield f"alarm {args.counting_rule}", [*counted, 1, "GreaterThanOrEqualToThreshold", 1]


def function(resource: Found, known: Mapping[str, Found]) -> Iterator[About]:
    """What a registered function says: role, entry, and the documents in its archive."""
    inputs = resource["inputs"]
    yield f"function {inputs['name']}", [inputs["role"], inputs["handler"]]
    for path, asset in inputs["code"]["assets"].items():
        if path.endswith(".json"):
            yield f"document {path} of {inputs['name']}", asset["text"]


def rule(resource: Found, known: Mapping[str, Found]) -> Iterator[About]:
    """What a registered rule sees: a pattern, or a schedule."""
    inputs = resource["inputs"]
    yield f"rule {inputs['name']}", inputs.get("eventPattern") or inputs["scheduleExpression"]


def alarm(resource: Found, known: Mapping[str, Found]) -> Iterator[About]:
    """What a registered alarm looks at: an expression over metrics, or one metric and its threshold."""
    inputs, (_, *expressions) = resource["inputs"], resource["inputs"].get("metricQueries") or [None]
    yield f"alarm {inputs['name']}", expressions[0]["expression"] if expressions else [inputs.get(k) for k in ALARM]


def queue_of(resource: Found, known: Mapping[str, Found]) -> str:
    """The ARN of the queue of a component, which AWS alone says; the one that is called as the component."""
    component = resource["parent"].rpartition("::")[2]
    (found,) = (
        each
        for each in known.values()
        if each["type"].endswith("sqs/queue:Queue")
        and each["parent"] == resource["parent"]
        and each["name"] == component
    )
    return f"arn:aws:sqs:eu-west-1:{found['account']}:{found['inputs']['name']}"


def _last(arn: str) -> str:
    return arn.rpartition(":")[2]


QUEUE: Final = ("policy", "redrivePolicy", "redriveAllowPolicy")
ALARM: Final = (
    "namespace",
    "metricName",
    "dimensions",
    "statistic",
    "period",
    "evaluationPeriods",
    "threshold",
    "comparisonOperator",
    "datapointsToAlarm",
)
"""Inputs of queues and alarms of which the Plan says something."""
