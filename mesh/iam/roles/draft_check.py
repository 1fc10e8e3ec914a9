"""Role in a domain's account with which the publication function checks drafts. Trust and permissions."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.keys import DECRYPT
from mesh.iam.mesh_catalog import ATHENAS_DATABASE
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.query import QUERY, query_results
from mesh.iam.roles.trust import BEGIN, assumed_by
from mesh.iam.statement import Document, Statement, document, when

READ_DRAFTS: Final = (
    "glue:BatchGetPartition",
    "glue:GetDatabase",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
)


def check_trust(governance_id: str) -> Document:
    """Trust: the publication function assumes the role; it is in governance, for no domain rewrites its own gate."""
    return document(
        assumed_by(
            governance_id,
            names.publication_role(governance_id),
            sid="ThePublicationFunction",
            what="The publication function assumes the role.",
            why="A draft is read by who checks it; people read what is published.",
            actions=BEGIN,
        )
    )


def check_permissions(perimeter: Perimeter, account_id: str, domain: str, results: str) -> Document:
    """Permissions: read the drafts of the account and their data, query them, and stop what deletes files of them.

    `results` is the bucket of query results in the same account.
    """
    region = perimeter.region
    glue = f"arn:aws:glue:{region}:{account_id}"
    drafts = (f"{glue}:catalog", f"{glue}:database/{names.DRAFTS}", f"{glue}:table/{names.DRAFTS}/*")
    return document(
        Statement(
            sid="ReadDrafts",
            what="The role reads the drafts of its account in the catalog, and sees the database that Athena asks for.",
            why="What is published is what was checked: the table as it is, its columns, its place, its partitions.",
            effect="Allow",
            actions=READ_DRAFTS,
            resources=(*drafts, f"{glue}:database/{ATHENAS_DATABASE}"),
        ),
        Statement(
            sid="StopOptimizersOfDrafts",
            what="The role deletes optimizers of drafts in its account.",
            why="While publications lag, optimizers would delete files that readers of the last one still need.",
            effect="Allow",
            actions=("glue:DeleteTableOptimizer",),
            resources=drafts,
        ),
        *_tables(f"arn:aws:s3:::{names.buckets_of(perimeter.mesh, domain)}", account_id),
        Statement(
            sid="DecryptTablesOfTheDomain",
            what="The role decrypts with keys of its account, through S3.",
            why="Objects are encrypted; which product, its key policy decides.",
            effect="Allow",
            actions=DECRYPT,
            resources=(f"arn:aws:kms:{region}:{account_id}:key/*",),
            conditions=(through(perimeter, "s3"),),
        ),
        Statement(
            sid="QueryInTheOwnWorkgroup",
            what="The role queries in a workgroup of its own.",
            why="The gate asks for rows, keys and required values; its results are for nobody else.",
            effect="Allow",
            actions=QUERY,
            resources=(f"arn:aws:athena:{region}:{account_id}:workgroup/{names.workgroup(names.CHECK)}",),
        ),
        *query_results(perimeter, account_id, results, names.ACCOUNT_KEY_ALIAS, f"{names.CHECK}/"),
    )


def _tables(buckets: str, account_id: str) -> tuple[Statement, ...]:
    """Allows to read what is below `tables/` in buckets of the account."""
    here = when("StringEquals", "aws:ResourceAccount", account_id)
    return (
        Statement(
            sid="ReadTablesOfTheDomain",
            what="The role reads tables in the domain's buckets, their metadata included.",
            why="Schema, ids and paths stand in files; the gate counts rows.",
            effect="Allow",
            actions=("s3:GetObject", "s3:GetObjectVersion"),
            resources=(f"{buckets}/tables/*",),
            conditions=(here,),
        ),
        Statement(
            sid="ListTablesOfTheDomain",
            what="The role lists tables in the domain's buckets.",
            why="Files of plain Parquet are found by listing.",
            effect="Allow",
            actions=("s3:ListBucket",),
            resources=(buckets,),
            conditions=(when("StringLike", "s3:prefix", "tables/*"), here),
        ),
        Statement(
            sid="FindTheDomainsBuckets",
            what="The role asks in which region the domain's buckets are.",
            why="Athena asks before it reads.",
            effect="Allow",
            actions=("s3:GetBucketLocation",),
            resources=(buckets,),
            conditions=(here,),
        ),
    )
