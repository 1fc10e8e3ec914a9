"""Stand-ins: tables that nothing has published yet, as their contracts have them, while the live checks look.

The publication function publishes drafts as they are: those of Iceberg tables from the first, without a row. It leaves
out one that nobody has written to where the contract asks for rows, and there is nothing to publish of a Parquet table
before its first run; with rows in them it asks Athena whether the primary key is unique, and the emulator executes no
queries. The checks ask who reads
every column of every contract, so such a table stands in the mesh catalog for as long as they last: made and labelled
as the publisher of its domain, with every call decided.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mesh.contracts.catalog import CatalogTable
from mesh.plan import Plan
from mesh.plan.nodes import CatalogEntryArgs
from sandbox.emulator import backends
from sandbox.emulator.request_origin import coming_from
from sandbox.rehearsal.credentials import session_credentials

if TYPE_CHECKING:
    from sandbox.emulator.clients import RoleSession
    from sandbox.emulator.emulated_organization import EmulatedOrganization


@contextmanager
def stand_ins(organization: EmulatedOrganization, plan: Plan) -> Generator[int]:
    """Inside, no table of a deployed database is missing; the number of those that stand in.

    Raises AwsError where a publisher is refused something.
    """
    made: list[tuple[str, str]] = []
    hub, region = plan.perimeter.governance_id, plan.perimeter.region
    try:
        for entry, missing in _missing(plan):
            session = organization.acting(hub, session_credentials(entry.publisher, region))
            stand_in = _StandIn(session, region, hub, entry)
            for table in missing:
                made.append((entry.database, table.name))
                with coming_from("network"):
                    stand_in.make(table)
        yield len(made)
    finally:
        for database, table in made:
            backends.forget_table(hub, region, database, table)


def _missing(plan: Plan) -> Iterator[tuple[CatalogEntryArgs, list[CatalogTable]]]:
    stored = backends.databases(plan.perimeter.governance_id, plan.perimeter.region)
    for domain in plan.domains.values():
        for entry in domain.catalog.values():
            database = stored.get(entry.database)
            if database is not None:
                yield entry, [table for table in entry.tables if table.name not in database.tables]


class _StandIn:
    """Stand-ins of one product, made as the publisher of its domain."""

    def __init__(self, session: RoleSession, region: str, hub: str, entry: CatalogEntryArgs) -> None:
        self._session, self._region, self._entry = session, region, entry
        self._of_the_database = {"CatalogId": hub, "DatabaseName": entry.database}

    def make(self, table: CatalogTable) -> None:
        """Make a table, which is closed until its columns have the labels that open them."""
        self._call("glue", "create_table", **self._of_the_database, TableInput=self._input(table))
        catalog = self._of_the_database["CatalogId"]
        for tag in self._entry.labelling:
            if tag.table == table.name:
                columns = {**self._of_the_database, "Name": tag.table, "ColumnNames": list(tag.columns)}
                self._call(
                    "lakeformation",
                    "add_lf_tags_to_resource",
                    CatalogId=catalog,
                    Resource={"TableWithColumns": columns},
                    LFTags=[{"CatalogId": catalog, "TagKey": tag.key, "TagValues": [tag.value]}],
                )

    def _input(self, table: CatalogTable) -> dict[str, Any]:
        is_iceberg = table.format == "iceberg"
        columns, keys = (table.every_column, ()) if is_iceberg else (table.columns, table.partitions)
        location = f"s3://{self._entry.location}/{table.name}/"
        first = {"table_type": "ICEBERG", "metadata_location": f"{location}metadata/00000-first.metadata.json"}
        return {
            "Name": table.name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": first if is_iceberg else {"classification": "parquet"},
            "StorageDescriptor": {"Location": location, "Columns": _named(columns)},
            "PartitionKeys": _named(keys),
        }

    def _call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        return self._session.call(service, self._region, operation, parameters)


def _named(columns: Any) -> list[dict[str, str]]:
    return [{"Name": column.name, "Type": str(column.type)} for column in columns]
