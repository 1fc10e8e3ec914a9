"""Resources of the publication function, and of the rules that wake it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mesh import names
from mesh.iam import wake_ups
from mesh.plan.footprint.bucket_resources import private_bucket
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.nodes import HeardPublicationsArgs, PublicationArgs, WakeupsArgs


def publication(
    make: StackMaker, args: PublicationArgs, network: str, subnets: list[str], group: str
) -> Iterator[DeployedResource]:
    """The function, as the component `Publication` makes it; ids of the network stand in for AWS's."""
    name = "publication"
    yield from private_bucket(
        make, f"{name}s", args.bucket, protected=args.deletion_protection, log_bucket=args.log_bucket
    )
    for logical, queue in ((f"{name}-unanswered", args.dead_letters), (name, args.queue)):
        yield make("sqs/queue:Queue", logical, name=_last(queue))
    yield make("cloudwatch/logGroup:LogGroup", name, given=args.log_group, name=args.log_group, retentionInDays=SET)
    yield make(
        "lambda/function:Function",
        name,
        given=args.function,
        beside={"subnetsVpc": network},
        name=args.function,
        role=args.role,
        vpcConfig={"subnetIds": subnets, "securityGroupIds": [group]},
    )
    function = f"arn:aws:lambda:{make.access.region}:{make.account_id}:function:{args.function}"
    yield make("lambda/eventSourceMapping:EventSourceMapping", name, functionName=function)
    for rule in args.rules:
        yield from _rule(make, rule, args.queue, "publication", {"eventBusName": names.BUS})
    yield from _rule(make, wake_ups.SWEEPS, args.queue, "publication", {})
    yield make("sns/topic:Topic", name, given=args.topic, name=_last(args.topic), policy=SET)
    yield make(
        "sns/topicSubscription:TopicSubscription",
        name,
        given=f"{args.topic}:00000000-0000-0000-0000-000000000000",
        topic=args.topic,
        protocol="email",
        endpoint=args.perimeter.security_contact,
    )
    for alarm in args.alarms:
        alarm_name = f"{_last(args.topic)}-{alarm.name}"
        yield make(
            "cloudwatch/metricAlarm:MetricAlarm",
            f"{name}-{alarm.name}",
            given=alarm_name,
            name=alarm_name,
            alarmActions=[args.topic],
        )


def wakeups(make: StackMaker, args: WakeupsArgs) -> Iterator[DeployedResource]:
    """The rules of a domain's account, as the component `Wakeups` makes them."""
    for rule in args.rules:
        yield from _rule(make, rule, args.bus, "mesh-bus", {"roleArn": args.role})


def heard(make: StackMaker, name: str, args: HeardPublicationsArgs) -> Iterator[DeployedResource]:
    """The rules of a domain and their alarm, as the component `HeardPublications` makes them."""
    brought = {f"{name}-refusals": args.refusals_rule, **({name: args.rule} if args.products else {})}
    for logical, rule in brought.items():
        bus = args.mesh_bus
        yield make("cloudwatch/eventRule:EventRule", logical, given=f"{bus}/{rule}", name=rule, eventBusName=bus)
        named: Mapping[str, Any] = {"rule": rule, "targetId": "own-bus", "arn": args.own_bus, "roleArn": args.role}
        yield make("cloudwatch/eventTarget:EventTarget", logical, eventBusName=bus, **named)
    counted = args.counting_rule
    for kind in ("eventRule:EventRule", "metricAlarm:MetricAlarm"):
        yield make(f"cloudwatch/{kind}", f"{name}-counted", given=counted, name=counted)


def _rule(
    make: StackMaker, rule: str, target: str, target_id: str, besides: Mapping[str, str]
) -> Iterator[DeployedResource]:
    """A rule with its target; of what is `besides`, the bus is the rule's as well."""
    bus = besides.get("eventBusName")
    given = f"{bus}/{rule}" if bus else rule
    yield make("cloudwatch/eventRule:EventRule", rule, given=given, name=rule, eventBusName=bus)
    named: Mapping[str, Any] = {"rule": rule, "targetId": target_id, "arn": target, **besides}
    yield make("cloudwatch/eventTarget:EventTarget", rule, **named)


def _last(arn: str) -> str:
    return arn.rpartition(":")[2]
