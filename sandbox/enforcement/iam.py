"""Questions of a call to IAM: its action on the role, user or policy that it names, path included."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored


def asks(call: AwsCall, account: str, stored: Stored) -> Iterable[Question]:
    """The question of a call to IAM."""
    return [Question(f"iam:{call.operation}", _resource(call, account, stored), _context(call, account, stored))]


def _resource(call: AwsCall, account: str, stored: Stored) -> str:
    for kind in ("Role", "User"):
        name = call.text(f"{kind}Name")
        if name and call.operation == f"Create{kind}":
            return f"arn:aws:iam::{account}:{kind.lower()}{call.text('Path') or '/'}{name}"
        if name:
            return stored.identity_arn(account, kind.lower(), name)
    if call.operation == "CreatePolicy":
        return f"arn:aws:iam::{account}:policy{call.text('Path') or '/'}{call.text('PolicyName')}"
    return call.text("PolicyArn") or call.text("OpenIDConnectProviderArn") or call.text("SAMLProviderArn") or "*"


def _context(call: AwsCall, account: str, stored: Stored) -> dict[str, Any]:
    context: dict[str, Any] = {}
    # The key is the boundary that the call sets or, where it sets none, the one that the role has.
    boundary = call.text("PermissionsBoundary")
    if not boundary and call.operation in ("PutRolePolicy", "AttachRolePolicy", "DeleteRolePolicy", "DetachRolePolicy"):
        boundary = stored.boundary(account, call.text("RoleName"))
    if boundary:
        context["iam:PermissionsBoundary"] = boundary
    if call.text("PolicyArn") and call.text("RoleName"):
        context["iam:PolicyARN"] = call.text("PolicyArn")
    tags: list[dict[str, str]] = call.parameters.get("Tags") or []
    keys = [tag["Key"] for tag in tags] or list(call.parameters.get("TagKeys") or [])
    if keys:
        context["aws:TagKeys"] = keys
    return context
