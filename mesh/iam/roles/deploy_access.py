"""Role `mesh/deploy-access` of a domain's account: it makes what decides who reads, and owns no data."""

from __future__ import annotations

from mesh import names
from mesh.iam.mesh_catalog import ATHENAS_DATABASE
from mesh.iam.statement import Document, Statement, document

MADE_ROLES = (
    "clearance/*",
    "pipeline/*/*",
    "delivery/*",
    names.CHECK,
    "forward",
    names.START,
    names.RETENTION,
    *names.STAFF,
)
"""Paths of the roles that it makes: of who reads, of jobs, of replications, of drafts, of the domain's staff."""


def deploy_access_permissions(account_id: str) -> Document:
    """Permissions: make roles of clearances and jobs, their boundary, the grants of Lake Formation, and links.

    One text for every account but for the account's own id, which the template of the StackSet fills in.
    """
    return document(
        Statement(
            sid="MakeRolesOfReadersAndJobs",
            what="The role makes, changes and deletes the roles of readers, jobs, replications, drafts and staff.",
            why="Who reads is who may become these roles, and what they may do.",
            effect="Allow",
            actions=(
                "iam:CreateRole",
                "iam:DeleteRole",
                "iam:DeleteRolePolicy",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListInstanceProfilesForRole",
                "iam:ListRolePolicies",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ),
            resources=tuple(names.role(account_id, path) for path in MADE_ROLES),
        ),
        Statement(
            sid="MakeTheBoundary",
            what="The role makes and changes the one boundary of the account.",
            why="It is the most that any role of the account can do.",
            effect="Allow",
            actions=(
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:ListPolicyVersions",
                "iam:TagPolicy",
                "iam:UntagPolicy",
            ),
            resources=(names.boundary(account_id),),
        ),
        *_what_reads_and_links(account_id),
    )


def _what_reads_and_links(account_id: str) -> tuple[Statement, ...]:
    """Statements about Lake Formation and Glue's catalog in the role's own account."""
    return (
        Statement(
            sid="GrantAndRevoke",
            what="The role sets up Lake Formation in its account, and passes the hub's grants on.",
            why="Lake Formation's actions take no resource; what it can pass on is what the hub granted.",
            effect="Allow",
            actions=(
                "lakeformation:GetDataLakeSettings",
                "lakeformation:GrantPermissions",
                "lakeformation:ListPermissions",
                "lakeformation:PutDataLakeSettings",
                "lakeformation:RevokePermissions",
            ),
            resources=("*",),
        ),
        Statement(
            sid="MakeLinks",
            what="The role makes, changes and deletes links to the hub, databases of drafts, and the one of Athena.",
            why="A link is named as its database, `<domain>__<product>`; to delete one asks for all that is below it.",
            effect="Allow",
            actions=(
                "glue:CreateDatabase",
                "glue:DeleteDatabase",
                "glue:GetDatabase",
                "glue:GetTags",
                "glue:TagResource",
                "glue:UntagResource",
                "glue:UpdateDatabase",
            ),
            resources=(
                f"arn:aws:glue:*:{account_id}:catalog",
                *(
                    f"arn:aws:glue:*:{account_id}:{resource}"
                    for database in ("*__*", ATHENAS_DATABASE)
                    for resource in (f"database/{database}", f"table/{database}/*", f"userDefinedFunction/{database}/*")
                ),
            ),
        ),
    )
