"""Athena in the permissions of a role: the actions of a query, and where its results are kept."""

from __future__ import annotations

from mesh.iam.perimeter import Perimeter, through
from mesh.iam.statement import Statement, when

QUERY = (
    "athena:BatchGetQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:GetWorkGroup",
    "athena:ListQueryExecutions",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)


def query_results(
    perimeter: Perimeter, account_id: str, results: str, alias: str, prefix: str = ""
) -> tuple[Statement, ...]:
    """Results of queries below a prefix of a bucket, with the key of that alias; all three of the same account."""
    return (
        Statement(
            sid="KeepQueryResults",
            what="The role reads and writes results of queries, a clearance below a prefix of its own.",
            why="Athena writes a result, and reads it back, as the caller.",
            effect="Allow",
            actions=("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            resources=(f"arn:aws:s3:::{results}/{prefix}*",),
        ),
        Statement(
            sid="FindQueryResults",
            what="The role lists the bucket of results, and asks for its region.",
            why="Athena looks before it writes.",
            effect="Allow",
            actions=("s3:GetBucketLocation", "s3:ListBucket"),
            resources=(f"arn:aws:s3:::{results}",),
        ),
        Statement(
            sid="EncryptQueryResults",
            what="The role encrypts and decrypts results with the account's key.",
            why="The bucket is encrypted with it; the alias leaves out every other key.",
            effect="Allow",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(f"arn:aws:kms:{perimeter.region}:{account_id}:key/*",),
            conditions=(
                when("ForAnyValue:StringEquals", "kms:ResourceAliases", f"alias/{alias}"),
                through(perimeter, "s3"),
            ),
        ),
    )
