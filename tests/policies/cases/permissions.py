"""Cases of the rules on what a policy allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.written_policies import HOME, ORGANISATION, TRUST, allow, document, role, trust

INLINE: Final = "aws:iam/rolePolicy:RolePolicy"
MANAGED: Final = "aws:iam/policy:Policy"
ATTACHED: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
EXCLUSIVE: Final = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
OF_A_SET: Final = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
AWS_OWN: Final = "arn:aws:iam::aws:policy/"
ROLES: Final = f"arn:aws:iam::{HOME}:role/"


def policy(*statements: dict[str, Any], type_: str = INLINE, **props: Any) -> Made:
    """A policy of an identity."""
    return made(type_, "policy", **{"inlinePolicy" if type_ == OF_A_SET else "policy": document(*statements), **props})


def within(*statements: dict[str, Any]) -> Made:
    """A role that has the policy in itself."""
    return role(inlinePolicies=[{"name": "own", "policy": document(*statements)}])


def unknown() -> Made:
    """A policy whose text is not known."""
    return made(INLINE, "policy", policy=UNKNOWN)


ALLOWED: Final[list[Case]] = [
    passes("no-administrator", policy(allow())),
    passes("no-administrator", made(ATTACHED, policyArn=f"{AWS_OWN}ReadOnlyAccess", role="x")),
    passes("no-administrator", made(ATTACHED, policyArn=f"arn:aws:iam::{HOME}:policy/AdministratorAccess", role="x")),
    reports(
        "no-administrator", "attaches AdministratorAccess", made(ATTACHED, policyArn=f"{AWS_OWN}AdministratorAccess")
    ),
    reports("no-administrator", "attaches IAMFullAccess", role(managedPolicyArns=[f"{AWS_OWN}IAMFullAccess"])),
    reports(
        "no-administrator", "attaches Power", made(EXCLUSIVE, policyArns=[f"{AWS_OWN}job-function/PowerUserAccess"])
    ),
    reports("no-administrator", "allows every action (statement 'ReadTheExample')", policy(allow("*", "*"))),
    reports("no-administrator", "allows every action", policy(allow(["s3:Get*", "*:*"], "*"), type_=MANAGED)),
    reports("no-administrator", "allows every action", within(allow("*", "*"))),
    reports("no-administrator", "allows every action", policy(allow("*"), type_=OF_A_SET)),
    waits("no-administrator", made(ATTACHED, policyArn=UNKNOWN)),
    waits("no-administrator", unknown()),
    passes("no-whole-service-allowed", policy(allow("s3:*"))),
    passes("no-whole-service-allowed", policy(allow("s3:Get*", "*"))),
    passes("no-whole-service-allowed", policy({**allow("s3:*", "*"), "Effect": "Deny"})),
    reports("no-whole-service-allowed", "allows glue:*, s3:* on every", policy(allow(["s3:*", "glue:*"], "*"))),
    reports("no-whole-service-allowed", "allows kms:* on every resource", within(allow("kms:*", ["*"]))),
    waits("no-whole-service-allowed", unknown()),
    passes("no-pass-role-on-all", policy(allow("iam:PassRole", f"{ROLES}mesh/pipeline/*"))),
    *(
        reports("no-pass-role-on-all", "iam:PassRole on every role", policy(allow(action, resource)))
        for action, resource in (
            ("iam:PassRole", "*"),
            ("iam:Pass*", f"{ROLES}*"),
            ("iam:passrole", "arn:aws:iam::*:role/*"),
            (["s3:GetObject", "iam:PassRole"], ["arn:aws:s3:::x", "arn:aws:iam::*:*"]),
        )
    ),
    waits("no-pass-role-on-all", unknown()),
    passes("no-assume-role-on-all", policy(allow("sts:AssumeRole", "arn:aws:iam::*:role/mesh/check"))),
    passes(
        "no-assume-role-on-all", policy(allow("sts:AssumeRole", "*"), type_=MANAGED, path="/mesh/", name="boundary")
    ),
    reports("no-assume-role-on-all", "sts:AssumeRole on every", policy(allow("sts:AssumeRole", "*"))),
    reports("no-assume-role-on-all", "sts:AssumeRole on every", policy(allow("sts:*", "*"), type_=MANAGED, name="x")),
    waits("no-assume-role-on-all", unknown()),
    passes("no-privilege-escalation", policy(allow(["iam:GetRole", "iam:List*"], "*"))),
    reports("no-privilege-escalation", "allows iam:putrolepolicy", policy(allow("iam:PutRolePolicy", f"{ROLES}x"))),
    reports("no-privilege-escalation", "allows iam:create", within(allow("iam:Create*", "*"))),
    waits("no-privilege-escalation", unknown()),
]

WRITTEN: Final[list[Case]] = [
    passes("policy-is-readable", policy(allow())),
    passes("policy-is-readable", role(inlinePolicies=[])),
    passes("policy-is-readable", made("aws:sqs/queue:Queue", name="q")),
    reports("policy-is-readable", "is no JSON object with a Statement", made(INLINE, "policy", policy="allow all")),
    reports("policy-is-readable", "'queue' is no JSON object", made("aws:sqs/queue:Queue", policy='["Allow"]')),
    reports("policy-is-readable", "'role' is no JSON object", role(assumeRolePolicy="{}")),
    waits("policy-is-readable", unknown()),
    passes("no-allow-by-exclusion", policy({**allow(), "Effect": "Deny", "NotAction": "s3:*"})),
    reports(
        "no-allow-by-exclusion", "allows by NotAction", policy({"Sid": "X", "Effect": "Allow", "NotAction": "iam:*"})
    ),
    reports(
        "no-allow-by-exclusion",
        "allows by NotPrincipal (a statement without a Sid)",
        made(
            "aws:sqs/queuePolicy:QueuePolicy",
            policy=document({"Effect": "Allow", "NotPrincipal": {"AWS": HOME}, "Condition": ORGANISATION}),
        ),
    ),
    waits("no-allow-by-exclusion", unknown()),
    passes("statement-has-sid", policy(allow())),
    reports(
        "statement-has-sid", "has 1 statements without a Sid", policy(allow(), {"Effect": "Deny", "Action": "s3:*"})
    ),
    waits("statement-has-sid", unknown()),
]

OWN: Final = [{"name": "own", "policy": document(allow())}]
FORMS: Final[list[Case]] = [
    passes("role-policies-in-one-form", role(), made(INLINE, role="example-role")),
    passes("role-policies-in-one-form", role(inlinePolicies=OWN), made(INLINE, role="another")),
    reports(
        "role-policies-in-one-form",
        "'role' has inlinePolicies, and 'rolePolicy' gives it another",
        role(inlinePolicies=OWN),
        made(INLINE, role="example-role"),
    ),
    reports(
        "role-policies-in-one-form",
        "'role' has managedPolicyArns, and 'rolePolicyAttachment'",
        role(name=UNKNOWN, managedPolicyArns=[f"{AWS_OWN}ReadOnlyAccess"]),
        made(ATTACHED, made_from={"role": "role"}, role=UNKNOWN),
    ),
    passes("role-policies-in-one-form", role(inlinePolicies=OWN), made(INLINE, name="own", role="example-role")),
    waits(
        "role-policies-in-one-form",
        replace(role(inlinePolicies=UNKNOWN, assumeRolePolicy=trust(TRUST)), made_from={"inlinePolicies": "queue"}),
        made("aws:sqs/queue:Queue"),
    ),
]

CASES: Final[list[Case]] = [*ALLOWED, *WRITTEN, *FORMS]
