"""Role with which optimizers of Glue keep drafts small: they compact, expire snapshots, and delete what nothing names.

It is the only role that deletes below `tables/`, where the hub and a rollback name files, too: what optimizers delete
has to be older than a publication may lag (`mesh.yaml`, `defaults.snapshots` and `defaults.publication-lag`).
"""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.keys import ENCRYPT
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.trust import assumed_by_services
from mesh.iam.statement import Document, Statement, document, when

KEEP: Final = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
"""What an optimizer does with objects (Glue Developer Guide, "Table optimization prerequisites")."""

OPTIMIZER_LOGS: Final = "/aws-glue/iceberg-*/logs"
"""Log groups of compaction, retention and orphan files, which are Glue's to name (the same page); they have counts."""


def retention_trust(account_id: str) -> Document:
    """Trust: Glue assumes the role, for tables of this account alone."""
    return document(
        assumed_by_services(
            account_id,
            "glue.amazonaws.com",
            sid="OptimizersOfThisAccount",
            what="Glue assumes the role, for optimizers of this account's tables.",
            why="Without the source account, an optimizer of another account could run with it (confused deputy).",
        )
    )


def retention_permissions(perimeter: Perimeter, account_id: str, domain: str) -> Document:
    """Permissions: commit to drafts, read, write and delete below `tables/` of the domain's products."""
    region, buckets = perimeter.region, f"arn:aws:s3:::{names.buckets_of(perimeter.mesh, domain)}"
    glue, here = f"arn:aws:glue:{region}:{account_id}", when("StringEquals", "aws:ResourceAccount", account_id)
    return document(
        Statement(
            sid="CommitToDrafts",
            what="The role reads drafts of its account, and commits to them.",
            why="To compact and to expire are commits of a draft; the hub has its own entry, which it never sees.",
            effect="Allow",
            actions=("glue:GetTable", "glue:UpdateTable"),
            resources=(f"{glue}:catalog", f"{glue}:database/{names.DRAFTS}", f"{glue}:table/{names.DRAFTS}/*"),
        ),
        Statement(
            sid="KeepTablesSmall",
            what="The role reads, writes and deletes objects of tables in the domain's buckets.",
            why="Small files become large ones, and what no snapshot names any more goes; its versions stay a while.",
            effect="Allow",
            actions=KEEP,
            resources=(f"{buckets}/tables/*",),
            conditions=(here,),
        ),
        Statement(
            sid="ListTables",
            what="The role lists the domain's buckets.",
            why="What nothing names is found by listing.",
            effect="Allow",
            actions=("s3:GetBucketLocation", "s3:ListBucket"),
            resources=(buckets,),
            conditions=(here,),
        ),
        Statement(
            sid="UseKeysOfTables",
            what="The role encrypts and decrypts with keys of its account, through S3.",
            why="Objects are encrypted with their product's key; which one, its key policy decides.",
            effect="Allow",
            actions=ENCRYPT,
            resources=(f"arn:aws:kms:{region}:{account_id}:key/*",),
            conditions=(through(perimeter, "s3"),),
        ),
        Statement(
            sid="WriteLogs",
            what="The role writes the logs of optimizers.",
            why="They tell how many files were rewritten and deleted, and why not.",
            effect="Allow",
            actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(f"arn:aws:logs:{region}:{account_id}:log-group:{OPTIMIZER_LOGS}*",),
        ),
    )
