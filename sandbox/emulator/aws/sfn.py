"""State machines of Step Functions."""

from __future__ import annotations

from typing import Final

from sandbox.emulator.aws.fields import Fields, PropertyValues, document, flag, number, one, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging

_TAGS: Final = Tagging(
    "tag_resource",
    "untag_resource",
    "list_tags_for_resource",
    "resourceArn",
    tags="tags",
    keys="tagKeys",
    listed="tags",
    pair=("key", "value"),
)
_ENCRYPTION: Final[Fields] = {
    "kmsDataKeyReusePeriodSeconds": number("kmsDataKeyReusePeriodSeconds"),
    "kmsKeyId": text("kmsKeyId"),
    "type": text("type"),
}


def _create(call: Call) -> IdAndOutputs:
    answer = call.aws("create_state_machine", **call.request(), tags=call.tag_list("key", "value"))
    call.id = str(answer["stateMachineArn"])
    read = _read(call)
    return call.id, {name: read[name] for name in call.resource.computed}


def _read(call: Call) -> PropertyValues:
    machine = call.aws("describe_state_machine", stateMachineArn=call.id)
    call.state["arn"] = call.id
    return {**call.properties(machine), "arn": call.id, "status": machine["status"]}


def _update(call: Call) -> None:
    settled = call.request("definition", "roleArn", "encryptionConfiguration", "tracingConfiguration", "publish")
    call.aws("update_state_machine", stateMachineArn=call.id, **settled)


def _delete(call: Call) -> None:
    call.aws("delete_state_machine", stateMachineArn=call.id)


STATE_MACHINE: Final = ResourceType(
    "aws:sfn/stateMachine:StateMachine",
    "Step Functions State Machine",
    "stepfunctions",
    {
        "name": text("name", required=True, replaces=True),
        "definition": document("definition", required=True),
        "roleArn": text("roleArn", required=True),
        "type": text("type", replaces=True, default="STANDARD"),
        "encryptionConfiguration": one(_ENCRYPTION, "encryptionConfiguration", computed=True),
        "tracingConfiguration": one({"enabled": flag("enabled")}, "tracingConfiguration", computed=True),
        "publish": flag("publish", unread=True, default=False),
    },
    _create,
    _read,
    _update,
    _delete,
    outputs=("arn", "status"),
    name="name",
    tagging=_TAGS,
)

RESOURCES: Final = (STATE_MACHINE,)
