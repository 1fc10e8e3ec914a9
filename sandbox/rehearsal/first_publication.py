"""First publication: the tables of the mesh catalog as the contracts have them, made as each domain's publisher.

It is what the publication function does once pipelines have committed, without a draft to check: the live checks ask
who reads what is published. Labels that close come before the table is moved, those that open behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mesh.contracts.catalog import CatalogTable
from mesh.plan import Plan
from mesh.plan.nodes import CatalogEntryArgs
from mesh.plan.nodes.lf_tags import CLOSED, TagAssignment
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.request_origin import coming_from
from sandbox.rehearsal.credentials import session_credentials

if TYPE_CHECKING:
    from sandbox.emulator.clients import RoleSession
    from sandbox.emulator.emulated_organization import EmulatedOrganization

NO_SUCH_ENTITY = "EntityNotFoundException"


def publish(organization: EmulatedOrganization, plan: Plan) -> None:
    """Publishes every table whose database is deployed; raises AwsError where a publisher is refused something."""
    hub, region = plan.perimeter.governance_id, plan.perimeter.region
    with coming_from("network"):
        for domain in plan.domains.values():
            for entry in domain.catalog.values():
                session = organization.acting(hub, session_credentials(entry.publisher, region))
                _Publication(session, region, hub, entry).run()


class _Publication:
    """The publication of one product, as the publisher of its domain."""

    def __init__(self, session: RoleSession, region: str, hub: str, entry: CatalogEntryArgs) -> None:
        self._session, self._region, self._entry = session, region, entry
        self._of_the_database = {"CatalogId": hub, "DatabaseName": entry.database}

    def run(self) -> None:
        if not self._has("get_database", CatalogId=self._of_the_database["CatalogId"], Name=self._entry.database):
            return
        present = [table for table in self._entry.tables if self._has("get_table", Name=table.name)]
        closing = [tag for tag in self._entry.labelling if tag.value == CLOSED]
        columns = {table.name: self._columns(table.name) for table in present}
        for tag in closing:
            self._label(tag, columns.get(tag.table, frozenset()))
        for table in self._entry.tables:
            move = "update_table" if table in present else "create_table"
            self._call("glue", move, **self._of_the_database, TableInput=self._input(table))
        for tag in self._entry.labelling:
            self._label(tag)

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

    def _label(self, tag: TagAssignment, present: frozenset[str] | None = None) -> None:
        """Puts a tag on its columns; on those of them that are there, where these are given."""
        names = [column for column in tag.columns if present is None or column in present]
        if names:
            self._call(
                "lakeformation",
                "add_lf_tags_to_resource",
                CatalogId=self._of_the_database["CatalogId"],
                Resource={"TableWithColumns": {**self._of_the_database, "Name": tag.table, "ColumnNames": names}},
                LFTags=[{"CatalogId": self._of_the_database["CatalogId"], "TagKey": tag.key, "TagValues": [tag.value]}],
            )

    def _columns(self, table: str) -> frozenset[str]:
        stored = self._call("glue", "get_table", **self._of_the_database, Name=table)["Table"]
        described = [*stored.get("StorageDescriptor", {}).get("Columns", ()), *stored.get("PartitionKeys", ())]
        return frozenset(column["Name"] for column in described)

    def _has(self, operation: str, **named: str) -> bool:
        of = named if operation == "get_database" else {**self._of_the_database, **named}
        try:
            self._call("glue", operation, **of)
        except AwsError as error:
            if error.code != NO_SUCH_ENTITY:
                raise
            return False
        return True

    def _call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        return self._session.call(service, self._region, operation, parameters)


def _named(columns: Any) -> list[dict[str, str]]:
    return [{"Name": column.name, "Type": str(column.type)} for column in columns]
