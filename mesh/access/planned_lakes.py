"""Plan -> Lake Formation of every account: databases with their labels, grants, and places of tables.

It is what is there once everything is published: tables of the mesh catalog, with the labels of their columns, are made
at publication as the contracts have them.
"""

from __future__ import annotations

from mesh import names
from mesh.access.lake import Lake, LakeDatabase, Lakes, LakeTable, Location, LocationGrant
from mesh.plan import Plan
from mesh.plan.nodes import CatalogEntryArgs, DomainPlan, DraftTablesArgs


def lakes(plan: Plan) -> Lakes:
    """Lake Formation of the governance account and of every domain."""
    hub = plan.perimeter.governance_id
    entries = [entry for domain in plan.domains.values() for entry in domain.catalog.values()]
    settings, registered = plan.governance.catalog, plan.governance.registered.values()
    central = Lake(
        account=hub,
        administrators=settings.administrators,
        open_by_default=False,
        databases={entry.database: _database(entry) for entry in entries},
        grants=(*settings.grants, *(entry.grant for entry in entries)),
        locations=tuple(Location(arn=each.arn, role=each.role) for each in registered),
        location_grants=tuple(LocationGrant(principal=each.publisher, arn=each.arn) for each in registered),
    )
    return Lakes([central, *(_consumer(domain) for domain in plan.domains.values())])


def _consumer(domain: DomainPlan) -> Lake:
    readers = (*domain.clearances.values(), *domain.pipelines.values())
    grants = [grant for reader in readers for grant in reader.grants]
    return Lake(
        account=domain.access.account_id,
        administrators=(domain.deciding.deploy_role,),
        open_by_default=False,
        databases={draft.database: _drafts(domain, draft) for draft in domain.drafts.values()},
        grants=(
            *grants,
            domain.default.grant,
            *(link.grant for link in domain.links.values()),
            *(draft.grant for draft in domain.draft_databases.values()),
        ),
    )


def _database(entry: CatalogEntryArgs) -> LakeDatabase:
    return LakeDatabase(
        creator=names.deploy_role(entry.perimeter.governance_id),
        labels={tag.key: tag.value for tag in entry.closing},
        location=f"arn:aws:s3:::{entry.location}/",
        tables={
            table.name: LakeTable(
                location=f"arn:aws:s3:::{entry.location}/{table.name}/",
                columns=tuple(column.name for column in table.every_column),
                creator=entry.publisher,
                column_labels=_column_labels(entry, table.name),
            )
            for table in entry.tables
        },
    )


def _drafts(domain: DomainPlan, draft: DraftTablesArgs) -> LakeDatabase:
    return LakeDatabase(
        creator=domain.deciding.deploy_role,
        labels={},
        tables={
            table.name: LakeTable(
                location=f"arn:aws:s3:::{draft.location}/{table.name}/",
                columns=tuple(column.name for column in table.every_column),
                creator=domain.access.deploy_role,
                open_by_default=True,
            )
            for table in draft.tables
        },
    )


def _column_labels(entry: CatalogEntryArgs, table: str) -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = {}
    for tag in entry.labelling:
        if tag.table == table:
            for column in tag.columns:
                labels.setdefault(column, {})[tag.key] = tag.value
    return labels
