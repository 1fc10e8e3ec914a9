"""Work of people who query: with a clearance in a domain's account, or with a partner's access in its own."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.access import from_plan
from mesh.plan.nodes import DataProductArgs, DomainPlan, PartnerPlan
from mesh.proof.duties import Duty, Work, each
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, OUTSIDE_BUCKET, Subject

_METADATA = "glue: GetDatabase GetDatabases"
_OF_A_TABLE = "glue: GetPartition GetPartitions BatchGetPartition GetTable GetTables GetTableVersion GetTableVersions"


def of_clearance(subject: Subject, domain: DomainPlan, clearance: str) -> Work:
    """The work of people with a clearance.

    Sources: design ("Clearances and labels", "How data flows"); Athena User Guide, "Example workgroup policies",
    "Configure access to databases and tables in the AWS Glue Data Catalog" and "Work with query results and recent
    queries"; Lake Formation Developer Guide, "Lake Formation permissions reference" (GetDataAccess).
    """
    account, results = domain.access.account_id, names.results_bucket(subject.plan.mesh, domain.name)
    own = f"arn:aws:s3:::{results}"
    files = _product_of(subject, domain.name)
    return Work(
        who=f"clearance {clearance} in domain {domain.name}",
        role=domain.clearances[clearance].arn,
        duties=(
            *_queries(subject, account, names.workgroup(clearance)),
            *_metadata(subject, account),
            *_metadata(subject, subject.hub),
            Duty("lakeformation:GetDataAccess", "*"),
            *_results(subject, account, own, f"{clearance}/"),
        ),
        granted=tuple(_files(subject, files, account)),
        beside=(
            *_workgroups_of_others(subject, account, names.workgroup(clearance)),
            *_catalogs_of_others(subject),
            *_results_of_others(own, clearance),
            *_files_of_no_domain(subject, files),
        ),
        keys={"kms": subject.through_s3},
        otherwise=tuple(_keys_of_others(subject, account)),
    )


def _files(subject: Subject, product: DataProductArgs, account: str) -> Iterator[Duty]:
    """The port `files`, of whatever domain: bucket and key of the product decide whom they admit (I14, I12).

    Source: design ("One sharing model, three kinds of port").
    """
    bucket = f"arn:aws:s3:::{product.bucket}"
    yield from each("s3: GetObject GetObjectVersion", f"{bucket}/files/a")
    yield from each("s3: ListBucket GetBucketLocation", bucket)
    for key in (subject.product_key(product), f"arn:aws:kms:{subject.region}:{account}:key/x"):
        yield from each("kms: Decrypt DescribeKey", key, subject.through_s3)


def of_partner(subject: Subject, partner: PartnerPlan) -> Work:
    """The work of a partner's people: they read the inbox and query what they make of it, all in their account.

    Sources: design ("One sharing model, three kinds of port") and those of `of_clearance`.
    """
    account = partner.access.account_id
    results = f"arn:aws:s3:::{names.results_bucket(subject.plan.mesh, f'partner-{partner.name}')}"
    inbox = f"arn:aws:s3:::{names.partner_bucket(subject.plan.mesh, partner.name)}"
    return Work(
        who=f"people of partner {partner.name}",
        role=names.role(account, "access"),
        duties=(
            *_queries(subject, account, names.WORKGROUP),
            *_metadata(subject, account),
            *each("s3: GetObject GetObjectVersion", f"{inbox}/ads/a"),
            *each("s3: ListBucket GetBucketLocation", inbox),
            *each(
                "kms: Decrypt DescribeKey",
                from_plan.key_arn(subject.region, account, names.INBOX_KEY_ALIAS),
                subject.through_s3,
            ),
            *_results(subject, account, results, ""),
        ),
        beside=(
            *_workgroups_of_others(subject, account, names.WORKGROUP),
            *_metadata_of(subject, subject.hub),
            *_catalogs_of_others(subject),
            *(f"{inbox}{end}" for end in ("x", "x/a")),
            *(f"{results}{end}" for end in ("x", "x/a")),
        ),
        keys={"kms": subject.through_s3},
        otherwise=(
            *each("kms: Decrypt", from_plan.key_arn(subject.region, account, names.INBOX_KEY_ALIAS)),
            *_keys_of_others(subject, account, names.INBOX_KEY_ALIAS),
        ),
    )


def _product_of(subject: Subject, other_than: str) -> DataProductArgs:
    """A product, of another domain where there is one."""
    products = sorted(subject.product_classes, key=lambda each: each.domain == other_than)
    return products[0]


def _queries(subject: Subject, account: str, workgroup: str) -> Iterator[Duty]:
    yield from each(
        "athena: StartQueryExecution StopQueryExecution GetQueryExecution BatchGetQueryExecution ListQueryExecutions "
        "GetQueryResults GetQueryResultsStream GetWorkGroup",
        f"arn:aws:athena:{subject.region}:{account}:workgroup/{workgroup}",
    )


def _workgroups_of_others(subject: Subject, account: str, workgroup: str) -> Iterator[str]:
    athena = f"arn:aws:athena:{subject.region}"
    yield from (f"{athena}:{account}:workgroup/{name}" for name in ("primary", f"{workgroup}x", "mesh-of-another"))
    yield f"{athena}:{subject.hub}:workgroup/{workgroup}"


def _metadata_of(subject: Subject, account: str) -> tuple[str, str, str]:
    glue = f"arn:aws:glue:{subject.region}:{account}"
    return f"{glue}:catalog", f"{glue}:database/x", f"{glue}:table/x/x"


def _metadata(subject: Subject, account: str) -> Iterator[Duty]:
    catalog, database, table = _metadata_of(subject, account)
    for part in (catalog, database):
        yield from each(_METADATA, part)
    for part in (catalog, database, table):
        yield from each(_OF_A_TABLE, part)
        yield Duty("glue:SearchTables", part)


def _catalogs_of_others(subject: Subject) -> Iterator[str]:
    """Catalogs of other accounts, and one that is federated into the mesh's."""
    yield f"arn:aws:glue:{subject.region}:{subject.hub}:catalog/x"
    for account in (subject.perimeter.management_id, OTHER_ORGANIZATION):
        yield from _metadata_of(subject, account)


def _results(subject: Subject, account: str, bucket: str, prefix: str) -> Iterator[Duty]:
    """Athena writes a result as the caller, in parts when it is large, and reads it back."""
    one = f"{bucket}/{prefix}a.csv"
    yield from each("s3: GetObject PutObject AbortMultipartUpload ListMultipartUploadParts", one)
    yield from each("s3: ListBucket GetBucketLocation", bucket)
    key = from_plan.key_arn(subject.region, account, names.ACCOUNT_KEY_ALIAS)
    yield from each("kms: Decrypt GenerateDataKey", key, subject.through_s3)


def _results_of_others(bucket: str, clearance: str) -> Iterator[str]:
    yield from (f"{bucket}/{clearance}x/a.csv", f"{bucket}/another/a.csv", f"{bucket}x", f"{bucket}x/{clearance}/a.csv")


def _files_of_no_domain(subject: Subject, product: DataProductArgs) -> Iterator[str]:
    """Buckets of the mesh that are no product's, and of strangers."""
    mesh = subject.plan.mesh
    others = (names.audit_bucket(mesh), names.log_bucket(mesh, product.domain), f"{mesh}x-{product.domain}--a")
    for bucket in (*(f"arn:aws:s3:::{name}" for name in others), OUTSIDE_BUCKET):
        yield from (bucket, f"{bucket}/a")


def _keys_of_others(subject: Subject, account: str, *aliases: str) -> Iterator[Duty]:
    """The account's key without S3; with S3, keys of another region, and like-named ones of governance and strangers."""
    region, through = subject.region, subject.through_s3
    yield from each("kms: Decrypt GenerateDataKey", from_plan.key_arn(region, account, names.ACCOUNT_KEY_ALIAS))
    yield from each("kms: GenerateDataKey", f"arn:aws:kms:{region}:{account}:key/x", through)
    for alias in (names.ACCOUNT_KEY_ALIAS, *aliases):
        named = {**through, "kms:ResourceAliases": [f"alias/{alias}"]}
        yield from each("kms: Decrypt GenerateDataKey", f"arn:aws:kms:us-east-1:{account}:key/x", named)
        for other in (subject.hub, NO_ORGANIZATION, OTHER_ORGANIZATION):
            yield from each("kms: Decrypt GenerateDataKey", f"arn:aws:kms:{region}:{other}:key/x", named)
