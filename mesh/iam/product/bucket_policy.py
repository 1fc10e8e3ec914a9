"""S3 bucket policy of a data product: who reads, who writes, and that nobody else does, the home domain included.

An Allow and the Deny that mirrors it are made from one list. A caller of the bucket's own account needs no Allow
in the bucket policy, so the lists are enforced by the Denies (`ArnNotLike aws:PrincipalArn`).
"""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.buckets import (
    CONFIGURE_BUCKET,
    LIST_BUCKET,
    READ_OBJECTS,
    READER_ACTIONS,
    WRITE_OBJECTS,
    encrypted_in_transit,
)
from mesh.iam.perimeter import (
    Perimeter,
    caller_is,
    caller_is_not,
    in_organization,
    inside_units,
    not_a_service,
    outside_units,
)
from mesh.iam.product.audience import Audience
from mesh.iam.statement import KEY_ARN, Document, Statement, account, document, when

HEAD: Final = ("s3:GetObject", "s3:PutObject")
START: Final = (*HEAD, "s3:DeleteObject")
"""What starts an Iceberg table, and changes its schema: Glue writes the head of its metadata for its caller.

(Lake Formation Developer Guide, "Creating Apache Iceberg tables", Prerequisites, for a place that is not registered in
the account.) A head is named by its number and an id, the first begins with `00000-` (Iceberg,
`BaseMetastoreTableOperations.newTableMetadataFilePath`); the first alone may be deleted, for others are published.
"""


def bucket_policy(perimeter: Perimeter, bucket: str, audience: Audience) -> Document:
    """Resource policy of a product's bucket; needs the key's ARN (`KEY_ARN`) filled in. Quota: 20,480 bytes."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    return document(
        *encrypted_in_transit(whole, objects),
        *_only_the_audience(perimeter, audience, whole, objects),
        _only_the_pipeline_reads_its_queries(audience, whole),
        _the_cleared_read_files_alone(audience, whole),
        *_only_its_key(objects),
        *_admitted(perimeter, audience, whole),
    )


def _starting(audience: Audience, whole: str) -> tuple[Statement, ...]:
    """Statements about who starts tables: the head of a table's metadata, which has no value of a column in it."""
    if audience.starter is None:
        return ()
    return (
        Statement(
            sid="RefuseStartingWithMore",
            what="Who starts tables reads and writes the head of their metadata, and no other object.",
            why="Glue writes the first metadata file as whoever creates the table; manifests beside it have values.",
            principal="*",
            actions=HEAD,
            not_resources=(f"{whole}/tables/*/metadata/*.metadata.json",),
            conditions=(caller_is(audience.starter),),
        ),
        Statement(
            sid="RefuseDeletingWhatStarted",
            what="Who starts tables deletes the first head of a table's metadata, and no other object.",
            why="AWS's page asks for it; what is published, and what it can go back to, names later heads.",
            principal="*",
            actions=("s3:DeleteObject",),
            not_resources=(f"{whole}/tables/*/metadata/00000-*.metadata.json",),
            conditions=(caller_is(audience.starter),),
        ),
        Statement(
            sid="RefuseStartingOtherwise",
            what="Who starts tables tags nothing, and reads nothing of an object but the object.",
            why="Whatever else can be done with an object, starting a table asks nothing of it.",
            principal="*",
            not_actions=START,
            resources=(f"{whole}/*",),
            conditions=(caller_is(audience.starter),),
        ),
    )


def _retaining(audience: Audience, whole: str) -> tuple[Statement, ...]:
    """Statements about retention, which deletes for all that a draft no longer names, and stays where tables are."""
    if audience.retention is None:
        return ()
    return (
        Statement(
            sid="RefuseRetentionElsewhere",
            what="Retention reaches no object that is of no table.",
            why="It deletes; files, deliveries and results of queries end by the bucket's own rules.",
            principal="*",
            actions=("s3:*Object*",),
            not_resources=(whole, f"{whole}/tables/*"),
            conditions=(caller_is(audience.retention),),
        ),
        Statement(
            sid="RefuseRetentionOfVersions",
            what="Retention deletes no version of an object.",
            why="What it deleted too early is still there as a version, and comes back.",
            principal="*",
            actions=("s3:BypassGovernanceRetention", "s3:DeleteObjectVersion*"),
            resources=(f"{whole}/*",),
            conditions=(caller_is(audience.retention),),
        ),
    )


def _only_the_audience(perimeter: Perimeter, audience: Audience, whole: str, objects: str) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseOtherUnits",
            what="Callers outside the domains unit, and the governance unit where it reads tables, reach nothing.",
            why="Partners' accounts are of the organisation, too.",
            principal="*",
            actions=("s3:*",),
            resources=(whole, objects),
            conditions=(outside_units(*audience.units(perimeter)), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherReaders",
            what="Nobody reads an object but the roles that the product's ports are for.",
            why="Callers of the bucket's own account need no Allow here: only a Deny keeps the home domain out.",
            but="The product's ports are for them; its pipeline, check and delivery read what they work on.",
            principal="*",
            actions=READ_OBJECTS,
            resources=(objects,),
            conditions=(caller_is_not(*audience.users), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherListers",
            what="Nobody lists keys but the readers, the deployment and the preview.",
            why="Keys can hold values of the data; a deployment needs `s3:ListBucket` to see that the bucket is there.",
            but="Readers list what they read; a deployment and a preview ask whether the bucket is there.",
            principal="*",
            actions=LIST_BUCKET,
            resources=(whole,),
            conditions=(
                caller_is_not(*audience.readers, audience.deploy, names.preview_role(audience.account_id)),
                not_a_service(),
            ),
        ),
        Statement(
            sid="RefuseOtherWriters",
            what="Nobody writes, deletes or tags an object but the pipeline, who starts the tables, and retention.",
            why="One writer answers for the data; who starts a table is held to its head, retention to tables.",
            but="The pipeline is the product's writer; the deployment starts tables; retention rewrites and deletes.",
            principal="*",
            actions=WRITE_OBJECTS,
            resources=(objects,),
            conditions=(caller_is_not(*audience.writers), not_a_service()),
        ),
        *_starting(audience, whole),
        *_retaining(audience, whole),
        Statement(
            sid="RefuseOtherAdministrators",
            what="Only the account's deployment changes how the bucket is set up.",
            why="Another policy, a replication or a lifecycle rule would give data away or destroy it.",
            but="The account's stack makes the bucket.",
            principal="*",
            actions=CONFIGURE_BUCKET,
            resources=(whole,),
            conditions=(caller_is_not(audience.deploy), not_a_service()),
        ),
    )


def _only_the_pipeline_reads_its_queries(audience: Audience, whole: str) -> Statement:
    return Statement(
        sid="RefuseOtherReadersOfQueries",
        what="Nobody reads results of the pipeline's queries but the pipeline.",
        why="They hold what it read of other products, labels and all, whatever the product's own labels are.",
        but="The pipeline asked for them.",
        principal="*",
        actions=READ_OBJECTS,
        resources=(f"{whole}/{names.QUERIES}/*",),
        conditions=(caller_is_not(audience.pipeline), not_a_service()),
    )


def _the_cleared_read_files_alone(audience: Audience, whole: str) -> Statement | None:
    if not audience.clearances:
        return None
    return Statement(
        sid="RefuseReadingBesideFiles",
        what="Clearances, and pipelines that read with one, read files of the bucket, and no other object.",
        why="Below `tables/` lies what is not checked yet, or was refused; a table is read by its published entry.",
        but="The product's own pipeline, which may read others with such a clearance, writes all of it.",
        principal="*",
        actions=READ_OBJECTS,
        not_resources=(f"{whole}/files/*",),
        # All of them, not those of the audience: the others read nothing, and the list stays short.
        conditions=(
            caller_is(names.clearance_role("*", "*"), names.pipeline_roles("*")),
            caller_is_not(audience.pipeline),
        ),
    )


def _only_its_key(objects: str) -> tuple[Statement, ...]:
    """Statements about encryption: another one or another key is refused; without headers the default holds (I11)."""
    header, key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    customer = "s3:x-amz-server-side-encryption-customer-algorithm"
    return (
        Statement(
            sid="RefuseOtherEncryption",
            what="A put that names another encryption than `aws:kms` is refused.",
            why="What S3 encrypts with its own key is read without asking the product's key policy.",
            principal="*",
            actions=("s3:PutObject",),
            resources=(objects,),
            conditions=(when("Null", header, "false"), when("StringNotEquals", header, "aws:kms")),
        ),
        Statement(
            sid="RefuseOtherKeys",
            what="A put that names another key than the product's is refused.",
            why="The owner of that key would decide who decrypts.",
            principal="*",
            actions=("s3:PutObject",),
            resources=(objects,),
            conditions=(when("Null", key, "false"), when("StringNotEquals", key, KEY_ARN)),
        ),
        Statement(
            sid="RefuseCustomerKeys",
            what="A put with a key that the caller brings (SSE-C) is refused.",
            why="Nobody but the caller could read the object again, which is how buckets are held to ransom.",
            principal="*",
            actions=("s3:PutObject",),
            resources=(objects,),
            conditions=(when("Null", customer, "false"),),
        ),
    )


def _admitted(perimeter: Perimeter, audience: Audience, whole: str) -> tuple[Statement | None, ...]:
    """Allows to callers of other accounts; `tables/` is the location that is registered with Lake Formation."""
    return (
        Statement(
            sid="LakeFormationReads",
            what="The domain's location role reads the tables.",
            why="Lake Formation reads with it for Athena and Glue, once it has decided on the columns.",
            effect="Allow",
            principal=account(perimeter.governance_id),
            actions=READER_ACTIONS,
            resources=(whole, f"{whole}/tables/*"),
            conditions=(caller_is(audience.location),),
        )
        if audience.location
        else None,
        Statement(
            sid="ClearedPeopleRead",
            what="Clearances that cover every label of the product read its files, in any domain account.",
            why="The port `files`: S3 knows no columns, so a clearance covers all of them or reads nothing.",
            effect="Allow",
            principal="*",
            actions=READER_ACTIONS,
            resources=(whole, f"{whole}/files/*"),
            conditions=(
                in_organization(perimeter),
                inside_units(perimeter.domains),
                caller_is(*audience.clearances),
            ),
        )
        if audience.clearances
        else None,
        Statement(
            sid="ClearedPipelinesRead",
            what="Pipelines of other accounts that read with such a clearance read its files.",
            why="Their own permissions name each product that they read; at home those alone decide, without an Allow.",
            effect="Allow",
            principal="*",
            actions=READER_ACTIONS,
            resources=(whole, f"{whole}/files/*"),
            conditions=(
                in_organization(perimeter),
                inside_units(perimeter.domains),
                caller_is(*audience.machines),
                when("StringNotEquals", "aws:PrincipalAccount", audience.account_id),
            ),
        )
        if audience.machines
        else None,
    )
