"""Functions of Lambda, and the queues that start them."""

from __future__ import annotations

import json
from typing import Final

from sandbox.emulator.archives import zipped
from sandbox.emulator.aws.fields import Fields, PropertyValues, archive, flag, mapping, number, one, text, texts
from sandbox.emulator.aws.resource import AwsError, Call, IdAndOutputs, ResourceType, Tagging

_TAGS: Final = Tagging("tag_resource", "untag_resource", "list_tags", "Resource", pair=None)
_NETWORK: Final[Fields] = {
    "subnetIds": texts(required=True),
    "securityGroupIds": texts(required=True),
    "ipv6AllowedForDualStack": flag(default=False),
    "vpcId": text(computed=True),
}
_LOGGING: Final[Fields] = {
    "logFormat": text(required=True),
    "logGroup": text(computed=True),
    "applicationLogLevel": text(),
    "systemLogLevel": text(),
}
_CONFIGURATION: Final[Fields] = {
    "description": text(),
    "role": text(required=True),
    "runtime": text(),
    "handler": text(),
    "timeout": number(default=3),
    "memorySize": number(default=128),
    "vpcConfig": one(_NETWORK),
    "environment": one({"variables": mapping()}),
    "tracingConfig": one({"mode": text(required=True)}, computed=True),
    "ephemeralStorage": one({"size": number(computed=True)}, computed=True),
    "loggingConfig": one(_LOGGING, computed=True, unread=True),
}
"""What UpdateFunctionConfiguration changes."""

# --- functions ---------------------------------------------------------------------------------------------


def _code(call: Call) -> bytes:
    try:
        return zipped(call.inputs["code"])
    except (ValueError, OSError) as error:
        raise AwsError("InvalidParameterValueException", f"the code of {call.inputs['name']}: {error}") from error


def _create(call: Call) -> IdAndOutputs:
    request = call.request(without=("code", "reservedConcurrentExecutions"))
    answer = call.aws("create_function", **request, Code={"ZipFile": _code(call)}, Tags=call.tags or None)
    call.id = call.inputs["name"]
    if _reserved(call) >= 0:
        _reserve(call)
    return call.id, {**_chosen(answer), **_outputs(call, answer)}


def _reserved(call: Call) -> int:
    return int(call.inputs.get("reservedConcurrentExecutions", -1))


def _reserve(call: Call) -> None:
    """Say how often the function runs at a time, or that it runs as often as it is asked."""
    if (times := _reserved(call)) >= 0:
        call.aws("put_function_concurrency", FunctionName=call.id, ReservedConcurrentExecutions=times)
    else:
        call.aws("delete_function_concurrency", FunctionName=call.id)


def _chosen(answer: PropertyValues) -> PropertyValues:
    """Values that AWS chooses where the program says nothing."""
    traced: PropertyValues = answer.get("TracingConfig") or {}
    stored: PropertyValues = answer.get("EphemeralStorage") or {}
    return {
        "architectures": answer.get("Architectures") or ["x86_64"],
        "tracingConfig": {"mode": traced.get("Mode", "PassThrough")},
        "ephemeralStorage": {"size": stored.get("Size", 512)},
    }


def _outputs(call: Call, answer: PropertyValues) -> PropertyValues:
    arn = call.arn("lambda", f"function:{call.inputs.get('name') or call.id}")
    path = f"arn:aws:apigateway:{call.region}:lambda:path/2015-03-31/functions"
    return {
        "arn": arn,
        "invokeArn": f"{path}/{arn}/invocations",
        "qualifiedArn": f"{arn}:$LATEST",
        "qualifiedInvokeArn": f"{path}/{arn}:$LATEST/invocations",
        "codeSha256": answer["CodeSha256"],
        "sourceCodeSize": answer["CodeSize"],
        "version": answer["Version"],
    }


def _read(call: Call) -> PropertyValues:
    answer = call.aws("get_function", FunctionName=call.id)
    configuration: PropertyValues = answer["Configuration"]
    limited: PropertyValues = answer.get("Concurrency") or {}
    reserved = limited.get("ReservedConcurrentExecutions", -1)
    outputs = _outputs(call, configuration)
    call.state["arn"] = outputs["arn"]
    kept = {"code": call.state["code"]} if "code" in call.state else {}
    properties = {**call.properties(configuration), **_chosen(configuration)}
    return {**properties, **kept, "name": call.id, "reservedConcurrentExecutions": reserved, **outputs}


def _update(call: Call) -> PropertyValues | None:
    old, new, changed = call.state, call.inputs, False
    if any(old.get(name) != new.get(name) for name in _CONFIGURATION):
        call.aws("update_function_configuration", FunctionName=call.id, **call.request(*_CONFIGURATION))
    if old.get("code") != new.get("code"):
        call.aws("update_function_code", FunctionName=call.id, ZipFile=_code(call))
        changed = True
    if int(old.get("reservedConcurrentExecutions", -1)) != _reserved(call):
        _reserve(call)
    return _outputs(call, call.aws("get_function", FunctionName=call.id)["Configuration"]) if changed else None


def _delete(call: Call) -> None:
    call.aws("delete_function", FunctionName=call.id)


FUNCTION: Final = ResourceType(
    "aws:lambda/function:Function",
    "Lambda Function",
    "lambda",
    {
        "name": text("FunctionName", required=True, replaces=True),
        "code": archive(required=True, local=True),
        **_CONFIGURATION,
        "packageType": text(replaces=True, default="Zip"),
        "architectures": texts(computed=True),
        "reservedConcurrentExecutions": number(default=-1, by_hand=True),
        "publish": flag(local=True, default=False),
        "skipDestroy": flag(local=True, default=False),
    },
    _create,
    _read,
    _update,
    _delete,
    outputs=(
        "arn",
        "invokeArn",
        "qualifiedArn",
        "qualifiedInvokeArn",
        "codeSha256",
        "sourceCodeSize",
        "version",
    ),
    name="name",
    tagging=_TAGS,
)

# --- what starts them --------------------------------------------------------------------------------------


def _create_mapping(call: Call) -> IdAndOutputs:
    answer = call.aws("create_event_source_mapping", **call.request(), Tags=call.tags or None)
    call.id = answer["UUID"]
    return call.id, _of_mapping(answer)


def _of_mapping(answer: PropertyValues) -> PropertyValues:
    return {
        "arn": answer["EventSourceMappingArn"],
        "uuid": answer["UUID"],
        "functionArn": answer["FunctionArn"],
        "state": answer["State"],
        "batchSize": answer["BatchSize"],
    }


def _read_mapping(call: Call) -> PropertyValues:
    answer = call.aws("get_event_source_mapping", UUID=call.id)
    call.state["arn"] = answer["EventSourceMappingArn"]
    found = {**call.properties(answer), **_of_mapping(answer), "enabled": answer["State"] in ("Enabled", "Enabling")}
    # The name and the ARN of a function are the same to the plugin (suppressEquivalentFunctionNameOrARN).
    return {**found, "functionName": call.state.get("functionName") or answer["FunctionArn"]}


def _update_mapping(call: Call) -> None:
    call.aws("update_event_source_mapping", UUID=call.id, **call.request(without=("eventSourceArn",)))


def _delete_mapping(call: Call) -> None:
    call.aws("delete_event_source_mapping", UUID=call.id)


MAPPING: Final = ResourceType(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "Lambda Event Source Mapping",
    "lambda",
    {
        "functionName": text(required=True),
        "eventSourceArn": text(required=True, replaces=True),
        "batchSize": number(computed=True),
        "enabled": flag(default=True),
        "functionResponseTypes": texts(unread=True),
        "maximumBatchingWindowInSeconds": number(),
        "scalingConfig": one({"maximumConcurrency": number()}, unread=True),
    },
    _create_mapping,
    _read_mapping,
    _update_mapping,
    _delete_mapping,
    outputs=("arn", "uuid", "functionArn", "state"),
    tagging=_TAGS,
)

# --- permissions -------------------------------------------------------------------------------------------


def _add_permission(call: Call) -> IdAndOutputs:
    call.aws("add_permission", **call.request())
    call.id = str(call.inputs["statementId"])
    return call.id, {}


def _read_permission(call: Call) -> PropertyValues | None:
    function, _, statement_id = call.id.rpartition("/")
    function = str(call.inputs.get("function") or call.state.get("function") or function)
    policy = json.loads(call.aws("get_policy", FunctionName=function)["Policy"])
    found = next((each for each in policy["Statement"] if each["Sid"] == statement_id), None)
    if found is None:
        return None
    conditions: PropertyValues = found.get("Condition") or {}
    principal = found["Principal"]
    equals: PropertyValues = conditions.get("StringEquals") or {}
    like: PropertyValues = conditions.get("ArnLike") or {}
    told: PropertyValues = {"sourceAccount": equals.get("AWS:SourceAccount"), "sourceArn": like.get("AWS:SourceArn")}
    return {
        "action": found["Action"],
        "function": function,
        "principal": principal["Service"] if isinstance(principal, dict) else principal,
        "statementId": statement_id,
        **{name: value for name, value in told.items() if value},
    }


def _remove_permission(call: Call) -> None:
    call.aws("remove_permission", FunctionName=call.inputs["function"], StatementId=call.id)


PERMISSION: Final = ResourceType(
    "aws:lambda/permission:Permission",
    "Lambda Permission",
    "lambda",
    {
        "action": text(required=True),
        "function": text("FunctionName", required=True),
        "principal": text(required=True),
        "sourceAccount": text(),
        "sourceArn": text(),
        "statementId": text(required=True),
    },
    _add_permission,
    _read_permission,
    None,
    _remove_permission,
    name="statementId",
)

RESOURCES: Final = (FUNCTION, MAPPING, PERMISSION)
