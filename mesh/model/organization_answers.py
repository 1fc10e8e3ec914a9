"""Answers on the organisation, of which `mesh accounts` takes ids: the stack's outputs, and two of the AWS CLI."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mesh.model.accounts import OrganizationId, PolicyTypeName, RootId, ServicePrincipal, Units
from mesh.model.base import AccountId, Closed, expected


class OpenAnswer(Closed, extra="ignore"):
    """A part of an answer; it may say more than the mesh asks for."""


class OrganizationOutputs(OpenAnswer):
    """Outputs of the stack `organization`: `pulumi stack output -s organization --json`."""

    organization: OrganizationId = Field(description="Organisation id, o-….")
    root: RootId = Field(description="Root id, r-….")
    management: AccountId = Field(description="The management account.")
    units: Units = Field(description="Ids of the organisational units.")
    accounts: dict[str, AccountId] = Field(
        description="Account ids by name, `governance`, `domain-<domain>` and `partner-<partner>`."
    )

    def of(self, kind: str) -> dict[str, str]:
        """Ids of the accounts of domains, or of partners, by the name of each."""
        prefix = f"{kind}-"
        return {
            name.removeprefix(prefix): account for name, account in self.accounts.items() if name.startswith(prefix)
        }


class TrustedService(OpenAnswer):
    """A service with trusted access."""

    principal: ServicePrincipal = Field(alias="ServicePrincipal", description="Principal of the service.")


class TrustedServices(OpenAnswer):
    """Answer of `aws organizations list-aws-service-access-for-organization`."""

    services: Annotated[tuple[TrustedService, ...], Field(strict=False)] = Field(
        alias="EnabledServicePrincipals", description="Services with trusted access."
    )


class PolicyTypeStatus(OpenAnswer):
    """A policy type of a root, and whether it is on."""

    type: PolicyTypeName = Field(alias="Type", description="Policy type.")
    status: Literal["ENABLED", "PENDING_ENABLE", "PENDING_DISABLE"] = Field(
        alias="Status", description="Whether it is on; AWS lists no type that is off."
    )

    @property
    def stays_on(self) -> bool:
        """Whether it is on, or somebody has just switched it on."""
        return self.status != "PENDING_DISABLE"


RootArn = Annotated[
    str,
    expected(
        r"^arn:aws:organizations::\d{12}:root/o-[a-z0-9]{10,32}/r-[a-z0-9]{4,32}$", "the ARN of an organisation's root"
    ),
]


class OrganizationRoot(OpenAnswer):
    """A root, with its policy types."""

    id: RootId = Field(alias="Id", description="Root id, r-….")
    arn: RootArn = Field(alias="Arn", description="ARN of the root, which names its organisation.")
    policy_types: Annotated[tuple[PolicyTypeStatus, ...], Field(strict=False)] = Field(
        alias="PolicyTypes", description="Policy types of the root."
    )


class OrganizationRoots(OpenAnswer):
    """Answer of `aws organizations list-roots`."""

    roots: Annotated[tuple[OrganizationRoot, ...], Field(strict=False, min_length=1, max_length=1)] = Field(
        alias="Roots", description="The root; an organisation has one."
    )

    @property
    def root(self) -> OrganizationRoot:
        """The root of the organisation."""
        return self.roots[0]
