"""SQS queues and their policies."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import PropertyValues, document, flag, number, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging

_TAGS: Final = Tagging("tag_queue", "untag_queue", "list_queue_tags", "QueueUrl", lambda call: call.id, pair=None)


def _attributes(call: Call) -> dict[str, str]:
    """The inputs as SQS attributes, which are all strings."""
    request = call.request(without=("name",))
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in request.items()}


def _create(call: Call) -> IdAndOutputs:
    name = call.inputs["name"]
    call.id = call.aws("create_queue", QueueName=name, Attributes=_attributes(call), tags=call.tags or None)["QueueUrl"]
    return call.id, {**_chosen(call.inputs), "arn": call.arn("sqs", name), "url": call.id}


def _read(call: Call) -> PropertyValues:
    attributes = call.aws("get_queue_attributes", QueueUrl=call.id, AttributeNames=["All"])["Attributes"]
    kinds = {name: field.kind for name, field in call.resource.fields.items()}
    properties = {name: _typed(kinds[name], value) for name, value in call.properties(attributes).items()}
    name, arn = call.id.rpartition("/")[2], attributes["QueueArn"]
    return {**_chosen(properties), **properties, "name": name, "arn": arn, "url": call.id}


def _chosen(values: PropertyValues) -> PropertyValues:
    """Values that AWS chooses where the program says nothing, and the plugin where AWS says nothing."""
    documents = {name: values.get(name, "") for name in ("policy", "redrivePolicy", "redriveAllowPolicy")}
    reused = values.get("kmsDataKeyReusePeriodSeconds", 300)
    encrypted = "kmsMasterKeyId" not in values
    return {**documents, "kmsDataKeyReusePeriodSeconds": reused, "sqsManagedSseEnabled": encrypted}


def _typed(kind: str, value: str) -> Any:
    return value == "true" if kind == "flag" else int(value) if kind == "number" else value


def _update(call: Call) -> None:
    call.aws("set_queue_attributes", QueueUrl=call.id, Attributes=_attributes(call))


def _delete(call: Call) -> None:
    call.aws("delete_queue", QueueUrl=call.id)


QUEUE: Final = ResourceType(
    "aws:sqs/queue:Queue",
    "SQS Queue",
    "sqs",
    {
        "name": text(required=True, replaces=True),
        "policy": document(computed=True),
        "redrivePolicy": document(computed=True),
        "redriveAllowPolicy": document(computed=True),
        "kmsMasterKeyId": text(),
        "kmsDataKeyReusePeriodSeconds": number(computed=True),
        "sqsManagedSseEnabled": flag(computed=True, by_hand=True),
        "messageRetentionSeconds": number("MessageRetentionPeriod", default=345600),
        "visibilityTimeoutSeconds": number("VisibilityTimeout", default=30),
        "delaySeconds": number(default=0),
        "receiveWaitTimeSeconds": number("ReceiveMessageWaitTimeSeconds", default=0),
        "maxMessageSize": number("MaximumMessageSize"),
        "fifoQueue": flag(replaces=True),
        "contentBasedDeduplication": flag(),
    },
    _create,
    _read,
    _update,
    _delete,
    outputs=("arn", "url"),
    name="name",
    tagging=_TAGS,
)


def _put_policy(call: Call) -> None:
    call.aws("set_queue_attributes", QueueUrl=call.inputs["queueUrl"], Attributes={"Policy": call.inputs["policy"]})


def _create_policy(call: Call) -> IdAndOutputs:
    _put_policy(call)
    return str(call.inputs["queueUrl"]), {}


def _read_policy(call: Call) -> PropertyValues | None:
    attributes = call.aws("get_queue_attributes", QueueUrl=call.id, AttributeNames=["All"])["Attributes"]
    policy: Any = attributes.get("Policy")
    return {"queueUrl": call.id, "policy": policy} if policy else None


def _delete_policy(call: Call) -> None:
    call.aws("set_queue_attributes", QueueUrl=call.id, Attributes={"Policy": ""})


POLICY: Final = ResourceType(
    "aws:sqs/queuePolicy:QueuePolicy",
    "SQS Queue Policy",
    "sqs",
    {"queueUrl": text(required=True, replaces=True), "policy": document(required=True)},
    _create_policy,
    _read_policy,
    _put_policy,
    _delete_policy,
)

RESOURCES: Final = (QUEUE, POLICY)
