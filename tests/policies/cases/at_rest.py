"""Cases of the rules on encryption: services beside S3."""

from __future__ import annotations

import json
from typing import Any, Final

from mesh_guardrails.themes.at_rest import (
    ENCRYPTED,
    LOG_GROUP,
    QUEUE,
    SECURITY,
    TOPIC,
    TOPIC_POLICY,
    UNDER_A_KEY,
    WORKGROUP,
)

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, made, passes, reports, waits


def publishing(principal: Any) -> str:
    """A topic's policy with one statement."""
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sns:Publish"}]})


def results(**encryption: Any) -> dict[str, Any]:
    """The configuration of a workgroup."""
    return {"resultConfiguration": {"encryptionConfiguration": encryption}}


def security(s3: str = "SSE-KMS") -> dict[str, Any]:
    """A security configuration of Glue."""
    return {
        "cloudwatchEncryption": {"cloudwatchEncryptionMode": "SSE-KMS", "kmsKeyArn": UNKNOWN},
        "jobBookmarksEncryption": {"jobBookmarksEncryptionMode": "CSE-KMS"},
        "s3Encryption": {"s3EncryptionMode": s3},
    }


def path(dotted: str, value: Any) -> dict[str, Any]:
    """Properties with a value at a dotted path."""
    first, _, rest = dotted.partition(".")
    return {first: path(rest, value) if rest else value}


KNOWN: Final = {
    "cloudwatchEncryption": {"cloudwatchEncryptionMode": "SSE-KMS"},
    "s3Encryption": {"s3EncryptionMode": "SSE-KMS"},
}
BOOKMARKS: Final = {"jobBookmarksEncryption": {"jobBookmarksEncryptionMode": "CSE-KMS"}}

CASES: Final[list[Case]] = [
    *(passes("store-is-encrypted", made(type_, **{switch: True})) for type_, switch in ENCRYPTED.items()),
    *(reports("store-is-encrypted", f"set {switch}", made(type_)) for type_, switch in ENCRYPTED.items()),
    *(waits("store-is-encrypted", made(type_, **{switch: UNKNOWN})) for type_, switch in ENCRYPTED.items()),
    *(passes("store-is-encrypted", made(type_, **path(key, UNKNOWN))) for type_, key in UNDER_A_KEY.items()),
    *(reports("store-is-encrypted", f"set {key}", made(type_)) for type_, key in UNDER_A_KEY.items()),
    passes("queue-is-encrypted", made(QUEUE, sqsManagedSseEnabled=True)),
    passes("queue-is-encrypted", made(QUEUE, kmsMasterKeyId=UNKNOWN)),
    reports("queue-is-encrypted", "does not say", made(QUEUE)),
    reports("queue-is-encrypted", "does not say", made(QUEUE, sqsManagedSseEnabled=False)),
    passes("topic-is-encrypted", made(TOPIC, kmsMasterKeyId="alias/mesh/topics")),
    passes("topic-is-encrypted", made(TOPIC, policy=publishing({"Service": "events.amazonaws.com"}))),
    passes(
        "topic-is-encrypted",
        made(TOPIC),
        made(TOPIC_POLICY, made_from={"arn": "topic"}, arn=UNKNOWN, policy=publishing({"Service": ["a", "b"]})),
    ),
    reports("topic-is-encrypted", "is not encrypted", made(TOPIC)),
    reports("topic-is-encrypted", "is not encrypted", made(TOPIC, policy=publishing({"AWS": "111122223333"}))),
    waits("topic-is-encrypted", made(TOPIC, made_from={"policy": "o"}, policy=UNKNOWN), made(TOPIC, "o")),
    passes(
        "topic-is-encrypted", made(TOPIC, made_from={"kmsMasterKeyId": "o"}, kmsMasterKeyId=UNKNOWN), made(TOPIC, "o")
    ),
    passes("workgroup-encrypts-its-results", made(WORKGROUP, configuration=results(encryptionOption="SSE_KMS"))),
    passes(
        "workgroup-encrypts-its-results",
        made(WORKGROUP, configuration=results(encryptionOption="SSE_KMS", kmsKeyArn=UNKNOWN)),
    ),
    reports("workgroup-encrypts-its-results", "without a key", made(WORKGROUP)),
    reports(
        "workgroup-encrypts-its-results",
        "without a key",
        made(WORKGROUP, configuration=results(encryptionOption="SSE_S3")),
    ),
    passes("workgroup-enforces-its-settings", made(WORKGROUP, configuration={"enforceWorkgroupConfiguration": True})),
    passes("workgroup-enforces-its-settings", made(WORKGROUP, name=UNKNOWN)),
    reports(
        "workgroup-enforces-its-settings",
        "lets a query say",
        made(WORKGROUP, configuration={"enforceWorkgroupConfiguration": False}),
    ),
    passes("job-security-leaves-nothing-plain", made(SECURITY, encryptionConfiguration={**KNOWN, **BOOKMARKS})),
    passes("job-security-leaves-nothing-plain", made(SECURITY, encryptionConfiguration=security())),
    reports(
        "job-security-leaves-nothing-plain", "at DISABLED", made(SECURITY, encryptionConfiguration=security("DISABLED"))
    ),
    reports("job-security-leaves-nothing-plain", "at nothing", made(SECURITY, encryptionConfiguration=KNOWN)),
    passes("job-logs-are-encrypted", made(LOG_GROUP, kmsKeyId=UNKNOWN, tags={"mesh:product": "ads.clicks"})),
    passes("job-logs-are-encrypted", made(LOG_GROUP, name="/mesh/publication")),
    reports("job-logs-are-encrypted", "no key", made(LOG_GROUP, tags={"mesh:product": "ads.clicks"})),
    reports("job-logs-are-encrypted", "no key", made(LOG_GROUP, name="/aws-glue/jobs/error")),
    waits("job-logs-are-encrypted", made(LOG_GROUP, name=UNKNOWN)),
]
