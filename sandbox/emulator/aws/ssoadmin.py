"""IAM Identity Center: permission sets and their assignments."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import PropertyValues, document, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, recorded_tags

_INSTANCE: Final = text(required=True, replaces=True)
_SET: Final = text(required=True, replaces=True)


def _target(call: Call) -> PropertyValues:
    arn, _, instance = call.id.partition(",")
    return {"InstanceArn": instance, "PermissionSetArn": arn}


def _create_set(call: Call) -> IdAndOutputs:
    created = call.aws("create_permission_set", **call.request())["PermissionSet"]
    call.id = f"{created['PermissionSetArn']},{call.inputs['instanceArn']}"
    _TAGS.update(call)
    return call.id, _set_outputs(created)


def _set_outputs(described: PropertyValues) -> PropertyValues:
    created = described["CreatedDate"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"arn": described["PermissionSetArn"], "createdDate": created}


def _read_set(call: Call) -> PropertyValues:
    target = _target(call)
    described = call.aws("describe_permission_set", **target)["PermissionSet"]
    return {**call.properties(described), "instanceArn": target["InstanceArn"], **_set_outputs(described)}


def _update_set(call: Call) -> None:
    call.aws("update_permission_set", **_target(call), **call.request("description", "relayState", "sessionDuration"))


def _delete_set(call: Call) -> None:
    call.aws("delete_permission_set", **_target(call))


_TAGS: Final = recorded_tags("moto does not tag permission sets")

PERMISSION_SET: Final = ResourceType(
    "aws:ssoadmin/permissionSet:PermissionSet",
    "SSO Permission Set",
    "sso-admin",
    {
        "name": text(required=True, replaces=True),
        "instanceArn": _INSTANCE,
        "description": text(),
        "relayState": text(),
        "sessionDuration": text(default="PT1H"),
    },
    _create_set,
    _read_set,
    _update_set,
    _delete_set,
    outputs=("arn", "createdDate"),
    name="name",
    tagging=_TAGS,
)

# --- inline policies ---------------------------------------------------------------------------------------


def _put_policy(call: Call) -> None:
    call.aws("put_inline_policy_to_permission_set", **call.request())


def _create_policy(call: Call) -> IdAndOutputs:
    _put_policy(call)
    return f"{call.inputs['permissionSetArn']},{call.inputs['instanceArn']}", {}


def _read_policy(call: Call) -> PropertyValues | None:
    target = _target(call)
    policy: Any = call.aws("get_inline_policy_for_permission_set", **target).get("InlinePolicy")
    if not policy:
        return None
    return {
        "permissionSetArn": target["PermissionSetArn"],
        "instanceArn": target["InstanceArn"],
        "inlinePolicy": policy,
    }


def _delete_policy(call: Call) -> None:
    call.aws("delete_inline_policy_from_permission_set", **_target(call))


INLINE_POLICY: Final = ResourceType(
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
    "SSO Permission Set Inline Policy",
    "sso-admin",
    {"inlinePolicy": document(required=True), "instanceArn": _INSTANCE, "permissionSetArn": _SET},
    _create_policy,
    _read_policy,
    _put_policy,
    _delete_policy,
)

# --- assignments -------------------------------------------------------------------------------------------

_PARTS: Final = ("principalId", "principalType", "targetId", "targetType", "permissionSetArn", "instanceArn")


def _create_assignment(call: Call) -> IdAndOutputs:
    call.aws("create_account_assignment", **call.request())
    return ",".join(call.inputs[name] for name in _PARTS), {}


def _read_assignment(call: Call) -> PropertyValues | None:
    wanted: PropertyValues = dict(zip(_PARTS, call.id.split(","), strict=True))
    assignments = call.pages(
        "list_account_assignments",
        "AccountAssignments",
        InstanceArn=wanted["instanceArn"],
        AccountId=wanted["targetId"],
        PermissionSetArn=wanted["permissionSetArn"],
    )
    exists = any(item["PrincipalId"] == wanted["principalId"] for item in assignments)
    return wanted if exists else None


def _delete_assignment(call: Call) -> None:
    wanted: PropertyValues = dict(zip(_PARTS, call.id.split(","), strict=True))
    call.aws("delete_account_assignment", **{name[0].upper() + name[1:]: value for name, value in wanted.items()})


ASSIGNMENT: Final = ResourceType(
    "aws:ssoadmin/accountAssignment:AccountAssignment",
    "SSO Account Assignment",
    "sso-admin",
    {name: text(required=True, replaces=True) for name in _PARTS},
    _create_assignment,
    _read_assignment,
    None,
    _delete_assignment,
)

RESOURCES: Final = (PERMISSION_SET, INLINE_POLICY, ASSIGNMENT)
