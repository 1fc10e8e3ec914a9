"""Rules on identities: people come through Identity Center, a program is a role, and a role has its bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from mesh_guardrails.document_reading import UNKNOWN_TEXT, texts
from mesh_guardrails.policy_properties import ROLE
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, StackRule

_USERS: Final = frozenset(
    f"aws:iam/{name}"
    for name in (
        "user:User",
        "userGroupMembership:UserGroupMembership",
        "userPoliciesExclusive:UserPoliciesExclusive",
        "userPolicy:UserPolicy",
        "userPolicyAttachment:UserPolicyAttachment",
        "userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
        "groupMembership:GroupMembership",
    )
)
_USER: Final = "aws:iam/user:User"
_MEMBERSHIPS: Final = {
    "aws:iam/groupMembership:GroupMembership": "group",
    "aws:iam/userGroupMembership:UserGroupMembership": "groups",
}
_CREDENTIALS: Final = frozenset(
    f"aws:iam/{name}"
    for name in (
        "accessKey:AccessKey",
        "serviceSpecificCredential:ServiceSpecificCredential",
        "signingCertificate:SigningCertificate",
        "sshKey:SshKey",
        "userLoginProfile:UserLoginProfile",
    )
)
_GROUP: Final = "aws:iam/group:Group"
_GROUPS: Final = {
    _GROUP: "name",
    "aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive": "groupName",
    "aws:iam/groupPolicy:GroupPolicy": "group",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "group",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "groupName",
}
_PERMISSION_SET: Final = "aws:ssoadmin/permissionSet:PermissionSet"

_EMERGENCY_GROUPS: Final = Parameter(
    "emergencyGroups",
    "Names of the groups of IAM that may be.",
    {"type": "array", "items": {"type": "string"}},
    ["mesh-break-glass"],
)
BOUNDARY: Final = Parameter(
    "boundary",
    "Pattern of the ARN of the policy that bounds every role.",
    {"type": "string"},
    "arn:aws*:iam::*:policy/mesh/boundary",
)


def iam_user(resource: RegisteredResource, emergency_path: str, emergency_groups: Sequence[str]) -> Iterator[str]:
    """Messages on a user of IAM, but for those of emergencies: people come through Identity Center."""
    if resource.type in _MEMBERSHIPS:
        named = texts(resource.props.get(_MEMBERSHIPS[resource.type]))
        excepted = bool(named) and all(group in emergency_groups for group in named)
    else:
        excepted = resource.type == _USER and resource.props.get("path") == emergency_path
    if not excepted:
        yield (
            f"'{resource.name}' ({resource.type}) is about users of IAM; let people sign in through IAM Identity "
            "Center, and let programs take on a role"
        )


def lasting_credential(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a credential that does not end by itself, unless it is switched off."""
    if resource.props.get("status") != "Inactive":
        yield (
            f"'{resource.name}' ({resource.type}) is a credential that does not end by itself; take it away, and let "
            "who needs it take on a role, whose session ends"
        )


def iam_group(resource: RegisteredResource, emergency_groups: Sequence[str]) -> Iterator[str]:
    """Messages on a group of IAM that is not for emergencies.

    What a group gets always names one; where the name is not there the group failed, and the engine says what it lacks.
    """
    named = resource.props.get(_GROUPS[resource.type])
    behind_a_failure = named is None and resource.type != _GROUP
    if not behind_a_failure and named not in (*emergency_groups, UNKNOWN_TEXT):
        yield (
            f"'{resource.name}' is about the IAM group '{named or ''}'; members of a domain are groups of Identity "
            f"Center, and only {', '.join(emergency_groups) or 'no group'} is for emergencies"
        )


def boundary(role: RegisteredResource, boundary: str) -> Iterator[str]:
    """Messages on a role without the permissions boundary of its account."""
    found = role.props.get("permissionsBoundary")
    if not found:
        yield f"'{role.name}' has no permissions boundary; set permissionsBoundary to {boundary}"
    elif found != UNKNOWN_TEXT and not fnmatchcase(str(found), boundary):
        yield f"'{role.name}' has the permissions boundary {found}; set permissionsBoundary to {boundary}"


def instance_profile(resource: RegisteredResource) -> Iterator[str]:
    """Messages on an instance profile with a role: whoever reaches the machine has it."""
    if resource.props.get("role"):
        yield (
            f"'{resource.name}' gives a role to machines, and so to whoever reaches one; let a Glue job, a Lambda "
            "function or a state machine take on the role"
        )


def long_session(resource: RegisteredResource, hours: int) -> Iterator[str]:
    """Messages on a role, or a permission set, whose sessions last too long."""
    if resource.type == ROLE:
        seconds = float(_known(resource.props.get("maxSessionDuration")) or 0)
    else:
        seconds = _seconds(str(_known(resource.props.get("sessionDuration")) or ""))
    if seconds > hours * 3600:
        yield f"sessions of '{resource.name}' last up to {seconds / 3600:g} hours; at most {hours:g} are allowed"


def _known(value: Any) -> Any:
    return None if value == UNKNOWN_TEXT else value


def _seconds(duration: str) -> float:
    """Seconds of a duration as ISO 8601 writes it: `PT8H`, `PT1H30M`, `P1D`."""
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", duration)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


RULES: Final = (
    Rule(
        name="no-iam-user",
        theme="IAM",
        severity="high",
        description="Nobody is a user of IAM but for emergencies: people come through Identity Center.",
        check=iam_user,
        types=_USERS,
        equivalents=("checkov:CKV_AWS_273", "checkov:CKV_AWS_40", "prowler:iam_user_with_temporary_credentials"),
        parameters=(
            Parameter("emergencyPath", "Path of the users of emergencies.", {"type": "string"}, "/mesh/break-glass/"),
            _EMERGENCY_GROUPS,
        ),
    ),
    Rule(
        name="no-lasting-credential",
        theme="IAM",
        severity="critical",
        description="No access key, password or other credential that does not end by itself is made.",
        check=lasting_credential,
        types=_CREDENTIALS,
        equivalents=("checkov:CKV2_AWS_22", "prowler:iam_user_with_temporary_credentials"),
    ),
    Rule(
        name="no-iam-group",
        theme="IAM",
        severity="medium",
        description="Groups are those of Identity Center; IAM has the group of emergencies alone.",
        check=iam_group,
        types=frozenset(_GROUPS),
        parameters=(_EMERGENCY_GROUPS,),
    ),
    Rule(
        name="role-has-permissions-boundary",
        theme="IAM",
        severity="high",
        description="Every role has the permissions boundary of its account.",
        check=boundary,
        types=frozenset({ROLE}),
        parameters=(BOUNDARY,),
    ),
    Rule(
        name="no-instance-profile",
        theme="IAM",
        severity="medium",
        description="No machine has a role.",
        check=instance_profile,
        types=frozenset({"aws:iam/instanceProfile:InstanceProfile"}),
    ),
    Rule(
        name="session-is-short",
        theme="IAM",
        severity="medium",
        description="Sessions end after a number of hours.",
        check=long_session,
        types=frozenset({ROLE, _PERMISSION_SET}),
        parameters=(
            Parameter("hours", "The most hours of a session.", {"type": "integer", "minimum": 1, "maximum": 12}, 8),
        ),
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
