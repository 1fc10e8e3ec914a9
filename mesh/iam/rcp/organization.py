"""RCP at the root: nobody outside the organisation reaches a resource."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import Perimeter, not_a_service, outside_organization
from mesh.iam.roles.permission_set import ROLES_OF_PERMISSION_SETS
from mesh.iam.statement import Document, Statement, document, when

PERIMETER_SERVICES = (
    "s3:*",
    "kms:*",
    "sqs:*",
    "secretsmanager:*",
    "dynamodb:*",
    "logs:*",
    "ecr:*",
    "events:*",
    "budgets:*",
    "health:*",
    "resource-groups:*",
    "xray:*",
)
"""Every listed service that takes an RCP (`mesh.aws.rcp_services`); `sts` has statements of its own."""

ASSUME_ROLE = ("sts:AssumeRole",)


def resources_stay_inside(perimeter: Perimeter) -> Document:
    """RCP at the root: nobody outside, no service for an outsider (I1, I2), no foreign network (I9), TLS only (I10)."""
    return document(*_callers_outside(perimeter), *_requests(perimeter), *_sessions(perimeter))


def _callers_outside(perimeter: Perimeter) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseCallersOutsideTheOrganisation",
            what="Callers of no account of the organisation reach nothing, and assume no role.",
            why="It holds whatever a bucket, key or trust policy says by mistake.",
            principal="*",
            actions=(*PERIMETER_SERVICES, *ASSUME_ROLE),
            resources=("*",),
            conditions=(outside_organization(perimeter), not_a_service()),
        ),
        Statement(
            sid="RefuseServicesForOutsiders",
            what="An AWS service that acts for an account outside the organisation reaches nothing.",
            why=(
                "Services are exempt from the refusal of outsiders, and an outsider can set one to work (confused "
                "deputy)."
            ),
            principal="*",
            actions=(*PERIMETER_SERVICES, *ASSUME_ROLE),
            resources=("*",),
            conditions=(
                when("StringNotEqualsIfExists", "aws:SourceOrgID", perimeter.organization),
                when("Null", "aws:SourceAccount", "false"),
                when("Bool", "aws:PrincipalIsAWSService", "true"),
            ),
        ),
    )


def _requests(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements about requests: TLS, a fresh signature, no foreign network; whoever the caller is."""
    return (
        Statement(
            sid="RefusePlainHttp",
            what="Nobody reaches S3, SQS, KMS or Secrets Manager over plain HTTP.",
            why="Data and signatures could be read on the way; it holds for buckets without a policy, too.",
            principal="*",
            actions=("s3:*", "sqs:*", "kms:*", "secretsmanager:*"),
            resources=("*",),
            conditions=(when("BoolIfExists", "aws:SecureTransport", "false"),),
        ),
        Statement(
            sid="RefuseOldPresignedUrls",
            what="A request to S3 whose signature is older than 15 minutes is refused.",
            why="Whoever holds a presigned URL has the access of its maker, for up to a week.",
            principal="*",
            actions=("s3:*",),
            resources=("*",),
            conditions=(when("NumericGreaterThan", "s3:signatureAge", "900000"),),
        ),
        Statement(
            sid="RefuseForeignNetworks",
            what="A request through a VPC endpoint of another organisation is refused.",
            why="Stolen credentials are not used from the thief's own network.",
            principal="*",
            actions=("s3:*", "kms:*", "sqs:*"),
            resources=("*",),
            conditions=(
                when("Null", "aws:VpceOrgID", "false"),
                when("StringNotEquals", "aws:VpceOrgID", perimeter.organization),
            ),
        ),
    )


def _sessions(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements about sessions: web identities for CI roles, SAML for permission sets, no session tags `mesh:*`."""
    return (
        Statement(
            sid="RefuseOtherWebIdentities",
            what="Web identities assume CI roles of the governance account, and no other role.",
            why="A trust policy that forgets its conditions would let in everybody whom the provider knows.",
            principal="*",
            actions=("sts:AssumeRoleWithWebIdentity",),
            not_resources=(names.ci_role(perimeter.governance_id, "*"),),
        ),
        Statement(
            sid="RefuseOtherSamlIdentities",
            what="SAML sessions assume roles of permission sets, and no other role.",
            why="People come by IAM Identity Center alone.",
            principal="*",
            actions=("sts:AssumeRoleWithSAML",),
            not_resources=(ROLES_OF_PERMISSION_SETS,),
        ),
        Statement(
            sid="RefuseForgedSessionTags",
            what="Nobody passes a session tag `mesh:*`, whoever the caller is.",
            why="The prefix is the mesh's own: nobody forges an attribute on which a policy could rest.",
            principal="*",
            actions=("sts:TagSession",),
            resources=("*",),
            conditions=(when("ForAnyValue:StringLike", "aws:TagKeys", "mesh:*"), not_a_service()),
        ),
    )
