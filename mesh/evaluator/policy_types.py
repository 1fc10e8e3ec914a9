"""Types of policies, and the statements that AWS takes in each.

The grammar is one for all types, but a statement that AWS would not take in a policy of its type is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

from mesh.evaluator.errors import UnknownError


class PolicyType(Enum):
    """The type of a policy, by what it is attached to."""

    IDENTITY = "an identity policy"
    BOUNDARY = "a permissions boundary"
    SESSION = "a session policy"
    RESOURCE = "a resource policy"
    TRUST = "a trust policy"
    SERVICE_CONTROL = "a service control policy"
    RESOURCE_CONTROL = "a resource control policy"
    ENDPOINT = "an endpoint policy"

    def check(self, statement: Mapping[str, Any]) -> None:
        """UnknownError for a statement that AWS does not take in a policy of this type."""
        wrong = _RULES[self](statement)
        if wrong:
            raise UnknownError(f"{self.value} {wrong}")


def _without_principal(statement: Mapping[str, Any]) -> str | None:
    # IAM User Guide, "AWS JSON policy elements: Principal"; Organizations User Guide, "SCP syntax".
    element = next((name for name in ("Principal", "NotPrincipal") if name in statement), None)
    return f"has no {element}" if element else None


def _resource(statement: Mapping[str, Any]) -> str | None:
    # Required in resource-based policies (IAM User Guide, "AWS JSON policy elements: Principal"). An endpoint policy is
    # one (AWS PrivateLink, "Control access to VPC endpoints using endpoint policies").
    if "Principal" in statement or "NotPrincipal" in statement:
        return None
    return "needs a Principal"


def _trust(statement: Mapping[str, Any]) -> str | None:
    # IAM User Guide, "AWS JSON policy elements: NotPrincipal": not in a role's trust policy.
    return "has no NotPrincipal" if "NotPrincipal" in statement else _resource(statement)


def _resource_control(statement: Mapping[str, Any]) -> str | None:
    # Organizations User Guide, "RCP syntax": a Deny for everyone, of actions of named services. The one RCP that allows
    # is AWS's own `RCPFullAWSAccess`.
    if statement.get("Effect") != "Deny":
        return "denies: only AWS's own RCPFullAWSAccess allows"
    if statement.get("Principal") != "*":
        return 'has "*" as its Principal, and no NotPrincipal'
    if "NotAction" in statement:
        return "has no NotAction"
    actions: Any = statement.get("Action")
    if "*" in ([actions] if isinstance(actions, str) else actions or ()):
        return "names the services of its actions: * alone is none"
    return None


_RULES: Final[Mapping[PolicyType, Callable[[Mapping[str, Any]], str | None]]] = {
    PolicyType.IDENTITY: _without_principal,
    PolicyType.BOUNDARY: _without_principal,
    PolicyType.SESSION: _without_principal,
    PolicyType.RESOURCE: _resource,
    PolicyType.TRUST: _trust,
    PolicyType.SERVICE_CONTROL: _without_principal,
    PolicyType.RESOURCE_CONTROL: _resource_control,
    PolicyType.ENDPOINT: _resource,
}
