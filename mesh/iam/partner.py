"""Bucket policy and key policy of a partner's inbox. Quotas: 20,480 and 32,768 bytes."""

from __future__ import annotations

from mesh import names
from mesh.iam.buckets import CONFIGURE_BUCKET, encrypted_in_transit
from mesh.iam.ends import Ends, by_end, until
from mesh.iam.keys import (
    USE_KEY,
    account_uses_through_services,
    deployment_administers,
    only_through_services,
    preview_looks,
)
from mesh.iam.perimeter import (
    Perimeter,
    caller_is,
    caller_is_not,
    in_organization,
    inside_units,
    not_a_service,
    through,
)
from mesh.iam.statement import Document, Statement, document, when


def inbox_bucket_policy(perimeter: Perimeter, bucket: str, account_id: str, writers: Ends) -> Document:
    """Resource policy of a partner's inbox: the declared writers of open agreements put, nobody outside reads (I5).

    Each writer has the last day of its agreement, and each such day a statement.
    """
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    writing = ("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner")
    own = f"arn:aws:iam::{account_id}:*"
    return document(
        *encrypted_in_transit(whole, objects),
        *(
            Statement(
                sid=f"DeclaredWritersDeliver{ending.mark}",
                what="Delivery roles of agreements that last to this day replicate objects into the inbox.",
                why="The agreement is the permission: from the next day on it is none, whoever deploys or not.",
                effect="Allow",
                principal="*",
                actions=writing,
                resources=(objects,),
                conditions=(
                    in_organization(perimeter),
                    inside_units(perimeter.domains),
                    caller_is(*ending.names),
                    until(ending.end),
                ),
            )
            for ending in by_end(writers)
        ),
        Statement(
            sid="RefuseOtherAccounts",
            what="Callers of any other account reach nothing, but the delivery roles of open agreements.",
            why="No other partner and no domain reads what a partner was given.",
            but="A delivery role of an open agreement replicates into the inbox; the account's own people read it.",
            principal="*",
            actions=("s3:*",),
            resources=(whole, objects),
            conditions=(when("ArnNotLikeIfExists", "aws:PrincipalArn", own, *writers), not_a_service()),
        ),
        Statement(
            sid="RefuseAllButDeliveries",
            what="Nobody puts an object, the partner's own people included.",
            why="Replication is no `s3:PutObject`, so all that lies in the inbox came by an agreement.",
            principal="*",
            actions=("s3:PutObject*",),
            resources=(objects,),
            conditions=(not_a_service(),),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            what="Only the account's deployment changes how the inbox is set up.",
            why="The partner's administrators could replicate it elsewhere, or open it to others.",
            but="The account's stack makes the inbox.",
            principal="*",
            actions=CONFIGURE_BUCKET,
            resources=(whole,),
            conditions=(caller_is_not(names.deploy_role(account_id)), not_a_service()),
        ),
    )


def inbox_key_policy(perimeter: Perimeter, account_id: str, writers: Ends) -> Document:
    """Resource policy of the key of a partner's inbox: the declared writers encrypt, the partner decrypts.

    Each writer has the last day of its agreement, and each such day a statement.
    """
    return document(
        deployment_administers(account_id),
        preview_looks(account_id),
        account_uses_through_services(perimeter, account_id, "s3"),
        only_through_services(perimeter, "s3"),
        *(
            Statement(
                sid=f"DeclaredWritersEncrypt{ending.mark}",
                what="Delivery roles of agreements that last to this day encrypt.",
                why="A replica is encrypted with the inbox's key; its writers do not decrypt.",
                effect="Allow",
                principal="*",
                actions=("kms:Encrypt", "kms:GenerateDataKey"),
                resources=("*",),
                conditions=(
                    in_organization(perimeter),
                    inside_units(perimeter.domains),
                    caller_is(*ending.names),
                    through(perimeter, "s3"),
                    until(ending.end),
                ),
            )
            for ending in by_end(writers)
        ),
        Statement(
            sid="RefuseAllButTheWriters",
            what="Nobody uses the key but the partner's account and the delivery roles of open agreements.",
            why="The second line behind the inbox's bucket policy.",
            but="A delivery role encrypts what it replicates; the account's own people decrypt it.",
            principal="*",
            actions=USE_KEY,
            resources=("*",),
            conditions=(
                when("ArnNotLikeIfExists", "aws:PrincipalArn", f"arn:aws:iam::{account_id}:*", *writers),
                not_a_service(),
            ),
        ),
    )
