"""Targets of the live checks: the buckets of a plan, and the requests that each use of them comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mesh import names
from mesh.access.from_plan import key_arn
from mesh.evaluator import Request
from mesh.plan import Plan
from sandbox.emulator import backends

PROBE_PREFIX: Final = "live-check/"
"""Part of the key of every object that the live checks write."""

PROBE_KEY: Final = f"{PROBE_PREFIX}probe"
"""Key of the object that stands in every product and inbox to be read."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket: `home` as personas have it, `alias` of its key (empty where S3's own key encrypts the objects)."""

    name: str
    home: str
    account: str
    alias: str = ""
    product: str = ""
    has_probe: bool = False
    """True when the object `PROBE_KEY` is in it."""
    has_results: bool = False
    """True when results of queries are written to it."""

    def key(self, region: str) -> str:
        """ARN of its key in the planned world."""
        return key_arn(region, self.account, self.alias)


class Targets:
    """The buckets of a plan, and the requests that a read, write, deletion or listing comes to."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.region = plan, plan.perimeter.region
        self.products = list(_products(plan))
        self.inboxes = [
            Bucket(partner.partner.inbox, name, partner.access.account_id, names.INBOX_KEY_ALIAS, has_probe=True)
            for name, partner in plan.partners.items()
        ]
        baselines = {name: d.account for name, d in plan.domains.items()}
        baselines |= {name: p.account for name, p in plan.partners.items()}
        accounts = {name: d.access.account_id for name, d in plan.domains.items()}
        accounts |= {name: p.access.account_id for name, p in plan.partners.items()}
        self.results = [
            Bucket(b.results_bucket, name, accounts[name], names.ACCOUNT_KEY_ALIAS, has_results=True)
            for name, b in baselines.items()
        ]
        self.logs = [Bucket(b.log_bucket, name, accounts[name]) for name, b in baselines.items()]
        self.audit = Bucket(plan.governance.audit.bucket, "governance", plan.perimeter.governance_id)

    @property
    def buckets(self) -> list[Bucket]:
        """All buckets."""
        return [*self.products, *self.inboxes, *self.results, *self.logs, self.audit]

    # ---- requests

    def requests_to_get(self, principal: str, bucket: Bucket, key: str) -> list[Request]:
        """Requests of reading an object: the use of its key is one where the object exists."""
        requests = [Request(principal, "s3:GetObject", f"arn:aws:s3:::{bucket.name}/{key}")]
        exists = bucket.has_probe and key == PROBE_KEY
        return requests + self._requests_of_key(principal, "kms:Decrypt", bucket) if exists else requests

    def requests_to_put(self, principal: str, bucket: Bucket, key: str) -> list[Request]:
        """Requests of writing an object without headers: the bucket's key encrypts it."""
        requests = [Request(principal, "s3:PutObject", f"arn:aws:s3:::{bucket.name}/{key}")]
        return requests + self._requests_of_key(principal, "kms:GenerateDataKey", bucket)

    def requests_to_delete(self, principal: str, bucket: Bucket, key: str) -> list[Request]:
        """The request of deleting an object."""
        return [Request(principal, "s3:DeleteObject", f"arn:aws:s3:::{bucket.name}/{key}")]

    def requests_to_list(self, principal: str, bucket: Bucket) -> list[Request]:
        """The request of listing a bucket."""
        return [Request(principal, "s3:ListBucket", f"arn:aws:s3:::{bucket.name}")]

    def _requests_of_key(self, principal: str, action: str, bucket: Bucket) -> list[Request]:
        if not bucket.alias:
            return []
        through_s3 = {"kms:ViaService": f"s3.{self.region}.amazonaws.com", "aws:ViaAWSService": True}
        return [Request(principal, action, bucket.key(self.region), through_s3)]


def _products(plan: Plan) -> Iterator[Bucket]:
    for domain, deployed in plan.domains.items():
        for product in deployed.products.values():
            alias = names.key_alias(product.name)
            yield Bucket(product.bucket, domain, product.account_id, alias, product.name, has_probe=True)


# ---- keys and objects in the emulator


def stored_key_arn(region: str, account: str, alias: str) -> str:
    """ARN of the stored key of an alias: its id is known to no plan."""
    key = backends.key(account, region, f"alias/{alias}")
    return key.arn if key else ""


def put_probe_object(bucket: str) -> None:
    """Put the probe object into an inbox without a call: nobody but replication may, and moto does not replicate."""
    if stored := backends.bucket(bucket):
        backends.s3(stored.account_id).put_object(bucket, PROBE_KEY, b"x")


def delete_probe_objects(bucket: str) -> None:
    """Delete every object of the live checks from a bucket, with all versions and markers."""
    stored = backends.bucket(bucket)
    if stored is None:
        return
    keys: Any = stored.keys
    for name in [name for name in keys if PROBE_PREFIX in name]:
        for version in keys.getlist(name):
            if hasattr(version, "dispose"):  # a delete marker has no content to let go of
                version.dispose()
        # moto's own pop disposes of every version, and fails at a delete marker.
        dict[str, Any].pop(keys, name)
