"""The ids that the emulated AWS gives out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OrganizationIds:
    """The ids of an organisation; of accounts and organisational units by name, and of the governance account's VPC."""

    management_account: str
    organization_id: str
    root_id: str
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    accounts: Mapping[str, str] = field(default_factory=dict[str, str])
    network: str = ""

    def account(self, name: str) -> str:
        """The account's id; a deterministic one for a name that is not in the table."""
        if name == "master":  # moto's name for the management account
            return self.management_account
        return self.accounts.get(name) or f"{int(self._hash('account', name), 16) % 10**12:012d}"

    def unit(self, name: str) -> str:
        """The organisational unit's id; a deterministic one for a name that is not in the table."""
        return self.units.get(name) or f"ou-{self.root_id.removeprefix('r-')}-{self._hash('unit', name)[:8]}"

    def _hash(self, *parts: str) -> str:
        return hashlib.sha256("|".join((self.organization_id, *parts)).encode()).hexdigest()
