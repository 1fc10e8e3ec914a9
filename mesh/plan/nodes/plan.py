"""The Plan of a mesh: the nodes of every stack, and the order of the stacks."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.plan.nodes.account_access import AccountAccess
from mesh.plan.nodes.domain import DomainPlan
from mesh.plan.nodes.governance import GovernancePlan
from mesh.plan.nodes.organization import OrganizationPlan
from mesh.plan.nodes.partner import PartnerPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole mesh on a day (`as_of`), as far as it can be known before AWS is asked."""

    mesh: str
    as_of: datetime.date
    """The day that it was made for."""
    perimeter: Perimeter
    organization: OrganizationPlan
    governance: GovernancePlan
    domains: Mapping[str, DomainPlan]
    partners: Mapping[str, PartnerPlan]

    @property
    def access(self) -> Mapping[str, AccountAccess]:
        """Access of every stack to its account, in the order in which the stacks are deployed the first time."""
        # Partners come before domains: an inbox has to exist before a product replicates into it. Who reads comes
        # before what is read, in every domain: the role that S3 replicates with has to exist, and so have the boundary
        # and the closed settings of Lake Formation.
        return {
            "organization": self.organization.access,
            "governance": self.governance.access,
            **{f"partner-{name}": partner.access for name, partner in self.partners.items()},
            **{f"access-{name}": domain.deciding for name, domain in self.domains.items()},
            **{f"domain-{name}": domain.access for name, domain in self.domains.items()},
        }

    @property
    def inbox_keys(self) -> Mapping[str, str]:
        """Ids of the keys of inboxes by partner, of those that deliveries name by their own ARN."""
        deliveries = (each for d in self.domains.values() for args in d.deliveries.values() for each in args.deliveries)
        named = {each.partner: each.key.partition(":key/")[2] for each in deliveries}
        return {partner: key for partner, key in named.items() if key}

    def account_of(self, owner: str) -> str:
        """Id of the account of `management`, `governance`, a domain or `partner-<p>`; raises KeyError for others."""
        if owner in ("governance", "management"):
            return self.perimeter.governance_id if owner == "governance" else self.perimeter.management_id
        if owner in self.domains:
            return self.domains[owner].access.account_id
        kind, _, partner = owner.partition("-")
        if kind != "partner" or partner not in self.partners:
            raise KeyError(owner)
        return self.partners[partner].access.account_id

    def _account_if_any(self, owner: str) -> str:
        """Id of an owner's account, or an assumed one for who is not in the mesh."""
        try:
            return self.account_of(owner)
        except KeyError:
            return names.assumed_account_id("", owner)

    def product_bucket(self, domain: str, product: str) -> str:
        """Name of the bucket that a product of a domain has, or would have."""
        return self.perimeter.buckets.of_product(domain, product, self._account_if_any(domain))

    def inbox(self, partner: str) -> str:
        """Name of the inbox that a partner has, or would have."""
        return self.perimeter.buckets.inbox(partner, self._account_if_any(f"partner-{partner}"))

    def log_bucket(self, owner: str) -> str:
        """Name of the bucket of the access logs of an account; `owner` is as in `account_of`. Raises KeyError."""
        return self.perimeter.buckets.logs(owner, self.account_of(owner))

    def results_bucket(self, owner: str) -> str:
        """Name of the bucket of the results of queries of an account. Raises KeyError."""
        return self.perimeter.buckets.results(owner, self.account_of(owner))

    @property
    def stacks(self) -> tuple[str, ...]:
        """Every stack, in that order."""
        return tuple(self.access)
