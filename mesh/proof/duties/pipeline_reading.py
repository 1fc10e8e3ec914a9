"""The part of a pipeline's work that is reading: queries of its own, and what its YAML says that it reads.

Sources: design ("How data flows"); Athena User Guide, "Example workgroup policies" and "Configure access to databases
and tables in the AWS Glue Data Catalog"; Glue Developer Guide, "Using AWS Glue with AWS Lake Formation for fine-grained
access control"; Lake Formation Developer Guide, "Lake Formation permissions reference" (GetDataAccess).
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.nodes import DataProductArgs
from mesh.proof.duties import ANOTHER_KEY, Duty, each
from mesh.proof.duties.querying import queries, workgroups_of_others
from mesh.proof.machine_readers import cleared_for, products_read
from mesh.proof.subject import Subject

_OF_A_DATABASE = "glue: GetDatabase GetDatabases"
_OF_A_TABLE = "glue: GetPartition GetPartitions BatchGetPartition GetTable GetTables GetTableVersion GetTableVersions"


def reading(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    """Queries of a product's pipeline, and reads of the products that the domain's file names."""
    yield from queries(subject, product.account_id, names.pipeline_workgroup(product.name))
    tables = [read for read in products_read(subject, product) if "table" in read.ports]
    for read in tables:
        yield from _of_a_table(subject, product, read)
    if tables:
        yield Duty("lakeformation:GetDataAccess", "*")
        default = f"arn:aws:glue:{subject.region}:{product.account_id}:database/default"
        yield from each(f"{_OF_A_DATABASE} {_OF_A_TABLE.partition(':')[2]}", default)
    for read in products_read(subject, product):
        if "files" in read.ports and subject.written(read).labels <= cleared_for(subject, product):
            bucket = f"arn:aws:s3:::{read.bucket}"
            yield from each("s3: GetObject GetObjectVersion", f"{bucket}/files/a")
            yield from each("s3: ListBucket GetBucketLocation", bucket)
            yield from each("kms: Decrypt DescribeKey", subject.product_key(read), subject.through_s3)


def _of_a_table(subject: Subject, product: DataProductArgs, read: DataProductArgs) -> Iterator[Duty]:
    """Metadata of one product, as the link in the pipeline's account and in the mesh catalog."""
    database = names.database(read.domain, read.name)
    for account in (product.account_id, subject.hub):
        glue = f"arn:aws:glue:{subject.region}:{account}"
        for part in (f"{glue}:catalog", f"{glue}:database/{database}"):
            yield from each(_OF_A_DATABASE, part)
        for part in (f"{glue}:catalog", f"{glue}:database/{database}", f"{glue}:table/{database}/x"):
            yield from each(_OF_A_TABLE, part)


def not_reading(subject: Subject, product: DataProductArgs) -> Iterator[str]:
    """Workgroups of others, and databases of a product that the pipeline does not read, at home and in the hub."""
    yield from workgroups_of_others(subject, product.account_id, names.pipeline_workgroup(product.name))
    for account in (product.account_id, subject.hub):
        glue = f"arn:aws:glue:{subject.region}:{account}"
        yield from (f"{glue}:database/another__product", f"{glue}:table/another__product/x")
    tables = [read for read in products_read(subject, product) if "table" in read.ports]
    glue = f"arn:aws:glue:{subject.region}:{subject.perimeter.management_id}"
    yield from (f"{glue}:catalog", f"{glue}:database/default") if tables else ()
    for database in (names.database(read.domain, read.name) for read in tables):
        yield from (f"{glue}:database/{database}", f"{glue}:table/{database}/x")


def keys_of_others_read(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    """Keys beside those of the products that a pipeline reads: of another product there, of the name elsewhere."""
    for read in products_read(subject, product):
        keys, through = f"arn:aws:kms:{subject.region}", subject.through_s3
        yield Duty("kms:Decrypt", f"{keys}:{read.account_id}:key/x", {**through, **ANOTHER_KEY})
        named = {"kms:ResourceAliases": [f"alias/{names.key_alias(read.name)}"]}
        yield Duty("kms:Decrypt", f"{keys}:{subject.perimeter.management_id}:key/x", {**through, **named})
