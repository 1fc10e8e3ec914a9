"""What is called for: products, buckets, keys and tables, as the Plan names them and as they were made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mesh import names
from mesh.access.from_plan import key_arn
from mesh.evaluator import Request
from mesh.plan import Plan

FOLDER: Final = "live-check/"
"""In the name of every object of ours."""

PROBE: Final = f"{FOLDER}probe"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket: `home` as callers have it, `alias` of its key (empty when objects are encrypted with S3's own)."""

    name: str
    home: str
    account: str
    alias: str = ""
    product: str = ""
    holds: bool = False
    """Whether the probe is in it."""
    results: bool = False
    """Whether it is for results of queries."""

    def key(self, region: str) -> str:
        """ARN of its key in the planned world."""
        return key_arn(region, self.account, self.alias)


class Targets:
    """The buckets of a plan, and the plan's requests for what is done to them."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.region = plan, plan.perimeter.region
        self.products = list(_products(plan))
        self.inboxes = [
            Bucket(partner.partner.inbox, name, partner.access.account_id, names.INBOX_KEY_ALIAS, holds=True)
            for name, partner in plan.partners.items()
        ]
        baselines = {name: d.account for name, d in plan.domains.items()}
        baselines |= {name: p.account for name, p in plan.partners.items()}
        accounts = {name: d.access.account_id for name, d in plan.domains.items()}
        accounts |= {name: p.access.account_id for name, p in plan.partners.items()}
        self.results = [
            Bucket(b.results_bucket, name, accounts[name], names.ACCOUNT_KEY_ALIAS, results=True)
            for name, b in baselines.items()
        ]
        self.logs = [Bucket(b.log_bucket, name, accounts[name]) for name, b in baselines.items()]
        self.audit = Bucket(plan.governance.audit.bucket, "governance", plan.perimeter.governance_id)

    @property
    def every(self) -> list[Bucket]:
        """All buckets."""
        return [*self.products, *self.inboxes, *self.results, *self.logs, self.audit]

    # ---- what the Plan is asked

    def get(self, who: str, bucket: Bucket, key: str) -> list[Request]:
        """Reading an object; its key as well when it is there to be decrypted."""
        asked = [Request(who, "s3:GetObject", f"arn:aws:s3:::{bucket.name}/{key}")]
        return asked + self._use(who, "kms:Decrypt", bucket) if bucket.holds and key == PROBE else asked

    def put(self, who: str, bucket: Bucket, key: str) -> list[Request]:
        """Writing an object without headers: the bucket's own key encrypts it."""
        asked = [Request(who, "s3:PutObject", f"arn:aws:s3:::{bucket.name}/{key}")]
        return asked + self._use(who, "kms:GenerateDataKey", bucket)

    def delete(self, who: str, bucket: Bucket, key: str) -> list[Request]:
        """Deleting an object."""
        return [Request(who, "s3:DeleteObject", f"arn:aws:s3:::{bucket.name}/{key}")]

    def list(self, who: str, bucket: Bucket) -> list[Request]:
        """Listing a bucket."""
        return [Request(who, "s3:ListBucket", f"arn:aws:s3:::{bucket.name}")]

    def _use(self, who: str, action: str, bucket: Bucket) -> list[Request]:
        if not bucket.alias:
            return []
        through = {"kms:ViaService": f"s3.{self.region}.amazonaws.com", "aws:ViaAWSService": True}
        return [Request(who, action, bucket.key(self.region), through)]


def _products(plan: Plan) -> Iterator[Bucket]:
    for domain, deployed in plan.domains.items():
        for product in deployed.products.values():
            alias = names.key_alias(product.name)
            yield Bucket(product.bucket, domain, product.account_id, alias, product.name, holds=True)


def live_key(region: str, account: str, alias: str) -> str:
    """ARN of a key as it was made."""
    from moto.kms.models import kms_backends

    keys: Any = kms_backends[account][region].keys
    return next((key.arn for key in keys.values() if f"alias/{alias}" in key.aliases), "")


def delivered(bucket: str) -> None:
    """Put the probe into an inbox, where nobody but replication writes, and moto does not replicate."""
    from moto.s3.models import s3_backends

    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is not None:
        s3_backends[owner[1]][owner[0]].put_object(bucket, PROBE, b"x")


def swept(bucket: str) -> None:
    """Take everything of ours out of a bucket, as if it had never been there."""
    from moto.s3.models import s3_backends

    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        return
    keys: Any = s3_backends[owner[1]][owner[0]].buckets[bucket].keys
    for name in [name for name in keys if FOLDER in name]:
        for version in keys.getlist(name):
            if hasattr(version, "dispose"):  # a marker of a deletion has nothing to let go of
                version.dispose()
        dict[str, Any].pop(keys, name)
