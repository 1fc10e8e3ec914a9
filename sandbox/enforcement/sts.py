"""Questions of a call to STS: assuming a role, with the name and tags of its session, or with a token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mesh.evaluator import UnknownError
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored
from sandbox.enforcement.web_identity import shown_by, shows_token


def asks(call: AwsCall, _account: str, _stored: Stored) -> Iterable[Question]:
    """Questions of `AssumeRole`, one more for session tags and one for a source identity; or of one with a token.

    IAM User Guide, "Pass session tags in AWS STS" and "Monitor and control actions taken with assumed roles".
    """
    if shows_token(call):
        return [_with_token(call)]
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
    questions = [Question("sts:AssumeRole", role, context)]
    if call.text("SourceIdentity"):
        questions.append(Question("sts:SetSourceIdentity", role, context))
    if tags:
        questions.append(Question("sts:TagSession", role, context))
    return questions


def _with_token(call: AwsCall) -> Question:
    context = {"sts:RoleSessionName": call.text("RoleSessionName"), **shown_by(call).keys}
    return Question("sts:AssumeRoleWithWebIdentity", call.text("RoleArn"), context)
