"""Nodes of replication to partners: what S3 copies, as whom, and to which day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from mesh import names
from mesh.iam.ends import day_after, latest
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.delivery import delivery_permissions, delivery_trust
from mesh.iam.statement import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One agreement on the producer's side, to its last day; a closed one replicates nothing.

    `key` is the ARN of the inbox's key, or of its alias.
    """

    partner: str
    partner_id: str
    inbox: str
    key: str
    end: datetime.date
    open: bool

    @property
    def failures(self) -> str:
        """Metric math: copies that failed, the metric `failed`, while the agreement lasts; nothing from then on.

        When it ends S3 is refused each copy, and has no way to know that it should not be tried: with the day in the
        alarm it is silent by itself, as the policies close by themselves (CloudWatch User Guide, "Using math
        expressions": EPOCH is the time of each value in seconds, and IF without a third argument gives no value).
        """
        ends = datetime.datetime.combine(day_after(self.end), datetime.time(), datetime.UTC)
        return f"IF(EPOCH(failed) < {ends.timestamp():.0f}, failed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerReplicationArgs:
    """Replication of a product's `outbound/<partner>/` into the partners' inboxes."""

    perimeter: Perimeter
    domain: str
    product: str
    account_id: str
    deliveries: tuple[Delivery, ...]

    def alarm(self, delivery: Delivery) -> str:
        """Name of the alarm of copies that fail; `--` keeps two products and partners of like names apart."""
        return f"{names.PATH}-delivery-{self.product}--{delivery.partner}"

    @property
    def bucket(self) -> str:
        """The product's bucket."""
        return self.perimeter.buckets.of_product(self.domain, self.product, self.account_id)

    @property
    def role_arn(self) -> str:
        """ARN of the delivery role."""
        return names.delivery_role(self.account_id, self.product)

    @property
    def trust(self) -> Document:
        """Trust policy of the delivery role."""
        return delivery_trust(self.account_id, self.bucket)

    @property
    def permissions(self) -> Document:
        """Permissions of the delivery role; the inboxes of closed agreements are not among them."""
        folders = latest(
            (f"{each.inbox}/{names.outbound(each.partner, self.domain, self.product)}", each.end)
            for each in self.deliveries
            if each.open
        )
        return delivery_permissions(self.perimeter, self.account_id, self.domain, self.product, folders)
