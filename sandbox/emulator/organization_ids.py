"""The ids that the emulated AWS gives out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from mesh import names


@dataclass(frozen=True, slots=True)
class OrganizationIds:
    """The ids of an organisation: of accounts and units by name, of the governance account's VPC, of described keys.

    `subnets` are those of the VPC that have an id already, by zone.
    """

    management_account: str
    organization_id: str
    root_id: str
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    accounts: Mapping[str, str] = field(default_factory=dict[str, str])
    network: str = ""
    subnets: Mapping[str, str] = field(default_factory=dict[str, str])
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    added: dict[str, str] = field(default_factory=dict[str, str], compare=False)
    """Names of accounts that are not in the table, by the ids that were given out for them."""

    def account(self, name: str) -> str:
        """The account's id; the one that a plan assumes for a name that is not in the table."""
        if name == "master":  # moto's name for the management account
            return self.management_account
        if name in self.accounts:
            return self.accounts[name]
        # A mesh to which an account is added is planned with this id, and goes on here without one of AWS's.
        kind, _, rest = name.partition("-")
        assumed = names.assumed_account_id(kind if rest else "", rest or kind)
        self.added[assumed] = name
        return assumed

    def owner(self, account_id: str) -> str:
        """The name of an account (`governance`, `domain-ads`) by its id; empty for one that is not known."""
        known = {id_: name for name, id_ in self.accounts.items()}
        return known.get(account_id) or self.added.get(account_id, "")

    def unit(self, name: str) -> str:
        """The organisational unit's id; a deterministic one for a name that is not in the table."""
        return self.units.get(name) or f"ou-{self.root_id.removeprefix('r-')}-{self._hash('unit', name)[:8]}"

    def _hash(self, *parts: str) -> str:
        return hashlib.sha256("|".join((self.organization_id, *parts)).encode()).hexdigest()
