"""Role with which S3 replicates a data product to partners. Trust and permissions."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.trust import assumed_by_services
from mesh.iam.statement import Document, Statement, document, when


def delivery_trust(account_id: str, bucket: str) -> Document:
    """Trust: S3 assumes the role, for this bucket of this account alone."""
    source = when("ArnEquals", "aws:SourceArn", f"arn:aws:s3:::{bucket}")
    return document(
        assumed_by_services(
            account_id,
            "s3.amazonaws.com",
            sid="ReplicationOfThisBucket",
            what="S3 assumes the role, to replicate this bucket.",
            why="Without the source, S3 could be made to use it for another account's bucket (confused deputy).",
            also=(source,),
        ),
    )


def delivery_permissions(
    perimeter: Perimeter, account_id: str, domain: str, product: str, inboxes: tuple[str, ...]
) -> Document:
    """Permissions: copy what is under `outbound/<partner>/` into the inboxes of partners; `inboxes` are buckets."""
    bucket, alias = names.bucket(perimeter.mesh, domain, product), names.key_alias(product)
    return document(
        Statement(
            sid="ReadTheRules",
            what="The role reads the bucket's replication rules, and lists it.",
            why="S3 replicates by them.",
            effect="Allow",
            actions=("s3:GetReplicationConfiguration", "s3:ListBucket"),
            resources=(f"arn:aws:s3:::{bucket}",),
        ),
        Statement(
            sid="ReadWhatIsOutbound",
            what="The role reads what lies under `outbound/`, to replicate it.",
            why="What the pipeline did not put there is not delivered.",
            effect="Allow",
            actions=("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"),
            resources=(f"arn:aws:s3:::{bucket}/outbound/*",),
        ),
        Statement(
            sid="WriteToTheInboxes",
            what="The role writes replicas into the inboxes of open agreements.",
            why="An agreement that has ended has no inbox in the list.",
            effect="Allow",
            actions=("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"),
            resources=tuple(f"arn:aws:s3:::{inbox}/*" for inbox in inboxes),
        )
        if inboxes  # a statement without a resource is no policy to IAM: with every agreement closed there is none
        else None,
        Statement(
            sid="DecryptTheProduct",
            what="The role decrypts with its product's key.",
            why="Objects are encrypted with it; the alias leaves out every other key.",
            effect="Allow",
            actions=("kms:Decrypt",),
            resources=(f"arn:aws:kms:{perimeter.region}:{account_id}:key/*",),
            conditions=(
                when("ForAnyValue:StringEquals", "kms:ResourceAliases", f"alias/{alias}"),
                through(perimeter, "s3"),
            ),
        ),
        Statement(
            sid="EncryptForThePartner",
            what="The role encrypts with keys of partners' accounts.",
            why="A replica is encrypted with the inbox's key.",
            effect="Allow",
            actions=("kms:Encrypt", "kms:GenerateDataKey"),
            resources=(f"arn:aws:kms:{perimeter.region}:*:key/*",),
            conditions=(
                through(perimeter, "s3"),
                when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", perimeter.partners),
            ),
        ),
    )
