"""A table of pyiceberg, on local files, whose schemas are those that the catalog entry of a contract has."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyiceberg.catalog.memory import InMemoryCatalog
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.schema import Schema, index_by_id
from pyiceberg.table.update import AddSchemaUpdate, SetCurrentSchemaUpdate

from components.draft_tables import iceberg
from mesh.contracts import catalog, elements
from mesh.model import Lock
from tests.mesh.contracts.lock_cases import WORDS

Row = dict[str, Any]


def entry(table: dict[str, Any], lock: Lock) -> Any:
    """Glue's input of the one table of a contract."""
    (made,) = catalog.tables(elements.read({"schema": [table]}), WORDS, lock)
    return iceberg(made, "s3://berths/")


def schema(written: Any) -> Schema:
    """The schema of Glue's input, as Iceberg has it."""
    said = written["schema"]
    fields = [{**one, "type": json.loads(one["type"])} for one in said["fields"]]
    document = {"type": "struct", "schema-id": said["schema_id"], "fields": fields}
    return Schema.model_validate({**document, "identifier-field-ids": said.get("identifier_field_ids", [])})


def said(of: Schema) -> dict[int, tuple[str | None, str, bool]]:
    """Path, type and need of each field, whatever their order."""
    every = index_by_id(of).items()
    return {
        number: (
            of.find_column_name(number),
            str(one.field_type) if one.field_type.is_primitive else type(one.field_type).__name__,
            one.required,
        )
        for number, one in every
    }


class IcebergTable:
    """A table that is written with one schema after the other, and read with the last."""

    def __init__(self, folder: Path, first: Schema) -> None:
        folder.mkdir(exist_ok=True)
        self.number = first.schema_id
        self.catalog = InMemoryCatalog("test", warehouse=folder.as_uri())
        self.catalog.create_namespace("test")
        name = uuid.uuid4().hex
        metadata = {
            "format-version": 2,
            "table-uuid": str(uuid.uuid4()),
            "location": (folder / name).as_uri(),
            "last-sequence-number": 0,
            "last-updated-ms": 0,
            "last-column-id": first.highest_field_id,
            "schemas": [first.model_dump(by_alias=True)],
            "current-schema-id": first.schema_id,
            "partition-specs": [{"spec-id": 0, "fields": []}],
            "default-spec-id": 0,
            "last-partition-id": 999,
            "sort-orders": [{"order-id": 0, "fields": []}],
            "default-sort-order-id": 0,
        }
        file = folder / f"{name}.metadata.json"
        file.write_text(json.dumps(metadata), "utf-8")
        # A table that is made through a catalog gets ids of the catalog's own; one that is registered keeps its own.
        self.table = self.catalog.register_table(("test", name), file.as_uri())

    def evolve(self, following: Schema) -> None:
        """Makes a schema the current one, with the ids that it has; its number grows, unless only the order is new."""
        now = self.table.schema()
        assert following.schema_id == self.number + (said(following) != said(now))
        self.number = following.schema_id
        if following.as_struct() != now.as_struct():
            numbered = following.model_copy(update={"schema_id": now.schema_id + 1})
            updates = (AddSchemaUpdate(schema=numbered), SetCurrentSchemaUpdate(schema_id=-1))
            self.catalog.commit_table(self.table, (), updates)
            self.table.refresh()
        assert self.table.schema().as_struct() == following.as_struct()

    def write(self, rows: list[Row]) -> None:
        """Appends rows with the current schema."""
        self.table.append(pa.Table.from_pylist(rows, schema=schema_to_pyarrow(self.table.schema())))

    def read(self) -> list[Row]:
        """All rows, in the current schema."""
        return self.table.scan().to_arrow().to_pylist()
