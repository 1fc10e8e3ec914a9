"""KMS key policy of a data product: who encrypts and decrypts, through S3 alone."""

from __future__ import annotations

from mesh.iam.keys import DECRYPT, ENCRYPT, USE_KEY, deployment_administers, preview_looks
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
from mesh.iam.statement import Document, Statement, account, document, service, when


def key_policy(perimeter: Perimeter, audience: Audience) -> Document:
    """Resource policy of a product's key. Quota: 32,768 bytes.

    No statement delegates to IAM: the account's own administrators cannot decrypt (I12). AWS refuses a key policy
    that locks its caller out; the caller is the deploy role, which `DeploymentAdministers` names. No page says which
    keys that check sends besides the caller's ARN, so no Deny on the administration hangs on another one.
    """
    home, governance = audience.account_id, perimeter.governance_id
    return document(
        deployment_administers(home),
        preview_looks(home),
        _role_uses(
            perimeter,
            home,
            audience.pipeline,
            ENCRYPT,
            sid="PipelineEncrypts",
            what="The product's pipeline encrypts and decrypts.",
            why="It writes the product's objects, and reads them back.",
        ),
        _role_uses(
            perimeter,
            home,
            audience.delivery,
            ("kms:Decrypt",),
            sid="DeliveryDecrypts",
            what="The product's delivery role decrypts.",
            why="With it S3 replicates what is for a partner.",
        ),
        _role_uses(
            perimeter,
            governance,
            audience.location,
            DECRYPT,
            sid="LakeFormationDecrypts",
            what="The domain's location role decrypts.",
            why="With it Lake Formation reads the tables.",
        ),
        _role_uses(
            perimeter,
            home,
            audience.retention,
            ENCRYPT,
            sid="RetentionEncrypts",
            what="The account's retention role encrypts and decrypts.",
            why="Small files of a table become large ones.",
        ),
        _logs_of_its_pipeline(perimeter, audience),
        _cleared_people_decrypt(perimeter, audience),
        *_cleared_pipelines_decrypt(perimeter, audience),
        _role_uses(
            perimeter,
            home,
            audience.check,
            DECRYPT,
            sid="CheckDecrypts",
            what="The role that checks drafts decrypts.",
            why="It reads the tables before they are published.",
        ),
        _deployment_starts_tables(perimeter, audience),
        *_only_the_audience(perimeter, audience),
    )


def _role_uses(
    perimeter: Perimeter, account_id: str, role: str | None, actions: tuple[str, ...], *, sid: str, what: str, why: str
) -> Statement | None:
    """Allow to one role of an account, through S3; None where the product has no such role."""
    if role is None:
        return None
    return Statement(
        sid=sid,
        what=what,
        why=why,
        effect="Allow",
        principal=account(account_id),
        actions=actions,
        resources=("*",),
        conditions=(caller_is(role), through(perimeter, "s3")),
    )


def _deployment_starts_tables(perimeter: Perimeter, audience: Audience) -> Statement | None:
    return _role_uses(
        perimeter,
        audience.account_id,
        audience.starter,
        ENCRYPT,
        sid="DeploymentStartsTables",
        what="The account's deployment encrypts and decrypts.",
        why="Glue writes the first metadata file of a table with its rights; the bucket lets it reach no other.",
    )


def _logs_of_its_pipeline(perimeter: Perimeter, audience: Audience) -> Statement | None:
    """Allow to CloudWatch Logs, for the log groups of the product's pipeline; None where it has none.

    (CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS".)
    """
    if audience.logs is None:
        return None
    return Statement(
        sid="LogsOfThePipeline",
        what="CloudWatch Logs encrypts and decrypts logs of the product's pipeline, and no others.",
        why="What a job prints is data of the product; without the context another log group could have the key.",
        effect="Allow",
        principal=service(f"logs.{perimeter.region}.amazonaws.com"),
        actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"),
        resources=("*",),
        conditions=(when("ArnLike", "kms:EncryptionContext:aws:logs:arn", audience.logs),),
    )


def _cleared_people_decrypt(perimeter: Perimeter, audience: Audience) -> Statement | None:
    if not audience.clearances:
        return None
    return Statement(
        sid="ClearedPeopleDecrypt",
        what="Clearances that cover every label of the product decrypt, in any domain account.",
        why="The port `files`: to read an object takes its key as well.",
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


def _cleared_pipelines_decrypt(perimeter: Perimeter, audience: Audience) -> tuple[Statement, ...]:
    """Allows to pipelines: of other accounts, and at home as far as their own permissions go.

    An Allow to `*` would be enough by itself at home, whatever a role's own permissions are; one to the account hands
    the decision on to them (KMS Developer Guide, "Allows access to the AWS account").
    """
    if not audience.machines:
        return ()
    home = audience.account_id
    return (
        Statement(
            sid="ClearedPipelinesDecrypt",
            what="Pipelines of other accounts that read with such a clearance decrypt.",
            why="The port `files`: their own permissions name each product that they read.",
            effect="Allow",
            principal="*",
            actions=DECRYPT,
            resources=("*",),
            conditions=(
                in_organization(perimeter),
                inside_units(perimeter.domains),
                caller_is(*audience.machines),
                when("StringNotEquals", "aws:PrincipalAccount", home),
                through(perimeter, "s3"),
            ),
        ),
        Statement(
            sid="ClearedPipelinesAtHomeDecrypt",
            what="Pipelines of the account that read with such a clearance decrypt, where their permissions say so.",
            why="The port `files`, read by another product of the same domain.",
            effect="Allow",
            principal=account(home),
            actions=DECRYPT,
            resources=("*",),
            conditions=(caller_is(*audience.machines), through(perimeter, "s3")),
        ),
    )


def _only_the_audience(perimeter: Perimeter, audience: Audience) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseOtherUnits",
            what="Callers outside the domains unit, and the governance unit where it reads tables, do nothing with it.",
            why="The second line behind the bucket policy: an object without its key is of no use.",
            but="The home account's deployment administers it: KMS's lock-out check may send no organisation path.",
            principal="*",
            actions=("kms:*",),
            resources=("*",),
            conditions=(
                outside_units(*audience.units(perimeter)),
                caller_is_not(audience.deploy),
                not_a_service(),
            ),
        ),
        Statement(
            sid="RefuseOtherUsers",
            what="Nobody uses the key but the product's readers and writers.",
            why=(
                "Administrators of the home account included; it holds against an Allow or a grant that is added later."
            ),
            but="The pipeline writes, ports are for readers; the check reads drafts, the deployment starts them.",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(caller_is_not(*audience.users), not_a_service()),
        ),
        Statement(
            sid="RefuseUseOutsideS3",
            what="Nobody uses the key other than through S3.",
            why="A direct call to KMS would decrypt what has left its bucket.",
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
            what="Nobody makes a grant on the key, unless an AWS service does for its own resource.",
            why="A grant lets somebody use the key beside this policy.",
            principal="*",
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(when("BoolIfExists", "kms:GrantIsForAWSResource", "false"),),
        ),
    )
