"""Held buckets: every bucket that a mesh has data in, by its name and its place, and whose it is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from mesh.approvals.needs import owner_of, platform_of
from mesh.bucket_names import MeshBucket
from mesh.model import AccountsFile, Domain, Mesh, Partner
from mesh.model.names_lock import NAMES_LOCK_FILE
from mesh.plan.inputs import PlanInputs

BucketKeys = tuple[str, ...]


class HeldBucket(NamedTuple):
    """A bucket: its name, account and region, what it holds, who answers for it, and whether it survives its removal.

    `file` declares it, in the mesh folder. `is_made` is False while its account has no id: AWS has no such bucket then.
    """

    name: str
    place: tuple[str, str]
    what: str
    by: tuple[str, ...]
    file: str
    protected: bool
    is_made: bool


def held_buckets(mesh: Mesh) -> Mapping[BucketKeys, HeldBucket]:
    """Every bucket of a mesh by its keys in `names.lock.yaml`."""
    inputs = PlanInputs(mesh, datetime.date.min)  # names follow from no day
    names = inputs.perimeter.buckets
    return {
        bucket.keys: _held(mesh, bucket, names.name(bucket.stem, bucket.account_id)) for bucket in inputs.every_bucket()
    }


def changing_file(before: Mesh, after: Mesh, keys: BucketKeys) -> str:
    """The file, in the mesh folder, that gives a bucket another name or place."""
    if _kept_name(before, keys) != _kept_name(after, keys):
        return NAMES_LOCK_FILE
    same = (before.file.name, before.file.region) == (after.file.name, after.file.region)
    return "accounts.yaml" if same else "mesh.yaml"


def _kept_name(mesh: Mesh, keys: BucketKeys) -> str | None:
    return mesh.names_lock.buckets.entries.get(keys) if mesh.names_lock else None


def _held(mesh: Mesh, bucket: MeshBucket, name: str) -> HeldBucket:
    account = _account(bucket.keys)
    kind, _, owner = account.partition("-")
    folder = {"domain": mesh.domains, "partner": mesh.partners}.get(kind, dict[str, Domain | Partner]())
    declared = folder.get(owner)
    product = mesh.product(bucket.keys[1]) if bucket.keys[0] == "products" else None
    said = (each.deletion_protection for each in (product, declared) if each)
    # Results of queries are made again, and `AccountBaseline` protects no bucket of them.
    is_protected = bucket.keys[0] != "results"
    return HeldBucket(
        name,
        (bucket.account_id, mesh.file.region),
        _what(bucket.keys, account),
        owner_of(declared.owner) if declared else platform_of(mesh),
        f"{kind}s/{owner}.yaml" if declared else "mesh.yaml",
        is_protected and next((each for each in said if each is not None), mesh.file.defaults.deletion_protection),
        _has_id(mesh.accounts, kind, owner),
    )


def _account(keys: BucketKeys) -> str:
    """The account of a bucket, as `names.lock.yaml` names it."""
    kind, *rest = keys
    if kind == "products":
        return f"domain-{rest[0].partition('.')[0]}"
    return f"partner-{rest[0]}" if kind == "inboxes" else rest[0] if rest else "governance"


def _what(keys: BucketKeys, account: str) -> str:
    kind, *rest = keys
    told = {"logs": f"access logs of {account}", "results": f"results of queries in {account}"}
    told |= {"inboxes": f"the inbox of {account}", "products": rest[0] if rest else ""}
    return told.get(kind) or {"audit": "the audit trail"}.get(kind, kind)


def _has_id(accounts: AccountsFile | None, kind: str, owner: str) -> bool:
    if accounts is None:
        return False
    known = {"domain": accounts.domains, "partner": accounts.partners}.get(kind)
    return owner in known if known is not None else accounts.governance is not None
