"""Types of policies: what AWS requires and forbids in a statement of each.

One table of elements and places. The grammar of a statement, which is the same in all, is in `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple


class PolicyType(Enum):
    """The type of a policy, by what it is attached to."""

    IDENTITY = "an identity policy"
    BOUNDARY = "a permissions boundary"
    SESSION = "a session policy"
    RESOURCE = "a resource policy"
    REPOSITORY = "a repository policy"
    TRUST = "a trust policy"
    SERVICE_CONTROL = "a service control policy"
    RESOURCE_CONTROL = "a resource control policy"
    ENDPOINT = "an endpoint policy"

    def wrong(self, statement: Mapping[str, Any]) -> str:
        """The reason for which AWS takes no such statement in a policy of this type; empty if it does."""
        place = PLACES[self]
        for element in place.forbidden:
            if element in statement:
                return f"has no {element}"
        for element in place.required:
            if element not in statement and f"Not{element}" not in statement:
                return f"needs a {element}"
        if place.plain_sids and not _PLAIN_SID.fullmatch(statement.get("Sid", "")):
            return f"has Sids of letters and digits, not {statement['Sid']!r}"
        if self is PolicyType.TRUST:
            return _actions_of_a_trust_policy(statement)
        return _resource_control(statement) if self is PolicyType.RESOURCE_CONTROL else ""


class Place(NamedTuple):
    """A place where a policy stands: `plain_sids` where the ids of statements are letters and digits only."""

    required: tuple[str, ...]
    forbidden: tuple[str, ...]
    plain_sids: bool


_PRINCIPAL, _RESOURCE = ("Principal", "NotPrincipal"), ("Resource", "NotResource")
_OF_IDENTITIES: Final = Place(required=("Resource",), forbidden=_PRINCIPAL, plain_sids=True)
_OF_RESOURCES: Final = Place(required=("Principal", "Resource"), forbidden=(), plain_sids=False)

PLACES: Final[Mapping[PolicyType, Place]] = {
    # IAM User Guide, "AWS JSON policy elements: Principal", "IAM JSON policy elements: Sid"; Organizations User Guide,
    # "SCP syntax".
    PolicyType.IDENTITY: _OF_IDENTITIES,
    PolicyType.BOUNDARY: _OF_IDENTITIES,
    PolicyType.SESSION: _OF_IDENTITIES,
    PolicyType.SERVICE_CONTROL: _OF_IDENTITIES,
    # Services other than IAM take other Sids; S3: "Missing required field Resource" (IAM User Guide, the same pages).
    # An endpoint policy is one (AWS PrivateLink, "Control access to VPC endpoints using endpoint policies").
    PolicyType.RESOURCE: _OF_RESOURCES,
    PolicyType.ENDPOINT: _OF_RESOURCES,
    # ECR User Guide, "Private repository policies": its statements name no resource; the repository is meant.
    PolicyType.REPOSITORY: Place(required=("Principal",), forbidden=(), plain_sids=False),
    # IAM User Guide, "AWS JSON policy elements: NotPrincipal": not in a role's trust policy. Its resource is its role.
    PolicyType.TRUST: Place(required=("Principal",), forbidden=("NotPrincipal", *_RESOURCE), plain_sids=True),
    # Organizations User Guide, "RCP syntax"; the one RCP that allows is AWS's own `RCPFullAWSAccess`.
    PolicyType.RESOURCE_CONTROL: Place(
        required=("Principal", "Resource"), forbidden=("NotPrincipal", "NotAction"), plain_sids=True
    ),
}
_PLAIN_SID: Final = re.compile(r"[A-Za-z0-9]*")


def _values(statement: Mapping[str, Any], element: str) -> Sequence[str]:
    value: Any = statement.get(element, ())
    return [value] if isinstance(value, str) else value


def _actions_of_a_trust_policy(statement: Mapping[str, Any]) -> str:
    # UpdateAssumeRolePolicy: "AssumeRole policy may only specify STS AssumeRole actions" (MalformedPolicyDocument).
    if "NotAction" in statement:
        return "has no NotAction"
    others = [action for action in _values(statement, "Action") if not action.lower().startswith("sts:")]
    return f"has actions of STS only, not {', '.join(others)}" if others else ""


def _resource_control(statement: Mapping[str, Any]) -> str:
    # Organizations User Guide, "RCP syntax": a Deny for everyone, of actions of named services.
    if statement.get("Effect") != "Deny":
        return "denies: only AWS's own RCPFullAWSAccess allows"
    if statement.get("Principal") != "*":
        return 'has "*" as its Principal, and no NotPrincipal'
    if "*" in _values(statement, "Action"):
        return "names the services of its actions: * alone is none"
    return ""
