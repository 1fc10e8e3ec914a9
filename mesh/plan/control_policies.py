"""Control policies at each node of the organisation, the mesh's, AWS's and those of others, and the room left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from mesh import quotas
from mesh.model.mesh_file import PoliciesAtNodes, PoliciesOfOthers
from mesh.plan.nodes.organization import OrganizationPolicy

OF_AWS: Final = 1
"""Policies that AWS itself attaches to each node: FullAWSAccess, and for resource control policies RCPFullAWSAccess."""
NODES: Final = tuple(PoliciesAtNodes.model_fields)
UNITS: Final = tuple(node for node in NODES if node != "root")


class PolicyNode(NamedTuple):
    """Number of control policies of one type on the root, a unit or an account, by whose they are, and the quota.

    `type` is `service` or `resource`. `others` are those that `mesh.yaml` says; where it says none, `control_tower` are
    those that AWS Control Tower attaches to a unit that is registered with it.
    """

    type: str
    node: str
    mesh: int
    of_aws: int
    others: int
    control_tower: int
    quota: int

    @property
    def kind(self) -> str:
        """The policies in words."""
        return f"{self.type} control policies"

    @property
    def attached(self) -> int:
        """Policies that are known to be attached."""
        return self.mesh + self.of_aws + self.others

    @property
    def room(self) -> int:
        """Policies that still fit."""
        return self.quota - self.attached - self.control_tower


def policy_nodes(policies: Iterable[OrganizationPolicy], others: PoliciesOfOthers) -> Iterator[PolicyNode]:
    """Every node that has control policies besides AWS's own, service control policies first."""
    every = tuple(policies)
    for kind, table, of_others in (("service", "scp", others.service), ("resource", "rcp", others.resource)):
        ours = Counter(
            target for each in every if each.type == f"{kind.upper()}_CONTROL_POLICY" for target in each.targets
        )
        theirs = {name: number for name, number in of_others if number}
        for node in dict.fromkeys((*ours, *theirs)):
            said = theirs.get(node, 0)
            has_tower = table == "scp" and node in UNITS and not said
            tower = quotas.limit("control_tower", "scps_per_unit") if has_tower else 0
            yield PolicyNode(kind, node, ours[node], OF_AWS, said, tower, quotas.limit(table, "per_root_ou_account"))
