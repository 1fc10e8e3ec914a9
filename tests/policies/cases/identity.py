"""Cases of the rules on identities and on who may become a role."""

from __future__ import annotations

from typing import Final

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, changed, made, passes, reports, waits
from tests.policies.cases.written_policies import AWAY, HOME, ORGANISATION, account, role, trust

USER: Final = "aws:iam/user:User"
GROUP: Final = "aws:iam/group:Group"
KEY: Final = "aws:iam/accessKey:AccessKey"
PROFILE: Final = "aws:iam/instanceProfile:InstanceProfile"
PERMISSION_SET: Final = "aws:ssoadmin/permissionSet:PermissionSet"
GITHUB: Final = "token.actions.githubusercontent.com"
OIDC: Final = {"Federated": f"arn:aws:iam::{HOME}:oidc-provider/{GITHUB}"}
SAML: Final = {"Federated": f"arn:aws:iam::{HOME}:saml-provider/staff"}
GLUE: Final = {"Service": "glue.amazonaws.com"}


def tokens_of(
    subject: object, audience: str = "sts.amazonaws.com", operator: str = "StringEquals"
) -> dict[str, object]:
    """A condition on tokens of GitHub."""
    return {operator: {f"{GITHUB}:aud": audience, f"{GITHUB}:sub": subject}}


PEOPLE: Final[list[Case]] = [
    passes("no-iam-user", made(USER, "on-call", path="/mesh/break-glass/")),
    passes("no-iam-user", made("aws:iam/groupMembership:GroupMembership", group="mesh-break-glass", users=["on-call"])),
    reports("no-iam-user", "is about users of IAM", made(USER, "ann", path="/")),
    reports("no-iam-user", "is about users of IAM", made(USER, "ann")),
    reports("no-iam-user", "users", made("aws:iam/userGroupMembership:UserGroupMembership", groups=[], user=UNKNOWN)),
    waits("no-iam-user", made(USER, "ann", path=UNKNOWN)),
    reports("no-iam-user", "is about users", made("aws:iam/userPolicyAttachment:UserPolicyAttachment", user="ann")),
    passes("no-lasting-credential", made(KEY, user="ann", status="Inactive")),
    reports("no-lasting-credential", "does not end by itself", made(KEY, user="ann")),
    reports("no-lasting-credential", "does not end by itself", made(KEY, user=UNKNOWN)),
    reports("no-lasting-credential", "a credential", made("aws:iam/userLoginProfile:UserLoginProfile", user="ann")),
    passes("no-iam-group", made(GROUP, name="mesh-break-glass")),
    passes("no-iam-group", made("aws:iam/groupPolicy:GroupPolicy", policy=UNKNOWN)),
    passes("no-iam-group", made(GROUP, name="admins"), configured={"emergencyGroups": ["admins"]}),
    reports("no-iam-group", "the IAM group 'analysts'", made(GROUP, "analysts", name="analysts")),
    reports("no-iam-group", "the IAM group ''", made(GROUP)),
    reports("no-iam-group", "the IAM group 'x'", made("aws:iam/groupPolicy:GroupPolicy", group="x", policy=UNKNOWN)),
    waits("no-iam-group", made(GROUP, name=UNKNOWN)),
    passes("role-has-permissions-boundary", role()),
    reports("role-has-permissions-boundary", "has no permissions boundary", changed(role(), permissionsBoundary=None)),
    reports(
        "role-has-permissions-boundary",
        "has the permissions boundary arn:aws:iam::aws:policy/AdministratorAccess",
        role(permissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess"),
    ),
    waits("role-has-permissions-boundary", role(permissionsBoundary=UNKNOWN)),
    reports("no-instance-profile", "gives a role to machines", made(PROFILE, role="example")),
    passes("no-instance-profile", made(PROFILE)),
    waits("no-instance-profile", made(PROFILE, role=UNKNOWN)),
    passes("session-is-short", role(maxSessionDuration=3600 * 8)),
    passes("session-is-short", role(name=UNKNOWN)),
    passes("session-is-short", made(PERMISSION_SET, sessionDuration="PT8H")),
    reports("session-is-short", "up to 12 hours", role(maxSessionDuration=43200)),
    reports("session-is-short", "up to 8.5 hours", made(PERMISSION_SET, sessionDuration="PT8H30M")),
    reports("session-is-short", "at most 1 are", role(maxSessionDuration=7200), configured={"hours": 1}),
]

TRUSTS: Final[list[Case]] = [
    passes("trust-is-not-open", role()),
    reports("trust-is-not-open", "everyone may become 'role'", role(assumeRolePolicy=trust("*"))),
    reports("trust-is-not-open", "(statement 'WhoMay')", role(assumeRolePolicy=trust({"AWS": "*"}, ORGANISATION))),
    reports("trust-is-not-open", "everyone", role(assumeRolePolicy=trust({"AWS": [f"{HOME}", "*"]}))),
    waits("trust-is-not-open", role(assumeRolePolicy=UNKNOWN)),
    passes(
        "federated-trust-is-pinned", role(assumeRolePolicy=trust(OIDC, tokens_of("repo:acme/mesh:ref:refs/heads/x")))
    ),
    passes(
        "federated-trust-is-pinned",
        role(assumeRolePolicy=trust(OIDC, tokens_of("repo:acme/mesh:*", operator="StringLike"))),
    ),
    passes(
        "federated-trust-is-pinned", role(assumeRolePolicy=trust(SAML, {"StringEquals": {"SAML:aud": "https://x"}}))
    ),
    reports("federated-trust-is-pinned", f"does not test {GITHUB}:aud", role(assumeRolePolicy=trust(OIDC))),
    reports(
        "federated-trust-is-pinned",
        f"does not test {GITHUB}:sub",
        role(assumeRolePolicy=trust(OIDC, {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}})),
    ),
    *(
        reports("federated-trust-is-pinned", f"test {GITHUB}:sub", role(assumeRolePolicy=trust(OIDC, loose)))
        for loose in (
            tokens_of("*", operator="StringLike"),
            tokens_of("repo:*", operator="StringLike"),
            tokens_of("repo:acme/*", operator="StringLike"),
            tokens_of("repo:acme/mesh*", operator="StringLike"),
            tokens_of(["repo:acme/mesh:*", "repo:acme/*:*"], operator="StringLike"),
            tokens_of("repo:acme/mesh:ref:x", operator="StringEqualsIfExists"),
            tokens_of("repo:acme/mesh:ref:x", operator="ForAllValues:StringEquals"),
            tokens_of("repo:evil/mesh:ref:x", operator="StringNotEquals"),
        )
    ),
    reports("federated-trust-is-pinned", "does not test SAML:aud", role(assumeRolePolicy=trust(SAML))),
    waits("federated-trust-is-pinned", role(assumeRolePolicy=UNKNOWN)),
    passes(
        "service-trust-has-source",
        role(assumeRolePolicy=trust(GLUE, {"StringEquals": {"aws:SourceAccount": HOME}})),
    ),
    passes("service-trust-has-source", role(assumeRolePolicy=trust({"Service": "ec2.amazonaws.com"}))),
    reports("service-trust-has-source", "glue.amazonaws.com may take on 'role'", role(assumeRolePolicy=trust(GLUE))),
    reports(
        "service-trust-has-source",
        "for any account",
        role(assumeRolePolicy=trust(GLUE, {"StringEqualsIfExists": {"aws:SourceAccount": HOME}})),
    ),
    waits("service-trust-has-source", role(assumeRolePolicy=UNKNOWN)),
    passes("cross-account-trust-is-conditioned", role(), account()),
    passes(
        "cross-account-trust-is-conditioned",
        role(assumeRolePolicy=trust({"AWS": AWAY}, {"StringEquals": {"sts:ExternalId": "4711"}})),
        account(),
    ),
    reports(
        "cross-account-trust-is-conditioned",
        f"'role' trusts all of the account {AWAY}",
        role(assumeRolePolicy=trust({"AWS": f"arn:aws:iam::{AWAY}:root"})),
        account(),
    ),
    reports(
        "cross-account-trust-is-conditioned",
        "trusts all of the account",
        role(assumeRolePolicy=trust({"AWS": AWAY}, {"StringLike": {"aws:PrincipalArn": "*"}})),
        account(),
    ),
    reports(
        "cross-account-trust-is-conditioned",
        "is not one of the mesh's",
        role(assumeRolePolicy=trust({"AWS": AWAY}, ORGANISATION)),
        account(),
        configured={"accounts": [HOME]},
    ),
    waits("cross-account-trust-is-conditioned", role(assumeRolePolicy=UNKNOWN), account()),
]

CASES: Final[list[Case]] = [*PEOPLE, *TRUSTS]
