"""Work of a pipeline: it writes the objects of one product, commits to its draft, and logs, in the private network."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.nodes import DataProductArgs
from mesh.proof.duties import ANOTHER_KEY, Duty, RoleWork, each
from mesh.proof.duties.pipeline_reading import keys_of_others_read, not_reading, reading
from mesh.proof.machine_readers import pipeline_of, written_reads
from mesh.proof.subject import Subject


def of_pipeline(subject: Subject, product: DataProductArgs) -> RoleWork:
    """The work of a product's pipeline.

    Sources: design ("How data flows"); Glue Developer Guide, "Create an IAM policy for the AWS Glue service" and
    "Setting up to use a connection in a VPC"; Lambda Developer Guide, "Giving Lambda functions access to resources in
    an Amazon VPC"; Iceberg, "S3FileIO"; S3 User Guide, "Multipart upload API and permissions".
    """
    account = product.account_id
    return RoleWork(
        who=f"the pipeline of {product.domain}.{product.name}",
        role=pipeline_of(subject, product),
        duties=(
            *_data(subject, product),
            Duty("s3:GetObject", f"{_scripts(subject, product)}/{product.name}/a.py"),
            *_draft(subject, product),
            *_reports(subject, product),
            *_network(subject, account),
            *_secrets(subject, product),
            *reading(subject, product),
        ),
        granted=(Duty("ec2:CreateNetworkInterface", _shared_subnet(subject)),),
        beside=(
            *_of_others(subject, product),
            *(f"{_scripts(subject, product)}{end}" for end in ("", f"/{product.name}-of-another/a.py")),
            *_drafts_of_others(subject, product),
            *_networks_of_others(subject, account),
            *_secrets_of_others(subject, product),
            *not_reading(subject, product),
        ),
        keys={
            "kms": {**subject.through_s3, "kms:ResourceAliases": [f"alias/{names.key_alias('another')}"]},
            "events": _event(product.domain, product.name),
        },
        otherwise=(*_otherwise(subject, product), *keys_of_others_read(subject, product)),
    )


# ---- the product


def _data(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    bucket = f"arn:aws:s3:::{product.bucket}"
    for of_its_own in ("tables/a", "files/a", "outbound/a-partner/a"):
        yield from each("s3: GetObject GetObjectVersion PutObject AbortMultipartUpload", f"{bucket}/{of_its_own}")
    # Nothing below `tables/`: what is published, or was, names files that the draft does not.
    for of_its_own in ("files/a", "outbound/a-partner/a"):
        yield Duty("s3:DeleteObject", f"{bucket}/{of_its_own}")
    yield from each("s3: ListBucket ListBucketMultipartUploads GetBucketLocation", bucket)
    yield from each(
        "kms: Decrypt Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo DescribeKey",
        subject.product_key(product),
        subject.through_s3,
    )


def _scripts(subject: Subject, product: DataProductArgs) -> str:
    return f"arn:aws:s3:::{subject.perimeter.buckets.scripts(product.domain, product.account_id)}"


def _draft(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    """Commits to the product's draft.

    pyiceberg, `GlueCatalog`; Iceberg, `GlueTableOperations`; AWS SDK for pandas, `to_parquet` with a catalog.
    """
    for part in _parts_of(subject, product.account_id, names.draft_database(product.domain, product.name)):
        yield from each("glue: GetDatabase GetTable GetTables GetTableVersion GetTableVersions UpdateTable", part)
        yield from each("glue: GetPartition GetPartitions BatchGetPartition CreatePartition UpdatePartition", part)
        yield from each("glue: BatchCreatePartition BatchUpdatePartition", part)


def _parts_of(subject: Subject, account: str, database: str) -> tuple[str, str, str]:
    glue = f"arn:aws:glue:{subject.region}:{account}"
    return f"{glue}:catalog", f"{glue}:database/{database}", f"{glue}:table/{database}/a"


def _drafts_of_others(subject: Subject, product: DataProductArgs) -> Iterator[str]:
    """Drafts of another product, of one whose name begins alike and of a domain elsewhere; the product in the hub."""
    domain, own = product.domain, names.draft_database(product.domain, product.name)
    for database in (names.draft_database(domain, "another"), names.draft_database(domain, f"{product.name}x")):
        yield from _parts_of(subject, product.account_id, database)[1:]
    yield from _parts_of(subject, product.account_id, names.database(domain, product.name))[1:]
    for database in (own, names.database(domain, product.name)):
        yield from _parts_of(subject, subject.hub, database)


def _reports(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    """Logs of the job and of its parts, and what consumers are told."""
    logs = _logs(subject, product.account_id, product.name)
    for group in (logs, f"{logs}/driver"):
        yield Duty("logs:CreateLogGroup", group)
        yield Duty("logs:CreateLogStream", group)
        yield Duty("logs:PutLogEvents", f"{group}:log-stream:x")
    for told in names.PIPELINE_EVENTS:
        yield Duty("events:PutEvents", _bus(subject, subject.hub), _event(product.domain, product.name, told))


def _otherwise(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    """The key without S3, and the like-named key of another account; of events M9 says it."""
    alias = {"kms:ResourceAliases": [f"alias/{names.key_alias(product.name)}"]}
    elsewhere = f"arn:aws:kms:{subject.region}:{subject.hub}:key/x"
    home = elsewhere.replace(subject.hub, product.account_id)
    yield from each("kms: Decrypt Encrypt GenerateDataKey", home, {**subject.through_s3, **ANOTHER_KEY})
    yield from each("kms: Decrypt Encrypt GenerateDataKey", subject.product_key(product))
    yield Duty(
        "ec2:CreateTags",
        f"arn:aws:ec2:{subject.region}:{product.account_id}:network-interface/x",
        {"aws:TagKeys": ["team"]},
    )
    yield from each("kms: Decrypt Encrypt GenerateDataKey", elsewhere, {**subject.through_s3, **alias})


def _bus(subject: Subject, account: str, name: str = names.BUS) -> str:
    return f"arn:aws:events:{subject.region}:{account}:event-bus/{name}"


def _event(domain: str, product: str, told: str = names.EVENTS[0]) -> dict[str, list[str]]:
    return {"events:source": [f"mesh.{domain}.{product}"], "events:detail-type": [told]}


def _logs(subject: Subject, account: str, product: str) -> str:
    return f"arn:aws:logs:{subject.region}:{account}:log-group:/mesh/{product}"


def _of_others(subject: Subject, product: DataProductArgs) -> Iterator[str]:
    """Resources of other products: of the same domain, of another one, of a product whose name begins alike."""
    logs, hub = _logs(subject, product.account_id, product.name), _logs(subject, subject.hub, product.name)
    yield from (f"{logs}-of-another", f"{logs}-of-another:log-stream:x", f"{logs}x/driver:log-stream:x")
    yield from (hub, f"{hub}:log-stream:x", f"{hub}/driver", f"{hub}/driver:log-stream:x")
    for bucket in (f"arn:aws:s3:::{product.bucket}x", *_buckets_of_others(subject, product)):
        yield from (bucket, f"{bucket}/tables/a")
    yield from (_bus(subject, subject.hub, "default"), _bus(subject, product.account_id))
    yield f"arn:aws:kms:{subject.region}:{product.account_id}:key/x"


def _buckets_of_others(subject: Subject, product: DataProductArgs) -> Iterator[str]:
    others = [each for each in subject.products if each is not product]
    home = next((each for each in others if each.domain == product.domain), None)
    abroad = next((each for each in others if each.domain != product.domain), None)
    yield from (f"arn:aws:s3:::{each.bucket}" for each in (home, abroad) if each)


def _secrets(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    """Secrets that the domain's file names for the pipeline (Secrets Manager User Guide, "Retrieve secrets")."""
    for name in written_reads(subject, product).secrets:
        yield Duty(
            "secretsmanager:GetSecretValue", f"{_secret(subject, product.account_id, product.name, name)}-a1B2c3"
        )


def _secrets_of_others(subject: Subject, product: DataProductArgs) -> Iterator[str]:
    """Secrets of another product, of one whose name begins alike, of governance, and of its own that are not named."""
    account, own = product.account_id, product.name
    for other in (f"{own}x", "another"):
        yield f"{_secret(subject, account, other, 'token')}-a1B2c3"
    for name in (*written_reads(subject, product).secrets, "token"):
        yield f"{_secret(subject, subject.hub, own, name)}-a1B2c3"
        yield f"{_secret(subject, account, own, name)}x-a1B2c3"
    yield f"arn:aws:secretsmanager:{subject.region}:{account}:secret:somebody-s-a1B2c3"


def _secret(subject: Subject, account: str, product: str, name: str) -> str:
    """ARN of a secret, without the six characters that AWS adds."""
    return f"arn:aws:secretsmanager:{subject.region}:{account}:secret:{names.secret(product, name)}"


# ---- the network


def _network(subject: Subject, account: str) -> Iterator[Duty]:
    """The job's network interface: what it takes beside the shared subnet is the domain's own."""
    own, region = f"arn:aws:ec2:{subject.region}:{account}", subject.region
    interface = f"{own}:network-interface/x"
    for part in (interface, f"{own}:security-group/x"):
        yield Duty("ec2:CreateNetworkInterface", part)
    yield Duty("ec2:DeleteNetworkInterface", interface)
    yield Duty("ec2:CreateTags", interface, {"aws:TagKeys": ["aws-glue-service-resource"]})
    yield from each("ec2: DescribeNetworkInterfaces DescribeRouteTables DescribeSecurityGroups DescribeSubnets", "*")
    yield from each("ec2: DescribeVpcAttribute DescribeVpcEndpoints", "*")
    for part in ("catalog", f"connection/{names.CONNECTION}"):
        yield Duty("glue:GetConnection", f"arn:aws:glue:{region}:{account}:{part}")


def _shared_subnet(subject: Subject) -> str:
    """A subnet of the mesh: governance shares it (RAM), and who may use it the share says, not a policy."""
    return f"arn:aws:ec2:{subject.region}:{subject.hub}:subnet/subnet-1"


def _networks_of_others(subject: Subject, account: str) -> Iterator[str]:
    """Subnets of the domain's own, interfaces and groups of governance, and connections of another name."""
    own, hub = f"arn:aws:ec2:{subject.region}:{account}", f"arn:aws:ec2:{subject.region}:{subject.hub}"
    yield from (f"{own}:subnet/subnet-2", f"{hub}:network-interface/eni-2", f"{hub}:security-group/sg-2")
    glue = f"arn:aws:glue:{subject.region}"
    yield from (f"{glue}:{account}:connection/{names.CONNECTION}-x", f"{glue}:{subject.hub}:catalog")
    yield f"{glue}:{subject.hub}:connection/{names.CONNECTION}"
