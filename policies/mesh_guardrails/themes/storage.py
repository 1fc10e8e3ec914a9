"""Rules on storage: a bucket is closed to everybody but those whom its policy names, and speaks TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from mesh_guardrails.bucket_settings import (
    ACLS,
    BLOCKS,
    BUCKETS,
    OBJECTS,
    OWNERSHIPS,
    WEBSITES,
    companions,
    inline,
    policy,
)
from mesh_guardrails.document_reading import ReadStatement
from mesh_guardrails.nested import items
from mesh_guardrails.rule import RegisteredResource, Rule, Stack, StackRule

BUCKET: Final = "aws:s3/bucket:Bucket"
ACCOUNT_BLOCK: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ACCESS_POINT: Final = "aws:s3/accessPoint:AccessPoint"
SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_LOWEST_TLS: Final = "1.2"
_NEW_TLS: Final = re.compile(r"1\.[2-9]|[2-9](\.\d+)?")


def open_bucket(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket without a public-access block of its own, or with one that is not closed."""
    blocks = companions(bucket, stack, BLOCKS)
    if not blocks:
        yield f"'{bucket.name}' has no BucketPublicAccessBlock; add one with all four switches on"
    for block in blocks:
        if off := [switch for switch in SWITCHES if not block.props.get(switch)]:
            yield f"the BucketPublicAccessBlock of '{bucket.name}' leaves {', '.join(off)} off; switch all four on"


def open_account(block: RegisteredResource) -> Iterator[str]:
    """Messages on an account's public-access block that is not closed."""
    if off := [switch for switch in SWITCHES if not block.props.get(switch)]:
        yield f"'{block.name}' leaves {', '.join(off)} off for a whole account; switch all four on"


def without_owner(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket in which an access control list can still grant.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    controls = companions(bucket, stack, OWNERSHIPS)
    if not controls:
        yield f"'{bucket.name}' has no BucketOwnershipControls; add one with BucketOwnerEnforced"
    for control in controls:
        rules = items(control.props.get("rule"))
        if not rules or any(rule.get("objectOwnership") != "BucketOwnerEnforced" for rule in rules):
            yield (
                f"the BucketOwnershipControls of '{bucket.name}' are not BucketOwnerEnforced, so that ACLs grant; set "
                "it"
            )


def granted_by_list(resource: RegisteredResource) -> Iterator[str]:
    """Messages on an access control list: of a bucket, or of an object."""
    if resource.type in ACLS:
        yield f"'{resource.name}' is an access control list; delete it, and grant in the bucket's policy"
    elif resource.props.get("acl") not in (None, "", "private"):
        yield (
            f"'{resource.name}' has the canned ACL '{resource.props['acl']}'; leave it out, and grant in the bucket's "
            "policy"
        )
    elif resource.props.get("grants"):
        yield (
            f"'{resource.name}' has grants of an access control list; leave them out, and grant in the bucket's policy"
        )


def website(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a bucket that is served as a website, over plain HTTP and to everybody."""
    if resource.type in WEBSITES or inline(resource, "website"):
        yield (
            f"'{resource.name}' serves a bucket as a website, over plain HTTP; data of the mesh has no website: delete "
            "it"
        )


def unencrypted_requests(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket whose policy does not refuse plain HTTP for the bucket and for its objects."""
    if not _refuses(policy(bucket, stack), _without_tls):
        yield (
            f"the policy of '{bucket.name}' lets plain HTTP in; refuse s3:* to everybody, on the bucket and on its "
            'objects, with the condition Bool "aws:SecureTransport": "false"'
        )


def old_tls(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket whose policy does not refuse TLS below 1.2."""
    if not _refuses(policy(bucket, stack), _with_old_tls):
        yield (
            f"the policy of '{bucket.name}' lets TLS below {_LOWEST_TLS} in; refuse s3:* to everybody, on the bucket "
            "and on "
            f'its objects, with the condition NumericLessThan "s3:TlsVersion": "{_LOWEST_TLS}"'
        )


def open_access_point(point: RegisteredResource) -> Iterator[str]:
    """Messages on an access point that the internet reaches: it is a second door to the bucket."""
    if not point.props.get("vpcConfiguration"):
        yield f"'{point.name}' is an access point for the internet; set vpcConfiguration to the mesh's network"
    for block in items(point.props.get("publicAccessBlockConfiguration")):
        # A switch that is left out is on, as the API documents it for access points.
        if off := [switch for switch in SWITCHES if block.get(switch) is False]:
            yield f"'{point.name}' leaves {', '.join(off)} off; switch all four on"


def _refuses(written: list[ReadStatement], about: Any) -> bool:
    """Whether statements refuse everything to everybody, on the bucket and on its objects, in a case."""
    refused = [one for one in written if not one.allows and one.is_for_everyone and not one.excludes and about(one)]
    resources = [resource for one in refused if {"s3:*", "*"} & set(one.actions) for resource in one.resources]
    return any(one.endswith("*") for one in resources) and any(not one.endswith("/*") for one in resources)


def _without_tls(statement: ReadStatement) -> bool:
    return len(statement.tests) == 1 and any(
        test.key == "aws:securetransport" and test.operator in ("bool", "boolifexists") and _is(test.values, "false")
        for test in statement.tests
    )


def _with_old_tls(statement: ReadStatement) -> bool:
    return len(statement.tests) == 1 and any(
        test.key == "s3:tlsversion"
        and test.operator in ("numericlessthan", "numericlessthanifexists")
        and all(_NEW_TLS.fullmatch(value) for value in test.values)
        for test in statement.tests
    )


def _is(values: tuple[str, ...], value: str) -> bool:
    return [each.lower() for each in values] == [value]


RULES: Final = (
    Rule(
        name="account-blocks-public-access",
        theme="storage",
        severity="critical",
        description="The public-access block of an account is closed, all of it.",
        check=open_account,
        types=frozenset({ACCOUNT_BLOCK}),
        equivalents=("prowler:s3_account_level_public_access_blocks", "fsbp:S3.1", "cis:2.1.4"),
    ),
    Rule(
        name="no-access-control-list",
        theme="storage",
        severity="high",
        description="Nothing is granted by an access control list.",
        check=granted_by_list,
        types=ACLS | BUCKETS | OBJECTS,
        equivalents=("checkov:CKV_AWS_20", "checkov:CKV_AWS_57", "prowler:s3_bucket_acl_prohibited", "fsbp:S3.12"),
    ),
    Rule(
        name="no-website-of-a-bucket",
        theme="storage",
        severity="high",
        description="No bucket is served as a website.",
        check=website,
        types=WEBSITES | BUCKETS,
    ),
    Rule(
        name="access-point-stays-in-the-network",
        theme="storage",
        severity="high",
        description="An access point is for the mesh's network, and closed to the public.",
        check=open_access_point,
        types=frozenset({ACCESS_POINT}),
        equivalents=("prowler:s3_access_point_public_access_block", "fsbp:S3.19"),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="bucket-has-public-access-block",
        theme="storage",
        severity="critical",
        description="Every bucket has its public-access block, all of it.",
        check=open_bucket,
        types=BUCKETS,
        equivalents=("checkov:CKV2_AWS_6", "prowler:s3_bucket_level_public_access_block", "fsbp:S3.8"),
    ),
    StackRule(
        name="bucket-enforces-its-owner",
        theme="storage",
        severity="high",
        description="Every bucket belongs to its account alone, with all objects in it.",
        check=without_owner,
        types=BUCKETS,
        equivalents=("checkov:CKV2_AWS_65", "prowler:s3_bucket_acl_prohibited", "fsbp:S3.12"),
    ),
    StackRule(
        name="bucket-refuses-plain-http",
        theme="storage",
        severity="high",
        description="The policy of every bucket refuses plain HTTP.",
        check=unencrypted_requests,
        types=BUCKETS,
        equivalents=("checkov:CKV_AWS_379", "prowler:s3_bucket_secure_transport_policy", "fsbp:S3.5", "cis:2.1.1"),
    ),
    StackRule(
        name="bucket-refuses-old-tls",
        theme="storage",
        severity="medium",
        description="The policy of every bucket refuses TLS below 1.2.",
        check=old_tls,
        types=BUCKETS,
    ),
)
