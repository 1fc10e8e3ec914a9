"""Rules on encryption: services beside S3 that keep data, or messages about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from mesh_guardrails.companions import belongs_to, written
from mesh_guardrails.document_reading import statements
from mesh_guardrails.nested import first, items
from mesh_guardrails.rule import RegisteredResource, Rule, Stack, StackRule, has

QUEUE: Final = "aws:sqs/queue:Queue"
TOPIC: Final = "aws:sns/topic:Topic"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
WORKGROUP: Final = "aws:athena/workgroup:Workgroup"
SECURITY: Final = "aws:glue/securityConfiguration:SecurityConfiguration"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"

ENCRYPTED: Final = {
    "aws:docdb/cluster:Cluster": "storageEncrypted",
    "aws:ebs/volume:Volume": "encrypted",
    "aws:ebs/snapshotCopy:SnapshotCopy": "encrypted",
    "aws:efs/fileSystem:FileSystem": "encrypted",
    "aws:elasticache/replicationGroup:ReplicationGroup": "atRestEncryptionEnabled",
    "aws:neptune/cluster:Cluster": "storageEncrypted",
    "aws:rds/cluster:Cluster": "storageEncrypted",
    "aws:rds/instance:Instance": "storageEncrypted",
    "aws:redshift/cluster:Cluster": "encrypted",
}
"""The switch that encrypts a store, by its type."""

UNDER_A_KEY: Final = {
    "aws:backup/vault:Vault": "kmsKeyArn",
    "aws:dynamodb/table:Table": "serverSideEncryption.kmsKeyArn",
    "aws:kinesis/stream:Stream": "kmsKeyId",
    "aws:kinesis/videoStream:VideoStream": "kmsKeyId",
    "aws:s3tables/tableBucket:TableBucket": "encryptionConfiguration.kmsKeyArn",
    "aws:secretsmanager/secret:Secret": "kmsKeyId",
}
"""The property that names the key of a store, by its type, where AWS would else use a key of its own."""

JOB_LOGS: Final = ("/aws-glue/", "/aws/emr", "/aws/sagemaker/", "/aws/kinesisfirehose/", "/aws/athena")
"""Beginnings of names of log groups in which rows of data may stand: what a job prints is its author's choice."""

_PRODUCT: Final = "mesh:product"
_MODES: Final = (
    ("cloudwatchEncryption", "cloudwatchEncryptionMode", "SSE-KMS"),
    ("jobBookmarksEncryption", "jobBookmarksEncryptionMode", "CSE-KMS"),
    ("s3Encryption", "s3EncryptionMode", "SSE-KMS"),
)


def plain_store(store: RegisteredResource) -> Iterator[str]:
    """Messages on a store that is not encrypted, or not with a key that somebody named."""
    if (switch := ENCRYPTED.get(store.type)) and not store.props.get(switch):
        yield f"'{store.name}' is not encrypted; set {switch}, and name a key of the mesh"
    if (path := UNDER_A_KEY.get(store.type)) and not _has(store.props, path):
        yield f"'{store.name}' is under a key of AWS's own, whose policy nobody can write; set {path}"


def plain_queue(queue: RegisteredResource) -> Iterator[str]:
    """Messages on a queue whose messages are not encrypted."""
    if not has(queue.props, "kmsMasterKeyId") and not queue.props.get("sqsManagedSseEnabled"):
        yield f"'{queue.name}' does not say that its messages are encrypted; set kmsMasterKeyId or sqsManagedSseEnabled"


def plain_topic(topic: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a topic without a key to which others than AWS's services publish.

    What they tell (an alarm, a state) is no data, and an alarm that a key can stop is none.
    """
    if topic.from_resources.get("kmsMasterKeyId") or written(topic, "kmsMasterKeyId"):
        return
    documents = [written(topic, "policy")]
    documents += [
        one.props.get("policy") for one in stack if one.type == TOPIC_POLICY and belongs_to(one, "arn", topic)
    ]
    allowed = [one for document in documents for one in statements(document) if one.allows]
    if not allowed or any(kind != "Service" for one in allowed for kind, _ in one.principals):
        yield (
            f"'{topic.name}' is not encrypted, and others than AWS's services may publish to it; set kmsMasterKeyId, "
            "or "
            "let its policy admit services alone"
        )


def plain_results(workgroup: RegisteredResource) -> Iterator[str]:
    """Messages on a workgroup of Athena that writes results of queries without a key of the mesh."""
    for configuration in items(workgroup.props.get("configuration")) or [{}]:
        results = first(configuration.get("resultConfiguration"))
        option = first(results.get("encryptionConfiguration")).get("encryptionOption")
        if option not in ("SSE_KMS", "CSE_KMS"):
            yield (
                f"'{workgroup.name}' writes results of queries without a key of the mesh; set encryptionOption to "
                "SSE_KMS"
            )


def loose_workgroup(workgroup: RegisteredResource) -> Iterator[str]:
    """Messages on a workgroup whose settings a query may replace with its own. They are enforced when left out."""
    for configuration in items(workgroup.props.get("configuration")):
        if configuration.get("enforceWorkgroupConfiguration") is False:
            yield (
                f"'{workgroup.name}' lets a query say where its results go and how they are encrypted; set "
                "enforceWorkgroupConfiguration to true"
            )


def plain_job(security: RegisteredResource) -> Iterator[str]:
    """Messages on a security configuration of Glue that leaves something plain."""
    for configuration in items(security.props.get("encryptionConfiguration")):
        for part, name, wanted in _MODES:
            mode = first(configuration.get(part)).get(name)
            if mode != wanted:
                yield f"'{security.name}' leaves {part} at {mode or 'nothing'}; set {name} to {wanted}"


def plain_logs(group: RegisteredResource) -> Iterator[str]:
    """Messages on a log group of a product, or of jobs, without a key."""
    if has(group.props, "kmsKeyId"):
        return
    if has(group.props.get("tags") or {}, _PRODUCT) or str(group.props.get("name") or "").startswith(JOB_LOGS):
        yield f"'{group.name}' has logs of jobs, in which data may stand, and no key; set kmsKeyId to the product's key"


def _has(props: Mapping[str, Any], path: str) -> bool:
    """Whether there is a property at a path; its value may be unknown."""
    first, _, rest = path.partition(".")
    if not rest:
        return has(props, first)
    return any(_has(cast("Mapping[str, Any]", one), rest) for one in items(props.get(first)))


RULES: Final = (
    Rule(
        name="store-is-encrypted",
        theme="encryption",
        severity="high",
        description="Every store of data is encrypted, with a key of the mesh.",
        check=plain_store,
        types=frozenset({*ENCRYPTED, *UNDER_A_KEY}),
        equivalents=(
            *(f"checkov:CKV_AWS_{number}" for number in (3, 16, 29, 42, 43, 44, 64, 74, 96, 119, 149, 166)),
            *(f"fsbp:{control}" for control in ("EFS.1", "Kinesis.1", "RDS.3", "RDS.27")),
        ),
    ),
    Rule(
        name="queue-is-encrypted",
        theme="encryption",
        severity="medium",
        description="Messages in a queue are encrypted.",
        check=plain_queue,
        types=frozenset({QUEUE}),
        equivalents=("checkov:CKV_AWS_27", "prowler:sqs_queues_server_side_encryption_enabled", "fsbp:SQS.1"),
    ),
    Rule(
        name="workgroup-encrypts-its-results",
        theme="encryption",
        severity="high",
        description="Results of queries are under a key of the mesh.",
        check=plain_results,
        types=frozenset({WORKGROUP}),
        equivalents=("checkov:CKV_AWS_159", "prowler:athena_workgroup_encryption", "fsbp:Athena.1"),
    ),
    Rule(
        name="workgroup-enforces-its-settings",
        theme="encryption",
        severity="high",
        description="No query of a workgroup says where its results go.",
        check=loose_workgroup,
        types=frozenset({WORKGROUP}),
        equivalents=("checkov:CKV_AWS_82", "prowler:athena_workgroup_enforce_configuration"),
    ),
    Rule(
        name="job-security-leaves-nothing-plain",
        theme="encryption",
        severity="high",
        description="A security configuration of Glue encrypts results, logs and bookmarks.",
        check=plain_job,
        types=frozenset({SECURITY}),
        equivalents=(
            "checkov:CKV_AWS_99",
            "prowler:glue_etl_jobs_amazon_s3_encryption_enabled",
            "prowler:glue_etl_jobs_cloudwatch_logs_encryption_enabled",
            "prowler:glue_etl_jobs_job_bookmark_encryption_enabled",
        ),
    ),
    Rule(
        name="job-logs-are-encrypted",
        theme="encryption",
        severity="medium",
        description="Logs of jobs, in which data may stand, are under a key of the mesh.",
        check=plain_logs,
        types=frozenset({LOG_GROUP}),
        equivalents=("checkov:CKV_AWS_158", "prowler:cloudwatch_log_group_kms_encryption_enabled"),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="topic-is-encrypted",
        theme="encryption",
        severity="medium",
        description="Messages to a topic are encrypted, but those of AWS's services.",
        check=plain_topic,
        types=frozenset({TOPIC}),
        equivalents=("checkov:CKV_AWS_26", "prowler:sns_topics_kms_encryption_at_rest_enabled"),
    ),
)
