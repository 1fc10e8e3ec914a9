"""Rules on storage: a bucket is closed, keeps what was written, and does not outlive its purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh_guardrails.companions import belongs_to
from mesh_guardrails.rule import RegisteredResource, Rule, Stack, StackRule

BUCKET: Final = "aws:s3/bucket:Bucket"
BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def open_bucket(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket without a public-access block of its own, or with one that is not closed."""
    block = next((other for other in stack if other.type == BLOCK and belongs_to(other, "bucket", bucket)), None)
    if block is None:
        yield f"'{bucket.name}' has no BucketPublicAccessBlock; add one with all four switches on"
    elif off := [switch for switch in SWITCHES if not block.props.get(switch)]:
        yield f"the BucketPublicAccessBlock of '{bucket.name}' leaves {', '.join(off)} off; switch all four on"


RULES: Final[tuple[Rule, ...]] = ()
STACK_RULES: Final = (
    StackRule(
        name="bucket-has-public-access-block",
        theme="storage",
        severity="critical",
        description="Every bucket has its public-access block, all of it.",
        check=open_bucket,
        types=frozenset({BUCKET}),
        equivalents=("checkov:CKV2_AWS_6", "prowler:s3_bucket_level_public_access_block", "fsbp:S3.8"),
    ),
)
