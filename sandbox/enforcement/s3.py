"""Questions of a call to S3: its actions on buckets and objects, and the use of a KMS key.

Sources: S3 User Guide, "Required permissions for Amazon S3 API operations" and "Using server-side encryption with AWS
KMS keys", "Permissions": S3 asks KMS as the caller, so the caller needs the key as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from mesh.evaluator import UnknownError
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored

_ACTIONS: Final = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketMetricsConfiguration": "PutMetricsConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
"""Actions of operations that have another name; the other operations are their own action."""

_ACCOUNT_ACTIONS: Final = {
    "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
    "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
    "DeletePublicAccessBlock": "PutAccountPublicAccessBlock",
}
_VERSION_ACTIONS: Final = {
    "GetObject": "GetObjectVersion",
    "GetObjectAttributes": "GetObjectVersionAttributes",
    "DeleteObject": "DeleteObjectVersion",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectTagging": "PutObjectVersionTagging",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
    "GetObjectAcl": "GetObjectVersionAcl",
    "PutObjectAcl": "PutObjectVersionAcl",
}
_ENCRYPTS: Final = {"PutObject", "CreateMultipartUpload", "CopyObject"}
_CONTINUES: Final = {"UploadPart", "UploadPartCopy", "CompleteMultipartUpload"}
_CONDITIONS: Final = (
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-acl",
    "x-amz-storage-class",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
)
"""Headers that are condition keys under `s3:`."""


def asks(call: AwsCall, account: str, stored: Stored) -> Iterable[Question]:
    """Questions of a call to S3."""
    bucket, key = call.text("Bucket"), call.text("Key")
    context = context_of(call)
    if not bucket:
        name = _ACCOUNT_ACTIONS.get(call.operation) or _ACTIONS.get(call.operation, call.operation)
        return [Question(f"s3:{name}", context=context)]
    if call.operation == "DeleteObjects":
        objects = call.parameters["Delete"]["Objects"]
        return [_object(bucket, deleted, "DeleteObject", context) for deleted in objects]
    if not key:
        action = _ACTIONS.get(call.operation, call.operation)
        return [Question(f"s3:{action}", f"arn:aws:s3:::{bucket}", {**context, **_listing(call)})]
    questions = [_object(bucket, call.parameters, _ACTIONS.get(call.operation, call.operation), context)]
    if call.operation in ("PutObject", "CreateMultipartUpload") and call.text("Tagging"):
        questions.append(_object(bucket, call.parameters, "PutObjectTagging", context))
    questions += _key_use(call, account, stored, bucket, key)
    if call.operation in ("CopyObject", "UploadPartCopy"):
        questions += _copy_source(call, stored, context)
    return questions


def _object(bucket: str, names: Mapping[str, Any], action: str, context: Mapping[str, Any]) -> Question:
    """The question for the object with the `Key`, and perhaps `VersionId`, of these parameters."""
    version = names.get("VersionId")
    name = _VERSION_ACTIONS.get(action, action) if version else action
    with_version = {**context, "s3:VersionId": version} if version else context
    return Question(f"s3:{name}", f"arn:aws:s3:::{bucket}/{names['Key']}", with_version)


def _copy_source(call: AwsCall, stored: Stored, context: Mapping[str, Any]) -> list[Question]:
    source = call.parameters.get("CopySource")
    if not isinstance(source, str):
        raise UnknownError(f"{call.operation}: its source is {source!r}, not bucket/key")
    path, _, version = source.removeprefix("/").partition("?versionId=")
    bucket, _, key = unquote(path).partition("/")
    questions = [_object(bucket, {"Key": key, "VersionId": version}, "GetObject", context)]
    kms_key = stored.object_key(bucket, key, version)
    return [*questions, through_s3(call, "kms:Decrypt", kms_key)] if kms_key else questions


def _key_use(call: AwsCall, account: str, stored: Stored, bucket: str, key: str) -> Iterable[Question]:
    if call.operation == "GetObject":
        kms_key = stored.object_key(bucket, key, call.text("VersionId"))
        return [through_s3(call, "kms:Decrypt", kms_key)] if kms_key else []
    kms_key = _chosen_key(call, account, stored, bucket) if call.operation in _ENCRYPTS | _CONTINUES else ""
    if not kms_key:
        return []
    action = "kms:GenerateDataKey" if call.operation in _ENCRYPTS else "kms:Decrypt"
    return [through_s3(call, action, kms_key)]


def _chosen_key(call: AwsCall, account: str, stored: Stored, bucket: str) -> str:
    """The KMS key of a new object: that of the request's headers, else the bucket's; empty without one."""
    encryption = call.header("x-amz-server-side-encryption")
    if encryption == "AES256" or call.header("x-amz-server-side-encryption-customer-algorithm"):
        return ""
    name = call.header("x-amz-server-side-encryption-aws-kms-key-id")
    key = stored.key_arn(name, account, call.region) if name else stored.bucket_key(bucket)
    if encryption and not key:
        raise UnknownError("the key aws/s3, which AWS keeps for S3 in each account, is not emulated")
    return key


def through_s3(call: AwsCall, action: str, key: str) -> Question:
    """The question that S3 asks KMS in the caller's name (KMS Developer Guide, `kms:ViaService`)."""
    region = key.split(":")[3] or call.region
    return Question(action, key, {"kms:ViaService": f"s3.{region}.amazonaws.com", "aws:ViaAWSService": True})


def context_of(call: AwsCall) -> dict[str, Any]:
    """Condition keys of every call to S3: of its headers, and how it is signed."""
    context: dict[str, Any] = {f"s3:{name}": call.header(name) for name in _CONDITIONS if call.header(name)}
    if call.key:
        context["s3:authType"] = "REST-QUERY-STRING" if call.presigned else "REST-HEADER"
    return context


def _listing(call: AwsCall) -> dict[str, Any]:
    names = {"Prefix": "s3:prefix", "Delimiter": "s3:delimiter", "MaxKeys": "s3:max-keys"}
    return {key: call.parameters[name] for name, key in names.items() if call.parameters.get(name) is not None}
