"""STS: taking a role, and what goes into its session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mesh.evaluator import UnknownError
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored


def asks(call: AwsCall, _account: str, _stored: Stored) -> Iterable[Question]:
    """`AssumeRole`; with session tags or a source identity two or three actions (IAM User Guide, "Session tags")."""
    if call.operation != "AssumeRole":
        raise UnknownError(f"sts:{call.operation} is not emulated")
    if call.parameters.get("PolicyArns"):
        raise UnknownError("sts:AssumeRole: session policies by ARN are not emulated")
    role = call.text("RoleArn")
    context: dict[str, Any] = {"sts:RoleSessionName": call.text("RoleSessionName")}
    if call.text("ExternalId"):
        context["sts:ExternalId"] = call.text("ExternalId")
    if call.text("SourceIdentity"):
        context["sts:SourceIdentity"] = call.text("SourceIdentity")
    tags: list[dict[str, str]] = call.parameters.get("Tags") or []
    if tags:
        context["aws:TagKeys"] = [tag["Key"] for tag in tags]
        context |= {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    found = [Question("sts:AssumeRole", role, context)]
    if call.text("SourceIdentity"):
        found.append(Question("sts:SetSourceIdentity", role, context))
    if tags:
        found.append(Question("sts:TagSession", role, context))
    return found
