"""Work of a pipeline: it reads and writes the objects of one product, says so, and logs, in the private network."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.nodes import DataProductArgs
from mesh.proof.duties import Duty, Work, each
from mesh.proof.subject import Subject


def of_pipeline(subject: Subject, product: DataProductArgs) -> Work:
    """The work of a product's pipeline.

    Sources: design ("How data flows"); Glue Developer Guide, "Create an IAM policy for the AWS Glue service" and
    "Setting up to use a connection in a VPC"; Iceberg, "S3FileIO"; S3 User Guide, "Multipart upload API and permissions".
    """
    account = product.account_id
    return Work(
        who=f"the pipeline of {product.domain}.{product.name}",
        role=names.pipeline_role(account, product.name),
        duties=(*_data(subject, product), *_reports(subject, product), *_network(subject, account)),
        beside=tuple(_of_others(subject, product)),
        otherwise=tuple(_otherwise(subject, product)),
    )


def _data(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    bucket = f"arn:aws:s3:::{product.bucket}"
    yield from each("s3: GetObject GetObjectVersion PutObject DeleteObject AbortMultipartUpload", f"{bucket}/tables/a")
    yield from each("s3: ListBucket ListBucketMultipartUploads GetBucketLocation", bucket)
    yield from each(
        "kms: Decrypt Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo DescribeKey",
        subject.product_key(product),
        subject.through_s3,
    )


def _reports(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    logs = f"arn:aws:logs:{subject.region}:{product.account_id}:log-group:/mesh/{product.name}"
    for group in (logs, f"{logs}/driver"):
        yield Duty("logs:CreateLogGroup", group)
        yield Duty("logs:CreateLogStream", group)
        yield Duty("logs:PutLogEvents", f"{group}:log-stream:x")
    yield Duty("events:PutEvents", _bus(subject), _event(product.domain, product.name))


def _network(subject: Subject, account: str) -> Iterator[Duty]:
    yield from ()


def _bus(subject: Subject) -> str:
    return f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}"


def _event(domain: str, product: str) -> dict[str, list[str]]:
    return {"events:source": [f"mesh.{domain}.{product}"], "events:detail-type": ["product published"]}


def _of_others(subject: Subject, product: DataProductArgs) -> Iterator[str]:
    """What is another product's: of the same domain, of another one, and of a product whose name begins alike."""
    logs = f"arn:aws:logs:{subject.region}:{product.account_id}:log-group:/mesh/{product.name}"
    yield from (f"{logs}-of-another", f"{logs}-of-another:log-stream:x", f"{logs}x/driver:log-stream:x")
    for bucket in (f"arn:aws:s3:::{product.bucket}x", *_buckets_of_others(subject, product)):
        yield from (bucket, f"{bucket}/tables/a")


def _buckets_of_others(subject: Subject, product: DataProductArgs) -> Iterator[str]:
    others = [each for each in subject.products if each is not product]
    home = next((each for each in others if each.domain == product.domain), None)
    abroad = next((each for each in others if each.domain != product.domain), None)
    yield from (f"arn:aws:s3:::{each.bucket}" for each in (home, abroad) if each)


def _otherwise(subject: Subject, product: DataProductArgs) -> Iterator[Duty]:
    """The key without S3, and events of another product."""
    yield from each("kms: Decrypt Encrypt GenerateDataKey", subject.product_key(product))
    for domain, name in ((product.domain, f"{product.name}x"), ("another", product.name)):
        yield Duty("events:PutEvents", _bus(subject), _event(domain, name))
