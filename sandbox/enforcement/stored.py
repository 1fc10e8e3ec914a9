"""Stored keys of buckets and objects, identities and owners, of which questions are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mesh.evaluator import UnknownError
from mesh.evaluator.world import World
from sandbox.emulator import backends
from sandbox.enforcement.aws_call import AwsCall


class MotoStored:
    """A reader of moto's backends."""

    def __init__(self, world: World) -> None:
        self._world = world

    def bucket_key(self, bucket: str) -> str:
        """ARN of the KMS key that encrypts new objects of a bucket by default; empty without one."""
        stored = backends.bucket(bucket)
        if stored is None or not stored.encryption:
            return ""
        # moto parses XML: one rule is no list.
        rules: list[dict[str, Any]] | dict[str, Any] = stored.encryption["Rule"]
        rule = rules[0] if isinstance(rules, list) else rules
        default: dict[str, str] = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if not default.get("SSEAlgorithm", "").startswith("aws:kms"):
            return ""
        return self.key_arn(default["KMSMasterKeyID"], stored.account_id, stored.region_name)

    def object_key(self, bucket: str, key: str, version: str) -> str:
        """ARN of the KMS key that an object is encrypted with; empty without one."""
        stored_bucket = backends.bucket(bucket)
        stored: Any = _version(stored_bucket, key, version) if stored_bucket else None
        if stored is None or not (getattr(stored, "encryption", None) or "").startswith("aws:kms"):
            return ""
        if not stored.kms_key_id:
            raise UnknownError("the key aws/s3, which AWS keeps for S3 in each account, is not emulated")
        return self.key_arn(stored.kms_key_id, stored_bucket.account_id, stored_bucket.region_name)

    def key_arn(self, name: str, account: str, region: str) -> str:
        """ARN of a key by its id, alias or ARN; that of an alias which names no key."""
        if name.startswith("arn:"):
            region, account, rest = name.split(":", 5)[3:]
        else:
            rest = name if name.startswith("alias/") else f"key/{name}"
        if rest.startswith("alias/"):
            key = backends.key(account, region, rest)
            rest = f"key/{key.id}" if key else rest
        return f"arn:aws:kms:{region}:{account}:{rest}"

    def identity_arn(self, account: str, kind: str, name: str) -> str:
        """ARN of a role or user by its name; one without a path where none exists."""
        role = self._world.role_named(account, name) if kind == "role" else None
        return role.arn if role else f"arn:aws:iam::{account}:{kind}/{name}"

    def registered(self, account: str, region: str, place: str) -> bool:
        """True when an account's Lake Formation has registered a place (`bucket/prefix`), or one above it."""
        from moto.lakeformation.models import lakeformation_backends

        locations: Any = lakeformation_backends[account][region].resources
        at = f"arn:aws:s3:::{place}/"
        return any(at.startswith(f"{arn.rstrip('/')}/") for arn in [*locations])

    def connection(self, account: str, region: str, name: str) -> tuple[str, tuple[str, ...]]:
        """The subnet and the security groups of a connection of Glue; neither, where there is none of that name."""
        from moto.glue.models import glue_backends

        stored: Any = glue_backends[account][region].connections.get(name)
        if stored is None:
            return "", ()
        placed: Mapping[str, Any] = stored.connection_input.get("PhysicalConnectionRequirements") or {}
        return placed.get("SubnetId", ""), tuple(placed.get("SecurityGroupIdList") or ())

    def vpc_of(self, subnet: str) -> str:
        """The VPC of a subnet, which another account may have shared; empty where there is none of that id."""
        from moto.ec2.models import ec2_backends

        for regions in [*ec2_backends.values()]:
            for backend in [*regions.values()]:
                for in_zone in [*backend.subnets.values()]:
                    if subnet in in_zone:
                        return str(in_zone[subnet].vpc_id)
        return ""

    def workgroups(self, account: str, region: str, ids: Sequence[str]) -> Sequence[str]:
        """For each id of an execution of Athena or a named query its workgroup; empty where there is none."""
        from moto.athena.models import athena_backends

        backend: Any = athena_backends[account][region]
        found = [backend.executions.get(each) or backend.named_queries.get(each) for each in ids]
        return [(str(each.workgroup.name) if each.workgroup else "primary") if each else "" for each in found]

    def result(self, account: str, region: str, execution: str) -> str:
        """Place of the result of an execution of Athena (`bucket/key`); empty where there is none."""
        from moto.athena.models import athena_backends

        stored: Any = athena_backends[account][region].executions.get(execution)
        outcome = getattr(stored, "outcome", None)
        return str(outcome.location).removeprefix("s3://") if outcome else ""

    def boundary(self, account: str, role: str) -> str:
        """ARN of the permissions boundary of a role; empty without one."""
        roles = backends.iam(account).roles.values()
        stored = next((stored for stored in roles if stored.name == role), None)
        return (stored.permissions_boundary_arn or "") if stored else ""

    def owner(self, call: AwsCall, account: str) -> str:
        """The account whose backend has to answer: moto looks in the caller's for a key or bus of another account."""
        if call.service == "events":
            entries: list[dict[str, str]] = call.parameters.get("Entries") or []
            named = call.text("EventBusName"), call.text("ResourceARN")  # tags are asked for by an ARN
            buses = [*named, *(entry.get("EventBusName", "") for entry in entries)]
            return next((bus.split(":")[4] for bus in buses if bus.startswith("arn:")), account)
        if call.service != "kms" or call.operation == "CreateKey":
            return account
        key = call.text("KeyId") or call.text("TargetKeyId")
        return key.split(":")[4] if key.startswith("arn:") else account


def _version(bucket: Any, key: str, version: str) -> Any:
    if not version:
        return bucket.keys.get(key)
    return next((stored for stored in bucket.keys.getlist(key, []) if stored.version_id == version), None)
