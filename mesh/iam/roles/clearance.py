"""Role of a clearance in a domain account: its permissions."""

from __future__ import annotations

from mesh import names
from mesh.iam.bucket_statements import READER_ACTIONS
from mesh.iam.catalog import READ_CATALOG
from mesh.iam.key_statements import DECRYPT
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.query import QUERY, query_results
from mesh.iam.statement import Document, Statement, document, when


def clearance_permissions(
    perimeter: Perimeter, account_id: str, clearance: str, results: str, results_key_alias: str
) -> Document:
    """What a holder of a clearance may call; which data that reaches is decided by Lake Formation, bucket and key.

    `results` is the bucket of query results in the same account; a clearance has a workgroup and a prefix of its own.
    """
    region = perimeter.region
    return document(
        Statement(
            sid="QueryInTheOwnWorkgroup",
            effect="Allow",
            actions=QUERY,
            resources=(f"arn:aws:athena:{region}:{account_id}:workgroup/{names.workgroup(clearance)}",),
        ),
        Statement(
            sid="ReadTheCatalogs",
            effect="Allow",
            actions=READ_CATALOG,
            resources=tuple(
                f"arn:aws:glue:{region}:{owner}:{what}"
                for owner in (account_id, perimeter.governance_id)
                for what in ("catalog", "database/*", "table/*")
            ),
        ),
        Statement(
            sid="AskLakeFormation",
            effect="Allow",
            actions=("lakeformation:GetDataAccess",),
            resources=("*",),
        ),
        Statement(
            sid="ReadFilesOfProducts",
            effect="Allow",
            actions=READER_ACTIONS,
            resources=(f"arn:aws:s3:::{perimeter.mesh}-*--*",),
            conditions=(when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", perimeter.domains),),
        ),
        Statement(
            sid="DecryptFilesOfProducts",
            effect="Allow",
            actions=DECRYPT,
            resources=(f"arn:aws:kms:{region}:*:key/*",),
            conditions=(
                through(perimeter, "s3"),
                when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", perimeter.domains),
            ),
        ),
        *query_results(perimeter, account_id, results, results_key_alias, f"{clearance}/"),
    )
