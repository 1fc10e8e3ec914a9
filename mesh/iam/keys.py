"""Actions on KMS keys by purpose, and the part that the policies of several keys share."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is, not_a_service, through
from mesh.iam.statement import Statement, account, when

DECRYPT = ("kms:Decrypt", "kms:DescribeKey")

ENCRYPT = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)

USE_KEY = (
    "kms:Decapsulate",
    "kms:Decrypt",
    "kms:DeriveSharedSecret",
    "kms:Encapsulate",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:GenerateMac",
    "kms:ReEncrypt*",
    "kms:Sign",
)

LOOK_AT_KEY = ("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags")

ADMINISTER_KEY = (
    *LOOK_AT_KEY,
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)


def deployment_administers(account_id: str) -> Statement:
    """Allow to the deploy role of the account, which administers the key and is no user of it."""
    return Statement(
        sid="DeploymentAdministers",
        what="The account's deployment administers the key.",
        why="KMS wants an administrator; to administer is not to use, so the deployment decrypts nothing.",
        effect="Allow",
        principal=account(account_id),
        actions=ADMINISTER_KEY,
        resources=("*",),
        conditions=(caller_is(names.deploy_role(account_id)),),
    )


def preview_looks(account_id: str) -> Statement:
    """Allow to the preview role of the account, which reads how the key is set up."""
    return Statement(
        sid="PreviewLooks",
        what="A preview reads how the key is set up.",
        why="`pulumi preview` compares the key with the program.",
        effect="Allow",
        principal=account(account_id),
        actions=LOOK_AT_KEY,
        resources=("*",),
        conditions=(caller_is(names.preview_role(account_id)),),
    )


def account_uses_through_services(perimeter: Perimeter, account_id: str, *services: str) -> Statement:
    """Allow to everybody of the account, through those services."""
    return Statement(
        sid="AccountUsesThroughItsServices",
        what="Callers of the account use the key through its services: S3, or S3, EC2 and Athena.",
        why="What the account keeps is encrypted with it; who reads which object, the bucket policies decide.",
        effect="Allow",
        principal=account(account_id),
        actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"),
        resources=("*",),
        conditions=(through(perimeter, *services),),
    )


def only_through_services(perimeter: Perimeter, *services: str) -> Statement:
    """Deny of use other than through those services."""
    return Statement(
        sid="RefuseUseOutsideServices",
        what="Nobody uses the key other than through its services: S3, or S3, EC2 and Athena.",
        why="A direct call to KMS would decrypt what has left its bucket.",
        principal="*",
        actions=USE_KEY,
        resources=("*",),
        conditions=(
            when(
                "StringNotEquals",
                "kms:ViaService",
                *(f"{name}.{perimeter.region}.amazonaws.com" for name in services),
            ),
            not_a_service(),
        ),
    )
