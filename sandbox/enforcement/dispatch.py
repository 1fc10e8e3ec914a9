"""Questions of a call, by service: a module each for Athena, Glue, IAM, KMS, S3 and STS, and one for all else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mesh.aws.plugin_types import AskedAction
from mesh.evaluator import facts
from sandbox.enforcement import general, glue, iam, kms, s3, sts, workgroups
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Asks, Question, Stored

SERVICES: Final[Mapping[str, Asks]] = {
    "athena": workgroups.asks,
    "glue": glue.asks,
    "iam": iam.asks,
    "kms": kms.asks,
    "s3": s3.asks,
    "sts": sts.asks,
}
"""Services whose operations are more than one action, or another; `general` has all others."""


def questions(call: AwsCall, account: str, stored: Stored) -> list[Question]:
    """Questions of a call; the first is about the call's own action. Raises UnknownError."""
    if f"{call.service}:{call.operation}".lower() in facts.NEEDS_NO_PERMISSION:
        return []
    common = _of_every_call(call)
    asks = SERVICES.get(call.service, general.asks)
    return [Question(q.action, q.resource, {**common, **q.context}, q.exact) for q in asks(call, account, stored)]


def question(asked: AskedAction, key: str, region: str) -> tuple[AwsCall, Question]:
    """The question about an action that nobody calls, and the call that it would be: with this key, in this region."""
    service, _, operation = asked.action.partition(":")
    where = "" if service in facts.GLOBAL_REGIONS else region
    call = AwsCall(service, operation, where, key, {})
    of_s3 = s3.context_of(call) if service == "s3" else {}
    return call, Question(asked.action, asked.resource, {**_of_every_call(call), **of_s3, **asked.keys})


def _of_every_call(call: AwsCall) -> Mapping[str, Any]:
    region = {"aws:RequestedRegion": call.region} if call.region else {}
    return {"aws:SecureTransport": call.secure, **region}
