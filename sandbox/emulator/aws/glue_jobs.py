"""Jobs of Glue: jobs, triggers, workflows, connections, and the optimizers of tables."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import (
    Conversion,
    Fields,
    PropertyValues,
    flag,
    many,
    mapping,
    number,
    one,
    text,
    texts,
)
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging

_TAGS: Final = Tagging("tag_resource", "untag_resource", "get_tags", tags="TagsToAdd", keys="TagsToRemove", pair=None)
_NOTIFICATION: Final[Fields] = {"notifyDelayAfter": number()}

# --- jobs --------------------------------------------------------------------------------------------------

_CONNECTIONS: Final = Conversion(
    to_aws=lambda names: {"Connections": names} if names else None,
    from_aws=lambda answer: answer.get("Connections", []),
)
_COMMAND: Final[Fields] = {
    "name": text(default="glueetl"),
    "pythonVersion": text(computed=True),
    "runtime": text(computed=True),
    "scriptLocation": text(required=True),
}
_SOURCE: Final[Fields] = {
    name: text()
    for name in ("authStrategy", "authToken", "branch", "folder", "lastCommitId", "owner", "provider", "repository")
}


def _create_job(call: Call) -> IdAndOutputs:
    call.aws("create_job", **call.request(), Tags=call.tags or None)
    call.id = str(call.inputs["name"])
    read = _read_job(call)
    return call.id, {name: read[name] for name in call.resource.computed}


def _arn(call: Call, kind: str) -> str:
    call.state["arn"] = call.arn("glue", f"{kind}/{call.id}")
    return str(call.state["arn"])


def _read_job(call: Call) -> PropertyValues:
    job = call.aws("get_job", JobName=call.id)["Job"]
    return {**_CHOSEN, **call.properties(job), "arn": _arn(call, "job")}


_CHOSEN: Final[PropertyValues] = {
    "executionProperty": {"maxConcurrentRuns": 1},
    "glueVersion": "5.0",
    "jobMode": "SCRIPT",
    "maxCapacity": 0,
    "notificationProperty": {},
    "numberOfWorkers": 0,
    "timeout": 480,
    "workerType": "",
}
"""What Glue chooses where a job says nothing, and moto does not; of a capacity that follows from others, nothing."""


def _update_job(call: Call) -> None:
    call.aws("update_job", JobName=call.id, JobUpdate=call.request(without=("name",)))


def _delete_job(call: Call) -> None:
    call.aws("delete_job", JobName=call.id)


JOB: Final = ResourceType(
    "aws:glue/job:Job",
    "Glue Job",
    "glue",
    {
        "name": text(required=True, replaces=True),
        "roleArn": text("Role", required=True),
        "command": one(_COMMAND, required=True),
        "connections": texts(convert=_CONNECTIONS),
        "defaultArguments": mapping(),
        "nonOverridableArguments": mapping(),
        "description": text(),
        "executionClass": text(),
        "executionProperty": one({"maxConcurrentRuns": number(default=1)}, computed=True),
        "glueVersion": text(computed=True),
        "jobMode": text(computed=True),
        "jobRunQueuingEnabled": flag(),
        "maintenanceWindow": text(),
        "maxCapacity": number(computed=True),
        "maxRetries": number(),
        "notificationProperty": one(_NOTIFICATION, computed=True),
        "numberOfWorkers": number(computed=True),
        "securityConfiguration": text(),
        "sourceControlDetails": one(_SOURCE),
        "timeout": number(computed=True),
        "workerType": text(computed=True),
    },
    _create_job,
    _read_job,
    _update_job,
    _delete_job,
    outputs=("arn",),
    name="name",
    tagging=_TAGS,
)

# --- triggers ----------------------------------------------------------------------------------------------

_ACTION: Final[Fields] = {
    "arguments": mapping(),
    "crawlerName": text(),
    "jobName": text(),
    "notificationProperty": one(_NOTIFICATION),
    "securityConfiguration": text(),
    "timeout": number(),
}
_CONDITION: Final[Fields] = {
    "jobName": text(),
    "crawlerName": text(),
    "logicalOperator": text(default="EQUALS"),
    "state": text(),
    "crawlState": text(),
}
_BATCH: Final[Fields] = {"batchSize": number(required=True), "batchWindow": number(default=900)}
_ONE_BATCH: Final = Conversion(
    to_aws=lambda batches: {"BatchSize": batches[0]["batchSize"], "BatchWindow": batches[0].get("batchWindow", 900)},
    from_aws=lambda batch: [{"batchSize": batch["BatchSize"], "batchWindow": batch.get("BatchWindow", 900)}],
)
_BY_HAND: Final = ("enabled", "startOnCreation")
_UPDATED: Final = ("actions", "description", "eventBatchingConditions", "predicate", "schedule")


def _create_trigger(call: Call) -> IdAndOutputs:
    """Create as the AWS plugin does: an enabled schedule begins, an enabled trigger on demand is started."""
    kind, enabled = call.inputs["type"], bool(call.inputs.get("enabled", True))
    begins = call.inputs.get("startOnCreation", enabled and kind not in ("ON_DEMAND", "EVENT"))
    call.aws("create_trigger", **call.request(without=_BY_HAND), StartOnCreation=begins, Tags=call.tags or None)
    call.id = str(call.inputs["name"])
    if enabled and kind == "ON_DEMAND":
        call.aws("start_trigger", Name=call.id)
    return call.id, {"arn": _arn(call, "trigger"), "state": _trigger(call)["State"]}


def _trigger(call: Call) -> PropertyValues:
    answer: PropertyValues = call.aws("get_trigger", Name=call.id)["Trigger"]
    return answer


def _read_trigger(call: Call) -> PropertyValues:
    trigger = _trigger(call)
    if trigger["Type"] in ("ON_DEMAND", "EVENT"):
        enabled = trigger["State"] == "CREATED" and bool(call.inputs.get("enabled", True))
    else:
        enabled = trigger["State"] == "ACTIVATED"
    read = call.properties(trigger, without=_BY_HAND)
    return {**read, "enabled": enabled, "arn": _arn(call, "trigger"), "state": trigger["State"]}


def _update_trigger(call: Call) -> None:
    said, before = call.inputs, call.old
    if any(said.get(name) != before.get(name) for name in _UPDATED):
        call.aws("update_trigger", Name=call.id, TriggerUpdate=call.request(*_UPDATED))
    enabled = bool(said.get("enabled", True))
    if enabled == bool(before.get("enabled", True)):
        return
    if enabled:
        call.aws("start_trigger", Name=call.id)
    elif said["type"] != "ON_DEMAND":
        call.aws("stop_trigger", Name=call.id)


def _delete_trigger(call: Call) -> None:
    call.aws("delete_trigger", Name=call.id)


TRIGGER: Final = ResourceType(
    "aws:glue/trigger:Trigger",
    "Glue Trigger",
    "glue",
    {
        "name": text(required=True, replaces=True),
        "type": text(required=True, replaces=True),
        "actions": many(_ACTION, required=True),
        "description": text(),
        "enabled": flag(by_hand=True, default=True),
        "eventBatchingConditions": many(_BATCH, "EventBatchingCondition", convert=_ONE_BATCH),
        "predicate": one({"conditions": many(_CONDITION, required=True), "logical": text(default="AND")}),
        "schedule": text(),
        "startOnCreation": flag(local=True),
        "workflowName": text(replaces=True),
    },
    _create_trigger,
    _read_trigger,
    _update_trigger,
    _delete_trigger,
    outputs=("arn", "state"),
    name="name",
    tagging=_TAGS,
)

# --- workflows ---------------------------------------------------------------------------------------------


def _create_workflow(call: Call) -> IdAndOutputs:
    call.aws("create_workflow", **call.request(), Tags=call.tags or None)
    call.id = str(call.inputs["name"])
    return call.id, {"arn": _arn(call, "workflow")}


def _read_workflow(call: Call) -> PropertyValues:
    return {**call.properties(call.aws("get_workflow", Name=call.id)["Workflow"]), "arn": _arn(call, "workflow")}


def _update_workflow(call: Call) -> None:
    call.aws("update_workflow", **call.request())


def _delete_workflow(call: Call) -> None:
    call.aws("delete_workflow", Name=call.id)


WORKFLOW: Final = ResourceType(
    "aws:glue/workflow:Workflow",
    "Glue Workflow",
    "glue",
    {
        "name": text(required=True, replaces=True),
        "defaultRunProperties": mapping(),
        "description": text(),
        "maxConcurrentRuns": number(),
    },
    _create_workflow,
    _read_workflow,
    _update_workflow,
    _delete_workflow,
    outputs=("arn",),
    name="name",
    tagging=_TAGS,
)

# --- connections -------------------------------------------------------------------------------------------

_PLACE: Final[Fields] = {
    "availabilityZone": text(),
    "securityGroupIdLists": texts("SecurityGroupIdList"),
    "subnetId": text(),
}


def _connection(call: Call) -> PropertyValues:
    return {"ConnectionProperties": {}, **call.request(without=("catalogId",))}


def _create_connection(call: Call) -> IdAndOutputs:
    catalog, name = str(call.inputs.get("catalogId") or call.account), call.inputs["name"]
    call.aws("create_connection", CatalogId=catalog, ConnectionInput=_connection(call), Tags=call.tags or None)
    call.id = f"{catalog}:{name}"
    return call.id, {"arn": call.arn("glue", f"connection/{name}"), "catalogId": catalog}


def _read_connection(call: Call) -> PropertyValues:
    catalog, _, name = call.id.partition(":")
    found: dict[str, Any] = call.aws("get_connection", CatalogId=catalog, Name=name)["Connection"]
    call.state["arn"] = call.arn("glue", f"connection/{name}")
    return {**call.properties(found), "catalogId": catalog, "arn": call.state["arn"]}


def _update_connection(call: Call) -> None:
    catalog, _, name = call.id.partition(":")
    call.aws("update_connection", CatalogId=catalog, Name=name, ConnectionInput=_connection(call))


def _delete_connection(call: Call) -> None:
    catalog, _, name = call.id.partition(":")
    call.aws("delete_connection", CatalogId=catalog, ConnectionName=name)


CONNECTION: Final = ResourceType(
    "aws:glue/connection:Connection",
    "Glue Connection",
    "glue",
    {
        "name": text(required=True, replaces=True),
        "catalogId": text(replaces=True, computed=True),
        "athenaProperties": mapping(),
        "connectionProperties": mapping(),
        "connectionType": text(default="JDBC", unread=True),
        "description": text(),
        "matchCriterias": texts("MatchCriteria", unread=True),
        "physicalConnectionRequirements": one(_PLACE),
    },
    _create_connection,
    _read_connection,
    _update_connection,
    _delete_connection,
    outputs=("arn",),
    name="name",
    tagging=_TAGS,
)

# --- optimizers --------------------------------------------------------------------------------------------

_RATE: Final[Fields] = {"runRateInHours": number(computed=True)}
_COMPACTION: Final[Fields] = {"strategy": text(), "minInputFiles": number(), "deleteFileThreshold": number()}
_RETENTION: Final[Fields] = {
    "cleanExpiredFiles": flag(),
    "numberOfSnapshotsToRetain": number(),
    "snapshotRetentionPeriodInDays": number(),
    **_RATE,
}
_ORPHANS: Final[Fields] = {"location": text(), "orphanFileRetentionPeriodInDays": number(), **_RATE}
_OPTIMIZATION: Final[Fields] = {
    "enabled": flag(required=True),
    "roleArn": text(required=True),
    "compactionConfiguration": one({"icebergConfiguration": one(_COMPACTION)}),
    "retentionConfiguration": one({"icebergConfiguration": one(_RETENTION)}),
    "orphanFileDeletionConfiguration": one({"icebergConfiguration": one(_ORPHANS)}),
}


_OPTIMIZED: Final = {
    "CatalogId": "catalogId",
    "DatabaseName": "databaseName",
    "TableName": "tableName",
    "Type": "type",
}
"""The parts of an optimizer's id, in their order, as the call and as the property names them."""


def _create_optimizer(call: Call) -> IdAndOutputs:
    place = {said: str(call.inputs[name]) for said, name in _OPTIMIZED.items()}
    call.aws("create_table_optimizer", **place, TableOptimizerConfiguration=call.inputs["configuration"])
    return ",".join(place.values()), {}


def _optimizer(call: Call) -> dict[str, str]:
    return dict(zip(_OPTIMIZED, call.id.split(","), strict=True))


def _read_optimizer(call: Call) -> PropertyValues:
    place = _optimizer(call)
    found: dict[str, Any] = call.aws("get_table_optimizer", **place)["TableOptimizer"]
    return {**{name: place[said] for said, name in _OPTIMIZED.items()}, "configuration": found["configuration"]}


def _update_optimizer(call: Call) -> None:
    call.aws("update_table_optimizer", **_optimizer(call), TableOptimizerConfiguration=call.inputs["configuration"])


def _delete_optimizer(call: Call) -> None:
    call.aws("delete_table_optimizer", **_optimizer(call))


OPTIMIZER: Final = ResourceType(
    "aws:glue/catalogTableOptimizer:CatalogTableOptimizer",
    "Glue Catalog Table Optimizer",
    "glue",
    {
        "catalogId": text(required=True, replaces=True),
        "databaseName": text(required=True, replaces=True),
        "tableName": text(required=True, replaces=True),
        "type": text(required=True, replaces=True),
        "configuration": one(_OPTIMIZATION, required=True),
    },
    _create_optimizer,
    _read_optimizer,
    _update_optimizer,
    _delete_optimizer,
)

RESOURCES: Final = (JOB, TRIGGER, WORKFLOW, CONNECTION, OPTIMIZER)
