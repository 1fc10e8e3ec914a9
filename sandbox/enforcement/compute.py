"""Networks and roles of what runs code: the keys that Glue and Lambda put into a request, and the role that is passed.

Glue Developer Guide, "Controlling settings with IAM condition keys": of a job or session, the keys are those of the
connections that it names. Lambda Developer Guide, "Using IAM condition keys for VPC settings": "the VPC ID is not an
input parameter to the request; Lambda retrieves the VPC ID value based on subnet parameters". An update that says
nothing of a network has none of the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored

_OF_GLUE: Final = frozenset({"CreateJob", "UpdateJob", "CreateSession"})
_OF_LAMBDA: Final = frozenset({"CreateFunction", "UpdateFunctionConfiguration"})
_ACTIONS: Final = {"glue": _OF_GLUE, "lambda": _OF_LAMBDA}


def network_keys(call: AwsCall, account: str, stored: Stored) -> Mapping[str, Any]:
    """Keys of the network of a job, session or function; none where the call names none, or sets up neither."""
    if call.operation not in _ACTIONS.get(call.service, ()):
        return {}
    if call.service == "lambda":
        settings: Mapping[str, Any] = call.parameters.get("VpcConfig") or {}
        subnets, groups = list(settings.get("SubnetIds") or ()), list(settings.get("SecurityGroupIds") or ())
    else:
        subnets, groups = _of_connections(call, account, stored)
    vpcs = sorted({vpc for subnet in subnets if (vpc := stored.vpc_of(subnet))})
    told = {"VpcIds": vpcs, "SubnetIds": subnets, "SecurityGroupIds": groups}
    return {f"{call.service}:{name}": values for name, values in told.items() if values}


def _of_connections(call: AwsCall, account: str, stored: Stored) -> tuple[list[str], list[str]]:
    named: Mapping[str, Any] = _settings(call).get("Connections") or {}
    placed = [stored.connection(account, call.region, name) for name in named.get("Connections") or ()]
    return [subnet for subnet, _ in placed if subnet], [group for _, groups in placed for group in groups]


def passed_role(call: AwsCall, account: str, stored: Stored) -> Iterable[Question]:
    """The question whether the caller may pass the role that a job, session or function is to have."""
    if call.operation not in _ACTIONS.get(call.service, ()):
        return
    role = _settings(call).get("Role")
    if role:
        arn = role if str(role).startswith("arn:") else stored.identity_arn(account, "role", str(role))
        yield Question("iam:PassRole", arn, {"iam:PassedToService": f"{call.service}.amazonaws.com"})


def _settings(call: AwsCall) -> Mapping[str, Any]:
    """The settings in a call, which UpdateJob has one deeper."""
    updated: Mapping[str, Any] = call.parameters.get("JobUpdate") or {}
    return updated or call.parameters
