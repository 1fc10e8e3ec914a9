"""Replication by S3: what is put under the prefix of a rule is copied, where the rule's role may deliver it.

S3 User Guide, "Replicating objects within and across Regions" and "Setting up permissions for live replication": S3
assumes the role of the configuration, reads as it and writes as it, at each copy. A copy that is refused has failed; S3
does not try again. moto stores the configuration and does nothing with it.

What was there before a rule is not replicated by it ("Replicating existing objects with Batch Replication"): a job of
S3 Batch Operations does that, or whoever writes the object once more, over itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mesh.evaluator import Request
from mesh.evaluator.world import World
from sandbox.emulator import backends
from sandbox.emulator.replication_status import set_status, status_of
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Stored
from sandbox.enforcement.service_requests import assumption, first_refusal, session_arn, source_keys, through

WRITES: Final = frozenset({"PutObject", "CopyObject", "CompleteMultipartUpload"})
"""Operations behind which an object is new."""

SESSION: Final = "s3-replication"
_DELIVERS: Final = ("s3:ReplicateObject", "s3:ObjectOwnerOverrideToBucketOwner")
_ENCRYPTS: Final = ("kms:Encrypt", "kms:GenerateDataKey")


_BATCHES: Final = "batchoperations.s3.amazonaws.com"


class ReplicationRule(NamedTuple):
    """An enabled rule: its role, the bucket that copies go to, and the key that encrypts them, if it names one."""

    role: str
    destination: str
    key: str


class Replication:
    """Copies of what is put into buckets; `failed` says of each copy that was refused why."""

    def __init__(self, world: World, stored: Stored) -> None:
        self._world, self._stored = world, stored
        self.failed: Final[list[str]] = []

    def follow(self, call: AwsCall) -> None:
        """Replicates the object that a call has put."""
        if call.service != "s3" or call.operation not in WRITES:
            return
        source = backends.bucket(call.text("Bucket"))
        if source is not None:
            self._replicate(source, call.text("Key"))

    def replicate_existing(self, bucket: str, role: str) -> int:
        """Replicate what no rule has taken yet, or what has failed, as a job with this role; the number delivered.

        S3 User Guide, "Configuring IAM policies for Batch Replication": the job's role starts each copy, the rule's
        makes it.
        """
        source, delivered = backends.bucket(bucket), 0
        arn, job = f"arn:aws:s3:::{bucket}", session_arn(role, "batch-replication")
        begins = assumption(_BATCHES, role, {"aws:SourceAccount": source.account_id})
        for key in [*source.keys]:
            if status_of(source.keys[key]) in ("COMPLETED", "REPLICA") or not [*_rules(source, key)]:
                continue
            asked = (begins, *(Request(job, action, on) for action, on in _initiates(arn, key)))
            if refused := first_refusal(self._world, asked):
                self.failed.append(f"{bucket}/{key}: {refused}")
            else:
                delivered += self._replicate(source, key)
        return delivered

    def _replicate(self, source: Any, key: str) -> bool:
        """Replicate an object by every rule that takes it; true when there are some, and none has failed."""
        results = [self._delivered(source, key, rule) for rule in _rules(source, key)]
        if results:
            set_status(source.keys[key], "COMPLETED" if all(results) else "FAILED")
        return bool(results) and all(results)

    def _delivered(self, source: Any, key: str, rule: ReplicationRule) -> bool:
        refused = first_refusal(self._world, self._requests(source, key, rule))
        if refused:
            self.failed.append(f"{source.name}/{key} to {rule.destination}: {refused}")
            return False
        _copy(source, key, rule)
        return True

    def _requests(self, source: Any, key: str, rule: ReplicationRule) -> Iterator[Request]:
        bucket = f"arn:aws:s3:::{source.name}"
        account, role = rule.role.split(":")[4], session_arn(rule.role, SESSION)
        yield assumption("s3.amazonaws.com", rule.role, source_keys(self._world, bucket, source.account_id))
        yield Request(role, "s3:GetReplicationConfiguration", bucket)
        yield Request(role, "s3:GetObjectVersionForReplication", f"{bucket}/{key}")
        if decrypts := self._stored.object_key(source.name, key, ""):
            yield Request(role, "kms:Decrypt", decrypts, through("s3", decrypts))
        for action in _DELIVERS:
            yield Request(role, action, f"arn:aws:s3:::{rule.destination}/{key}")
        if rule.key:
            encrypts = self._stored.key_arn(rule.key, account, source.region_name)
            for action in _ENCRYPTS:
                yield Request(role, action, encrypts, through("s3", encrypts))


def _initiates(bucket: str, key: str) -> Iterator[tuple[str, str]]:
    """Actions of a job's role, and on what."""
    yield "s3:GetReplicationConfiguration", bucket
    yield "s3:InitiateReplication", f"{bucket}/{key}"


def _rules(bucket: Any, key: str) -> Iterator[ReplicationRule]:
    """Enabled rules that take an object; moto keeps the configuration as the XML had it."""
    configuration: Mapping[str, Any] = getattr(bucket, "replication", None) or {}
    rules: list[Mapping[str, Any]] = configuration.get("Rule") or []
    for rule in rules:
        chosen: Mapping[str, str] = rule.get("Filter") or {}
        prefix = chosen.get("Prefix") or ""
        if rule["Status"] == "Enabled" and key.startswith(prefix):
            to: Mapping[str, Any] = rule["Destination"]
            encryption: Mapping[str, str] = to.get("EncryptionConfiguration") or {}
            destination = to["Bucket"].rpartition(":")[2]
            yield ReplicationRule(configuration["Role"], destination, encryption.get("ReplicaKmsKeyID", ""))


def _copy(source: Any, key: str, rule: ReplicationRule) -> None:
    """The copy, owned by the account of the destination and encrypted with its key."""
    destination, stored = backends.bucket(rule.destination), source.keys[key]
    encryption = {"encryption": "aws:kms", "kms_key_id": rule.key} if rule.key else {}
    if destination is not None:
        replica = backends.s3(destination.account_id).put_object(rule.destination, key, stored.value, **encryption)
        set_status(replica, "REPLICA")
