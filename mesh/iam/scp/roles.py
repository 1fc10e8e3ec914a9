"""Part of the SCP of guardrails: accounts hold roles and no other identity, and deployments alone change them."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is_not, deploy_access_roles, deploy_roles
from mesh.iam.roles.permission_set import ROLES_OF_PERMISSION_SETS
from mesh.iam.statement import Statement, when

ANY_ACCOUNT = "?" * 12
"""The account of an ARN for a string operator, whose `*` would run on over colons, which a policy's path may hold."""

ROLES_OF_AWS = (ROLES_OF_PERMISSION_SETS, "arn:aws:iam::*:role/OrganizationAccountAccessRole")
"""Roles that only AWS makes and changes: those of permission sets, and that of AWS Organizations.

IAM Identity Center writes through a service-linked role, which no SCP binds (its User Guide, "Using service-linked
roles"); sessions come into its roles by SAML, and into no other.
"""

LONG_LIVED_CREDENTIALS: Final = (
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateSAMLProvider",
    "iam:CreateServiceSpecificCredential",
    "iam:CreateUser",
    "iam:UpdateSAMLProvider",
    "iot:*RoleAlias",
    "rolesanywhere:*",
    "ssm:CreateActivation",
    "sso:CreateInstance",
)

CHANGE_ROLES_ALONE: Final = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
)
"""Changes of a role: of its trust, its permissions, its boundary or its tags."""

CHANGE_ROLES: Final = (
    *CHANGE_ROLES_ALONE,
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
)


LEAVE: Final = (
    "account:Accept*",
    "account:CloseAccount",
    "account:Start*",
    *(
        f"organizations:{verb}*"
        for verb in (
            "Accept Attach Cancel Close Create Decline Delete Deregister Detach Disable Enable Invite Leave Move Put "
            "Register Remove Tag Terminate Untag Update".split()
        )
    ),
)
"""Every action of AWS Organizations but reading, and those on an account as a whole.

A member account that accepts another organisation's invitation goes over to it (AWS Organizations API,
AcceptHandshake: "If the account departed one organization and joined another …").
"""


def only_roles(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements about identities: accounts stay, without root users, keys that last or other identity providers."""
    return (
        Statement(
            sid="RefuseLeavingTheOrganisation",
            what="No account leaves the organisation, by accepting another's invitation as well, or is closed.",
            why="Outside it no SCP and no RCP holds.",
            actions=LEAVE,
            resources=("*",),
        ),
        Statement(
            sid="RefuseRootUsers",
            what="Root users do nothing.",
            why="An account's own policies limit no root user; central root access (`aws:AssumedRoot`) is left out.",
            actions=("*",),
            resources=("*",),
            conditions=(
                when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:root"),
                when("Null", "aws:AssumedRoot", "true"),
            ),
        ),
        Statement(
            sid="RefuseLongLivedCredentials",
            what="Nobody makes a user, an access key, a SAML provider or another credential that lasts.",
            why="It is stolen once and used for years; people come by IAM Identity Center, jobs and CI by roles.",
            actions=LONG_LIVED_CREDENTIALS,
            resources=("*",),
        ),
        Statement(
            sid="RefuseOtherFederation",
            what="Only StackSets, in the governance account, make or change OIDC providers.",
            why="Whoever controls a provider can sign in as anybody whom a trust policy takes from it.",
            but="The StackSet of the organisation makes the CI's provider, before any CI can sign in.",
            actions=(
                "iam:AddClientIDToOpenIDConnectProvider",
                "iam:CreateOpenIDConnectProvider",
                "iam:DeleteOpenIDConnectProvider",
                "iam:UpdateOpenIDConnectProviderThumbprint",
            ),
            resources=("*",),
            conditions=(caller_is_not(names.BOOTSTRAP_ROLE.replace("*", perimeter.governance_id, 1)),),
        ),
    )


ROLES_OF_THE_MESH: Final = (names.role("*", "*"), names.policy("*", "*"))
"""Roles that policies of the mesh admit by their names, and the boundary."""


def first_roles(perimeter: Perimeter) -> tuple[str, ...]:
    """Roles that are there before a stack is, through which every deployment is entered; patterns of their ARNs."""
    hub = perimeter.governance_id
    return (
        f"{names.deploy_role('*')}*",
        names.preview_role("*"),
        names.break_glass_role(hub),
        *(names.ci_role(hub, stack) for stack in names.FIRST_OF_CI),
        names.BOOTSTRAP_ROLE,
        *ROLES_OF_AWS,
    )


def roles_stay_as_they_are(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements about roles: deployments alone change and pass those of the mesh; others carry the boundary."""
    stacks = (deploy_roles(), deploy_access_roles())
    return (
        Statement(
            sid="RefuseChangesToFirstRoles",
            what="Only StackSets change the roles that deploy, those by which they are entered, and roles of AWS.",
            why="A deployment that could change how another is entered would be that other one, too.",
            but="StackSets of the stack `organization` make them, before any other stack is deployed.",
            actions=CHANGE_ROLES_ALONE,
            resources=first_roles(perimeter),
            conditions=(caller_is_not(names.BOOTSTRAP_ROLE),),
        ),
        Statement(
            sid="RefuseChangesToRolesOfTheMesh",
            what="Only deployments change roles and policies of the mesh.",
            why="Every policy admits roles by their names: whoever makes or changes one of that name is admitted.",
            but="Stacks make the roles of the mesh (in domains, `access-<d>` alone); StackSets make those of stacks.",
            actions=CHANGE_ROLES,
            resources=ROLES_OF_THE_MESH,
            conditions=(caller_is_not(*stacks, names.BOOTSTRAP_ROLE),),
        ),
        Statement(
            sid="RefuseLosingTheBoundary",
            what="Only deployments take the boundary off a role.",
            why="Without it a role does whatever its own policy says.",
            but="Stacks and StackSets make roles, and change what they made.",
            actions=("iam:DeleteRolePermissionsBoundary",),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles(), names.BOOTSTRAP_ROLE),),
        ),
        Statement(
            sid="RefusePassingRolesOfTheMesh",
            what="Only deployments pass a role of the mesh to a service.",
            why="Whoever gives a pipeline's role to a job of their own acts as the pipeline.",
            but="A domain's stack gives a job its role, and S3 the delivery's; governance's gives locations theirs.",
            actions=("iam:PassRole",),
            resources=(names.role("*", "*"),),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseRolesWithoutTheBoundary",
            what="Only deployments make a role, or change its policy, if it does not carry the boundary.",
            why="A team's role without it could do what the team may not.",
            but="The first roles, which StackSets make before the account has a boundary, carry none.",
            actions=(
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ),
            resources=("*",),
            conditions=(
                when("StringNotLike", "iam:PermissionsBoundary", names.boundary(ANY_ACCOUNT)),
                caller_is_not(deploy_roles(), names.BOOTSTRAP_ROLE),
            ),
        ),
    )
