"""KMS key policy of a data product: who encrypts and decrypts, through S3 alone."""

from __future__ import annotations

from mesh.iam.key_statements import DECRYPT, ENCRYPT, USE_KEY, deployment_administers, preview_looks
from mesh.iam.perimeter import (
    Perimeter,
    caller_is,
    caller_is_not,
    in_organization,
    inside_units,
    not_a_service,
    outside_units,
    through,
)
from mesh.iam.product.audience import Audience
from mesh.iam.statement import Document, Statement, account, document, when


def key_policy(perimeter: Perimeter, audience: Audience) -> Document:
    """Resource policy of a product's key. Quota: 32,768 bytes.

    No statement delegates to IAM: the account's own administrators cannot decrypt (I12). AWS refuses a key policy
    that locks its caller out; the caller is the deploy role, which `DeploymentAdministers` names.
    """
    home, governance = audience.account_id, perimeter.governance_id
    return document(
        deployment_administers(home),
        preview_looks(home),
        _role_uses(perimeter, home, audience.pipeline, ENCRYPT, sid="PipelineEncrypts"),
        _role_uses(perimeter, home, audience.delivery, DECRYPT, sid="DeliveryDecrypts"),
        _role_uses(perimeter, governance, audience.location, DECRYPT, sid="LakeFormationDecrypts"),
        _cleared_people_decrypt(perimeter, audience),
        _role_uses(perimeter, governance, audience.publisher, ENCRYPT, sid="PublisherEncrypts"),
        *_only_the_audience(perimeter, audience),
    )


def _role_uses(
    perimeter: Perimeter, account_id: str, role: str | None, actions: tuple[str, ...], *, sid: str
) -> Statement | None:
    """Allow to one role of an account, through S3; None where the product has no such role."""
    if role is None:
        return None
    return Statement(
        sid=sid,
        effect="Allow",
        principal=account(account_id),
        actions=actions,
        resources=("*",),
        conditions=(caller_is(role), through(perimeter, "s3")),
    )


def _cleared_people_decrypt(perimeter: Perimeter, audience: Audience) -> Statement | None:
    if not audience.clearances:
        return None
    return Statement(
        sid="ClearedPeopleDecrypt",
        effect="Allow",
        principal="*",
        actions=DECRYPT,
        resources=("*",),
        conditions=(
            in_organization(perimeter),
            inside_units(perimeter.domains),
            caller_is(*audience.clearances),
            through(perimeter, "s3"),
        ),
    )


def _only_the_audience(perimeter: Perimeter, audience: Audience) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseOtherUnits",
            principal="*",
            actions=("kms:*",),
            resources=("*",),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherUsers",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(caller_is_not(*audience.readers), not_a_service()),
        ),
        Statement(
            sid="RefuseUseOutsideS3",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(
                when("StringNotEquals", "kms:ViaService", f"s3.{perimeter.region}.amazonaws.com"),
                not_a_service(),
            ),
        ),
        Statement(
            sid="RefuseGrants",
            principal="*",
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(when("BoolIfExists", "kms:GrantIsForAWSResource", "false"),),
        ),
    )
