"""S3 bucket configurations, each of which S3 puts, gets and deletes as one structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.emulator.aws.fields import (
    Conversion,
    Fields,
    PropertyValues,
    document,
    flag,
    many,
    number,
    one,
    pairs,
    text,
)
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType
from sandbox.emulator.aws.s3 import BLOCKS


def _configuration(
    type_name: str,
    label: str,
    operation: str,
    fields: Fields,
    *,
    under: tuple[str, ...] = (),
    within: Callable[[PropertyValues], PropertyValues] = lambda answer: answer,
    outside: Mapping[str, str] = {},
    delete: str | Callable[[Call], None] = "",
    always: bool = False,
) -> ResourceType:
    """The resource type of one configuration of a bucket; its id is the bucket's name.

    `under` is the path to the structure in the parameters, `within` gets it out of the answer, `outside` are properties
    beside it, with what AWS chooses where none is said; `always` when a bucket is never without one.
    """

    def put(call: Call) -> None:
        beside = call.request(*outside) if outside else {}
        body = call.request(without=("bucket", *outside))
        for name in reversed(under):
            body = {name: body}
        call.aws(f"put_{operation}", Bucket=call.inputs["bucket"], **body, **beside)

    def create(call: Call) -> IdAndOutputs:
        put(call)
        return str(call.inputs["bucket"]), dict(outside)

    def read(call: Call) -> PropertyValues | None:
        answer = call.aws(f"get_{operation}", Bucket=call.id)
        properties = call.properties({**within(answer), **answer})
        return {**outside, "bucket": call.id, **properties} if properties or always else None

    def remove(call: Call) -> None:
        if callable(delete):
            delete(call)
        else:
            call.aws(delete or f"delete_{operation}", Bucket=call.id)

    bucket = {"bucket": text(required=True, replaces=True)}
    token = f"aws:s3/{type_name[0].lower()}{type_name[1:]}:{type_name}"
    return ResourceType(token, label, "s3", {**bucket, **fields}, create, read, put, remove)


def _suspend(call: Call) -> None:
    call.aws("put_bucket_versioning", Bucket=call.id, VersioningConfiguration={"Status": "Suspended"})


def _stop_logging(call: Call) -> None:
    call.aws("put_bucket_logging", Bucket=call.id, BucketLoggingStatus={})


def _stop_notifying(call: Call) -> None:
    call.aws("put_bucket_notification_configuration", Bucket=call.id, NotificationConfiguration={})


def _stop_locking(call: Call) -> None:
    lock = {"ObjectLockEnabled": "Enabled"}
    call.aws("put_object_lock_configuration", Bucket=call.id, ObjectLockConfiguration=lock)


def _inside(*path: str) -> Callable[[PropertyValues], PropertyValues]:
    def structure(answer: PropertyValues) -> PropertyValues:
        member: Any = answer
        for name in path:
            member = member.get(name) or {}
        return member

    return structure


_PRESENT: Final = Conversion(lambda value: {} if value else None, lambda value: value is not None)
"""A flag that AWS has as an empty structure, which is present or absent."""

_ONLY_RULE: Final = Conversion(
    lambda rule: [{"ObjectOwnership": rule["objectOwnership"]}],
    lambda rules: {"objectOwnership": rules[0]["ObjectOwnership"]},
)

_STATUS: Final[Fields] = {"status": text()}
_FILTER: Final[Fields] = {
    "prefix": text(),
    "tag": one({"key": text(), "value": text()}),
    "objectSizeGreaterThan": number(),
    "objectSizeLessThan": number(),
    "and": one({"prefix": text(), "tags": pairs(), "objectSizeGreaterThan": number(), "objectSizeLessThan": number()}),
}

VERSIONING: Final = _configuration(
    "BucketVersioning",
    "S3 Bucket Versioning",
    "bucket_versioning",
    {"versioningConfiguration": one({"status": text(required=True), "mfaDelete": text("MFADelete")}, required=True)},
    within=lambda answer: {"VersioningConfiguration": answer if answer.get("Status") else None},
    delete=_suspend,
)

ENCRYPTION: Final = _configuration(
    "BucketServerSideEncryptionConfiguration",
    "S3 Bucket Server-side Encryption Configuration",
    "bucket_encryption",
    {
        "rules": many(
            {
                "applyServerSideEncryptionByDefault": one(
                    {"sseAlgorithm": text("SSEAlgorithm", required=True), "kmsMasterKeyId": text("KMSMasterKeyID")},
                    "ApplyServerSideEncryptionByDefault",
                ),
                "bucketKeyEnabled": flag(computed=True),
            },
            required=True,
        )
    },
    under=("ServerSideEncryptionConfiguration",),
    within=_inside("ServerSideEncryptionConfiguration"),
)


PUBLIC_ACCESS_BLOCK: Final = _configuration(
    "BucketPublicAccessBlock",
    "S3 Bucket Public Access Block",
    "public_access_block",
    BLOCKS,
    under=("PublicAccessBlockConfiguration",),
    within=_inside("PublicAccessBlockConfiguration"),
)

OWNERSHIP: Final = _configuration(
    "BucketOwnershipControls",
    "S3 Bucket Ownership Controls",
    "bucket_ownership_controls",
    {"rule": one({"objectOwnership": text(required=True)}, "Rules", required=True, convert=_ONLY_RULE)},
    under=("OwnershipControls",),
    within=_inside("OwnershipControls"),
)

LIFECYCLE: Final = _configuration(
    "BucketLifecycleConfiguration",
    "S3 Bucket Lifecycle Configuration",
    "bucket_lifecycle_configuration",
    {
        "rules": many(
            {
                "id": text("ID", required=True),
                "status": text(required=True),
                "filter": one(_FILTER),
                "expiration": one({"days": number(), "date": text(), "expiredObjectDeleteMarker": flag()}),
                "noncurrentVersionExpiration": one({"noncurrentDays": number(), "newerNoncurrentVersions": number()}),
                "transitions": many({"days": number(), "date": text(), "storageClass": text(required=True)}),
                "noncurrentVersionTransitions": many(
                    {
                        "noncurrentDays": number(),
                        "newerNoncurrentVersions": number(),
                        "storageClass": text(required=True),
                    }
                ),
                "abortIncompleteMultipartUpload": one({"daysAfterInitiation": number()}),
            },
            required=True,
        ),
        "transitionDefaultMinimumObjectSize": text(computed=True),
    },
    under=("LifecycleConfiguration",),
    outside={"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
    delete="delete_bucket_lifecycle",
)

LOGGING: Final = _configuration(
    "BucketLogging",
    "S3 Bucket Logging",
    "bucket_logging",
    {"targetBucket": text(required=True), "targetPrefix": text(required=True)},
    under=("BucketLoggingStatus", "LoggingEnabled"),
    within=_inside("LoggingEnabled"),
    delete=_stop_logging,
)

NOTIFICATION: Final = _configuration(
    "BucketNotification",
    "S3 Bucket Notification",
    "bucket_notification_configuration",
    {"eventbridge": flag("EventBridgeConfiguration", default=False, convert=_PRESENT, unread=True)},
    under=("NotificationConfiguration",),
    delete=_stop_notifying,
    always=True,
)

POLICY: Final = _configuration("BucketPolicy", "S3 Bucket Policy", "bucket_policy", {"policy": document(required=True)})

_RETENTION: Final[Fields] = {"mode": text(), "days": number(computed=True), "years": number(computed=True)}

OBJECT_LOCK: Final = _configuration(
    "BucketObjectLockConfiguration",
    "S3 Bucket Object Lock Configuration",
    "object_lock_configuration",
    {
        "objectLockEnabled": text(default="Enabled", replaces=True),
        "rule": one({"defaultRetention": one(_RETENTION, required=True)}),
    },
    under=("ObjectLockConfiguration",),
    within=_inside("ObjectLockConfiguration"),
    delete=_stop_locking,
)

_DESTINATION: Final[Fields] = {
    "bucket": text(required=True),
    "account": text(),
    "storageClass": text(),
    "accessControlTranslation": one({"owner": text(required=True)}),
    "encryptionConfiguration": one({"replicaKmsKeyId": text("ReplicaKmsKeyID", required=True)}),
    "metrics": one({"status": text(required=True), "eventThreshold": one({"minutes": number()})}),
    "replicationTime": one({"status": text(required=True), "time": one({"minutes": number()})}),
}

REPLICATION: Final = _configuration(
    "BucketReplicationConfig",
    "S3 Bucket Replication Configuration",
    "bucket_replication",
    {
        "role": text(required=True),
        "rules": many(
            {
                "id": text("ID"),
                "priority": number(),
                "status": text(required=True),
                "prefix": text(),
                "filter": one(_FILTER),
                "destination": one(_DESTINATION, required=True),
                "deleteMarkerReplication": one(_STATUS),
                "existingObjectReplication": one(_STATUS),
                "sourceSelectionCriteria": one(
                    {"sseKmsEncryptedObjects": one(_STATUS), "replicaModifications": one(_STATUS)}
                ),
            },
            required=True,
            unread=True,  # moto keeps the rules, its answer leaves half of them out
        ),
    },
    under=("ReplicationConfiguration",),
    within=_inside("ReplicationConfiguration"),
)

RESOURCES: Final = (
    VERSIONING,
    ENCRYPTION,
    PUBLIC_ACCESS_BLOCK,
    OWNERSHIP,
    LIFECYCLE,
    LOGGING,
    NOTIFICATION,
    POLICY,
    OBJECT_LOCK,
    REPLICATION,
)
