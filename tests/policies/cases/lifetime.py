"""Cases of the rules on storage: how long it is kept."""

from __future__ import annotations

from typing import Any, Final

from mesh_guardrails.themes.lifetime import LOG_GROUP

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.storage import BUCKET_V2, bucket, companion, unnamed

VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
VERSIONING_V2: Final = "aws:s3/bucketVersioningV2:BucketVersioningV2"
LOGGING: Final = "aws:s3/bucketLogging:BucketLogging"
LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
OBJECT: Final = "aws:s3/bucketObjectv2:BucketObjectv2"
ABORT: Final = {"abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}
OLD: Final = {"noncurrentVersionExpiration": {"noncurrentDays": 30}}


def versioned(status: str = "Enabled", type_: str = VERSIONING) -> Made:
    """Versioning of the bucket."""
    return companion(type_, versioningConfiguration={"status": status})


def lasting(*rules: dict[str, Any], status: str = "Enabled") -> Made:
    """A lifecycle of the bucket."""
    return companion(LIFECYCLE, rules=[{"status": status, "filter": {"prefix": ""}, **rule} for rule in rules])


def locked(mode: str) -> Made:
    """A lock of the objects of the bucket."""
    return companion(LOCK, rule={"defaultRetention": {"mode": mode, "days": 400}})


def logged(target: str) -> Made:
    """Access logs of the bucket."""
    return made(LOGGING, made_from={"bucket": "bucket"}, bucket="example-bucket", targetBucket=target)


CASES: Final[list[Case]] = [
    passes("bucket-is-versioned", bucket(), versioned()),
    passes("bucket-is-versioned", bucket(), versioned(type_=VERSIONING_V2)),
    passes("bucket-is-versioned", unnamed(bucket()), unnamed(versioned())),
    passes("bucket-is-versioned", bucket(versioning={"enabled": True})),
    passes("bucket-is-versioned", bucket(type_=BUCKET_V2, versionings=[{"enabled": True}])),
    reports("bucket-is-versioned", "has no BucketVersioning", bucket()),
    reports("bucket-is-versioned", "is not Enabled", bucket(), versioned("Suspended")),
    reports("bucket-is-versioned", "is not Enabled", bucket(versioning={"enabled": False})),
    waits("bucket-is-versioned", bucket(), versioned(UNKNOWN)),
    passes("bucket-logs-its-requests", bucket(), logged("logs")),
    passes("bucket-logs-its-requests", bucket(), logged(UNKNOWN)),
    passes("bucket-logs-its-requests", bucket(logging={"targetBucket": "logs"})),
    passes("bucket-logs-its-requests", bucket(type_=BUCKET_V2, loggings=[{"targetBucket": "logs"}])),
    passes("bucket-logs-its-requests", bucket(), made(LOGGING, bucket="o", targetBucket="example-bucket")),
    passes("bucket-logs-its-requests", bucket(), bucket("o", logging={"targetBucket": "example-bucket"})),
    reports("bucket-logs-its-requests", "has no BucketLogging", bucket()),
    reports("bucket-logs-its-requests", "has no BucketLogging", bucket(), made(LOGGING, bucket="o", targetBucket="x")),
    passes("bucket-deletes-broken-uploads", bucket(), lasting(ABORT)),
    passes("bucket-deletes-broken-uploads", bucket(), lasting(ABORT, {"expiration": {"days": UNKNOWN}})),
    passes(
        "bucket-deletes-broken-uploads",
        bucket(lifecycleRules=[{"enabled": True, "abortIncompleteMultipartUploadDays": 7}]),
    ),
    reports("bucket-deletes-broken-uploads", "keeps what is left", bucket()),
    reports("bucket-deletes-broken-uploads", "keeps what is left", bucket(), lasting(ABORT, status="Disabled")),
    reports(
        "bucket-deletes-broken-uploads", "keeps what is left", bucket(), lasting(ABORT | {"filter": {"prefix": "a/"}})
    ),
    passes("bucket-deletes-old-versions", bucket(), lasting(OLD)),
    passes("bucket-deletes-old-versions", unnamed(bucket()), unnamed(lasting(OLD))),
    passes(
        "bucket-deletes-old-versions",
        bucket(type_=BUCKET_V2, lifecycleRules=[{"enabled": True, "noncurrentVersionExpirations": [{"days": 9}]}]),
    ),
    reports("bucket-deletes-old-versions", "keeps old versions for ever", bucket(), lasting(ABORT)),
    reports("bucket-deletes-old-versions", "for ever", bucket(), lasting(OLD | {"filter": {"tag": {"key": "a"}}})),
    reports(
        "bucket-deletes-old-versions",
        "for 30 days; at most 7 are",
        bucket(),
        lasting(OLD),
        configured={"longestDays": 7},
    ),
    waits(
        "bucket-deletes-old-versions", bucket(), lasting({"noncurrentVersionExpiration": {"noncurrentDays": UNKNOWN}})
    ),
    passes("bucket-is-protected", bucket(protect=True)),
    passes("bucket-is-protected", unnamed(bucket(protect=True))),
    passes("bucket-is-protected", bucket(forceDestroy=True)),
    reports("bucket-is-protected", "set protect in its options", bucket()),
    passes("bucket-is-not-deleted-with-data", bucket(protect=True)),
    passes("bucket-is-not-deleted-with-data", bucket(forceDestroy=True), lasting({"expiration": {"days": 14}})),
    passes("bucket-is-not-deleted-with-data", bucket(forceDestroy=True), companion(OBJECT, key=UNKNOWN)),
    reports("bucket-is-not-deleted-with-data", "with all data in it", bucket(forceDestroy=True), lasting(ABORT)),
    *(
        passes("bucket-is-not-deleted-with-data", bucket(bucket=f"a-{named}-1", forceDestroy=True))
        for named in ("publications", "b-scripts")
    ),
    reports(
        "bucket-is-not-deleted-with-data",
        "with all data in it",
        bucket(bucket="a-publications-1", forceDestroy=True),
        configured={"withoutData": []},
    ),
    reports(
        "bucket-is-not-deleted-with-data", "with all data", bucket(bucket="a-b--scripts-of-plays-1", forceDestroy=True)
    ),
    reports("bucket-is-not-deleted-with-data", "is protected, and", bucket(protect=True, forceDestroy=True)),
    passes("bucket-has-a-name-of-its-own", bucket()),
    passes("bucket-has-a-name-of-its-own", bucket(bucket="bucket-reports")),
    reports("bucket-has-a-name-of-its-own", "has a bucketPrefix", bucket(bucketPrefix="b-")),
    reports("bucket-has-a-name-of-its-own", "has no name of its own", made(BUCKET_V2)),
    reports("bucket-has-a-name-of-its-own", "which Pulumi made up", bucket(bucket="bucket-0a1b2c3")),
    waits("bucket-has-a-name-of-its-own", unnamed(bucket())),
    passes("object-lock-cannot-be-opened", locked("COMPLIANCE")),
    reports("object-lock-cannot-be-opened", "in the mode GOVERNANCE", locked("GOVERNANCE")),
    waits("object-lock-cannot-be-opened", locked(UNKNOWN)),
    passes("log-group-expires", made(LOG_GROUP, retentionInDays=90, kmsKeyId=UNKNOWN)),
    passes("log-group-expires", made(LOG_GROUP, retentionInDays=400)),
    reports("log-group-expires", "for ever; set retentionInDays, to 400 at most", made(LOG_GROUP, retentionInDays=0)),
    reports("log-group-expires", "for 3653 days; at most 400", made(LOG_GROUP, retentionInDays=3653)),
    waits("log-group-expires", made(LOG_GROUP, retentionInDays=UNKNOWN)),
]
