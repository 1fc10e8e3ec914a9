"""KMS keys and aliases."""

from __future__ import annotations

from typing import Final

from sandbox.emulator.aws.fields import PropertyValues, document, flag, number, text
from sandbox.emulator.aws.resource import AwsError, Call, IdAndOutputs, ResourceType, Tagging

_TAGS: Final = Tagging(
    "tag_resource", "untag_resource", "list_resource_tags", "KeyId", lambda call: call.id, pair=("TagKey", "TagValue")
)


def _create_key(call: Call) -> IdAndOutputs:
    request = call.request("description", "keyUsage", "customerMasterKeySpec", "multiRegion", "policy")
    key = call.aws("create_key", **request, Tags=call.tag_list("TagKey", "TagValue"))["KeyMetadata"]
    call.id = key["KeyId"]
    if call.inputs.get("enableKeyRotation"):
        _rotate(call)
    if call.inputs.get("isEnabled") is False:
        call.aws("disable_key", KeyId=call.id)
    policy = call.inputs.get("policy") or call.aws("get_key_policy", KeyId=call.id, PolicyName="default")["Policy"]
    computed = {"description": key["Description"], "multiRegion": key.get("MultiRegion", False), "policy": policy}
    rotation = call.inputs.get("rotationPeriodInDays", 365)
    return call.id, {"arn": key["Arn"], "keyId": key["KeyId"], "rotationPeriodInDays": rotation, **computed}


def _rotate(call: Call) -> None:
    if call.inputs.get("enableKeyRotation"):
        period = call.inputs.get("rotationPeriodInDays")
        call.aws("enable_key_rotation", KeyId=call.id, RotationPeriodInDays=period)
    else:
        call.aws("disable_key_rotation", KeyId=call.id)


def _read_key(call: Call) -> PropertyValues | None:
    key = call.aws("describe_key", KeyId=call.id)["KeyMetadata"]
    if key["KeyState"] == "PendingDeletion":
        return None
    policy = call.aws("get_key_policy", KeyId=call.id, PolicyName="default")["Policy"]
    rotation = call.aws("get_key_rotation_status", KeyId=call.id)
    key_spec = key.get("KeySpec") or key.get("CustomerMasterKeySpec")
    return {
        **call.properties({**key, "Policy": policy, "KeySpec": key_spec}),
        "multiRegion": key.get("MultiRegion", False),
        "isEnabled": key["Enabled"],
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays", 365),
        "arn": key["Arn"],
        "keyId": key["KeyId"],
    }


def _update_key(call: Call) -> None:
    new, old = call.inputs, call.old
    if new.get("description") != old.get("description"):
        call.aws("update_key_description", KeyId=call.id, Description=new.get("description", ""))
    if new.get("policy") and new["policy"] != old.get("policy"):
        call.aws("put_key_policy", KeyId=call.id, PolicyName="default", Policy=new["policy"])
    if any(new.get(name) != old.get(name) for name in ("enableKeyRotation", "rotationPeriodInDays")):
        _rotate(call)
    if new.get("isEnabled") != old.get("isEnabled"):
        call.aws("disable_key" if new.get("isEnabled") is False else "enable_key", KeyId=call.id)


def _delete_key(call: Call) -> None:
    days = call.inputs.get("deletionWindowInDays", 30)
    try:
        call.aws("schedule_key_deletion", KeyId=call.id, PendingWindowInDays=days)
    except AwsError as error:
        if error.code != "KMSInvalidStateException":  # a key that waits for its deletion already
            raise


KEY: Final = ResourceType(
    "aws:kms/key:Key",
    "KMS Key",
    "kms",
    {
        "description": text(computed=True),
        "policy": document(computed=True),
        "keyUsage": text(replaces=True, default="ENCRYPT_DECRYPT"),
        "customerMasterKeySpec": text("KeySpec", replaces=True, default="SYMMETRIC_DEFAULT"),
        "multiRegion": flag(replaces=True, computed=True),
        "enableKeyRotation": flag(default=False),
        "rotationPeriodInDays": number(computed=True),
        "isEnabled": flag(default=True),
        "deletionWindowInDays": number(local=True),
        "bypassPolicyLockoutSafetyCheck": flag(local=True),
    },
    _create_key,
    _read_key,
    _update_key,
    _delete_key,
    outputs=("arn", "keyId"),
    tagging=_TAGS,
)


def _alias_outputs(call: Call, target: str) -> PropertyValues:
    arn = target if target.startswith("arn:") else call.arn("kms", f"key/{target}")
    return {"arn": call.arn("kms", call.id), "targetKeyArn": arn}


def _create_alias(call: Call) -> IdAndOutputs:
    call.aws("create_alias", **call.request())
    call.id = call.inputs["name"]
    return call.id, _alias_outputs(call, call.inputs["targetKeyId"])


def _read_alias(call: Call) -> PropertyValues | None:
    aliases = call.aws("list_aliases")["Aliases"]
    alias = next((alias for alias in aliases if alias["AliasName"] == call.id), None)
    if alias is None:
        return None
    target, declared = alias["TargetKeyId"], call.inputs.get("targetKeyId", "")
    is_same = declared.rpartition("/")[2] == target.rpartition("/")[2]  # a key id and its ARN name one key
    return {"name": call.id, "targetKeyId": declared if is_same else target, **_alias_outputs(call, target)}


def _update_alias(call: Call) -> PropertyValues:
    call.aws("update_alias", **call.request())
    return _alias_outputs(call, call.inputs["targetKeyId"])


def _delete_alias(call: Call) -> None:
    call.aws("delete_alias", AliasName=call.id)


ALIAS: Final = ResourceType(
    "aws:kms/alias:Alias",
    "KMS Alias",
    "kms",
    {"name": text("AliasName", required=True, replaces=True), "targetKeyId": text(required=True)},
    _create_alias,
    _read_alias,
    _update_alias,
    _delete_alias,
    outputs=("arn", "targetKeyArn"),
    name="name",
)

RESOURCES: Final = (KEY, ALIAS)
