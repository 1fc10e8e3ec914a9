"""Replication by S3: what is put under the prefix of a rule is copied, where the rule's role may deliver it.

S3 User Guide, "Replicating objects within and across Regions" and "Setting up permissions for live replication": S3
assumes the role of the configuration, reads as it and writes as it, at each copy. A copy that is refused has failed; S3
does not try again. moto stores the configuration and does nothing with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mesh.evaluator import Request
from mesh.evaluator.world import World
from sandbox.emulator import backends
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Stored
from sandbox.enforcement.service_requests import assumption, first_refusal, session_arn, source_keys, through

WRITES: Final = frozenset({"PutObject", "CopyObject", "CompleteMultipartUpload"})
"""Operations behind which an object is new."""

SESSION: Final = "s3-replication"
_DELIVERS: Final = ("s3:ReplicateObject", "s3:ObjectOwnerOverrideToBucketOwner")
_ENCRYPTS: Final = ("kms:Encrypt", "kms:GenerateDataKey")


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
        bucket, key = call.text("Bucket"), call.text("Key")
        source = backends.bucket(bucket)
        for rule in _rules(source, key) if source else ():
            refused = first_refusal(self._world, self._requests(source, key, rule))
            if refused:
                self.failed.append(f"{bucket}/{key} to {rule.destination}: {refused}")
            else:
                _copy(source, key, rule)

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
        backends.s3(destination.account_id).put_object(rule.destination, key, stored.value, **encryption)
