"""Baseline of the jobs of a domain's account: the way into the network, the bucket of scripts."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.start import start_permissions, start_trust
from mesh.iam.scripts import scripts_bucket_policy
from mesh.iam.statement import Document
from mesh.plan.nodes.network import CIDR


@dataclass(frozen=True, slots=True, kw_only=True)
class JobBaselineArgs:
    """Baseline of an account's jobs: security group, Glue connection, bucket of scripts.

    `subnet` is the id of a subnet of the mesh's network, which the governance account shares, and `zone` where it is.
    """

    perimeter: Perimeter
    domain: str
    account_id: str
    zone: str
    subnet: str
    log_bucket: str
    cidr: str = CIDR

    @property
    def scripts_bucket(self) -> str:
        """Name of the bucket of scripts."""
        return self.perimeter.buckets.scripts(self.domain, self.account_id)

    @property
    def scripts_policy(self) -> Document:
        """Resource policy of the bucket of scripts."""
        return scripts_bucket_policy(self.perimeter, self.scripts_bucket, self.account_id)

    @property
    def connection(self) -> str:
        """Name of the Glue connection, and of the security group."""
        return names.CONNECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPublicationsArgs:
    """The rules with which a domain hears on its account's own bus what is published, and what was refused of its own.

    `products` are those that its pipelines start with, as `<domain>.<product>`; there may be none.
    """

    perimeter: Perimeter
    domain: str
    account_id: str
    products: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """Name of the rule about publications, on the mesh bus."""
        return names.heard_rule(self.domain)

    @property
    def refusals_rule(self) -> str:
        """Name of the rule about refusals, on the mesh bus."""
        return names.refusals_rule(self.domain)

    @property
    def counting_rule(self) -> str:
        """Name of the rule on the account's own bus whose count of refusals is a metric, and of its alarm."""
        return names.REFUSALS

    @property
    def mesh_bus(self) -> str:
        """ARN of the mesh bus, on which rules are."""
        perimeter = self.perimeter
        return f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}"

    @property
    def own_bus(self) -> str:
        """ARN of the bus on which the events come out: the account's default one."""
        return f"arn:aws:events:{self.perimeter.region}:{self.account_id}:event-bus/default"

    @property
    def pattern(self) -> str:
        """Pattern of the publications, as JSON."""
        sources = [names.event_source(*product.split(".", 1)) for product in self.products]
        return json.dumps({"source": sources, "detail-type": [names.PUBLISHED]}, separators=(",", ":"))

    @property
    def refusals_pattern(self) -> str:
        """Pattern of what was refused of the domain's own products, on both buses, as JSON."""
        own = [{"prefix": names.sources_of(self.domain)}]
        return json.dumps({"source": own, "detail-type": [names.REFUSED]}, separators=(",", ":"))

    @property
    def role(self) -> str:
        """ARN of the role with which the rules send, which the stack `access-<d>` makes."""
        return names.start_role(self.account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRoleArgs:
    """The role with which EventBridge starts pipelines of a domain's account, and tells it what the mesh bus tells."""

    perimeter: Perimeter
    domain: str
    account_id: str

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.start_role(self.account_id)

    @property
    def trust(self) -> Document:
        """Trust policy of the role: EventBridge assumes it."""
        return start_trust(self.perimeter, self.account_id)

    @property
    def permissions(self) -> Document:
        """Permissions of the role."""
        return start_permissions(self.perimeter, self.account_id, self.domain)
