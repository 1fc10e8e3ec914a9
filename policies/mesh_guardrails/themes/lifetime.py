"""Rules on storage: what a bucket holds is kept as long as it should be, and no longer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mesh_guardrails.bucket_settings import (
    BUCKETS,
    LOCKS,
    LOGGINGS,
    NAMES_WITHOUT_DATA,
    OBJECTS,
    WITHOUT_DATA,
    aborts_uploads,
    companions,
    days_until,
    holds_no_data,
    inline,
    is_about_all,
    keeps_access_logs,
    lifecycle,
    versioning,
)
from mesh_guardrails.companions import belongs_to
from mesh_guardrails.nested import items
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, Stack, StackRule, has

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"

_MADE_UP: Final = re.compile(r"-[0-9a-f]{7}")


def unversioned(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket that forgets what is overwritten or deleted."""
    switched = list(versioning(bucket, stack))
    if not switched:
        yield f"'{bucket.name}' has no BucketVersioning; add one with the status Enabled"
    elif not all(switched):
        yield f"the versioning of '{bucket.name}' is not Enabled; what is overwritten would be lost"


def unlogged(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket whose requests nobody can look up; a bucket of access logs has none of its own."""
    if inline(bucket, "logging") or companions(bucket, stack, LOGGINGS) or keeps_access_logs(bucket, stack):
        return
    yield f"'{bucket.name}' has no BucketLogging; add one whose target is the account's bucket of access logs"


def uploads_kept(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket that keeps the parts of uploads which were never completed, invisible and paid for."""
    if not any(is_about_all(rule) and aborts_uploads(rule) for rule in lifecycle(bucket, stack)):
        yield (
            f"'{bucket.name}' keeps what is left of broken uploads; add a rule with abortIncompleteMultipartUpload for "
            "the "
            "whole bucket to its BucketLifecycleConfiguration"
        )


def old_versions_kept(bucket: RegisteredResource, stack: Stack, longest_days: int = 400) -> Iterator[str]:
    """Messages on a bucket that keeps deleted data: an erasure has to reach the old versions as well."""
    rules = [rule for rule in lifecycle(bucket, stack) if is_about_all(rule)]
    kept = [days for rule in rules if (days := days_until(rule, old_versions=True))]
    if not kept:
        yield (
            f"'{bucket.name}' keeps old versions for ever, and so what was erased; add noncurrentVersionExpiration for "
            "the "
            "whole bucket to its BucketLifecycleConfiguration"
        )
    elif min(kept) > longest_days:
        yield f"'{bucket.name}' keeps old versions for {min(kept)} days; at most {longest_days:g} are allowed"


def unprotected(bucket: RegisteredResource) -> Iterator[str]:
    """Messages on a bucket of which the program does not say whether its data may go."""
    if not bucket.protect and not bucket.props.get("forceDestroy"):
        yield f"'{bucket.name}' is a bucket that Pulumi would delete; set protect in its options"


def emptied(bucket: RegisteredResource, stack: Stack, without_data: Sequence[str] = WITHOUT_DATA) -> Iterator[str]:
    """Messages on a bucket that is deleted with data in it.

    Allowed where the data lapses by itself (a rule of the lifecycle), where the stack itself writes what is in it, and
    where the bucket is one without data of a product: what such a one holds goes when nobody protects it any longer.
    """
    if not bucket.props.get("forceDestroy"):
        return
    if bucket.protect:
        yield f"'{bucket.name}' is protected, and forceDestroy says that its data may go; leave forceDestroy out"
        return
    if any(days_until(rule) for rule in lifecycle(bucket, stack)):
        return
    if any(other.type in OBJECTS and belongs_to(other, "bucket", bucket) for other in stack):
        return
    if holds_no_data(bucket, without_data):
        return
    yield (
        f"'{bucket.name}' is deleted with all data in it (forceDestroy); leave it out and set protect, or say with an "
        "expiration in its BucketLifecycleConfiguration that its data lapses"
    )


def made_up_name(bucket: RegisteredResource) -> Iterator[str]:
    """Messages on a bucket whose name was made up: a replacement has another one, and every grant points nowhere."""
    if has(bucket.props, "bucketPrefix"):
        yield f"'{bucket.name}' has a bucketPrefix, behind which the name is made up; set bucket to its whole name"
    elif not has(bucket.props, "bucket"):
        yield f"'{bucket.name}' has no name of its own; set bucket to its whole name"
    else:
        name = str(bucket.props["bucket"])
        if name.startswith(bucket.name) and _MADE_UP.fullmatch(name.removeprefix(bucket.name)):
            yield f"'{bucket.name}' has the name '{name}', which Pulumi made up; set bucket to its whole name"


def breakable_lock(lock: RegisteredResource) -> Iterator[str]:
    """Messages on a lock of objects that whoever has s3:BypassGovernanceRetention can open."""
    for rule in items(lock.props.get("rule")):
        for retention in items(rule.get("defaultRetention")):
            if retention.get("mode") != "COMPLIANCE":
                yield (
                    f"'{lock.name}' locks objects in the mode {retention.get('mode')}, which can be opened; use "
                    "COMPLIANCE"
                )


def endless_logs(group: RegisteredResource, longest_days: int = 400) -> Iterator[str]:
    """Messages on a group of logs that is kept for ever, or longer than is allowed."""
    days = int(group.props.get("retentionInDays") or 0)
    if not days:
        yield f"'{group.name}' keeps its logs for ever; set retentionInDays, to {longest_days:g} at most"
    elif days > longest_days:
        yield f"'{group.name}' keeps its logs for {days} days; at most {longest_days:g} are allowed"


def _longest(what: str) -> Parameter:
    return Parameter("longestDays", f"Days for which {what} may be kept.", {"type": "integer", "minimum": 1}, 400)


RULES: Final = (
    Rule(
        name="bucket-is-protected",
        theme="storage",
        severity="critical",
        description="No bucket is deleted by mistake.",
        check=unprotected,
        types=BUCKETS,
    ),
    Rule(
        name="bucket-has-a-name-of-its-own",
        theme="storage",
        severity="medium",
        description="Every bucket has a name that stays.",
        check=made_up_name,
        types=BUCKETS,
    ),
    Rule(
        name="object-lock-cannot-be-opened",
        theme="storage",
        severity="high",
        description="What is locked is locked for everybody.",
        check=breakable_lock,
        types=LOCKS,
        equivalents=("prowler:s3_bucket_object_lock", "fsbp:S3.15"),
    ),
    Rule(
        name="log-group-expires",
        theme="storage",
        severity="medium",
        description="No log is kept for ever.",
        check=endless_logs,
        types=frozenset({LOG_GROUP}),
        equivalents=("checkov:CKV_AWS_66", "prowler:cloudwatch_log_group_retention_policy_specific_days_enabled"),
        parameters=(_longest("logs"),),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="bucket-is-versioned",
        theme="storage",
        severity="high",
        description="Every bucket keeps what is overwritten or deleted, for a time.",
        check=unversioned,
        types=BUCKETS,
        equivalents=("checkov:CKV_AWS_21", "prowler:s3_bucket_object_versioning", "fsbp:S3.14"),
    ),
    StackRule(
        name="bucket-logs-its-requests",
        theme="storage",
        severity="medium",
        description="Every bucket writes access logs, but the one that they are written to.",
        check=unlogged,
        types=BUCKETS,
        equivalents=("checkov:CKV_AWS_18", "prowler:s3_bucket_server_access_logging_enabled", "fsbp:S3.9"),
    ),
    StackRule(
        name="bucket-deletes-broken-uploads",
        theme="storage",
        severity="low",
        description="No bucket keeps what is left of uploads that were never completed.",
        check=uploads_kept,
        types=BUCKETS,
        equivalents=("checkov:CKV_AWS_300",),
    ),
    StackRule(
        name="bucket-deletes-old-versions",
        theme="storage",
        severity="high",
        description="What is erased is gone, with its old versions, after a time.",
        check=old_versions_kept,
        types=BUCKETS,
        equivalents=("checkov:CKV2_AWS_61", "prowler:s3_bucket_lifecycle_enabled", "fsbp:S3.10", "fsbp:S3.13"),
        parameters=(_longest("old versions"),),
    ),
    StackRule(
        name="bucket-is-not-deleted-with-data",
        theme="storage",
        severity="critical",
        description="Nothing that was to stay goes with its bucket.",
        check=emptied,
        types=BUCKETS,
        parameters=(NAMES_WITHOUT_DATA,),
    ),
)
