"""EBS: the account's defaults."""

from __future__ import annotations

from typing import Final

from sandbox.emulator.aws.fields import PropertyValues, flag, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, recorded


def _put_encryption(call: Call) -> None:
    enabled = call.inputs.get("enabled", True)
    call.aws("enable_ebs_encryption_by_default" if enabled else "disable_ebs_encryption_by_default")


def _create_encryption(call: Call) -> IdAndOutputs:
    _put_encryption(call)
    return call.derived_id("encryption"), {}


def _read_encryption(call: Call) -> PropertyValues:
    return {"enabled": call.aws("get_ebs_encryption_by_default")["EbsEncryptionByDefault"]}


def _delete_encryption(call: Call) -> None:
    call.aws("disable_ebs_encryption_by_default")


ENCRYPTION: Final = ResourceType(
    "aws:ebs/encryptionByDefault:EncryptionByDefault",
    "EBS Encryption By Default",
    "ec2",
    {"enabled": flag(default=True)},
    _create_encryption,
    _read_encryption,
    _put_encryption,
    _delete_encryption,
)


DEFAULT_KEY: Final = recorded(
    "aws:ebs/defaultKmsKey:DefaultKmsKey",
    "EBS Default KMS Key",
    {"keyArn": text(required=True, replaces=True)},
    "moto has no GetEbsDefaultKmsKeyId",
    lambda call: (call.inputs["keyArn"], {}),
)

SNAPSHOT_BLOCK: Final = recorded(
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    "EBS Snapshot Block Public Access",
    {"state": text(required=True)},
    "moto has no EnableSnapshotBlockPublicAccess",
    lambda call: (call.region, {}),
)

RESOURCES: Final = (ENCRYPTION, DEFAULT_KEY, SNAPSHOT_BLOCK)
