"""Requests that AWS's services make by themselves: as the service, or as a role that they have assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mesh.evaluator import Request, UnknownError, decide
from mesh.evaluator.world import World
from sandbox.enforcement.refusals import UNDECIDED, refusal_message


def first_refusal(world: World, requests: Iterable[Request]) -> str:
    """The message of the first request that is refused; empty when all are allowed."""
    try:
        for request in requests:
            decision = decide(request, world)
            if not decision.allowed:
                return refusal_message(request, decision)
    except UnknownError as error:
        return f"{UNDECIDED}: {error}"
    return ""


def source_keys(world: World, arn: str, account: str) -> dict[str, Any]:
    """Keys with which a service says for which resource it asks."""
    return {"aws:SourceArn": arn, "aws:SourceAccount": account, "aws:SourceOrgID": world.organization}


def assumption(service: str, role: str, keys: Mapping[str, Any]) -> Request:
    """The request with which a service assumes a role."""
    return Request(service, "sts:AssumeRole", role, keys)


def session_arn(role: str, session: str) -> str:
    """The ARN of a session of a role."""
    account, name = role.split(":")[4], role.rpartition("/")[2]
    return f"arn:aws:sts::{account}:assumed-role/{name}/{session}"


def through(service: str, key: str) -> dict[str, Any]:
    """Keys of the use of a KMS key through a service."""
    return {"kms:ViaService": f"{service}.{key.split(':')[3]}.amazonaws.com", "aws:ViaAWSService": True}
