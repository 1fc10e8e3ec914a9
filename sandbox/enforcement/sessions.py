"""Sessions of roles: the source identity of each, and the MFA device that its call shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from mesh.evaluator import UnknownError
from sandbox.emulator import backends
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.callers import SignedCaller

_ACCESS_KEY: Final = re.compile(rb"<AccessKeyId>([A-Z0-9]+)</AccessKeyId>")


class Sessions:
    """Source identities of sessions, by access key: moto keeps none."""

    def __init__(self) -> None:
        self._source_identities: dict[str, str] = {}

    def continued(self, call: AwsCall) -> AwsCall:
        """The call with the source identity that its session passes on. Raises UnknownError when it names another.

        IAM User Guide, "Monitor and control actions taken with assumed roles": a source identity that is set stays, and
        goes with the session into the next role, which the policies of both have to allow.
        """
        identity = self._source_identities.get(call.key, "")
        if not identity or not _assumes_role(call):
            return call
        if call.text("SourceIdentity") not in ("", identity):
            raise UnknownError(f"the session has the source identity {identity}, which cannot be changed")
        return replace(call, parameters={**call.parameters, "SourceIdentity": identity})

    def keys(self, caller: SignedCaller, call: AwsCall) -> Mapping[str, Any]:
        """Context keys of the session, and of an MFA device that the call shows."""
        context: dict[str, Any] = {}
        if call.key in self._source_identities:
            context["aws:SourceIdentity"] = self._source_identities[call.key]
        if _shows_mfa_device(caller, call):
            context |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": 0}
        return context

    def begun(self, call: AwsCall, answer: str | bytes) -> None:
        """Keep the source identity of a session that a call has begun."""
        if not (_assumes_role(call) and call.text("SourceIdentity")):
            return
        if match := _ACCESS_KEY.search(answer if isinstance(answer, bytes) else answer.encode()):
            self._source_identities[match.group(1).decode()] = call.text("SourceIdentity")


def _assumes_role(call: AwsCall) -> bool:
    return f"{call.service}:{call.operation}" == "sts:AssumeRole"


def _shows_mfa_device(caller: SignedCaller, call: AwsCall) -> bool:
    """True when a user shows an MFA device of its own; every code counts as right, for moto has no seeds."""
    if call.service != "sts" or not (call.text("SerialNumber") and call.text("TokenCode")):
        return False
    users: Any = backends.iam(caller.account).users if caller.account else {}
    user = next((user for user in [*users.values()] if user.arn == caller.identity), None)
    return user is not None and call.text("SerialNumber") in user.mfa_devices
