"""Numbers of what a plan makes against AWS's default quotas: what has to be raised before the first deployment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from mesh import quotas
from mesh.plan.footprint import DeployedResource, footprint
from mesh.plan.nodes import Plan

CountedIn = Callable[[DeployedResource], str]
"""Where a quota counts: the organisation, an account, a VPC."""


class QuotaCount(NamedTuple):
    """Number of things in the place that has most of them, and AWS's default quota for such a place."""

    what: str
    place: str
    number: int
    quota: int

    @property
    def share(self) -> float:
        """Share of the default quota that is used."""
        return self.number / self.quota


def _account(resource: DeployedResource) -> str:
    return f"account {resource.access.account_id}"


def _organization(_: DeployedResource) -> str:
    return "the organisation"


def _network(_: DeployedResource) -> str:
    return "the mesh's network"


def _is_gateway(resource: DeployedResource) -> bool:
    """Whether it is an endpoint of S3 or DynamoDB as a route, which has a quota of its own (VPC guide, "Quotas")."""
    return resource.inputs.get("vpcEndpointType") == "Gateway"


ALREADY_THERE: Final = {"aws:organizations/account:Account": 1}
"""Things that count and that no stack makes: the management account."""

COUNTED: Final[tuple[tuple[str, str, CountedIn, tuple[str, str]], ...]] = (
    ("accounts", "aws:organizations/account:Account", _organization, ("org", "accounts_default")),
    ("roles", "aws:iam/role:Role", _account, ("iam", "roles_per_account_default")),
    ("managed policies", "aws:iam/policy:Policy", _account, ("iam", "customer_managed_policies_default")),
    ("buckets", "aws:s3/bucket:Bucket", _account, ("s3", "buckets_per_account_default")),
    ("keys", "aws:kms/key:Key", _account, ("kms", "keys_per_region")),
    ("workgroups", "aws:athena/workgroup:Workgroup", _account, ("athena", "workgroups_per_region_default")),
    ("LF-tags", "aws:lakeformation/lfTag:LfTag", _account, ("lakeformation", "lf_tags_soft")),
    (
        "interface endpoints",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _network,
        ("vpc", "interface_endpoints_per_vpc_default"),
    ),
    ("permission sets", "aws:ssoadmin/permissionSet:PermissionSet", _organization, ("sso", "permission_sets_default")),
    ("StackSets", "aws:cloudformation/stackSet:StackSet", _organization, ("cloudformation", "stack_sets_default")),
)
"""What is counted: its name, its type, its place, and its quota in `mesh/quotas.json`."""


def counts(plan: Plan) -> Iterator[QuotaCount]:
    """The fullest place of each quota, by the resources that stacks make."""
    resources = [*footprint(plan)]
    for what, kind, place, quota in COUNTED:
        by_place = Counter(place(each) for each in resources if each.type == kind and not _is_gateway(each))
        if by_place:
            ((fullest, number),) = by_place.most_common(1)
            yield QuotaCount(what, fullest, number + ALREADY_THERE.get(kind, 0), quotas.limit(*quota))
