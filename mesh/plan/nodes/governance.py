"""Nodes of the stack `governance`: catalog, trail, bus, network, break-glass, and the domains' roles there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mesh import names
from mesh.iam import break_glass
from mesh.iam.audit import audit_bucket_policy
from mesh.iam.bus import bus_policy
from mesh.iam.mesh_catalog import catalog_policy
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.location import location_permissions, location_trust
from mesh.iam.roles.publication import publication_permissions, publication_trust
from mesh.iam.roles.publisher import publisher_permissions, publisher_trust
from mesh.iam.statement import Document
from mesh.plan.nodes.account import AccountBaselineArgs
from mesh.plan.nodes.account_access import AccountAccess
from mesh.plan.nodes.clearance import Clearance
from mesh.plan.nodes.continuous_integration import CiRoleArgs
from mesh.plan.nodes.domain import CatalogEntryArgs
from mesh.plan.nodes.grants import Grant, Label, on_databases, on_tables
from mesh.plan.nodes.network import NetworkArgs
from mesh.plan.nodes.publication import PublicationArgs
from mesh.plan.nodes.roles import RoleDocuments


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshCatalogArgs:
    """The one catalog: Lake Formation's settings, LF-tags, the hub's grants, and the publishers it lets in.

    `direct` are account ids of domains, by name, to whose roles the hub grants itself; without any, it grants to the
    domains unit, and each account passes that on. `machines` are, in that case, the roles of pipelines that read
    tables, each with its clearance, by `<domain>.<product>`.
    """

    perimeter: Perimeter
    classifications: Mapping[str, str]
    clearances: tuple[Clearance, ...]
    publishers: tuple[str, ...]
    direct: Mapping[str, str] = field(default_factory=dict[str, str])
    machines: Mapping[str, tuple[str, Clearance]] = field(default_factory=dict[str, tuple[str, Clearance]])

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Grants to the domains, never to partners, of the databases and of each clearance; then the publishers'.

        A publisher may put labels on what it made; in which database it makes tables, the entries grant.
        """
        hub, grants = self.perimeter.governance_id, self._to_roles() if self.direct else self._to_domains()
        for publisher in self.publishers:
            name = publisher.rpartition("/")[2]
            grants += [
                Grant(
                    name=f"{name}-labels-{key}",
                    principal=publisher,
                    permissions=("ASSOCIATE", "DESCRIBE"),
                    on=Label(catalog=hub, key=key),
                )
                for key in self.classifications
            ]
        return tuple(grants)

    def _to_domains(self) -> list[Grant]:
        hub, unit = self.perimeter.governance_id, self.perimeter.domains_unit_arn
        # One for all clearances: two resources of one grant would be revoked with the first of them.
        every = on_databases("every", unit, hub, sorted(self.classifications), grantable=True)
        return [every, *(on_tables(c.name, unit, hub, c.expression, grantable=True) for c in self.clearances)]

    def _to_roles(self) -> list[Grant]:
        hub, grants = self.perimeter.governance_id, list[Grant]()
        for domain, account_id in self.direct.items():
            for clearance in self.clearances:
                role = names.clearance_role(account_id, clearance.name)
                name = f"{domain}-{clearance.name}"
                grants.append(on_databases(name, role, hub, sorted(self.classifications)))
                grants.append(on_tables(name, role, hub, clearance.expression))
        for name, (role, clearance) in self.machines.items():
            grants.append(on_databases(f"pipeline-{name}", role, hub, clearance.classifications))
            grants.append(on_tables(f"pipeline-{name}", role, hub, clearance.expression))
        return grants

    @property
    def administrators(self) -> tuple[str, ...]:
        """ARNs of the Lake Formation administrators: the deployment, nobody else."""
        return (names.deploy_role(self.perimeter.governance_id),)

    @property
    def catalog_policy(self) -> Document:
        """Resource policy of the catalog."""
        return catalog_policy(self.perimeter)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredLocationArgs:
    """The place of a product's tables, registered with Lake Formation; its domain's publisher may point tables there.

    An administrator of the lake has data location permissions everywhere (Lake Formation Developer Guide, "Implicit
    Lake Formation permissions"): with these the stack makes the database there.
    """

    perimeter: Perimeter
    domain: str
    bucket: str
    deletion_protection: bool = True

    @property
    def arn(self) -> str:
        """ARN of the place: tables only, never the files port."""
        return f"arn:aws:s3:::{names.tables_of(self.bucket)}"

    @property
    def role(self) -> str:
        """ARN of the role with which Lake Formation reads there."""
        return names.location_role(self.perimeter.governance_id, self.domain)

    @property
    def publisher(self) -> str:
        """ARN of the one role that may make a table there (DATA_LOCATION_ACCESS), besides the lake's administrator."""
        return names.publisher_role(self.perimeter.governance_id, self.domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrailArgs:
    """The organisation's trail and the bucket that keeps it; `retention` in days."""

    perimeter: Perimeter
    bucket: str
    retention: int
    deletion_protection: bool = True

    @property
    def bucket_policy(self) -> Document:
        """Resource policy of the audit bucket."""
        return audit_bucket_policy(self.perimeter, self.bucket)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshBusArgs:
    """The event bus of the mesh, for events of products."""

    perimeter: Perimeter

    @property
    def policy(self) -> Document:
        """Resource policy of the bus."""
        return bus_policy(self.perimeter)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRoleArgs:
    """The roles of a domain in the governance account: one reads its buckets for Lake Formation, one publishes."""

    perimeter: Perimeter
    domain: str
    domain_id: str

    @property
    def trust(self) -> Document:
        """Trust policy of the location role."""
        return location_trust(self.perimeter.governance_id)

    @property
    def permissions(self) -> Document:
        """Permissions of the location role."""
        return location_permissions(self.perimeter, self.domain, self.domain_id)

    @property
    def publisher(self) -> RoleDocuments:
        """Documents of the publisher role."""
        return RoleDocuments(
            trust=publisher_trust(self.perimeter.governance_id),
            permissions=publisher_permissions(self.perimeter, self.domain),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationRoleArgs:
    """The role of the publication function."""

    perimeter: Perimeter

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.publication_role(self.perimeter.governance_id)

    @property
    def trust(self) -> Document:
        """Trust policy of the role: Lambda assumes it."""
        return publication_trust(self.perimeter.governance_id)

    @property
    def permissions(self) -> Document:
        """Permissions of the role."""
        return publication_permissions(self.perimeter)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassArgs:
    """The alarm that tells the security contact when somebody assumes the break-glass role.

    The role itself comes with the template of `mesh bootstrap`, before governance is deployed.
    """

    perimeter: Perimeter

    @property
    def pattern(self) -> dict[str, Any]:
        """Pattern of the events that set the alarm off."""
        return break_glass.pattern(self.perimeter)

    @property
    def pattern_text(self) -> str:
        """The pattern as EventBridge takes it."""
        return json.dumps(self.pattern, separators=(",", ":"))

    @property
    def topic_policy(self) -> Document:
        """Resource policy of the topic."""
        return break_glass.topic_policy(self.perimeter)


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernancePlan:
    """The stack `governance`; `locations` by domain, `registered` and `entries` by `<domain>.<product>`.

    `ci` are the CI roles of domains by `stack`; the others come by `mesh bootstrap`.
    """

    access: AccountAccess
    account: AccountBaselineArgs
    catalog: MeshCatalogArgs
    audit: AuditTrailArgs
    bus: MeshBusArgs
    break_glass: BreakGlassArgs
    network: NetworkArgs
    locations: Mapping[str, LocationRoleArgs]
    registered: Mapping[str, RegisteredLocationArgs]
    entries: Mapping[str, CatalogEntryArgs]
    publication: PublicationArgs
    ci: Mapping[str, CiRoleArgs]

    @property
    def publication_role(self) -> PublicationRoleArgs:
        """The role of the publication function."""
        return PublicationRoleArgs(perimeter=self.account.perimeter)
