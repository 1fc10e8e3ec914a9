"""Cases of the rules on encryption: keys, and the encryption of buckets."""

from __future__ import annotations

import json
from typing import Any, Final

from mesh_guardrails.themes.encryption import ALIAS, DEFAULT_ENCRYPTION, GRANT, KEY, KEY_POLICY

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.lifetime import OBJECT, locked
from tests.policies.cases.storage import BUCKET_V2, bucket, companion, unnamed

ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
REPLICA: Final = "aws:kms/replicaKey:ReplicaKey"
OF_A_KEY: Final = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": UNKNOWN}
OF_S3: Final = {"sseAlgorithm": "AES256"}
ARN: Final = "arn:aws:kms:eu-west-1:111122223333:key/1"


def encrypted(default: dict[str, Any], *, key: str = "key", bucket_key: bool | None = True) -> Made:
    """The default encryption of the bucket, made from a key."""
    rule = {"applyServerSideEncryptionByDefault": default}
    if bucket_key is not None:
        rule["bucketKeyEnabled"] = bucket_key
    return made(ENCRYPTION, made_from={"bucket": "bucket", "rules": key}, bucket="example-bucket", rules=[rule])


def written(default: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The default encryption as a Bucket has it within."""
    return {"rule": {"applyServerSideEncryptionByDefault": default, **more}}


def allowing(principal: Any, **more: Any) -> str:
    """A key's policy with one statement."""
    statement = {"Sid": "Readers", "Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}
    return json.dumps({"Statement": [{**statement, **more}]})


ROOT: Final = {"AWS": "arn:aws:iam::111122223333:root"}
OLD_RULES: Final = [{"rules": [{"applyServerSideEncryptionByDefaults": [OF_A_KEY], "bucketKeyEnabled": True}]}]

CONTEXT: Final = {"encryptionContextEquals": {"job": "clicks"}}

CASES: Final[list[Case]] = [
    passes("bucket-is-encrypted-with-a-key", bucket(), encrypted(OF_A_KEY)),
    passes(
        "bucket-is-encrypted-with-a-key",
        bucket(serverSideEncryptionConfiguration=written({**OF_A_KEY, "kmsMasterKeyId": ARN})),
    ),
    passes("bucket-is-encrypted-with-a-key", bucket(type_=BUCKET_V2, serverSideEncryptionConfigurations=OLD_RULES)),
    passes(
        "bucket-is-encrypted-with-a-key",
        bucket(),
        encrypted(OF_S3),
        bucket("o", logging={"targetBucket": "example-bucket"}),
    ),
    passes("bucket-is-encrypted-with-a-key", bucket(), encrypted(OF_S3), locked("COMPLIANCE")),
    passes("bucket-is-encrypted-with-a-key", bucket(forceDestroy=True), encrypted(OF_S3), companion(OBJECT)),
    passes("bucket-is-encrypted-with-a-key", bucket(bucket="a-publications-1"), encrypted(OF_S3)),
    passes("bucket-is-encrypted-with-a-key", bucket(bucket="a-b-scripts-1"), encrypted(OF_S3)),
    reports("bucket-is-encrypted-with-a-key", "AES256", bucket(bucket="a-b--scripts-of-plays-1"), encrypted(OF_S3)),
    reports("bucket-is-encrypted-with-a-key", "has no BucketServerSideEncryptionConfiguration", bucket()),
    reports("bucket-is-encrypted-with-a-key", "is encrypted with AES256", bucket(), encrypted(OF_S3)),
    reports(
        "bucket-is-encrypted-with-a-key", "is encrypted with AES256", bucket(), encrypted(OF_S3), companion(OBJECT)
    ),
    reports("bucket-is-encrypted-with-a-key", "(aws/s3)", bucket(), encrypted({"sseAlgorithm": "aws:kms"})),
    reports(
        "bucket-is-encrypted-with-a-key",
        "AES256",
        bucket(bucket="a-publications-1"),
        encrypted(OF_S3),
        configured={"withoutData": []},
    ),
    waits("bucket-is-encrypted-with-a-key", bucket(), encrypted({"sseAlgorithm": UNKNOWN})),
    passes("bucket-uses-a-bucket-key", bucket(), encrypted(OF_A_KEY)),
    passes("bucket-uses-a-bucket-key", bucket(), encrypted(OF_S3, bucket_key=None)),
    reports("bucket-uses-a-bucket-key", "for every object", bucket(), encrypted(OF_A_KEY, bucket_key=None)),
    reports(
        "bucket-uses-a-bucket-key",
        "for every",
        bucket(serverSideEncryptionConfiguration=written({"sseAlgorithm": "aws:kms"})),
    ),
    passes("key-rotates", made(KEY, enableKeyRotation=True, policy=UNKNOWN)),
    passes("key-rotates", made(KEY, customerMasterKeySpec="RSA_2048")),
    reports("key-rotates", "is never rotated", made(KEY)),
    waits("key-rotates", made(KEY, enableKeyRotation=UNKNOWN)),
    passes("key-deletion-waits", made(KEY, deletionWindowInDays=30)),
    passes("key-deletion-waits", made(KEY, policy=UNKNOWN)),
    passes("key-deletion-waits", made(KEY, deletionWindowInDays=7), configured={"shortestDays": 7}),
    reports("key-deletion-waits", "is gone 7 days after", made(KEY, deletionWindowInDays=7)),
    reports("key-deletion-waits", "at least 30 are asked", made(REPLICA, deletionWindowInDays=29)),
    reports(
        "key-deletion-waits", "at least 14 are", made(KEY, deletionWindowInDays=7), configured={"shortestDays": 14}
    ),
    passes("key-policy-is-checked", made(KEY, policy=UNKNOWN)),
    passes("key-policy-is-checked", made(KEY, bypassPolicyLockoutSafetyCheck=False)),
    reports("key-policy-is-checked", "locks everybody out", made(KEY, bypassPolicyLockoutSafetyCheck=True)),
    reports("key-policy-is-checked", "locks everybody out", made(KEY_POLICY, bypassPolicyLockoutSafetyCheck=True)),
    passes("key-has-a-policy", made(KEY), made(KEY_POLICY, made_from={"keyId": "key"}, policy=allowing("*"))),
    passes("key-has-a-policy", made(KEY, policy=allowing("*"))),
    reports("key-has-a-policy", "has no policy of its own", made(KEY)),
    reports(
        "key-has-a-policy", "is left to IAM by statement 'Readers'", made(KEY, policy=allowing(ROOT, Action="kms:*"))
    ),
    waits("key-has-a-policy", made(KEY, made_from={"policy": "o"}, policy=UNKNOWN), made(KEY, "o")),
    waits("key-has-a-policy", made(KEY), made(KEY_POLICY, made_from={"keyId": "key"}, policy=UNKNOWN)),
    reports("key-has-a-policy", "has no policy", made(KEY), made(KEY, "o"), made(KEY_POLICY, made_from={"keyId": "o"})),
    passes("key-is-protected", made(KEY, protect=True)),
    passes("key-is-protected", made(KEY), unnamed(encrypted(OF_A_KEY)), unnamed(bucket(forceDestroy=True))),
    passes("key-is-protected", made(KEY), encrypted(OF_S3), bucket(forceDestroy=True)),
    reports("key-is-protected", "set protect in its options", made(KEY)),
    reports("key-is-protected", "set protect in its options", made(KEY), encrypted(OF_S3), bucket()),
    passes(
        "alias-names-a-key-of-its-stack", made(ALIAS, made_from={"targetKeyId": "key"}, targetKeyId=UNKNOWN), made(KEY)
    ),
    passes("alias-names-a-key-of-its-stack", made(ALIAS, targetKeyId=ARN), made(KEY, arn=ARN)),
    reports(
        "alias-names-a-key-of-its-stack", "a key that this stack does not make", made(ALIAS, targetKeyId=ARN), made(KEY)
    ),
    passes("disks-are-encrypted-by-default", made(DEFAULT_ENCRYPTION, enabled=True)),
    passes("disks-are-encrypted-by-default", made(DEFAULT_ENCRYPTION)),
    reports("disks-are-encrypted-by-default", "switches the encryption", made(DEFAULT_ENCRYPTION, enabled=False)),
    waits("disks-are-encrypted-by-default", made(DEFAULT_ENCRYPTION, enabled=UNKNOWN)),
    passes("grant-of-a-key-is-bounded", made(GRANT, constraints=[CONTEXT], operations=["Decrypt"])),
    passes("grant-of-a-key-is-bounded", made(GRANT, constraints=[CONTEXT], granteePrincipal=UNKNOWN)),
    reports("grant-of-a-key-is-bounded", "for anything", made(GRANT, operations=["Decrypt"])),
    reports("grant-of-a-key-is-bounded", "to others", made(GRANT, constraints=[CONTEXT], operations=["CreateGrant"])),
]
