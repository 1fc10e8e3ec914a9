"""Questions of a call, by service: a module each for Glue, IAM, KMS, S3 and STS, and one for all else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mesh.evaluator import facts
from sandbox.enforcement import general, glue, iam, kms, s3, sts
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Asks, Question, Stored

SERVICES: Final[Mapping[str, Asks]] = {
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
    common: dict[str, Any] = {"aws:SecureTransport": call.secure}
    if call.region:
        common["aws:RequestedRegion"] = call.region
    asks = SERVICES.get(call.service, general.asks)
    return [Question(q.action, q.resource, {**common, **q.context}, q.exact) for q in asks(call, account, stored)]
