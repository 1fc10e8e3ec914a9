"""Rules on permissions: a policy names what is needed, can be read, and makes nobody more than they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from mesh_guardrails.companions import belongs_to, written
from mesh_guardrails.document_reading import (
    ReadStatement,
    account_of,
    has_a_key_twice,
    is_unreadable,
    limits_to_organisation,
    statements,
    texts,
)
from mesh_guardrails.policy_properties import (
    EVERY_POLICY_TYPE,
    IDENTITY_TYPES,
    ROLE,
    every_document,
    identity_statements,
)
from mesh_guardrails.rule import RegisteredResource, Rule, Stack, StackRule
from mesh_guardrails.themes.identity import BOUNDARY

_ATTACHMENTS: Final = {
    ROLE: "managedPolicyArns",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": "managedPolicyArns",
}
_TOO_MUCH: Final = ("AdministratorAccess", "AdministratorAccess-*", "IAMFullAccess", "PowerUserAccess")
_ANY_OF_A_SERVICE: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[*?]*:[*?]+(?:[:/][*?]+)*")
_MANAGED: Final = "aws:iam/policy:Policy"
_INLINE: Final = "aws:iam/rolePolicy:RolePolicy"
_ATTACHED: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_ESCALATIONS: Final = tuple(
    f"iam:{verb}"
    for verb in (
        "addusertogroup",
        "attachgrouppolicy",
        "attachrolepolicy",
        "attachuserpolicy",
        "createaccesskey",
        "createloginprofile",
        "createpolicyversion",
        "createrole",
        "createuser",
        "deleterolepermissionsboundary",
        "putgrouppolicy",
        "putrolepermissionsboundary",
        "putrolepolicy",
        "putuserpolicy",
        "setdefaultpolicyversion",
        "updateassumerolepolicy",
        "updateloginprofile",
    )
)
"""Actions by which a role makes itself, or another that it may become, more than it was.

https://docs.prowler.com/checks/aws/iam-policies/ensure-iam-policies-do-not-allow-privilege-escalation
"""


def administrator(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a policy by which somebody may do all: one of AWS's, or one that allows every action."""
    if resource.type in _ATTACHMENTS:
        attached = texts(resource.props.get(_ATTACHMENTS[resource.type]))
        names = [arn.rpartition("/")[2] for arn in attached if ":aws:policy/" in arn]
        for name in names:
            if any(fnmatchcase(name, pattern) for pattern in _TOO_MUCH):
                yield f"'{resource.name}' attaches {name}; write a policy with the actions that are needed"
    if resource.type in IDENTITY_TYPES:
        for one in identity_statements(resource):
            if _allows_all(one):
                yield (
                    f"'{resource.name}' allows every action ({one.title}); name the actions that are needed, "
                    "and the resources"
                )


def whole_service(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a statement that allows all of a service on all of its resources."""
    for one in identity_statements(resource):
        whole = sorted(action for action in one.actions if re.fullmatch(r"[\w-]+:[*?]+", action))
        if one.allows and whole and any(map(_is_any_resource, one.resources)):
            yield (
                f"'{resource.name}' allows {', '.join(whole)} on every resource ({one.title}); name the actions that "
                "are needed, and the resources"
            )


def pass_role(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a statement that lets somebody hand any role to a service, and so act as that role."""
    for one in identity_statements(resource):
        if _allows_some(one) and one.allows_action("iam:passrole") and any(map(_is_any_role, one.resources)):
            yield (
                f"'{resource.name}' allows iam:PassRole on every role ({one.title}); name the roles, or a path of them"
            )


def assume_role(resource: RegisteredResource, boundary: str) -> Iterator[str]:
    """Messages on a policy by which a role may become any that trusts it; a boundary gives nothing by itself."""
    if resource.type == _MANAGED and fnmatchcase(_policy_arn(resource), boundary):
        return
    for one in identity_statements(resource):
        if _allows_some(one) and one.allows_action("sts:assumerole") and any(map(_is_any_role, one.resources)):
            yield f"'{resource.name}' allows sts:AssumeRole on every role ({one.title}); name the roles, or a path"


def escalation(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a statement by which a role can change what it, or another role, may do."""
    for one in identity_statements(resource):
        if _allows_some(one) and (found := [action for action in _ESCALATIONS if one.allows_action(action)]):
            yield (
                f"'{resource.name}' allows {found[0]} ({one.title}), by which its holder can make itself more; leave "
                "IAM to the mesh's deployments"
            )


def two_forms(role: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a role that lists its policies while other resources give it some: each takes the other's away.

    After a refresh a role lists what others gave it, too; so only a list without the other's policy is a mistake.
    """
    for kind, name, by in ((_INLINE, "inlinePolicies", "name"), (_ATTACHED, "managedPolicyArns", "policyArn")):
        listed = [each if isinstance(each, str) else each.get("name") for each in written(role, name) or ()]
        given = (one for one in stack if listed and one.type == kind and _is_of_role(one, role))
        other = next((one for one in given if one.props.get(by) not in listed), None)
        if other:
            yield (
                f"'{role.name}' has {name}, and '{other.name}' gives it another, which the next update takes away; "
                "keep one form"
            )


def unreadable(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a policy that is no JSON object with statements, so that no rule sees through it."""
    documents = list(every_document(resource))
    if any(map(has_a_key_twice, documents)):
        yield f"the policy of '{resource.name}' has an element twice, of which AWS may read the other; take one away"
    elif any(map(is_unreadable, documents)):
        yield f"the policy of '{resource.name}' is no JSON object with a Statement; write it with json.dumps"


def by_exclusion(resource: RegisteredResource) -> Iterator[str]:
    """Messages on an Allow of all but what it names: it allows what AWS adds tomorrow."""
    for one in (each for document in every_document(resource) for each in statements(document)):
        named = [name for name in one.excludes if name != "NotPrincipal" or _is_bounded(resource, one)]
        if one.allows and named:
            yield (
                f"'{resource.name}' allows by {named[0]} ({one.title}), and so all that AWS adds; name what is allowed"
            )


def no_sid(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a statement that does not say what it is for."""
    read = [each for document in every_document(resource) for each in statements(document)]
    if silent := [one for one in read if not one.sid]:
        yield f"'{resource.name}' has {len(silent)} statements without a Sid; let each say its purpose in its Sid"


def _allows_all(statement: ReadStatement) -> bool:
    """Whether it allows every action, by whatever pattern: `*`, `*:*`, `?*`."""
    return statement.allows and any(not action.strip("*?:") for action in statement.actions)


def _allows_some(statement: ReadStatement) -> bool:
    """Whether it allows something, and not everything, which `no-administrator` says."""
    return statement.allows and not _allows_all(statement)


def _is_any_resource(resource: str) -> bool:
    """Whether a pattern names nothing of its own: `*`, `arn:*`, `arn:aws:s3:::*`, `arn:aws:glue:*:*:*`."""
    return not resource.removeprefix("arn").strip("*?:") or bool(_ANY_OF_A_SERVICE.fullmatch(resource))


def _is_bounded(resource: RegisteredResource, statement: ReadStatement) -> bool:
    """Whether another rule does not say already that all but some are everyone."""
    return resource.type != ROLE and limits_to_organisation(statement)


def _is_any_role(resource: str) -> bool:
    """Whether a pattern of resources matches roles of any name, in some account: `*`, `arn:aws:iam::*:role/*`."""
    account = account_of(resource) or "000000000000"
    return fnmatchcase(f"arn:aws:iam::{account}:role/of-any-name", resource)


def _policy_arn(policy: RegisteredResource) -> str:
    path, name = policy.props.get("path") or "/", policy.props.get("name") or ""
    return f"arn:aws:iam::000000000000:policy{path}{name}"


def _is_of_role(companion: RegisteredResource, role: RegisteredResource) -> bool:
    return belongs_to(companion, "role", role, named="name") or belongs_to(companion, "role", role, named="id")


RULES: Final = (
    Rule(
        name="no-administrator",
        theme="IAM",
        severity="critical",
        description="No policy allows everything, neither AWS's nor an own one.",
        check=administrator,
        types=frozenset({*_ATTACHMENTS, *IDENTITY_TYPES}),
        equivalents=(
            "checkov:CKV_AWS_62",
            "checkov:CKV_AWS_63",
            "checkov:CKV2_AWS_56",
            "prowler:iam_role_administratoraccess_policy",
            "prowler:iam_inline_policy_no_administrative_privileges",
            "prowler:iam_customer_attached_policy_no_administrative_privileges",
            "fsbp:IAM.1",
        ),
    ),
    Rule(
        name="no-whole-service-allowed",
        theme="IAM",
        severity="high",
        description="No policy allows all actions of a service on all resources.",
        check=whole_service,
        types=IDENTITY_TYPES,
        equivalents=("checkov:CKV_AWS_355", "checkov:CKV_AWS_290", "fsbp:IAM.21"),
    ),
    Rule(
        name="no-pass-role-on-all",
        theme="IAM",
        severity="critical",
        description="iam:PassRole is allowed on named roles only.",
        check=pass_role,
        types=IDENTITY_TYPES,
        equivalents=("checkov:CKV_AWS_286", "prowler:iam_policy_allows_privilege_escalation"),
    ),
    Rule(
        name="no-assume-role-on-all",
        theme="IAM",
        severity="high",
        description="sts:AssumeRole is allowed on named roles only.",
        check=assume_role,
        types=IDENTITY_TYPES,
        equivalents=("prowler:iam_no_custom_policy_permissive_role_assumption",),
        parameters=(BOUNDARY,),
    ),
    Rule(
        name="no-privilege-escalation",
        theme="IAM",
        severity="critical",
        description="No policy allows to change what a role may do, or who may become it.",
        check=escalation,
        types=IDENTITY_TYPES,
        equivalents=(
            "checkov:CKV_AWS_286",
            "checkov:CKV_AWS_289",
            "prowler:iam_policy_allows_privilege_escalation",
            "prowler:iam_inline_policy_allows_privilege_escalation",
        ),
    ),
    Rule(
        name="policy-is-readable",
        theme="IAM",
        severity="medium",
        description="Every policy is a JSON object with statements, which the rules see through.",
        check=unreadable,
        types=EVERY_POLICY_TYPE,
    ),
    Rule(
        name="no-allow-by-exclusion",
        theme="IAM",
        severity="high",
        description="No statement allows all but what it names.",
        check=by_exclusion,
        types=EVERY_POLICY_TYPE,
    ),
    Rule(
        name="statement-has-sid",
        theme="IAM",
        severity="low",
        description="Every statement of a policy says its purpose in its Sid.",
        check=no_sid,
        types=EVERY_POLICY_TYPE,
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="role-policies-in-one-form",
        theme="IAM",
        severity="medium",
        description="A role lists its policies itself, or other resources give it all of them.",
        check=two_forms,
        types=frozenset({ROLE}),
    ),
)
