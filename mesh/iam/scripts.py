"""Resource policy of the bucket of scripts of a domain's pipelines: one writer, and the jobs that run them.

Quota: 20,480 bytes. Scripts are code out of a reviewed repository, and no data: S3 encrypts them with its own key, so
that no job needs another key than its product's.
"""

from __future__ import annotations

from mesh import names
from mesh.iam.buckets import READ_OBJECTS, WRITE_OBJECTS, encrypted_in_transit, own_account_only
from mesh.iam.perimeter import Perimeter, caller_is_not, not_a_service
from mesh.iam.statement import Document, Statement, document


def scripts_bucket_policy(perimeter: Perimeter, bucket: str, account_id: str) -> Document:
    """Resource policy: the account's deployment writes, its pipelines read; which of them what, their roles say."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    deploy, preview = names.deploy_role(account_id), names.preview_role(account_id)
    return document(
        *encrypted_in_transit(whole, objects),
        *own_account_only(perimeter, whole, objects, account_id),
        Statement(
            sid="RefuseOtherWriters",
            what="Nobody writes, deletes or tags a script but the account's deployment.",
            why="Whoever changes a script runs code with the role of its pipeline.",
            but="The domain's stack puts scripts, out of a review.",
            principal="*",
            actions=WRITE_OBJECTS,
            resources=(objects,),
            conditions=(caller_is_not(deploy), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherReaders",
            what="Nobody reads a script but the account's pipelines and its deployment, in a preview too.",
            why="Code says how data is made, and may hold what its author should not have written.",
            but="Glue reads a script as the role of the job; the plugin looks at it when it compares.",
            principal="*",
            actions=READ_OBJECTS,
            resources=(objects,),
            conditions=(caller_is_not(names.pipeline_roles(account_id), deploy, preview), not_a_service()),
        ),
    )


def reads_its_script(bucket: str, product: str) -> Statement:
    """Statement of a pipeline's role: it reads the scripts of its own product."""
    return Statement(
        sid="ReadTheScript",
        what="The role reads the script of its pipeline.",
        why="Glue fetches it as the role of the job; the scripts of other pipelines are none of its business.",
        effect="Allow",
        actions=("s3:GetObject",),
        resources=(f"arn:aws:s3:::{bucket}/{product}/*",),
    )
