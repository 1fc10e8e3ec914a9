"""EventBridge: buses, their policies, rules and targets."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import PropertyValues, document, flag, mapping, number, one, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging, only_local

_TAGS: Final = Tagging("tag_resource", "untag_resource", "list_tags_for_resource", "ResourceARN")
_DEAD_LETTERS: Final = {"arn": text()}
_BUS: Final = text(replaces=True, default="default")


def _bus(call: Call) -> str:
    return str(call.inputs.get("eventBusName") or "default")


# --- buses -------------------------------------------------------------------------------------------------


def _create_bus(call: Call) -> IdAndOutputs:
    answer = call.aws("create_event_bus", **call.request(), Tags=call.tag_list())
    return str(call.inputs["name"]), {"arn": answer["EventBusArn"]}


def _read_bus(call: Call) -> PropertyValues:
    bus = call.aws("describe_event_bus", Name=call.id)
    call.state["arn"] = bus["Arn"]
    return {**call.properties(bus), "arn": bus["Arn"]}


def _delete_bus(call: Call) -> None:
    call.aws("delete_event_bus", Name=call.id)


_NO_UPDATE: Final = "moto has no UpdateEventBus"

BUS: Final = ResourceType(
    "aws:cloudwatch/eventBus:EventBus",
    "EventBridge Event Bus",
    "events",
    {
        "name": text(required=True, replaces=True),
        "description": text(recorded=_NO_UPDATE),
        "kmsKeyIdentifier": text(recorded=_NO_UPDATE),
        "deadLetterConfig": one(_DEAD_LETTERS, recorded=_NO_UPDATE),
    },
    _create_bus,
    _read_bus,
    only_local,
    _delete_bus,
    outputs=("arn",),
    name="name",
    tagging=_TAGS,
)

# --- bus policies ------------------------------------------------------------------------------------------


def _put_policy(call: Call) -> None:
    call.aws("put_permission", EventBusName=_bus(call), Policy=call.inputs["policy"])


def _create_policy(call: Call) -> IdAndOutputs:
    _put_policy(call)
    return _bus(call), {}


def _read_policy(call: Call) -> PropertyValues | None:
    policy: Any = call.aws("describe_event_bus", Name=call.id).get("Policy")
    return {"eventBusName": call.id, "policy": policy} if policy else None


def _delete_policy(call: Call) -> None:
    call.aws("remove_permission", EventBusName=call.id, RemoveAllPermissions=True)


BUS_POLICY: Final = ResourceType(
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "EventBridge Event Bus Policy",
    "events",
    {"eventBusName": _BUS, "policy": document(required=True, unread=True)},
    _create_policy,
    _read_policy,
    _put_policy,
    _delete_policy,
)

# --- rules -------------------------------------------------------------------------------------------------


def _put_rule(call: Call) -> str:
    arn: str = call.aws("put_rule", **{"State": "ENABLED", **call.request()})["RuleArn"]
    return arn


def _create_rule(call: Call) -> IdAndOutputs:
    arn = _put_rule(call)
    name, bus = call.inputs["name"], _bus(call)
    call.id = name if bus == "default" else f"{bus}/{name}"
    if call.tags:
        call.aws("tag_resource", ResourceARN=arn, Tags=call.tag_list())
    return call.id, {"arn": arn}


def _read_rule(call: Call) -> PropertyValues:
    bus, _, name = call.id.rpartition("/")
    rule = call.aws("describe_rule", Name=name, EventBusName=bus or "default")
    call.state["arn"] = rule["Arn"]
    # As the id has it: AWS may answer with the name of a bus that was given by its ARN (`resourceRuleRead` of rule.go).
    return {**call.properties(rule), "eventBusName": bus or "default", "arn": rule["Arn"]}


def _update_rule(call: Call) -> None:
    _put_rule(call)


def _delete_rule(call: Call) -> None:
    bus, _, name = call.id.rpartition("/")
    call.aws("delete_rule", Name=name, EventBusName=bus or "default", Force=call.inputs.get("forceDestroy"))


RULE: Final = ResourceType(
    "aws:cloudwatch/eventRule:EventRule",
    "EventBridge Rule",
    "events",
    {
        "name": text(required=True, replaces=True),
        "eventBusName": _BUS,
        "description": text(),
        "eventPattern": document(),
        "scheduleExpression": text(),
        "roleArn": text(),
        "state": text(default="ENABLED"),
        "forceDestroy": flag(local=True, default=False),
    },
    _create_rule,
    _read_rule,
    _update_rule,
    _delete_rule,
    outputs=("arn",),
    name="name",
    tagging=_TAGS,
)

# --- targets -----------------------------------------------------------------------------------------------


def _put_target(call: Call) -> None:
    target = {"Id": call.inputs["targetId"], **call.request(without=("rule", "eventBusName", "targetId"))}
    call.aws("put_targets", Rule=call.inputs["rule"], EventBusName=_bus(call), Targets=[target])


def _create_target(call: Call) -> IdAndOutputs:
    _put_target(call)
    rule, target, bus = call.inputs["rule"], call.inputs["targetId"], _bus(call)
    return "-".join([rule, target] if bus == "default" else [bus, rule, target]), {}


def _read_target(call: Call) -> PropertyValues | None:
    bus, rule, name = _place(call)
    targets = call.pages("list_targets_by_rule", "Targets", Rule=rule, EventBusName=bus)
    target = next((target for target in targets if target["Id"] == name), None)
    if target is None:
        return None
    return {**call.properties(target), "rule": rule, "eventBusName": bus, "targetId": target["Id"]}


def _place(call: Call) -> tuple[str, str, str]:
    """Bus, rule and id of a target; an import has them in its id, with slashes (`targetParseImportID` of target.go)."""
    if "rule" in call.inputs:
        return _bus(call), call.inputs["rule"], call.inputs["targetId"]
    *bus, rule, name = call.id.rsplit("/", 2)
    return bus[0] if bus else "default", rule, name


def _delete_target(call: Call) -> None:
    call.aws("remove_targets", Rule=call.inputs["rule"], EventBusName=_bus(call), Ids=[call.inputs["targetId"]])


TARGET: Final = ResourceType(
    "aws:cloudwatch/eventTarget:EventTarget",
    "EventBridge Target",
    "events",
    {
        "rule": text(required=True, replaces=True),
        "eventBusName": _BUS,
        "targetId": text(required=True, replaces=True),
        "arn": text(required=True),
        "roleArn": text(),
        "input": text(),
        "inputPath": text(),
        "inputTransformer": one({"inputPaths": mapping("InputPathsMap"), "inputTemplate": text(required=True)}),
        "deadLetterConfig": one(_DEAD_LETTERS),
        "retryPolicy": one({"maximumEventAgeInSeconds": number(), "maximumRetryAttempts": number()}),
        "sqsTarget": one({"messageGroupId": text()}, "SqsParameters"),
        "forceDestroy": flag(local=True, default=False),
    },
    _create_target,
    _read_target,
    _put_target,
    _delete_target,
)

RESOURCES: Final = (BUS, BUS_POLICY, RULE, TARGET)
