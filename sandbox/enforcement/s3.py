"""S3: which actions an operation needs, on what, and which use of a key goes with it.

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
"""Operations whose action has another name (the rest are their own action)."""

_OF_THE_ACCOUNT: Final = {
    "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
    "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
    "DeletePublicAccessBlock": "PutAccountPublicAccessBlock",
}
_OF_A_VERSION: Final = {
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
    """What an operation of S3 needs."""
    bucket, key = call.text("Bucket"), call.text("Key")
    context = _context(call)
    if not bucket:
        name = _OF_THE_ACCOUNT.get(call.operation) or _ACTIONS.get(call.operation, call.operation)
        return [Question(f"s3:{name}", context=context)]
    if call.operation == "DeleteObjects":
        return [_object(bucket, each, "DeleteObject", context) for each in call.parameters["Delete"]["Objects"]]
    if not key:
        action = _ACTIONS.get(call.operation, call.operation)
        return [Question(f"s3:{action}", f"arn:aws:s3:::{bucket}", {**context, **_listing(call)})]
    found = [_object(bucket, call.parameters, _ACTIONS.get(call.operation, call.operation), context)]
    if call.operation in ("PutObject", "CreateMultipartUpload") and call.text("Tagging"):
        found.append(_object(bucket, call.parameters, "PutObjectTagging", context))
    found += _key_use(call, account, stored, bucket, key)
    if call.operation in ("CopyObject", "UploadPartCopy"):
        found += _copied(call, stored, context)
    return found


def _object(bucket: str, of: Mapping[str, Any], action: str, context: Mapping[str, Any]) -> Question:
    version = of.get("VersionId")
    name = _OF_A_VERSION.get(action, action) if version else action
    more = {**context, "s3:VersionId": version} if version else context
    return Question(f"s3:{name}", f"arn:aws:s3:::{bucket}/{of['Key']}", more)


def _copied(call: AwsCall, stored: Stored, context: Mapping[str, Any]) -> list[Question]:
    source = call.parameters.get("CopySource")
    if not isinstance(source, str):
        raise UnknownError(f"{call.operation}: its source is {source!r}, not bucket/key")
    path, _, version = source.removeprefix("/").partition("?versionId=")
    bucket, _, key = unquote(path).partition("/")
    of = {"Key": key, "VersionId": version}
    with_key = stored.object_key(bucket, key, version)
    found = [_object(bucket, of, "GetObject", context)]
    return [*found, _through_s3(call, "kms:Decrypt", with_key)] if with_key else found


def _key_use(call: AwsCall, account: str, stored: Stored, bucket: str, key: str) -> Iterable[Question]:
    if call.operation == "GetObject":
        with_key = stored.object_key(bucket, key, call.text("VersionId"))
        return [_through_s3(call, "kms:Decrypt", with_key)] if with_key else []
    with_key = _chosen_key(call, account, stored, bucket) if call.operation in _ENCRYPTS | _CONTINUES else ""
    if not with_key:
        return []
    action = "kms:GenerateDataKey" if call.operation in _ENCRYPTS else "kms:Decrypt"
    return [_through_s3(call, action, with_key)]


def _chosen_key(call: AwsCall, account: str, stored: Stored, bucket: str) -> str:
    """The key that a new object gets: of the request's headers, or else the bucket's."""
    asked = call.header("x-amz-server-side-encryption")
    if asked == "AES256" or call.header("x-amz-server-side-encryption-customer-algorithm"):
        return ""
    named = call.header("x-amz-server-side-encryption-aws-kms-key-id")
    found = stored.key_arn(named, account, call.region) if named else stored.bucket_key(bucket)
    if asked and not found:
        raise UnknownError("the key aws/s3, which AWS keeps for S3 in each account, is not emulated")
    return found


def _through_s3(call: AwsCall, action: str, key: str) -> Question:
    """S3 asks KMS in the caller's name (KMS Developer Guide, `kms:ViaService`)."""
    region = key.split(":")[3] or call.region
    return Question(action, key, {"kms:ViaService": f"s3.{region}.amazonaws.com", "aws:ViaAWSService": True})


def _context(call: AwsCall) -> dict[str, Any]:
    found: dict[str, Any] = {f"s3:{name}": call.header(name) for name in _CONDITIONS if call.header(name)}
    if call.key:
        found["s3:authType"] = "REST-QUERY-STRING" if call.presigned else "REST-HEADER"
    return found


def _listing(call: AwsCall) -> dict[str, Any]:
    names = {"Prefix": "s3:prefix", "Delimiter": "s3:delimiter", "MaxKeys": "s3:max-keys"}
    return {key: call.parameters[name] for name, key in names.items() if call.parameters.get(name) is not None}
