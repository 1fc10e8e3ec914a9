"""Rules on encryption: data at rest is under a key of the mesh, and the key stays and is its own account's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mesh_guardrails.bucket_settings import (
    BUCKETS,
    ENCRYPTIONS,
    LOCKS,
    NAMES_WITHOUT_DATA,
    OBJECTS,
    WITHOUT_DATA,
    companions,
    default_of,
    encryption,
    holds_no_data,
    keeps_access_logs,
)
from mesh_guardrails.companions import belongs_to, written
from mesh_guardrails.document_reading import statements
from mesh_guardrails.nested import items
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, Stack, StackRule, has

KEY: Final = "aws:kms/key:Key"
KEYS: Final = frozenset(
    {
        KEY,
        "aws:kms/externalKey:ExternalKey",
        "aws:kms/replicaKey:ReplicaKey",
        "aws:kms/replicaExternalKey:ReplicaExternalKey",
    }
)
KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
ALIAS: Final = "aws:kms/alias:Alias"
GRANT: Final = "aws:kms/grant:Grant"
DEFAULT_ENCRYPTION: Final = "aws:ebs/encryptionByDefault:EncryptionByDefault"

_WITH_A_KEY: Final = ("aws:kms", "aws:kms:dsse")
_SYMMETRIC: Final = "SYMMETRIC_DEFAULT"


def without_key(bucket: RegisteredResource, stack: Stack, without_data: Sequence[str] = WITHOUT_DATA) -> Iterator[str]:
    """Messages on a bucket whose objects are not under a key of the mesh.

    S3 delivers access logs into buckets with its own key alone; what the stack itself writes, such as scripts, is no
    data; and of what is locked against everybody, whoever removes the key would remove the record.
    """
    rules = encryption(bucket, stack)
    if not rules:
        yield (
            f"'{bucket.name}' has no BucketServerSideEncryptionConfiguration; add one with aws:kms and a key of its own"
        )
        return
    for default in map(default_of, rules):
        if default.get("sseAlgorithm") not in _WITH_A_KEY:
            if not _needs_no_key(bucket, stack, without_data):
                yield (
                    f"'{bucket.name}' is encrypted with {default.get('sseAlgorithm')}, S3's own key; use aws:kms and a "
                    "key"
                )
        elif not has(default, "kmsMasterKeyId"):
            yield (
                f"'{bucket.name}' is encrypted with the account's key of S3 (aws/s3), whose policy nobody can write; "
                "name a key"
            )


def without_bucket_key(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket that asks KMS for every object: dear, and throttled under load."""
    for rule in encryption(bucket, stack):
        if default_of(rule).get("sseAlgorithm") == "aws:kms" and not rule.get("bucketKeyEnabled"):
            yield f"'{bucket.name}' asks KMS for every object; set bucketKeyEnabled in its encryption"


def unrotated(key: RegisteredResource) -> Iterator[str]:
    """Messages on a symmetric key that stays the same for ever; others cannot be rotated."""
    spec = key.props.get("customerMasterKeySpec") or _SYMMETRIC
    if spec == _SYMMETRIC and not key.props.get("enableKeyRotation"):
        yield f"'{key.name}' is never rotated; set enableKeyRotation"


def deleted_soon(key: RegisteredResource, shortest_days: int = 30) -> Iterator[str]:
    """Messages on a key that is gone soon after its deletion, with all data under it. AWS's default is 30 days."""
    days = int(key.props.get("deletionWindowInDays") or 30)
    if days < shortest_days:
        yield (
            f"'{key.name}' is gone {days} days after its deletion, with all data under it; at least {shortest_days:g} "
            "are asked"
        )


def without_policy(key: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a key with AWS's default policy, which leaves it to IAM in its account who decrypts.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    documents = [one.props.get("policy") for one in stack if one.type == KEY_POLICY and belongs_to(one, "keyId", key)]
    if not documents:
        documents = [written(key, "policy")]
    found = [statement for document in documents for statement in statements(document)]
    if not found:
        yield f"'{key.name}' has no policy of its own, so that every administrator of IAM decrypts; write one"
    for statement in found:
        to_all = any(name.endswith(":root") for _, name in statement.principals) and not statement.tests
        if statement.allows and to_all and {"kms:*", "*"} & set(statement.actions):
            yield (
                f"'{key.name}' is left to IAM by {statement.title}, so that every administrator of IAM decrypts; say "
                "who administers it, and who decrypts"
            )


def unguarded_policy(key: RegisteredResource) -> Iterator[str]:
    """Messages on a key whose policy may lock everybody out, for good."""
    if key.props.get("bypassPolicyLockoutSafetyCheck"):
        yield f"'{key.name}' may get a policy that locks everybody out (bypassPolicyLockoutSafetyCheck); leave it out"


def deletable_key(key: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a key that Pulumi would delete, unless all that it encrypts here are buckets that may go as well."""
    if key.protect:
        return
    encrypted = [other for other in stack if other.type in ENCRYPTIONS and belongs_to(other, "rules", key)]
    owners = [
        bucket for one in encrypted for bucket in stack if bucket.type in BUCKETS and belongs_to(one, "bucket", bucket)
    ]
    if not owners or not all(bucket.props.get("forceDestroy") for bucket in owners):
        yield (
            f"'{key.name}' is a key that Pulumi would delete, and all data under it with it; set protect in its options"
        )


def borrowed_alias(alias: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on an alias of a key that is not of its stack: who controls the alias decides what it stands for."""
    if not any(other.type in KEYS and _is_of(alias, other) for other in stack):
        yield f"'{alias.name}' is an alias of a key that this stack does not make; make it where the key is made"


def _is_of(alias: RegisteredResource, key: RegisteredResource) -> bool:
    return any(belongs_to(alias, "targetKeyId", key, named=name) for name in ("arn", "keyId"))


def granted_key(grant: RegisteredResource) -> Iterator[str]:
    """Messages on a grant: it opens a key beside the key's policy, to whom no policy shows and for anything.

    https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    if not items(grant.props.get("constraints")):
        yield f"'{grant.name}' opens a key for anything; bind it to an encryption context by constraints"
    if "CreateGrant" in items(grant.props.get("operations")):
        yield f"'{grant.name}' lets its holder open the key to others; leave CreateGrant out of operations"


def plain_disks(setting: RegisteredResource) -> Iterator[str]:
    """Messages on an account in which new disks are not encrypted. The setting is on when it is left out."""
    if setting.props.get("enabled") is False:
        yield f"'{setting.name}' switches the encryption of new disks off; set enabled to true"


def _needs_no_key(bucket: RegisteredResource, stack: Stack, without_data: Sequence[str]) -> bool:
    if keeps_access_logs(bucket, stack) or companions(bucket, stack, LOCKS):
        return True
    if bucket.props.get("forceDestroy") and any(
        other.type in OBJECTS and belongs_to(other, "bucket", bucket) for other in stack
    ):
        return True
    return holds_no_data(bucket, without_data)


RULES: Final = (
    Rule(
        name="key-rotates",
        theme="encryption",
        severity="medium",
        description="Every symmetric key is rotated.",
        check=unrotated,
        types=frozenset({KEY}),
        equivalents=("checkov:CKV_AWS_7", "prowler:kms_cmk_rotation_enabled", "fsbp:KMS.4", "cis:3.6"),
    ),
    Rule(
        name="key-deletion-waits",
        theme="encryption",
        severity="high",
        description="A deleted key can be had back for a time.",
        check=deleted_soon,
        types=KEYS,
        equivalents=("prowler:kms_cmk_not_deleted_unintentionally", "fsbp:KMS.3"),
        parameters=(
            Parameter(
                "shortestDays",
                "Days between the deletion of a key and its end, at least.",
                {"type": "integer", "minimum": 7, "maximum": 30},
                30,
            ),
        ),
    ),
    Rule(
        name="key-policy-is-checked",
        theme="encryption",
        severity="high",
        description="No policy locks everybody out of a key.",
        check=unguarded_policy,
        types=KEYS | {KEY_POLICY},
    ),
    Rule(
        name="grant-of-a-key-is-bounded",
        theme="encryption",
        severity="high",
        description="A grant opens a key for one use, and to one holder.",
        check=granted_key,
        types=frozenset({GRANT}),
    ),
    Rule(
        name="disks-are-encrypted-by-default",
        theme="encryption",
        severity="high",
        description="New disks of an account are encrypted.",
        check=plain_disks,
        types=frozenset({DEFAULT_ENCRYPTION}),
        equivalents=("checkov:CKV_AWS_106", "prowler:ec2_ebs_default_encryption", "fsbp:EC2.7", "cis:5.1.1"),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="bucket-is-encrypted-with-a-key",
        theme="encryption",
        severity="high",
        description="Every bucket with data is under a key of the mesh.",
        check=without_key,
        types=BUCKETS,
        equivalents=("checkov:CKV_AWS_145", "prowler:s3_bucket_kms_encryption", "fsbp:S3.17"),
        parameters=(NAMES_WITHOUT_DATA,),
    ),
    StackRule(
        name="bucket-uses-a-bucket-key",
        theme="encryption",
        severity="low",
        description="No bucket asks KMS for every object.",
        check=without_bucket_key,
        types=BUCKETS,
    ),
    StackRule(
        name="key-has-a-policy",
        theme="encryption",
        severity="high",
        description="Every key has a policy of its own.",
        check=without_policy,
        types=KEYS,
        equivalents=("checkov:CKV2_AWS_64",),
    ),
    StackRule(
        name="key-is-protected",
        theme="encryption",
        severity="critical",
        description="No key is deleted by mistake.",
        check=deletable_key,
        types=KEYS,
    ),
    StackRule(
        name="alias-names-a-key-of-its-stack",
        theme="encryption",
        severity="medium",
        description="An alias stands for a key that the same stack makes.",
        check=borrowed_alias,
        types=frozenset({ALIAS}),
    ),
)
