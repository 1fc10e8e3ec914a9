"""The part of work that is a query: in a workgroup, over catalogs, with a result.

Sources: Athena User Guide, "Example workgroup policies", "Configure access to databases and tables in the AWS Glue Data
Catalog" and "Work with query results and recent queries"; S3 User Guide, "Multipart upload API and permissions".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.proof.duties import ANOTHER_KEY, Context, Duty, each
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, Subject

_THROUGH_ATHENA: Final[Context] = {"aws:CalledVia": ["athena.amazonaws.com"]}
_METADATA = "glue: GetDatabase GetDatabases"
_OF_A_TABLE = "glue: GetPartition GetPartitions BatchGetPartition GetTable GetTables GetTableVersion GetTableVersions"


def queries(subject: Subject, account: str, workgroup: str) -> Iterator[Duty]:
    """Queries in one workgroup: begun, watched, stopped, their results fetched."""
    yield from each(
        "athena: StartQueryExecution StopQueryExecution GetQueryExecution BatchGetQueryExecution ListQueryExecutions "
        "GetQueryResults GetQueryResultsStream GetQueryRuntimeStatistics GetWorkGroup ListNamedQueries "
        "ListPreparedStatements",
        f"arn:aws:athena:{subject.region}:{account}:workgroup/{workgroup}",
    )


def browsing(subject: Subject, account: str) -> Iterator[Duty]:
    """Questions that consoles, JDBC, ODBC and BI tools ask before a query; machines ask none.

    Sources: Athena User Guide, "Data Catalog example policies" and "Example workgroup policies"; reports of tools that
    were refused (dacort/metabase-athena-driver, issues 56 and 83; metabase/metabase, pull request 41388).
    """
    yield from each("athena: ListWorkGroups ListDataCatalogs ListEngineVersions", "*")
    yield from each(
        "athena: GetDataCatalog ListDatabases GetDatabase ListTableMetadata GetTableMetadata",
        f"arn:aws:athena:{subject.region}:{account}:datacatalog/AwsDataCatalog",
    )
    yield Duty("glue:GetCatalogImportStatus", metadata_of(subject, account)[0])


def workgroups_of_others(subject: Subject, account: str, workgroup: str) -> Iterator[str]:
    """Workgroups of another name, one of the same name in governance; and data catalogs likewise."""
    athena = f"arn:aws:athena:{subject.region}"
    yield from (f"{athena}:{account}:workgroup/{name}" for name in ("primary", f"{workgroup}x", "mesh-of-another"))
    yield f"{athena}:{subject.hub}:workgroup/{workgroup}"
    yield from (f"{athena}:{owner}:datacatalog/AwsDataCatalog" for owner in (subject.hub, OTHER_ORGANIZATION))
    yield f"{athena}:{account}:datacatalog/another"


def metadata_of(subject: Subject, account: str) -> tuple[str, str, str]:
    """The catalog of an account, a database and a table in it."""
    glue = f"arn:aws:glue:{subject.region}:{account}"
    return f"{glue}:catalog", f"{glue}:database/x", f"{glue}:table/x/x"


def metadata(subject: Subject, account: str) -> Iterator[Duty]:
    """Metadata of an account's catalog: which of it is seen, Lake Formation decides."""
    catalog, database, table = metadata_of(subject, account)
    for part in (catalog, database):
        yield from each(_METADATA, part)
    for part in (catalog, database, table):
        yield from each(_OF_A_TABLE, part)
        yield Duty("glue:SearchTables", part)


def catalogs_of_others(subject: Subject) -> Iterator[str]:
    """Catalogs of other accounts, and one that is federated into the mesh's."""
    yield f"arn:aws:glue:{subject.region}:{subject.hub}:catalog/x"
    for account in (subject.perimeter.management_id, OTHER_ORGANIZATION):
        yield from metadata_of(subject, account)


def results_below(subject: Subject, account: str, bucket: str, prefix: str) -> Iterator[Duty]:
    """Athena writes a result as the caller, in parts when it is large, and reads it back."""
    one = f"{bucket}/{prefix}a.csv"
    yield from each("s3: GetObject PutObject AbortMultipartUpload ListMultipartUploadParts", one)
    yield from each("s3: GetBucketLocation", bucket)
    for context in ({"s3:prefix": prefix}, {"s3:prefix": f"{prefix}a"}, _THROUGH_ATHENA) if prefix else ({},):
        yield Duty("s3:ListBucket", bucket, context)
    key = from_plan.key_arn(subject.region, account, names.ACCOUNT_KEY_ALIAS)
    yield from each("kms: Decrypt GenerateDataKey", key, subject.through_s3)


def lists_of_others(bucket: str, prefix: str) -> Iterator[Duty]:
    """The bucket of results as a whole, and below prefixes of others: none of it is listed but by Athena."""
    for beside in ("", prefix.rstrip("/"), f"{prefix.rstrip('/')}x/", "another/"):
        yield Duty("s3:ListBucket", bucket, {"s3:prefix": beside})
    yield Duty("s3:ListBucket", bucket)
    for service in ("cloudformation.amazonaws.com", "athena.amazonaws.comx"):
        yield Duty("s3:ListBucket", bucket, {"aws:CalledVia": [service]})
    yield from each("s3: ListBucketVersions ListBucketMultipartUploads", bucket, {"s3:prefix": prefix})
    yield Duty("s3:ListBucket", f"{bucket}-else", {"s3:prefix": prefix})


def keys_of_others(subject: Subject, account: str, *aliases: str) -> Iterator[Duty]:
    """The account's key without S3; with S3, like-named keys of another region, of governance and of strangers."""
    region, through = subject.region, subject.through_s3
    yield from each("kms: Decrypt GenerateDataKey", from_plan.key_arn(region, account, names.ACCOUNT_KEY_ALIAS))
    yield from each("kms: GenerateDataKey", f"arn:aws:kms:{region}:{account}:key/x", through)
    of_another = "kms: Decrypt GenerateDataKey" if aliases else "kms: GenerateDataKey"
    yield from each(of_another, f"arn:aws:kms:{region}:{account}:key/x", {**through, **ANOTHER_KEY})
    for alias in (names.ACCOUNT_KEY_ALIAS, *aliases):
        named = {**through, "kms:ResourceAliases": [f"alias/{alias}"]}
        yield from each("kms: Decrypt GenerateDataKey", f"arn:aws:kms:us-east-1:{account}:key/x", named)
        for other in (subject.hub, NO_ORGANIZATION, OTHER_ORGANIZATION):
            yield from each("kms: Decrypt GenerateDataKey", f"arn:aws:kms:{region}:{other}:key/x", named)
