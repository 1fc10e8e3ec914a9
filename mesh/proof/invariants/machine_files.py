"""Files for machines (I31): policies of bucket and key admit pipelines by clearance, of other accounts of domains.

At home a bucket admits none, since an Allow there would be enough whatever the role's own policy says; a key hands the
decision on to the account.
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DataProductArgs
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.machine_readers import pipeline_of
from mesh.proof.subject import OTHER_ORGANIZATION, Subject

_OF_FILES = ("s3:GetObject", "s3:GetObjectVersion")
_OF_AN_OBJECT = ("s3:ListObjectAnnotations", "s3:RestoreObject")
"""Actions that an SCP refuses to everybody as well: annotations are texts of an object, and a restored one is read."""
_OF_A_BUCKET = ("s3:ListBucket", "s3:GetBucketLocation")
_OF_A_KEY = ("kms:Decrypt", "kms:DescribeKey")


def files_admit_machines(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I31: on one product of each class with a files port, by pipelines of every clearance that covers it."""
    for product in subject.product_classes:
        labels = subject.written(product).labels
        for clearance, reads in subject.written_clearances.items():
            if "files" in product.ports and labels <= reads:
                yield from _of_clearance(subject, product, clearance)
        if any(labels <= reads for reads in subject.written_clearances.values()) and "files" in product.ports:
            yield from _beside_files(subject, product)


def _beside_files(subject: Subject, product: DataProductArgs) -> Iterator[AnyClaim]:
    """Claims on objects that are no files: the product's own pipeline reads them, and none that is nearly it."""
    own, unchecked = pipeline_of(subject, product), f"arn:aws:s3:::{product.bucket}/tables/a"
    labels = subject.written(product).labels
    covering = [name for name, reads in subject.written_clearances.items() if labels <= reads]
    beside = f"{own}-of-another"
    elsewhere = [own.replace(product.account_id, other.access.account_id) for other in subject.others(product.domain)]
    cleared = names.clearance_role(product.account_id, covering[0])
    for who, role, action in (
        ("a pipeline with what the product's own reads with", beside, "s3:GetObject"),
        ("the pipeline of a product of the same name", next(iter(elsewhere), beside), "s3:GetObject"),
        *((f"clearance {covering[0]}", cleared, action) for action in _OF_AN_OBJECT),
    ):
        request = Request(role, action, unchecked)
        yield Claim(who, request, allowed=False, denied=("resource",), by="RefuseReadingBesideFiles")
    for clearance in covering:
        role = names.pipeline_role(product.account_id, f"{product.name}-of-another", clearance)
        request = Request(role, "s3:GetObject", unchecked)
        yield Claim(f"a pipeline at home with {clearance}", request, allowed=False, denied=("resource",))


def _of_clearance(subject: Subject, product: DataProductArgs, clearance: str) -> Iterator[AnyClaim]:
    bucket, key = f"arn:aws:s3:::{product.bucket}", subject.product_key(product)
    at_home = names.pipeline_role(product.account_id, "x", clearance)
    for domain in list(subject.others(product.domain))[:1]:
        role = names.pipeline_role(domain.access.account_id, "x", clearance)
        for request in _reads(subject, role, bucket, key):
            yield Claim(f"a pipeline elsewhere with {clearance}", request, free=("resource",), admitted=True)
        for request in _beside(subject, role, bucket, key):
            yield Claim(f"a pipeline elsewhere with {clearance}", request, admitted=False)
    for request in _reads(subject, at_home, bucket, key):
        of_the_key = request.action in _OF_A_KEY
        yield Claim(f"a pipeline at home with {clearance}", request, free=("resource",), admitted=of_the_key)
    for request in _beside(subject, at_home, bucket, key):
        yield Claim(f"a pipeline at home with {clearance}", request, admitted=False)
    writes = Request(at_home, "s3:PutObject", f"{bucket}/files/a")
    yield Claim(f"a pipeline at home with {clearance}", writes, allowed=False, denied=("resource",))
    partners = (partner.access.account_id for partner in subject.partners[:1])
    for account in (subject.hub, OTHER_ORGANIZATION, *partners):
        for request in _reads(subject, names.pipeline_role(account, "x", clearance), bucket, key):
            yield Claim("a role of no domain named like a pipeline", request, admitted=False)


def _reads(subject: Subject, role: str, bucket: str, key: str) -> Iterator[Request]:
    yield from (Request(role, action, f"{bucket}/files/a") for action in _OF_FILES)
    yield from (Request(role, action, bucket) for action in _OF_A_BUCKET)
    yield from (Request(role, action, key, subject.through_s3) for action in _OF_A_KEY)


def _beside(subject: Subject, role: str, bucket: str, key: str) -> Iterator[Request]:
    """Requests that are nearly reads: writes, objects of tables, the key without S3 or for more than to decrypt."""
    yield Request(role, "s3:PutObject", f"{bucket}/files/a")
    yield Request(role, "s3:GetObject", f"{bucket}/tables/a")
    yield Request(role, "kms:GenerateDataKey", key, subject.through_s3)
    yield Request(role, "kms:Decrypt", key)
    yield Request(role, "kms:Decrypt", key, {"kms:ViaService": f"ec2.{subject.region}.amazonaws.com"})
