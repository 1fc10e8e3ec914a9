"""Athena in the permissions of a role: the actions of a query, what tools ask first, and where results are kept."""

from __future__ import annotations

from typing import Final

from mesh.iam.perimeter import Perimeter, through
from mesh.iam.statement import Statement, when

QUERY: Final = (
    "athena:BatchGetQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:GetQueryRuntimeStatistics",
    "athena:GetWorkGroup",
    "athena:ListNamedQueries",
    "athena:ListPreparedStatements",
    "athena:ListQueryExecutions",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)
"""Actions on a workgroup. Of saved queries and prepared statements tools ask the list, which stays empty: the allow
lists refuse to everybody to save one, for its text holds values, and no retention takes it away."""

LIST_ATHENA: Final = ("athena:ListDataCatalogs", "athena:ListEngineVersions", "athena:ListWorkGroups")
"""Names that Athena's console and drivers ask for before anything else; the actions take no resource."""

BROWSE_CATALOG: Final = (
    "athena:GetDataCatalog",
    "athena:GetDatabase",
    "athena:GetTableMetadata",
    "athena:ListDatabases",
    "athena:ListTableMetadata",
)
"""Actions on a data catalog, by which drivers and BI tools find tables (Athena User Guide, "Data Catalog example
policies"); Athena asks Glue for each as the caller."""

IMPORT_STATUS: Final = "glue:GetCatalogImportStatus"
"""What JDBC's driver asks of the catalog when it connects: whether Athena's own was moved into Glue, long ago
(metabase/metabase, pull request 41388)."""

_ATHENA: Final = "athena.amazonaws.com"
_DATA_CATALOG: Final = "AwsDataCatalog"
"""Athena's name of an account's Glue Data Catalog."""


def browsing(perimeter: Perimeter, account_id: str) -> tuple[Statement, ...]:
    """Statements about what consoles, JDBC, ODBC, dbt and BI tools ask before a query, in the account's own catalog."""
    region = perimeter.region
    return (
        Statement(
            sid="ListWorkgroupsAndCatalogs",
            what="The role lists names of the account's workgroups, data catalogs and engine versions.",
            why="Consoles and drivers ask them first, and stop at a refusal; no name tells a query or a table.",
            effect="Allow",
            actions=LIST_ATHENA,
            resources=("*",),
        ),
        Statement(
            sid="BrowseTheCatalog",
            what="The role asks Athena for databases, tables and columns of its account's catalog.",
            why="Drivers and BI tools find tables so; Athena asks Glue as the caller, who sees what its grants say.",
            effect="Allow",
            actions=BROWSE_CATALOG,
            resources=(f"arn:aws:athena:{region}:{account_id}:datacatalog/{_DATA_CATALOG}",),
        ),
        Statement(
            sid="AskHowTheCatalogCame",
            what="The role asks whether the account's catalog was imported from Athena's.",
            why="JDBC's driver does when it connects; the answer is yes or no.",
            effect="Allow",
            actions=(IMPORT_STATUS,),
            resources=(f"arn:aws:glue:{region}:{account_id}:catalog",),
        ),
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
        *(_list_below(results, prefix) if prefix else _list_all(results)),
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


def _list_all(results: str) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="FindQueryResults",
            what="The role lists the bucket of results, and asks for its region.",
            why="Athena looks before it writes.",
            effect="Allow",
            actions=("s3:GetBucketLocation", "s3:ListBucket"),
            resources=(f"arn:aws:s3:::{results}",),
        ),
    )


def _list_below(results: str, prefix: str) -> tuple[Statement, ...]:
    """Statements about the bucket itself, in which others have results too."""
    whole, athena = f"arn:aws:s3:::{results}", when("ForAnyValue:StringEquals", "aws:CalledVia", _ATHENA)
    return (
        Statement(
            sid="LocateQueryResults",
            what="The role asks for the region of the bucket of results.",
            why="Athena looks before it writes.",
            effect="Allow",
            actions=("s3:GetBucketLocation",),
            resources=(whole,),
        ),
        Statement(
            sid="ListOwnQueryResults",
            what="The role lists results of its own clearance.",
            why="The key of a result tells that somebody asked, and when; those of another clearance can tell more.",
            effect="Allow",
            actions=("s3:ListBucket",),
            resources=(whole,),
            conditions=(when("StringLike", "s3:prefix", f"{prefix}*"),),
        ),
        Statement(
            sid="AthenaFindsQueryResults",
            what="Athena looks for the bucket of results as the role.",
            why="It checks the place of a result before a query, with which prefix no page says; it returns no list.",
            effect="Allow",
            actions=("s3:ListBucket",),
            resources=(whole,),
            conditions=(athena,),
        ),
    )
