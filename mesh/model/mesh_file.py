"""`mesh.yaml`: name and region of the mesh, classifications, and defaults."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from mesh.model.addresses import AddressRanges
from mesh.model.base import Closed, Days, Email, Given, Name, Names, Owner, Text, expected
from mesh.model.continuous_integration import ContinuousIntegration

Budget = Annotated[int, Field(ge=1, le=10_000_000)]
Prefix = Annotated[
    str,
    expected(r"^[a-z][a-z0-9]*$", "2 to 12 lower-case letters and digits, a letter first, such as aurora"),
    StringConstraints(min_length=2, max_length=12),
]
Region = Annotated[str, expected(r"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", "an AWS region, such as eu-west-1")]
FEWEST_ZONES: Final = 2
"""Availability zones of the network, at the least: what stands in one goes with it."""
MOST_ZONES: Final = 8
"""Availability zones of the network, at the most: each has an eighth of the addresses."""
Zone = Annotated[
    str,
    expected(
        r"^([a-z]{2,4}(-[a-z]+)+-[0-9]{1,2})?[a-z]$",
        "an availability zone: its letter, such as a, or its whole name, such as eu-west-1a",
    ),
]
LabelWord = Annotated[str, expected(r"^[^,\s]([^,]*[^,\s])?$", "a word without commas, such as confidential")]
AccountEmail = Annotated[
    str,
    expected(
        r"^[^@\s{}]*\{account\}[^@\s{}]*@[^@\s{}]+\.[^@\s.{}]+$",
        "an e-mail address with {account}, in braces, once before the '@', such as aws+{account}@aurora.example",
    ),
]


NumberOfPolicies = Annotated[int, Field(ge=0, le=10)]


class PoliciesAtNodes(Closed):
    """Numbers of policies that are attached to the root or a unit, and are neither the mesh's nor FullAWSAccess."""

    root: NumberOfPolicies = Field(default=0, description="At the root.")
    governance: NumberOfPolicies = Field(default=0, description="At the unit of the governance account.")
    domains: NumberOfPolicies = Field(default=0, description="At the unit of the domains.")
    partners: NumberOfPolicies = Field(default=0, description="At the unit of the partners.")


class PoliciesOfOthers(Closed):
    """Control policies of others, such as AWS Control Tower; they count against the quotas of each node."""

    service: PoliciesAtNodes = Field(default=PoliciesAtNodes(), description="Service control policies.")
    resource: PoliciesAtNodes = Field(default=PoliciesAtNodes(), description="Resource control policies.")


class Defaults(Closed):
    """Defaults of every domain and product that does not say otherwise."""

    retention: Days = Field(
        default=400, description="How long a product's old data and old versions are kept.", validate_default=False
    )
    budget: Budget = Field(default=1000, description="US dollars a month and account; the owner is told at 80 % of it.")
    deletion_protection: bool = Field(
        default=True, description="Whether a product's data survives its removal from the YAML."
    )
    log_retention: Days = Field(default=400, description="How long access logs are kept.", validate_default=False)
    audit_retention: Days = Field(
        default=2557, description="How long the audit trail cannot be deleted.", validate_default=False
    )
    results_retention: Days = Field(default=14, description="How long query results are kept.", validate_default=False)
    publication_lag: Days = Field(
        default=14,
        description="How long a draft may be ahead of what is published of it, before somebody has to act.",
        validate_default=False,
    )
    snapshots: Days = Field(
        default=30,
        description="How long an Iceberg table keeps snapshots and what no snapshot names; longer than a publication "
        "may lag.",
        validate_default=False,
    )
    agreement_notice: Days = Field(
        default=14, description="How long before its expiry an agreement is reported.", validate_default=False
    )
    break_notice: Days = Field(
        default=30,
        description="How far ahead the end of what a product promises is announced, at the least.",
        validate_default=False,
    )


class MeshFile(Closed):
    """The mesh as a whole; platform engineers own this file."""

    name: Prefix = Field(description="Prefix of all buckets; never change it once deployed.")
    description: Text = Field(description="What the mesh is, in a sentence.")
    region: Region = Field(description="The AWS region in which all data stays.")
    zones: Annotated[tuple[Zone, ...] | None, Field(strict=False), Given] = Field(
        default=None,
        description="Availability zones of the private network, two or more, each by its letter or whole name; without "
        "a list two that every account has. Never reorder it once deployed: subnets go by it.",
    )
    owner: Owner = Field(description="The platform team.")
    account_email: AccountEmail = Field(
        description="Pattern of the root e-mail of new accounts; {account} stands for the account's name."
    )
    security_contact: Email = Field(description="Who is told of break-glass use and of denied access.")
    people_addresses: AddressRanges = Field(
        default=(),
        description="Public addresses from which people work; from any other, their roles are refused. Without a list "
        "they work from anywhere.",
    )
    auditors: Names = Field(
        default=(),
        description="Groups in IAM Identity Center that look at policies, settings and the trail in every domain's "
        "account, and at no data.",
    )
    policies_of_others: PoliciesOfOthers = Field(
        default=PoliciesOfOthers(),
        description="Control policies that others, such as AWS Control Tower, attach where the mesh attaches its own.",
    )
    ci: Annotated[ContinuousIntegration | None, Given] = Field(
        default=None,
        description="Where continuous integration signs in from. Without it there are no CI roles, and people deploy "
        "by break-glass only.",
    )
    classifications: dict[Name, Text] = Field(
        description="What data can be, with a sentence for those who label columns.", min_length=1, max_length=50
    )
    granted_by: Literal["domains", "hub"] = Field(
        default="domains",
        description="Who grants a clearance to its roles: every domain's account passes on what the hub granted it, or "
        "the hub grants to each role itself, where AWS does not let an account see what it passed on.",
    )
    review_horizon: Days = Field(
        default=400,
        description="How far ahead the review of who holds a clearance may lie, from the day of the run.",
        validate_default=False,
    )
    no_label: Annotated[tuple[LabelWord, ...], Field(strict=False)] = Field(
        default=(), description="Words of contracts that mean no label, such as public and internal."
    )
    classification_aliases: dict[LabelWord, Names] = Field(
        default={}, description="Words of contracts that stand for one or more classifications."
    )
    defaults: Defaults = Field(default=Defaults(), description="What holds where nothing else is said.")
