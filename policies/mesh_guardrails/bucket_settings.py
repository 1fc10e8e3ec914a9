"""Settings of a bucket, written into it (older programs) or as resources beside it, under old and new type names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from pulumi_policy.proxy import UnknownValueError

from mesh_guardrails.companions import belongs_to, written
from mesh_guardrails.document_reading import ReadStatement, statements
from mesh_guardrails.nested import first, items
from mesh_guardrails.rule import Parameter, RegisteredResource, Stack


def _names(*names: str) -> frozenset[str]:
    """The type tokens of classes of `pulumi_aws.s3`."""
    return frozenset(f"aws:s3/{name[0].lower()}{name[1:]}:{name}" for name in names)


BUCKETS: Final = _names("Bucket", "BucketV2")
BLOCKS: Final = _names("BucketPublicAccessBlock")
VERSIONINGS: Final = _names("BucketVersioning", "BucketVersioningV2")
OWNERSHIPS: Final = _names("BucketOwnershipControls")
ENCRYPTIONS: Final = _names("BucketServerSideEncryptionConfiguration", "BucketServerSideEncryptionConfigurationV2")
LIFECYCLES: Final = _names("BucketLifecycleConfiguration", "BucketLifecycleConfigurationV2")
LOGGINGS: Final = _names("BucketLogging", "BucketLoggingV2")
POLICIES: Final = _names("BucketPolicy")
ACLS: Final = _names("BucketAcl", "BucketAclV2")
OBJECTS: Final = _names("BucketObject", "BucketObjectv2", "ObjectCopy")
WEBSITES: Final = _names("BucketWebsiteConfiguration", "BucketWebsiteConfigurationV2")
LOCKS: Final = _names("BucketObjectLockConfiguration", "BucketObjectLockConfigurationV2")

WITHOUT_DATA: Final = ("*-publications-*", "*-scripts-[0-9]*")
"""Buckets that hold no data of a product, unless it is configured. The record of publications is read in many accounts,
for whose readers the account's key is not. Scripts of pipelines stand in the repository, whether one is put yet or not.
"""

NAMES_WITHOUT_DATA: Final = Parameter(
    "withoutData",
    "Patterns of the names of buckets that hold no data of a product.",
    {"type": "array", "items": {"type": "string", "minLength": 1}},
    [*WITHOUT_DATA],
)


def holds_no_data(bucket: RegisteredResource, patterns: Sequence[str]) -> bool:
    """Whether a bucket has the name of one that holds no data."""
    return any(fnmatchcase(str(bucket.props.get("bucket")), pattern) for pattern in patterns)


def companions(bucket: RegisteredResource, stack: Stack, types: frozenset[str]) -> list[RegisteredResource]:
    """Resources of some types that are about the bucket."""
    return [other for other in stack if other.type in types and belongs_to(other, "bucket", bucket)]


def inline(bucket: RegisteredResource, name: str) -> list[Mapping[str, Any]]:
    """A setting within the bucket: `versioning` of a Bucket, `versionings` of a BucketV2."""
    return [*items(written(bucket, name)), *items(written(bucket, f"{name}s"))]


def versioning(bucket: RegisteredResource, stack: Stack) -> list[bool]:
    """Whether each setting of versioning switches it on; what stands beside the bucket wins over what is in it."""
    beside = [
        setting.get("status") == "Enabled"
        for other in companions(bucket, stack, VERSIONINGS)
        for setting in items(other.props.get("versioningConfiguration"))
    ]
    return beside or [bool(setting.get("enabled")) for setting in inline(bucket, "versioning")]


def encryption(bucket: RegisteredResource, stack: Stack) -> list[Mapping[str, Any]]:
    """Rules of the bucket's default encryption; those beside the bucket win over those in it."""
    beside = [rule for other in companions(bucket, stack, ENCRYPTIONS) for rule in items(other.props.get("rules"))]
    if beside:
        return beside
    settings = inline(bucket, "serverSideEncryptionConfiguration")
    return [rule for setting in settings for rule in (*items(setting.get("rule")), *items(setting.get("rules")))]


def default_of(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Algorithm and key that a rule of default encryption applies."""
    name = "applyServerSideEncryptionByDefault"
    return first(rule.get(name)) or first(rule.get(f"{name}s"))


def lifecycle(bucket: RegisteredResource, stack: Stack) -> list[Mapping[str, Any]]:
    """Rules of the bucket's lifecycle that are switched on; those beside the bucket win over those in it."""
    beside = companions(bucket, stack, LIFECYCLES)
    if beside:
        rules = [rule for other in beside for rule in items(other.props.get("rules"))]
        return [rule for rule in rules if rule.get("status") == "Enabled"]
    return [rule for rule in items(written(bucket, "lifecycleRules")) if rule.get("enabled")]


def is_about_all(rule: Mapping[str, Any]) -> bool:
    """Whether a rule of a lifecycle is about all objects: no prefix, no tags, no sizes."""
    narrowed = [one for each in items(rule.get("filter")) for one in _values(each)]
    return not any([*narrowed, *_values(rule, "prefix", "tags")])


def days_until(rule: Mapping[str, Any], *, old_versions: bool = False) -> int | None:
    """Days after which a rule of a lifecycle deletes objects, or versions that are no longer the newest."""
    name = "noncurrentVersionExpiration" if old_versions else "expiration"
    for setting in (*items(rule.get(name)), *items(rule.get(f"{name}s"))):
        if days := (setting.get("noncurrentDays") if old_versions else None) or setting.get("days"):
            return int(days)
    return None


def aborts_uploads(rule: Mapping[str, Any]) -> bool:
    """Whether a rule of a lifecycle deletes what is left of uploads that were never completed."""
    settings = items(rule.get("abortIncompleteMultipartUpload"))
    return bool(rule.get("abortIncompleteMultipartUploadDays")) or any(
        setting.get("daysAfterInitiation") for setting in settings
    )


def policy(bucket: RegisteredResource, stack: Stack) -> list[ReadStatement]:
    """Statements of the bucket's policy; that beside the bucket wins over that in it."""
    beside = [statements(one.props.get("policy")) for one in companions(bucket, stack, POLICIES)]
    return [statement for each in beside or [statements(written(bucket, "policy"))] for statement in each]


def keeps_access_logs(bucket: RegisteredResource, stack: Stack) -> bool:
    """Whether access logs of a bucket of the stack are written into it: such a bucket has none of its own."""
    name = written(bucket, "bucket")
    for other in stack:
        if other.type in LOGGINGS and belongs_to(other, "targetBucket", bucket, named="bucket"):
            return True
        if other.type in BUCKETS and other.urn != bucket.urn:
            targets = [setting.get("targetBucket") for setting in inline(other, "logging")]
            if name is not None and name in targets:
                return True
    return False


def _values(values: Mapping[str, Any], *names: str) -> Iterator[Any]:
    """Some of the values, or all, as far as they are known: what AWS computes narrows nothing."""
    for name in names or values:
        try:
            yield values.get(name)
        except UnknownValueError:
            continue
