"""Actions that handlers of the emulator call by themselves, by the type of the resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from mesh.aws.plugin_types import AskedAction
from sandbox.emulator import plugin_calls
from sandbox.emulator.aws.resource import Call

TAGS_OF_THE_NETWORK = "ec2:DescribeTags"
ONLY_HERE: dict[str, set[str]] = {
    **{
        f"aws:ec2/{kind}": {TAGS_OF_THE_NETWORK}
        for kind in (
            *("defaultNetworkAcl:DefaultNetworkAcl", "defaultSecurityGroup:DefaultSecurityGroup"),
            *("networkAcl:NetworkAcl", "routeTable:RouteTable", "securityGroup:SecurityGroup"),
            *("subnet:Subnet", "vpc:Vpc", "vpcEndpoint:VpcEndpoint"),
        )
    },
    "aws:cloudformation/stackInstances:StackInstances": {
        "cloudformation:DescribeStackSet",
        "organizations:ListAccountsForParent",
    },
    "aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount": {
        "organizations:DescribeAccount"
    },
    "aws:cloudtrail/trail:Trail": {"cloudtrail:GetTrail"},
    "aws:glue/catalogTable:CatalogTable": {"kms:Decrypt", "kms:GenerateDataKey"},
    "aws:iam/organizationsFeatures:OrganizationsFeatures": {"organizations:DescribeOrganization"},
    "aws:organizations/account:Account": {"organizations:ListAccounts"},
    "aws:organizations/organizationalUnit:OrganizationalUnit": {"organizations:ListOrganizationalUnitsForParent"},
}
"""Actions that a handler calls and the plugin does not (terraform-provider-aws, `internal/service`, none of them in the
files that the table names): tags of a network come with what is read of it, the others are how a handler finds what
moto does not give by its id, or checks what is only recorded. The key of the bucket into
which Glue writes a table's metadata is in no input of the table; the gate decides its use all the same."""


def called_by_type(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """What is decided on its way to moto, from now on."""
    called: dict[str, set[str]] = {}
    after, count = plugin_calls.after, plugin_calls.count

    def keep(call: Call, made: Sequence[AskedAction]) -> None:
        called.setdefault(call.resource.token, set()).update(each.action for each in made)

    def kept_after(call: Call, steps: Any, made: Sequence[AskedAction], found: Mapping[str, Any] = {}) -> None:
        keep(call, made)
        after(call, steps, made, found)

    def kept_count(call: Call, step: Any, made: Sequence[AskedAction]) -> None:
        keep(call, made)
        count(call, step, made)

    monkeypatch.setattr(plugin_calls, "after", kept_after)
    monkeypatch.setattr(plugin_calls, "count", kept_count)
    return called
