"""Statements of roles whose holders query with Athena: the actions, and where results are kept."""

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
            effect="Allow",
            actions=("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            resources=(f"arn:aws:s3:::{results}/{prefix}*",),
        ),
        Statement(
            sid="FindQueryResults",
            effect="Allow",
            actions=("s3:GetBucketLocation", "s3:ListBucket"),
            resources=(f"arn:aws:s3:::{results}",),
        ),
        Statement(
            sid="EncryptQueryResults",
            effect="Allow",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(f"arn:aws:kms:{perimeter.region}:{account_id}:key/*",),
            conditions=(
                when("ForAnyValue:StringEquals", "kms:ResourceAliases", f"alias/{alias}"),
                through(perimeter, "s3"),
            ),
        ),
    )
