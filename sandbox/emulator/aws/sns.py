"""SNS topics, their policies and subscriptions."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import Fields, PropertyValues, document, flag, number, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging

_TAGS: Final = Tagging("tag_resource", "untag_resource", "list_tags_for_resource")


def _attributes(call: Call, *skip: str) -> dict[str, str]:
    """The inputs as SNS attributes, which are all strings."""
    return {name: _as_text(value) for name, value in call.request(without=skip).items()}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _from_attributes(call: Call, attributes: PropertyValues, *skip: str) -> PropertyValues:
    properties = call.properties(attributes, without=skip)
    return {name: _typed(call.resource.fields[name].kind, value) for name, value in properties.items()}


def _typed(kind: str, value: str) -> Any:
    return value == "true" if kind == "flag" else int(value) if kind == "number" else value


# --- topics ------------------------------------------------------------------------------------------------

_CHOSEN: Final[PropertyValues] = {"beginningArchiveTime": "", "signatureVersion": 0, "tracingConfig": ""}
"""Outputs of a topic for which AWS has no attribute until one is put (`WithMissingSetToNil` of topic.go)."""


def _create_topic(call: Call) -> IdAndOutputs:
    answer = call.aws(
        "create_topic", Name=call.inputs["name"], Attributes=_attributes(call, "name"), Tags=call.tag_list()
    )
    call.id = answer["TopicArn"]
    attributes = call.aws("get_topic_attributes", TopicArn=call.id)["Attributes"]
    return call.id, {**_CHOSEN, "arn": call.id, "owner": call.account, "policy": attributes["Policy"]}


def _read_topic(call: Call) -> PropertyValues:
    attributes = call.aws("get_topic_attributes", TopicArn=call.id)["Attributes"]
    name = call.id.rpartition(":")[2]
    outputs = {"arn": call.id, "owner": call.account}
    return {**_CHOSEN, "name": name, **_from_attributes(call, attributes, "name"), **outputs}


def _update_topic(call: Call) -> None:
    for name, value in _attributes(call, "name").items():
        call.aws("set_topic_attributes", TopicArn=call.id, AttributeName=name, AttributeValue=value)


def _delete_topic(call: Call) -> None:
    call.aws("delete_topic", TopicArn=call.id)


TOPIC: Final = ResourceType(
    "aws:sns/topic:Topic",
    "SNS Topic",
    "sns",
    {
        "name": text(required=True, replaces=True),
        "displayName": text(),
        "policy": document(computed=True),
        "deliveryPolicy": document(),
        "kmsMasterKeyId": text(),
        "fifoTopic": flag(replaces=True),
        "contentBasedDeduplication": flag(),
        "signatureVersion": number(computed=True),
        "tracingConfig": text(computed=True),
    },
    _create_topic,
    _read_topic,
    _update_topic,
    _delete_topic,
    outputs=("arn", "owner", "beginningArchiveTime"),
    name="name",
    tagging=_TAGS,
)

# --- topic policies ----------------------------------------------------------------------------------------


def _put_policy(call: Call) -> None:
    arn, policy = call.inputs["arn"], call.inputs["policy"]
    call.aws("set_topic_attributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


def _create_policy(call: Call) -> IdAndOutputs:
    _put_policy(call)
    return str(call.inputs["arn"]), {"owner": call.account}


def _read_policy(call: Call) -> PropertyValues:
    attributes = call.aws("get_topic_attributes", TopicArn=call.id)["Attributes"]
    return {"arn": call.id, "policy": attributes["Policy"], "owner": call.account}


def _delete_policy(call: Call) -> None:
    """Put the policy of a new topic, as the AWS provider does: a topic is never without one."""
    policy = (
        '{"Version":"2008-10-17","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},'
        f'"Action":"SNS:*","Resource":"{call.id}","Condition":{{"StringEquals":{{"AWS:SourceOwner":"{call.account}"}}}}}}]}}'
    )
    call.aws("set_topic_attributes", TopicArn=call.id, AttributeName="Policy", AttributeValue=policy)


TOPIC_POLICY: Final = ResourceType(
    "aws:sns/topicPolicy:TopicPolicy",
    "SNS Topic Policy",
    "sns",
    {"arn": text(required=True, replaces=True), "policy": document(required=True)},
    _create_policy,
    _read_policy,
    _put_policy,
    _delete_policy,
    outputs=("owner",),
)

# --- subscriptions -----------------------------------------------------------------------------------------

_IDENTITY: Final[Fields] = {
    "topic": text("TopicArn", required=True, replaces=True),
    "protocol": text(required=True, replaces=True),
    "endpoint": text(required=True, replaces=True),
}
_OUTPUTS: Final = ("arn", "ownerId", "pendingConfirmation", "confirmationWasAuthenticated")


def _subscribe(call: Call) -> IdAndOutputs:
    attributes = _attributes(call, *_IDENTITY)
    request = {**call.request(*_IDENTITY), "Attributes": attributes, "ReturnSubscriptionArn": True}
    call.id = call.aws("subscribe", **request)["SubscriptionArn"]
    return call.id, {**_subscription_outputs(call), "filterPolicyScope": call.inputs.get("filterPolicyScope", "")}


def _subscription_outputs(call: Call) -> PropertyValues:
    confirmed = {"pendingConfirmation": False, "confirmationWasAuthenticated": True}
    return {"arn": call.id, "ownerId": call.account, **confirmed}


def _read_subscription(call: Call) -> PropertyValues:
    attributes = call.aws("get_subscription_attributes", SubscriptionArn=call.id)["Attributes"]
    return {"filterPolicyScope": "", **_from_attributes(call, attributes), **_subscription_outputs(call)}


def _update_subscription(call: Call) -> None:
    for name, value in _attributes(call, *_IDENTITY).items():
        call.aws("set_subscription_attributes", SubscriptionArn=call.id, AttributeName=name, AttributeValue=value)


def _unsubscribe(call: Call) -> None:
    call.aws("unsubscribe", SubscriptionArn=call.id)


SUBSCRIPTION: Final = ResourceType(
    "aws:sns/topicSubscription:TopicSubscription",
    "SNS Topic Subscription",
    "sns",
    {
        **_IDENTITY,
        "rawMessageDelivery": flag(default=False),
        "filterPolicy": document(),
        "filterPolicyScope": text(computed=True),
        "deliveryPolicy": document(),
        "redrivePolicy": document(),
        "endpointAutoConfirms": flag(local=True),
        "confirmationTimeoutInMinutes": number(local=True),
    },
    _subscribe,
    _read_subscription,
    _update_subscription,
    _unsubscribe,
    outputs=_OUTPUTS,
)

RESOURCES: Final = (TOPIC, TOPIC_POLICY, SUBSCRIPTION)
