"""CloudFormation: stack sets and their instances. The roles of a template come from the organisation, not from here."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from sandbox.emulator import backends
from sandbox.emulator.aws.fields import Conversion, PropertyValues, flag, mapping, number, one, text, texts
from sandbox.emulator.aws.resource import AwsError, Call, IdAndOutputs, ResourceType, Tagging, recorded

_PARAMETERS: Final = Conversion(
    lambda values: [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
    lambda parameters: {pair["ParameterKey"]: pair["ParameterValue"] for pair in parameters},
)
_PREFERENCES: Final = one(
    {
        "concurrencyMode": text(),
        "failureToleranceCount": number(),
        "failureTolerancePercentage": number(),
        "maxConcurrentCount": number(),
        "maxConcurrentPercentage": number(),
        "regionConcurrencyType": text(),
        "regionOrders": texts("RegionOrder"),
    },
    local=True,
)
_NOT_KEPT: Final = "moto does not keep it"


class _StackSetTags(Tagging):
    """The tags of a StackSet, which are part of it."""

    __slots__ = ()

    def update(self, call: Call) -> None:
        """Update the whole StackSet."""
        _update_set(call)

    def read(self, call: Call) -> dict[str, str]:
        """The tags in the description of the StackSet."""
        stack_set = call.aws("describe_stack_set", StackSetName=call.id)["StackSet"]
        return {pair["Key"]: pair["Value"] for pair in stack_set.get("Tags", [])}


def _create_set(call: Call) -> IdAndOutputs:
    answer = call.aws("create_stack_set", **call.request(), Tags=call.tag_list())
    call.id = call.inputs["name"]
    return call.id, {
        "stackSetId": answer["StackSetId"],
        "arn": call.arn("cloudformation", f"stackset/{answer['StackSetId']}"),
    }


def _read_set(call: Call) -> PropertyValues:
    stack_set = call.aws("describe_stack_set", StackSetName=call.id)["StackSet"]
    arn = call.arn("cloudformation", f"stackset/{stack_set['StackSetId']}")
    return {**call.properties(stack_set), "stackSetId": stack_set["StackSetId"], "arn": arn}


def _update_set(call: Call) -> None:
    call.aws("update_stack_set", **call.request(), Tags=call.tag_list())


def _delete_set(call: Call) -> None:
    call.aws("delete_stack_set", StackSetName=call.id)


STACK_SET: Final = ResourceType(
    "aws:cloudformation/stackSet:StackSet",
    "CloudFormation StackSet",
    "cloudformation",
    {
        "name": text("StackSetName", required=True, replaces=True),
        "templateBody": text(required=True),
        "description": text(),
        "parameters": mapping(convert=_PARAMETERS),
        "permissionModel": text(default="SELF_MANAGED", unread=True),  # moto does not update it
        "capabilities": texts(recorded=_NOT_KEPT),
        "callAs": text(local=True, default="SELF"),
        "autoDeployment": one(
            {"enabled": flag(), "retainStacksOnAccountRemoval": flag(), "dependsOnStackSets": texts()},
            recorded=_NOT_KEPT,
            replaces=True,
        ),
        "managedExecution": one({"active": flag()}, recorded=_NOT_KEPT),
        "operationPreferences": _PREFERENCES,
    },
    _create_set,
    _read_set,
    _update_set,
    _delete_set,
    outputs=("arn", "stackSetId"),
    name="name",
    tagging=_StackSetTags("", "", ""),
)


def _deploy(call: Call) -> IdAndOutputs:
    name = call.inputs["stackSetName"]
    stack_set = call.aws("describe_stack_set", "cloudformation", StackSetName=name)["StackSet"]
    targets = "OU" if "deploymentTargets" in call.inputs else "accounts"
    id_ = f"{name},{call.inputs.get('callAs', 'SELF')},{targets}"
    computed: PropertyValues = {
        "stackSetId": stack_set["StackSetId"],
        "stackInstanceSummaries": [],
        "regions": [call.region],
    }
    return id_, {**computed, **_targets_as_read(call, call.inputs)}


def _targets_as_read(call: Call, values: PropertyValues) -> PropertyValues:
    """The targets as the AWS plugin reads them: the units in which there is an instance, in place of those written.

    As its function `resourceStackInstancesRead`: where there is no instance at all, it leaves them as they are.
    """
    targets: PropertyValues = values.get("deploymentTargets") or {}
    units: list[str] = targets.get("organizationalUnitIds") or []
    populated = [unit for unit in units if _has_accounts(call, unit)]
    if populated:
        return {"deploymentTargets": {**targets, "organizationalUnitIds": populated}}
    return {"deploymentTargets": targets} if targets else {}


def _has_accounts(call: Call, unit: str) -> bool:
    try:
        return bool(call.pages("list_accounts_for_parent", "Accounts", "organizations", ParentId=unit))
    except AwsError as error:
        if error.not_found:
            return False
        raise


def _read_instances(call: Call) -> PropertyValues | None:
    values = _RECORDED_INSTANCES.read(call)
    return None if values is None else {**values, **_targets_as_read(call, dict(values))}


def _update_instances(call: Call) -> PropertyValues:
    read = _targets_as_read(call, call.inputs)
    if _RECORDED_INSTANCES.update:
        _RECORDED_INSTANCES.update(call)
    return read


def _undeploy(call: Call) -> None:
    """Delete what the StackSet brought into the accounts below its units, but for stacks that are retained."""
    if not call.inputs.get("retainStacks"):
        stack_set = call.aws("describe_stack_set", "cloudformation", StackSetName=call.inputs["stackSetName"])[
            "StackSet"
        ]
        brought = json.loads(stack_set["TemplateBody"])["Resources"].values()
        roles = {f"{each['Properties']['Path']}{each['Properties']['RoleName']}" for each in brought if _is_role(each)}
        for account in _below(call):
            stored = backends.iam(account).roles
            for id_ in [id_ for id_, role in stored.items() if f"{role.path}{role.name}" in roles]:
                del stored[id_]
    call.session.records.forget(call.key)


def _is_role(resource: PropertyValues) -> bool:
    return bool(resource["Type"] == "AWS::IAM::Role")


def _below(call: Call) -> list[str]:
    """The accounts below the units that the instances are for."""
    targets: PropertyValues = call.inputs.get("deploymentTargets") or {}
    units: list[str] = targets.get("organizationalUnitIds") or []
    pages = [call.pages("list_accounts_for_parent", "Accounts", "organizations", ParentId=unit) for unit in units]
    return [account["Id"] for page in pages for account in page]


_RECORDED_INSTANCES: Final = recorded(
    "aws:cloudformation/stackInstances:StackInstances",
    "CloudFormation StackInstances",
    {
        "stackSetName": text(required=True, replaces=True),
        "accounts": texts(),
        "regions": texts(computed=True),
        "deploymentTargets": one(
            {
                "organizationalUnitIds": texts(),
                "accounts": texts(),
                "accountFilterType": text(replaces=True),
                "accountsUrl": text(),
            },
            as_read=True,
        ),
        "callAs": text(default="SELF"),
        "operationPreferences": _PREFERENCES,
        "parameterOverrides": mapping(),
        "retainStacks": flag(local=True, default=False),
    },
    "moto does not deploy to accounts that join an organisational unit later; the organisation seeds the roles",
    _deploy,
    outputs=("stackInstanceSummaries", "stackSetId"),
)
STACK_INSTANCES: Final = replace(_RECORDED_INSTANCES, read=_read_instances, update=_update_instances, delete=_undeploy)

RESOURCES: Final = (STACK_SET, STACK_INSTANCES)
