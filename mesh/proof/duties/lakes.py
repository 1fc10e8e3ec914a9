"""Work of the role with which Lake Formation reads the buckets of a domain."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.nodes import DataProductArgs, DomainPlan
from mesh.proof.duties import Duty, RoleWork, each
from mesh.proof.subject import OTHER_ORGANIZATION, OUTSIDE_BUCKET, Subject


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


# ---- buckets and keys


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
