"""What a caller's session carries besides its role: the name under which it was begun, and a second factor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from mesh.evaluator import UnknownError
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.callers import SignedCaller

_KEY: Final = re.compile(rb"<AccessKeyId>([A-Z0-9]+)</AccessKeyId>")


class Sessions:
    """Source identities by access key; moto keeps none."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def continued(self, call: AwsCall) -> AwsCall:
        """The call with the name that goes along into the next role. Raises UnknownError for one that is to change.

        IAM User Guide, "Monitor and control actions taken with assumed roles": a source identity that is set stays, and
        goes with the session into the next role, which the policies of both have to allow.
        """
        name = self._names.get(call.key, "")
        if not name or not _begins(call):
            return call
        if call.text("SourceIdentity") not in ("", name):
            raise UnknownError(f"the session has the source identity {name}, which cannot be changed")
        return replace(call, parameters={**call.parameters, "SourceIdentity": name})

    def keys(self, caller: SignedCaller, call: AwsCall) -> Mapping[str, Any]:
        """Context keys of the session, and of a second factor that is shown."""
        found: dict[str, Any] = {}
        if call.key in self._names:
            found["aws:SourceIdentity"] = self._names[call.key]
        if _second_factor(caller, call):
            found |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": 0}
        return found

    def begun(self, call: AwsCall, answer: str | bytes) -> None:
        """Where a session was begun, keep the name under which."""
        made = _KEY.search(answer if isinstance(answer, bytes) else answer.encode()) if _begins(call) else None
        if made and call.text("SourceIdentity"):
            self._names[made.group(1).decode()] = call.text("SourceIdentity")


def _begins(call: AwsCall) -> bool:
    return f"{call.service}:{call.operation}" == "sts:AssumeRole"


def _second_factor(caller: SignedCaller, call: AwsCall) -> bool:
    """Whether a user shows a device that is its own; the code it shows is taken for right: moto has no seeds."""
    from moto.iam.models import iam_backends

    if call.service != "sts" or not (call.text("SerialNumber") and call.text("TokenCode")):
        return False
    users: Any = iam_backends[caller.account]["aws"].users if caller.account else {}
    user = next((each for each in users.values() if each.arn == caller.identity), None)
    return user is not None and call.text("SerialNumber") in user.mfa_devices
