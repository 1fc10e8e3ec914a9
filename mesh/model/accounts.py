"""`accounts.yaml`: the ids that AWS gave; written by `mesh accounts`, reviewed like a lock file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mesh.model.base import AccountId, Closed, Given, Name, expected

UnitId = Annotated[
    str, expected(r"^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$", "the id of an organisational unit, such as ou-ab12-cd34ef56")
]
OrganizationId = Annotated[str, expected(r"^o-[a-z0-9]{10,32}$", "the id of an organisation, such as o-ab12cd34ef")]
RootId = Annotated[str, expected(r"^r-[a-z0-9]{4,32}$", "the id of an organisation's root, such as r-ab12")]


InstanceArn = Annotated[
    str,
    expected(
        r"^arn:aws:sso:::instance/ssoins-[a-f0-9]{16}$",
        "the ARN of an instance of IAM Identity Center, such as arn:aws:sso:::instance/ssoins-1234567890abcdef",
    ),
]
GroupId = Annotated[
    str,
    expected(
        r"^([0-9a-f]{10}-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        "the id of a group of IAM Identity Center, such as 1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]


KeyId = Annotated[
    str,
    expected(
        r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        "the id of a KMS key, such as 1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]

SubnetId = Annotated[str, expected(r"^subnet-[0-9a-f]{8,17}$", "the id of a subnet, such as subnet-0a1b2c3d4e5f60718")]

NetworkId = Annotated[str, expected(r"^vpc-[0-9a-f]{8,17}$", "the id of a VPC, such as vpc-0a1b2c3d4e5f60718")]


ServicePrincipal = Annotated[
    str, expected(r"^([a-z0-9-]+\.)+amazonaws\.com$", "the principal of a service, such as config.amazonaws.com")
]
PolicyTypeName = Annotated[
    str, expected(r"^[A-Z0-9]+(_[A-Z0-9]+)*$", "a policy type of AWS Organizations, such as TAG_POLICY")
]


class OrganizationRecord(Closed):
    """The AWS organisation; patterns as in the AWS Organizations API reference."""

    id: OrganizationId = Field(description="Organisation id, o-….")
    root: RootId = Field(description="Root id, r-….")
    management: AccountId = Field(description="The management account; holds no data and no workload.")
    services: Annotated[tuple[ServicePrincipal, ...], Field(strict=False)] = Field(
        default=(), description="Services with trusted access in an organisation that was there before; they keep it."
    )
    policy_types: Annotated[tuple[PolicyTypeName, ...], Field(strict=False)] = Field(
        default=(), description="Policy types that are on in an organisation that was there before; they stay on."
    )


class Units(Closed):
    """The organisational units below the root."""

    governance: UnitId = Field(description="Unit of the governance account, ou-….")
    domains: UnitId = Field(description="Unit of the domain accounts, ou-….")
    partners: UnitId = Field(description="Unit of the partner accounts, ou-….")


class IdentityCenter(Closed):
    """IAM Identity Center, where people sign in: its instance and its groups (Identity Store API, GroupId)."""

    instance: InstanceArn = Field(description="ARN of the instance, arn:aws:sso:::instance/ssoins-….")
    groups: dict[Name, GroupId] = Field(default_factory=dict, description="Ids of groups by name.")


class AccountsFile(Closed):
    """Every id of the organisation that the plan needs; a new mesh knows its organisation only."""

    organization: OrganizationRecord = Field(description="The organisation itself.")
    units: Annotated[Units | None, Given] = Field(
        default=None, description="Organisational units, made by the stack `organization`."
    )
    governance: Annotated[AccountId | None, Given] = Field(
        default=None, description="The account of the mesh catalog, the bus and the audit log."
    )
    network: Annotated[NetworkId | None, Given] = Field(
        default=None,
        description="The mesh's private network, made by the stack `governance`: `vpc` of its output `network`.",
    )
    subnets: dict[Name, SubnetId] = Field(
        default_factory=dict,
        description="The network's subnets by zone, made by the stack `governance`: `subnets` of its output `network`; "
        "jobs of domains join the first.",
    )
    domains: dict[Name, AccountId] = Field(default_factory=dict, description="Account ids by domain.")
    partners: dict[Name, AccountId] = Field(default_factory=dict, description="Account ids by partner.")
    inbox_keys: dict[Name, KeyId] = Field(
        default_factory=dict,
        description="Ids of the keys of partners' inboxes, each an output `inbox_key` of the stack `partner-<p>`; "
        "where there is none, replication names the key by its alias.",
    )
    identity_center: Annotated[IdentityCenter | None, Given] = Field(
        default=None, description="IAM Identity Center, through which people get to the roles of their clearances."
    )
