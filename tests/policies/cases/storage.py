"""Cases of the rules on storage: who reaches a bucket, and how."""

from __future__ import annotations

import json
from typing import Any, Final

from mesh_guardrails.themes.storage import ACCESS_POINT, ACCOUNT_BLOCK, BUCKET, SWITCHES

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, changed, made, passes, reports, waits

BUCKET_V2: Final = "aws:s3/bucketV2:BucketV2"
BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
ON: Final = dict.fromkeys(SWITCHES, True)
ARN: Final = "arn:aws:s3:::example-bucket"
PLAIN: Final = {"Bool": {"aws:SecureTransport": "false"}}
OLD: Final = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}


def bucket(name: str = "bucket", *, type_: str = BUCKET, protect: bool = False, **props: Any) -> Made:
    """A bucket whose name is known, unless it is given."""
    return made(type_, name, protect=protect, **{"bucket": f"example-{name}", **props})


def companion(type_: str, of: str = "bucket", name: str = "", **props: Any) -> Made:
    """A resource about a bucket, whose name was made from the bucket."""
    return made(type_, name, made_from={"bucket": of}, bucket=f"example-{of}", **props)


def unnamed(resource: Made) -> Made:
    """The resource in a preview of a new stack: the bucket's name is not known."""
    return changed(resource, bucket=UNKNOWN)


def refusing(*conditions: dict[str, Any], resources: Any = (ARN, f"{ARN}/*"), **more: Any) -> str:
    """A policy that refuses everybody in some cases."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": list(resources), **more}
    return json.dumps({"Statement": [{**statement, "Condition": each} for each in conditions]})


SAFE: Final = refusing(PLAIN, OLD)
ENFORCED: Final = companion(OWNERSHIP, rule={"objectOwnership": "BucketOwnerEnforced"})

CASES: Final[list[Case]] = [
    passes("bucket-has-public-access-block", bucket(), companion(BLOCK, **ON)),
    passes("bucket-has-public-access-block", bucket(type_=BUCKET_V2), companion(BLOCK, **ON)),
    passes("bucket-has-public-access-block", bucket(), made(BLOCK, bucket="example-bucket", **ON)),
    passes("bucket-has-public-access-block", unnamed(bucket()), unnamed(companion(BLOCK, **ON))),
    reports("bucket-has-public-access-block", "has no BucketPublicAccessBlock", bucket()),
    reports("bucket-has-public-access-block", "has no Bucket", bucket(), bucket("o"), companion(BLOCK, "o", **ON)),
    reports("bucket-has-public-access-block", "blockPublicAcls", bucket(), companion(BLOCK, **ON | {SWITCHES[0]: 0})),
    reports(
        "bucket-has-public-access-block",
        "leaves restrictPublicBuckets off",
        bucket(),
        companion(BLOCK, **ON),
        companion(BLOCK, name="second", **ON | {"restrictPublicBuckets": False}),
    ),
    waits("bucket-has-public-access-block", bucket(), companion(BLOCK, **ON | {SWITCHES[0]: UNKNOWN})),
    passes("account-blocks-public-access", made(ACCOUNT_BLOCK, **ON)),
    passes("account-blocks-public-access", made(ACCOUNT_BLOCK, accountId=UNKNOWN, **ON)),
    reports("account-blocks-public-access", "for a whole account", made(ACCOUNT_BLOCK, **ON | {SWITCHES[3]: False})),
    reports("account-blocks-public-access", SWITCHES[1], made(ACCOUNT_BLOCK, blockPublicAcls=True)),
    passes("bucket-enforces-its-owner", bucket(), ENFORCED),
    passes("bucket-enforces-its-owner", unnamed(bucket()), unnamed(ENFORCED)),
    reports("bucket-enforces-its-owner", "has no BucketOwnershipControls", bucket(type_=BUCKET_V2)),
    reports(
        "bucket-enforces-its-owner",
        "are not BucketOwnerEnforced",
        bucket(),
        companion(OWNERSHIP, rule={"objectOwnership": "ObjectWriter"}),
    ),
    passes("no-access-control-list", bucket()),
    passes("no-access-control-list", bucket(acl="private", policy=UNKNOWN)),
    passes("no-access-control-list", made("aws:s3/bucketObjectv2:BucketObjectv2", key=UNKNOWN)),
    reports("no-access-control-list", "the canned ACL 'public-read'", bucket(acl="public-read")),
    reports("no-access-control-list", "has grants", bucket(type_=BUCKET_V2, grants=[{"type": "Group"}])),
    reports("no-access-control-list", "delete it", made("aws:s3/bucketAcl:BucketAcl", acl="private")),
    reports("no-access-control-list", "delete it", made("aws:s3/bucketAclV2:BucketAclV2", acl=UNKNOWN)),
    reports(
        "no-access-control-list", "bucket-owner-read", made("aws:s3/bucketObject:BucketObject", acl="bucket-owner-read")
    ),
    waits("no-access-control-list", bucket(acl=UNKNOWN)),
    passes("no-website-of-a-bucket", unnamed(bucket())),
    passes("no-website-of-a-bucket", bucket()),
    reports("no-website-of-a-bucket", "as a website", bucket(website={"indexDocument": "index.html"})),
    reports("no-website-of-a-bucket", "as a website", bucket(type_=BUCKET_V2, websites=[{"indexDocument": "i"}])),
    reports(
        "no-website-of-a-bucket", "as a website", made("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration")
    ),
    passes("bucket-refuses-plain-http", bucket(), companion(POLICY, policy=SAFE)),
    passes("bucket-refuses-plain-http", bucket(policy=SAFE)),
    passes("bucket-refuses-plain-http", unnamed(bucket()), unnamed(companion(POLICY, policy=json.loads(SAFE)))),
    reports("bucket-refuses-plain-http", "lets plain HTTP in", bucket()),
    reports("bucket-refuses-plain-http", "lets plain", bucket(), companion(POLICY, policy=refusing(OLD))),
    reports("bucket-refuses-plain-http", "lets plain", bucket(policy=refusing(PLAIN, resources=[ARN]))),
    reports("bucket-refuses-plain-http", "lets plain", bucket(policy=refusing(PLAIN, resources=[f"{ARN}/*"]))),
    reports("bucket-refuses-plain-http", "lets plain", bucket(policy=refusing(PLAIN, Action="s3:GetObject"))),
    reports("bucket-refuses-plain-http", "lets plain", bucket(policy=refusing(PLAIN, Effect="Allow"))),
    reports("bucket-refuses-plain-http", "lets plain", bucket(policy=refusing(PLAIN, Principal={"AWS": ["1"]}))),
    reports("bucket-refuses-plain-http", "lets plain", bucket(policy=refusing(PLAIN | {"StringLike": {"a": "b"}}))),
    waits("bucket-refuses-plain-http", bucket(), companion(POLICY, policy=UNKNOWN)),
    passes("bucket-refuses-old-tls", bucket(policy=SAFE)),
    passes("bucket-refuses-old-tls", bucket(policy=refusing({"NumericLessThan": {"s3:TlsVersion": ["1.3"]}}))),
    reports("bucket-refuses-old-tls", "lets TLS below 1.2 in", bucket(policy=refusing(PLAIN))),
    reports(
        "bucket-refuses-old-tls", "lets TLS", bucket(policy=refusing({"NumericLessThan": {"s3:TlsVersion": "1.1"}}))
    ),
    reports("bucket-refuses-old-tls", "lets TLS", bucket(policy="no policy")),
    waits("bucket-refuses-old-tls", bucket(), companion(POLICY, policy=UNKNOWN)),
    passes("access-point-stays-in-the-network", made(ACCESS_POINT, vpcConfiguration={"vpcId": "vpc-1"})),
    passes("access-point-stays-in-the-network", made(ACCESS_POINT, vpcConfiguration={"vpcId": UNKNOWN})),
    reports("access-point-stays-in-the-network", "for the internet", made(ACCESS_POINT, bucket="b")),
    reports(
        "access-point-stays-in-the-network",
        "leaves blockPublicPolicy off",
        made(ACCESS_POINT, vpcConfiguration={}, publicAccessBlockConfiguration={"blockPublicPolicy": False}),
    ),
]
