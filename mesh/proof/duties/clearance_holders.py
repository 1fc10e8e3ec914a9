"""Work of people with a clearance, in a domain's account: they query, and read files of products."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.nodes import DomainPlan
from mesh.proof.duties import Duty, RoleWork, each
from mesh.proof.duties.querying import (
    browsing,
    catalogs_of_others,
    keys_of_others,
    lists_of_others,
    metadata,
    queries,
    results_below,
    workgroups_of_others,
)
from mesh.proof.subject import OUTSIDE_BUCKET, Subject


def of_clearance(subject: Subject, domain: DomainPlan, clearance: str) -> RoleWork:
    """The work of people with a clearance.

    Sources: design ("Clearances and labels", "How data flows"); Athena User Guide, "Example workgroup policies",
    "Configure access to databases and tables in the AWS Glue Data Catalog" and "Work with query results and recent
    queries"; Lake Formation Developer Guide, "Lake Formation permissions reference" (GetDataAccess).
    """
    account, results = domain.access.account_id, subject.plan.results_bucket(domain.name)
    own = f"arn:aws:s3:::{results}"
    return RoleWork(
        who=f"clearance {clearance} in domain {domain.name}",
        role=domain.clearances[clearance].arn,
        duties=(
            *queries(subject, account, names.workgroup(clearance)),
            *browsing(subject, account),
            *metadata(subject, account),
            *metadata(subject, subject.hub),
            Duty("lakeformation:GetDataAccess", "*"),
            *results_below(subject, account, own, f"{clearance}/"),
        ),
        granted=tuple(_files(subject, domain)),
        beside=(
            *workgroups_of_others(subject, account, names.workgroup(clearance)),
            *catalogs_of_others(subject),
            *_results_of_others(own, clearance),
            *_files_of_no_domain(subject, domain.name),
        ),
        keys={"kms": subject.through_s3},
        otherwise=(*keys_of_others(subject, account), *lists_of_others(own, f"{clearance}/")),
    )


def _files(subject: Subject, domain: DomainPlan) -> Iterator[Duty]:
    """The port `files`, of whatever domain: bucket and key of the product decide whom they admit (I14, I12).

    Source: design ("One sharing model, three kinds of port").
    """
    keys = [f"arn:aws:kms:{subject.region}:{domain.access.account_id}:key/x"]
    for product in sorted(subject.product_classes, key=lambda each: each.domain == domain.name)[:1]:
        bucket = f"arn:aws:s3:::{product.bucket}"
        yield from each("s3: GetObject GetObjectVersion", f"{bucket}/files/a")
        yield from each("s3: ListBucket GetBucketLocation", bucket)
        keys.append(subject.product_key(product))
    for key in keys:
        yield from each("kms: Decrypt DescribeKey", key, subject.through_s3)


def _results_of_others(bucket: str, clearance: str) -> Iterator[str]:
    yield from (f"{bucket}/{clearance}x/a.csv", f"{bucket}/another/a.csv", f"{bucket}x", f"{bucket}x/{clearance}/a.csv")


def _files_of_no_domain(subject: Subject, domain: str) -> Iterator[str]:
    """Buckets of the mesh that are no product's, and of strangers."""
    plan = subject.plan
    others = (plan.governance.audit.bucket, plan.log_bucket(domain), f"{plan.mesh}x-{domain}--a")
    for bucket in (*(f"arn:aws:s3:::{name}" for name in others), OUTSIDE_BUCKET):
        yield from (bucket, f"{bucket}/a")
