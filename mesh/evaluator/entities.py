"""Parts of a world: accounts with their control policies, roles, resources and endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from mesh.evaluator.policies import CompiledStatement, Policy
from mesh.evaluator.policy_types import PolicyType

Nodes = tuple[tuple[Policy, ...], ...]
"""Control policies of one kind, a tuple for each node from the root to the account."""


@dataclass(frozen=True)
class Account:
    """An account; `path` are the ids of the nodes above it, from the root to its unit."""

    id: str
    organization: str | None
    path: tuple[str, ...] = ()
    management: bool = False
    service_control: Nodes = ()
    resource_control: Nodes = ()

    def __post_init__(self) -> None:
        _stand(PolicyType.SERVICE_CONTROL, *(policy for node in self.service_control for policy in node))
        _stand(PolicyType.RESOURCE_CONTROL, *(policy for node in self.resource_control for policy in node))

    @cached_property
    def org_path(self) -> str | None:
        """The organisation path of the account, as `aws:PrincipalOrgPaths` has it: `o-1/r-1/ou-1/`."""
        return "/".join((self.organization, *self.path, "")) if self.organization else None

    @cached_property
    def as_owner(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of a request on a resource of the account, as conditions compare them."""
        keys = {"aws:resourceaccount": (self.id,)}
        if self.organization and self.org_path:
            keys |= {"aws:resourceorgid": (self.organization,), "aws:resourceorgpaths": (self.org_path,)}
        return keys

    @cached_property
    def selected(self) -> dict[tuple[str, bool], Selection]:
        """Statements by action, of service control policies (True) or of resource control policies."""
        return {}

    @cached_property
    def opened(self) -> dict[tuple[str, str | None], bool]:
        """Services of which somebody may open an unlisted resource to an account; filled by `openers`."""
        return {}


class Selection(NamedTuple):
    """Statements of control policies that name one action: the Denies of all nodes, the Allows node by node."""

    denies: tuple[tuple[Policy, CompiledStatement], ...]
    allows: tuple[tuple[tuple[Policy, CompiledStatement], ...], ...]


@dataclass(frozen=True)
class Role:
    """A role or a user: its policies, and the trust policy of a role. `session` binds every session of it.

    A role without a trust policy is assumed by nobody. `network` is the VPC in which it works, which a request of it
    comes from that does not say otherwise.
    """

    arn: str
    identity: tuple[Policy, ...] = ()
    trust: Policy | None = None
    boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    service_linked: bool = False
    session: Policy | None = None
    network: str = ""

    def __post_init__(self) -> None:
        _stand(PolicyType.IDENTITY, *self.identity)
        _stand(PolicyType.TRUST, self.trust)
        _stand(PolicyType.BOUNDARY, self.boundary)
        _stand(PolicyType.SESSION, self.session)

    @property
    def account(self) -> str:
        """Id of the account of the role."""
        return self.arn.split(":", 5)[4]


@dataclass(frozen=True)
class Resource:
    """A resource that carries a policy; `keys` are context keys of its own."""

    arn: str
    account: str
    policy: Policy | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def __post_init__(self) -> None:
        repository = self.arn.startswith("arn:aws:ecr:")
        _stand(PolicyType.REPOSITORY if repository else PolicyType.RESOURCE, self.policy)


@dataclass(frozen=True)
class Endpoint:
    """A VPC endpoint: its account, policy and VPC. `id` is as `aws:SourceVpce` has it, `vpc` as `aws:SourceVpc`."""

    id: str
    account: str
    policy: Policy
    vpc: str = ""

    def __post_init__(self) -> None:
        _stand(PolicyType.ENDPOINT, self.policy)


def _stand(type_: PolicyType, *policies: Policy | None) -> None:
    for policy in policies:
        if policy:
            policy.stands_as(type_)
