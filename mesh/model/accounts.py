"""`accounts.yaml`: the ids that AWS gave; written by `mesh accounts`, reviewed like a lock file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from mesh.model.base import AccountId, Closed, Name

UnitId = Annotated[str, StringConstraints(pattern=r"^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$")]


class Organization(Closed):
    """The AWS organisation; patterns as in the AWS Organizations API reference."""

    id: Annotated[str, StringConstraints(pattern=r"^o-[a-z0-9]{10,32}$")] = Field(description="Organisation id, o-….")
    root: Annotated[str, StringConstraints(pattern=r"^r-[a-z0-9]{4,32}$")] = Field(description="Root id, r-….")
    management: AccountId = Field(description="The management account; holds no data and no workload.")


class Units(Closed):
    """The organisational units below the root."""

    governance: UnitId
    domains: UnitId
    partners: UnitId


class AccountsFile(Closed):
    """Every id of the organisation that the plan needs."""

    organization: Organization = Field(description="The organisation itself.")
    units: Units = Field(description="Organisational units, made by the stack `organization`.")
    governance: AccountId = Field(description="The account of the mesh catalog, the bus and the audit log.")
    domains: dict[Name, AccountId] = Field(default_factory=dict, description="Account ids by domain.")
    partners: dict[Name, AccountId] = Field(default_factory=dict, description="Account ids by partner.")
