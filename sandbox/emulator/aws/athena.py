"""Athena workgroups."""

from __future__ import annotations

from typing import Final

from sandbox.emulator.aws.fields import Fields, PropertyValues, flag, number, one, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging

_RESULT: Final[Fields] = {
    "outputLocation": text(),
    "expectedBucketOwner": text(),
    "encryptionConfiguration": one({"encryptionOption": text(), "kmsKeyArn": text("KmsKey")}),
    "aclConfiguration": one({"s3AclOption": text(required=True)}),
}
_CONFIGURATION: Final[Fields] = {
    "bytesScannedCutoffPerQuery": number(),
    "enforceWorkgroupConfiguration": flag("EnforceWorkGroupConfiguration", default=True),
    "enableMinimumEncryptionConfiguration": flag(default=False),
    "publishCloudwatchMetricsEnabled": flag("PublishCloudWatchMetricsEnabled", default=True),
    "requesterPaysEnabled": flag(default=False),
    "executionRole": text(),
    "engineVersion": one({"selectedEngineVersion": text(default="AUTO")}, computed=True),
    "resultConfiguration": one(_RESULT),
}
_TAGS: Final = Tagging("tag_resource", "untag_resource", "list_tags_for_resource", "ResourceARN")


def _create(call: Call) -> IdAndOutputs:
    call.aws("create_work_group", **call.request(), Tags=call.tag_list())
    call.id = call.inputs["name"]
    return call.id, {"arn": call.arn("athena", f"workgroup/{call.id}")}


def _read(call: Call) -> PropertyValues | None:
    group: PropertyValues | None = call.aws("get_work_group", WorkGroup=call.id).get("WorkGroup")
    if group is None:
        return None
    return {**call.properties(group), "arn": call.arn("athena", f"workgroup/{call.id}")}


def _update(call: Call) -> None:
    """Delete the workgroup, and create it under its name: moto has no UpdateWorkGroup. It may have been used."""
    call.aws("delete_work_group", WorkGroup=call.id, RecursiveDeleteOption=True)
    _create(call)


def _delete(call: Call) -> None:
    call.aws("delete_work_group", WorkGroup=call.id, RecursiveDeleteOption=call.inputs.get("forceDestroy"))


WORKGROUP: Final = ResourceType(
    "aws:athena/workgroup:Workgroup",
    "Athena WorkGroup",
    "athena",
    {
        "name": text(required=True, replaces=True),
        "description": text(),
        "configuration": one(_CONFIGURATION),
        "state": text(local=True, default="ENABLED"),
        "forceDestroy": flag(local=True),
    },
    _create,
    _read,
    _update,
    _delete,
    outputs=("arn",),
    name="name",
    tagging=_TAGS,
)

RESOURCES: Final = (WORKGROUP,)
