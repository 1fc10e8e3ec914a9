"""Role with which S3 replicates a data product to partners. Trust and permissions."""

from __future__ import annotations

from mesh import names
from mesh.iam.ends import Ends, by_end, until
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


def delivery_permissions(perimeter: Perimeter, account_id: str, domain: str, product: str, folders: Ends) -> Document:
    """Permissions: copy what is under `outbound/<partner>/<domain>__<product>/` into the inboxes of partners.

    `folders` are those of the product in inboxes, `<bucket>/<folder>`, each with the last day of its agreement. There
    is a statement for each day on which one ends, which are at most as many as the partners that the product goes to.
    """
    bucket, alias = perimeter.buckets.of_product(domain, product, account_id), names.key_alias(product)
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
        *(
            Statement(
                sid=f"WriteToTheInboxes{ending.mark}",
                what="The role writes replicas into its product's folder of inboxes, by agreements until this day.",
                why="From the next on nothing is delivered; and no product gets among what another delivers.",
                effect="Allow",
                actions=("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"),
                resources=tuple(f"arn:aws:s3:::{folder}/*" for folder in ending.names),
                conditions=(until(ending.end),),
            )
            for ending in by_end(folders)
        ),
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
            what="The role encrypts with keys of partners' accounts, until the last of its agreements ends.",
            why="A replica is encrypted with the inbox's key, whose own policy has the day of each writer.",
            effect="Allow",
            actions=("kms:Encrypt", "kms:GenerateDataKey"),
            resources=(f"arn:aws:kms:{perimeter.region}:*:key/*",),
            conditions=(
                through(perimeter, "s3"),
                when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", perimeter.partners),
                until(max(folders.values())),
            ),
        )
        if folders  # with every agreement closed there is nobody to encrypt for
        else None,
    )
