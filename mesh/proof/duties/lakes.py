"""Work in the mesh catalog: of a domain's publisher, and of the role with which Lake Formation reads its buckets."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.nodes import DataProductArgs, DomainPlan
from mesh.proof.duties import Duty, RoleWork, each
from mesh.proof.subject import OTHER_ORGANIZATION, OUTSIDE_BUCKET, Subject


def of_publisher(subject: Subject, domain: DomainPlan) -> RoleWork:
    """The work of a domain's publisher: databases and tables of its name, their labels and first metadata.

    Sources: design ("Stacks, accounts, and who deploys what", "How data flows"); Lake Formation Developer Guide,
    "Assigning LF-Tags to Data Catalog resources" and "Creating Apache Iceberg tables"; Glue Developer Guide,
    "Specifying AWS Glue resource ARNs" (catalog, database and table are asked), "Using the Iceberg framework in AWS
    Glue".
    """
    product = next(iter(domain.products.values()))
    metadata = f"arn:aws:s3:::{product.bucket}/tables/a/metadata/00000.metadata.json"
    key = subject.product_key(product)
    return RoleWork(
        who=f"the publisher of {domain.name}",
        role=names.publisher_role(subject.hub, domain.name),
        duties=(
            *_publishes(subject, domain.name),
            *each("lakeformation: AddLFTagsToResource RemoveLFTagsFromResource GetResourceLFTags GetDataAccess", "*"),
        ),
        granted=(
            *each("s3: GetObject PutObject DeleteObject", metadata),
            *_encrypts(subject, key),
            *_encrypts(subject, f"arn:aws:kms:{subject.region}:{product.account_id}:key/x"),
        ),
        beside=(
            *_databases_of_others(subject, domain.name),
            *(each for bucket in _buckets_of_others(subject, domain) for each in (f"{bucket}/tables/a/metadata/a",)),
            *(f"arn:aws:s3:::{product.bucket}{end}" for end in ("", "/tables/a/data/a", "/files/metadata/a")),
            names.location_role(subject.hub, domain.name),
            *_roles_of_others(subject, domain.name),
            *_keys_of_others(subject, domain),
        ),
        keys={"kms": subject.through_s3},
        otherwise=(
            *each("kms: Decrypt Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo", key),
            *each("s3: GetObject PutObject", metadata, {"aws:ResourceAccount": subject.hub}),
            *each("s3: GetObject PutObject", metadata, {"aws:ResourceAccount": OTHER_ORGANIZATION}),
        ),
    )


def of_location(subject: Subject, domain: DomainPlan) -> RoleWork:
    """The work of a location role: to read the product buckets of one domain.

    Sources: design ("Clearances and labels": it reads for Lake Formation); Lake Formation Developer Guide,
    "Requirements for roles used to register locations" and "Registering an encrypted Amazon S3 location across AWS
    accounts".
    """
    product = next(iter(domain.products.values()))
    bucket = f"arn:aws:s3:::{product.bucket}"
    elsewhere = {"aws:ResourceAccount": subject.hub}
    return RoleWork(
        who=f"the location role of {domain.name}",
        role=names.location_role(subject.hub, domain.name),
        duties=(
            *each("s3: GetObject GetObjectVersion", f"{bucket}/tables/a"),
            *each("s3: ListBucket GetBucketLocation", bucket),
            *each("kms: Decrypt DescribeKey", subject.product_key(product), subject.through_s3),
        ),
        granted=(Duty("kms:Decrypt", f"arn:aws:kms:{subject.region}:{product.account_id}:key/x", subject.through_s3),),
        beside=(
            *(part for other in _buckets_of_others(subject, domain) for part in (other, f"{other}/tables/a")),
            *_keys_of_others(subject, domain),
        ),
        keys={"kms": subject.through_s3},
        otherwise=(
            Duty("kms:Decrypt", subject.product_key(product)),
            Duty("s3:GetObject", f"{bucket}/tables/a", elsewhere),
            Duty("s3:ListBucket", bucket, elsewhere),
            Duty("s3:GetObject", f"{bucket}/tables/a", {"aws:ResourceAccount": OTHER_ORGANIZATION}),
        ),
    )


# ---- the catalog


def _glue(subject: Subject, database: str) -> tuple[str, str, str]:
    hub = f"arn:aws:glue:{subject.region}:{subject.hub}"
    return f"{hub}:catalog", f"{hub}:database/{database}", f"{hub}:table/{database}/a"


def _function(subject: Subject, account: str, database: str) -> str:
    """A function in a database, which is deleted with it."""
    return f"arn:aws:glue:{subject.region}:{account}:userDefinedFunction/{database}/a"


def _publishes(subject: Subject, domain: str) -> Iterator[Duty]:
    catalog, database, table = _glue(subject, names.database(domain, "a"))
    for part in (catalog, database):
        yield from each("glue: CreateDatabase GetDatabase UpdateDatabase", part)
    for part in (catalog, database, table):
        yield from each("glue: CreateTable GetTable GetTables UpdateTable DeleteTable DeleteDatabase", part)
        # What the plugin reads back with each table (terraform-provider-aws, resourceCatalogTableRead).
        yield from each("glue: GetPartitionIndexes", part)
    for part in (database, table):
        yield from each("glue: GetTags TagResource UntagResource", part)


def _databases_of_others(subject: Subject, domain: str) -> Iterator[str]:
    """Databases of a domain whose name begins alike, of another, of none; and the same names in another account."""
    for database in (f"{names.snake(domain)}x__a", "another__a", names.snake(domain)):
        yield from _glue(subject, database)[1:]
        yield _function(subject, subject.hub, database)
    own = names.database(domain, "a")
    yield from (arn.replace(subject.hub, subject.perimeter.management_id) for arn in _glue(subject, own))
    yield _function(subject, subject.perimeter.management_id, own)


def _roles_of_others(subject: Subject, domain: str) -> Iterator[str]:
    for name in (f"{domain}x", "another"):
        yield names.location_role(subject.hub, name)
    yield names.location_role(subject.perimeter.management_id, domain)
    yield from (names.publisher_role(subject.hub, domain), names.deploy_role(subject.hub))


# ---- buckets and keys


def _encrypts(subject: Subject, key: str) -> Iterator[Duty]:
    """The key through S3: to write an object and read it back.

    KMS Developer Guide, "How Amazon Simple Storage Service (Amazon S3) uses AWS KMS".
    """
    return each("kms: Decrypt Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo DescribeKey", key, subject.through_s3)


def _buckets_of_others(subject: Subject, domain: DomainPlan) -> Iterator[str]:
    """Product buckets of another domain and of one whose name begins alike; the domain's own others, and strangers'."""
    plan, own = subject.plan, domain.name
    other: DataProductArgs | None = next((each for each in subject.products if each.domain != own), None)
    buckets = [plan.log_bucket(own), plan.results_bucket(own), plan.product_bucket(f"{own}x", "a")]
    yield from (f"arn:aws:s3:::{name}" for name in (*buckets, *([other.bucket] if other else ())))
    yield OUTSIDE_BUCKET


def _keys_of_others(subject: Subject, domain: DomainPlan) -> Iterator[str]:
    """Keys of governance and of another domain."""
    for other in list(subject.others(domain.name))[:1]:
        yield f"arn:aws:kms:{subject.region}:{other.access.account_id}:key/x"
