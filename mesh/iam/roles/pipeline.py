"""Role of a pipeline: the only writer of a data product. Trust and permissions."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.bus import events_of
from mesh.iam.keys import ENCRYPT
from mesh.iam.network import in_the_network
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.boundary import READ_SECRETS
from mesh.iam.roles.trust import assumed_by_services
from mesh.iam.scripts import reads_its_script
from mesh.iam.statement import Document, Statement, document, when

COMMIT: Final = (
    "glue:BatchCreatePartition",
    "glue:BatchGetPartition",
    "glue:BatchUpdatePartition",
    "glue:CreatePartition",
    "glue:GetDatabase",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
    "glue:UpdatePartition",
    "glue:UpdateTable",
)
"""What clients of Iceberg and of plain Parquet ask of Glue to write to a table that is there."""


def pipeline_trust(account_id: str) -> Document:
    """Trust of a role for jobs: assumed by the services that run pipelines, for this account alone."""
    services = ("glue.amazonaws.com", "lambda.amazonaws.com", "states.amazonaws.com")
    return document(
        assumed_by_services(
            account_id,
            *services,
            sid="PipelinesOfThisAccount",
            what="Glue, Lambda and Step Functions assume the role, for jobs of this account.",
            why="Without the source account, jobs of another account could run with it (confused deputy).",
        )
    )


def pipeline_permissions(
    perimeter: Perimeter, account_id: str, domain: str, product: str, secrets: tuple[str, ...] = ()
) -> Document:
    """Permissions: write one product, in the private network; its bucket, key, logs and secrets, those of no other."""
    bucket = perimeter.buckets.of_product(domain, product, account_id)
    alias = names.key_alias(product)
    return document(
        *_objects(bucket),
        Statement(
            sid="CommitToTheDraft",
            what="The role reads the draft of its product in the account's catalog, and commits to it.",
            why="A writer's catalog is its own account's; it makes and deletes no table, and never sees the hub.",
            effect="Allow",
            actions=COMMIT,
            resources=_draft(perimeter, account_id, domain, product),
        ),
        Statement(
            sid="ListTheProduct",
            what="The role lists the objects of its product.",
            why="Spark and Iceberg list before they write.",
            effect="Allow",
            actions=("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
            resources=(f"arn:aws:s3:::{bucket}",),
        ),
        Statement(
            sid="EncryptTheProduct",
            what="The role encrypts and decrypts with its product's key.",
            why="Objects are encrypted with it; the alias leaves out every other key.",
            effect="Allow",
            actions=ENCRYPT,
            resources=(f"arn:aws:kms:{perimeter.region}:{account_id}:key/*",),
            conditions=(
                when("ForAnyValue:StringEquals", "kms:ResourceAliases", f"alias/{alias}"),
                through(perimeter, "s3"),
            ),
        ),
        reads_its_script(perimeter.buckets.scripts(domain, account_id), product),
        Statement(
            sid="WriteLogs",
            what="The role writes logs to `/mesh/<product>`, and below it.",
            why="A failed job is explained by its logs; those of other jobs it neither reads nor writes.",
            effect="Allow",
            actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            resources=names.log_group(perimeter.region, account_id, product),
        ),
        *_tells_the_mesh(perimeter, domain, product),
        *in_the_network(perimeter, account_id),
        *_secrets(perimeter, account_id, product, secrets),
    )


def _objects(bucket: str) -> tuple[Statement, ...]:
    """Allows on objects of a product: all are written, and few deleted."""
    return (
        Statement(
            sid="WriteTheProduct",
            what="The role reads and writes objects of its one product.",
            why="It is the product's only writer, and writes no other product.",
            effect="Allow",
            actions=(
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:PutObject",
                "s3:AbortMultipartUpload",
            ),
            resources=(f"arn:aws:s3:::{bucket}/*",),
        ),
        Statement(
            sid="DeleteFiles",
            what="The role deletes files, and what was for partners; never what is below `tables/`.",
            why="What is published of a table, and what it can go back to, names files that its draft does not.",
            effect="Allow",
            actions=("s3:DeleteObject",),
            resources=tuple(f"arn:aws:s3:::{bucket}/{prefix}/*" for prefix in ("files", "outbound")),
        ),
    )


def _tells_the_mesh(perimeter: Perimeter, domain: str, product: str) -> tuple[Statement, ...]:
    """Statements about events of a product on the mesh bus."""
    bus = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}"
    return (
        Statement(
            sid="TellTheMesh",
            what="The role puts events of its own product on the mesh bus.",
            why="Consumers hear that the product has new data, and hear it from nobody else.",
            effect="Allow",
            actions=("events:PutEvents",),
            resources=(bus,),
        ),
        *events_of(
            bus,
            names.event_source(domain, product),
            whose="the product",
            told=names.PIPELINE_EVENTS,
        ),
    )


def _secrets(perimeter: Perimeter, account_id: str, product: str, secrets: tuple[str, ...]) -> tuple[Statement, ...]:
    """The secrets that the YAML names; to a secret's name its ARN adds six characters that AWS chooses.

    (Secrets Manager User Guide, "What's in a Secrets Manager secret?", and "Identity-based policies": `-??????`, for
    with `*` the role would read secrets whose names begin alike.)
    """
    if not secrets:
        return ()
    manager = f"arn:aws:secretsmanager:{perimeter.region}:{account_id}:secret"
    return (
        Statement(
            sid="ReadItsSecrets",
            what="The role reads the secrets of its pipeline that its YAML names.",
            why="What it calls may ask for a password; a job is told the secret's name, and its value stands nowhere.",
            effect="Allow",
            actions=READ_SECRETS,
            resources=tuple(f"{manager}:{names.secret(product, name)}-??????" for name in secrets),
        ),
    )


def _draft(perimeter: Perimeter, account_id: str, domain: str, product: str) -> tuple[str, ...]:
    """The draft of a product in the account's catalog; Glue asks for what is above a table, too."""
    glue, draft = f"arn:aws:glue:{perimeter.region}:{account_id}", names.draft_database(domain, product)
    return f"{glue}:catalog", f"{glue}:database/{draft}", f"{glue}:table/{draft}/*"
