"""Role of a clearance in a domain account: its permissions."""

from __future__ import annotations

from mesh import names
from mesh.iam.buckets import READER_ACTIONS
from mesh.iam.keys import DECRYPT
from mesh.iam.mesh_catalog import READ_CATALOG
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.query import QUERY, browsing, query_results
from mesh.iam.statement import Document, Statement, document, when


def clearance_permissions(
    perimeter: Perimeter, account_id: str, clearance: str, results: str, results_key_alias: str
) -> Document:
    """Permissions: queries, metadata, files. Which data they reach, Lake Formation, bucket and key decide.

    `results` is the bucket of query results in the same account; a clearance has a workgroup and a prefix of its own.
    """
    region = perimeter.region
    return document(
        Statement(
            sid="QueryInTheOwnWorkgroup",
            what="The role queries in the workgroup of its clearance.",
            why="A workgroup says where results are kept, and those of another clearance can hold more.",
            effect="Allow",
            actions=QUERY,
            resources=(f"arn:aws:athena:{region}:{account_id}:workgroup/{names.workgroup(clearance)}",),
        ),
        *browsing(perimeter, account_id),
        Statement(
            sid="ReadTheCatalogs",
            what="The role reads metadata in its account's catalog and in the mesh catalog.",
            why=(
                "A resource link is in the one and its table in the other; which of it is seen, Lake Formation decides."
            ),
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
            what="The role asks Lake Formation for credentials to data.",
            why="Athena reads a registered location in no other way; which columns, the grants decide.",
            effect="Allow",
            actions=("lakeformation:GetDataAccess",),
            resources=("*",),
        ),
        *_files_of_products(perimeter),
        *query_results(perimeter, account_id, results, results_key_alias, f"{clearance}/"),
    )


def _files_of_products(perimeter: Perimeter) -> tuple[Statement, ...]:
    domains = when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", perimeter.domains)
    return (
        Statement(
            sid="ReadFilesOfProducts",
            what="The role reads objects of products in domain accounts.",
            why="The port `files`: which product, its bucket policy decides.",
            effect="Allow",
            actions=READER_ACTIONS,
            resources=(f"arn:aws:s3:::{perimeter.mesh}-*--*",),
            conditions=(domains,),
        ),
        Statement(
            sid="DecryptFilesOfProducts",
            what="The role decrypts with keys of domain accounts.",
            why="The port `files`: which product, its key policy decides.",
            effect="Allow",
            actions=DECRYPT,
            resources=(f"arn:aws:kms:{perimeter.region}:*:key/*",),
            conditions=(
                through(perimeter, "s3"),
                domains,
            ),
        ),
    )
