"""Work of a delivery: S3 replicates what lies outbound in a product's bucket to partners."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.access import from_plan
from mesh.plan.nodes import DomainPlan
from mesh.proof.duties import ANOTHER_KEY, Duty, RoleWork, each
from mesh.proof.subject import NO_ORGANIZATION, OUTSIDE_BUCKET, Subject


def of_delivery(subject: Subject, domain: DomainPlan, product: str) -> RoleWork:
    """The work of S3's replication with the role of one product.

    Sources: design ("One sharing model, three kinds of port"); S3 User Guide, "Setting up permissions for live
    replication" (the role that S3 assumes; delete markers are not replicated, so it deletes nothing), "Changing the
    replica owner" and "Replicating encrypted objects" (Decrypt at the source, Encrypt at the destination; a bucket key
    takes GenerateDataKey, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").
    """
    source = domain.products[product]
    bucket = f"arn:aws:s3:::{source.bucket}"
    return RoleWork(
        who=f"the delivery of {domain.name}.{product}",
        role=names.delivery_role(source.account_id, product),
        duties=(
            *each("s3: GetReplicationConfiguration ListBucket", bucket),
            *each(
                "s3: GetObjectVersionForReplication GetObjectVersionAcl GetObjectVersionTagging",
                f"{bucket}/outbound/a-partner/a",
            ),
            Duty("kms:Decrypt", subject.product_key(source), subject.through_s3),
            *_into_inboxes(subject, domain, product),
        ),
        beside=(
            f"{bucket}/tables/a",
            f"{bucket}/outboundx/a",
            *_buckets_of_others(subject, source.bucket),
            *_folders_of_others(domain, product),
            *(f"arn:aws:kms:{subject.region}:{account}:key/x" for account in (subject.hub, NO_ORGANIZATION)),
        ),
        keys={"kms": subject.through_s3},
        otherwise=tuple(_keys_without_s3(subject, domain, product)),
    )


def _partners(domain: DomainPlan, product: str) -> Iterator[tuple[str, str]]:
    """Account of each partner with an open agreement, and the product's folder in its inbox."""
    for delivery in domain.deliveries[product].deliveries:
        if delivery.open:
            folder = names.outbound(delivery.partner, domain.name, product)
            yield delivery.partner_id, f"arn:aws:s3:::{delivery.inbox}/{folder}"


def _inbox_key(subject: Subject, account: str) -> str:
    return from_plan.key_arn(subject.region, account, names.INBOX_KEY_ALIAS)


def _into_inboxes(subject: Subject, domain: DomainPlan, product: str) -> Iterator[Duty]:
    for account, folder in _partners(domain, product):
        yield from each(
            "s3: ReplicateObject ReplicateTags ObjectOwnerOverrideToBucketOwner",
            f"{folder}/a",
        )
        yield from each("kms: Encrypt GenerateDataKey", _inbox_key(subject, account), subject.through_s3)


def _keys_without_s3(subject: Subject, domain: DomainPlan, product: str) -> Iterator[Duty]:
    yield Duty("kms:Decrypt", subject.product_key(domain.products[product]))
    home = f"arn:aws:kms:{subject.region}:{domain.access.account_id}:key/x"
    yield Duty("kms:Decrypt", home, {**subject.through_s3, **ANOTHER_KEY})
    alias = {"kms:ResourceAliases": [f"alias/{names.key_alias(product)}"]}
    for place in (f"{subject.region}:{subject.hub}", f"us-east-1:{domain.access.account_id}"):
        yield Duty("kms:Decrypt", f"arn:aws:kms:{place}:key/x", {**subject.through_s3, **alias})
    for account, _ in _partners(domain, product):
        yield from each("kms: Encrypt GenerateDataKey", _inbox_key(subject, account))
        other_region = f"arn:aws:kms:us-east-1:{account}:key/x"
        yield from each("kms: Encrypt GenerateDataKey", other_region, subject.through_s3)


def _folders_of_others(domain: DomainPlan, product: str) -> Iterator[str]:
    """Folders of an inbox that are another product's, or nobody's."""
    for _, folder in _partners(domain, product):
        yield from (f"{folder}x/a", f"{folder.rpartition('/')[0]}/another__product/a", f"{folder.split('/')[0]}/a")


def _buckets_of_others(subject: Subject, bucket: str) -> Iterator[str]:
    """Another product's bucket, one whose name begins alike, an inbox without an agreement, and a stranger's."""
    other = next((each.bucket for each in subject.products if each.bucket != bucket), "none")
    inbox = subject.plan.inbox("another")
    for name in (f"arn:aws:s3:::{bucket}x", f"arn:aws:s3:::{other}", f"arn:aws:s3:::{inbox}", OUTSIDE_BUCKET):
        yield from (name, f"{name}/outbound/a-partner/a")
