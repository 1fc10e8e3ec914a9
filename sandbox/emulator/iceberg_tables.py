"""Iceberg tables of the emulated Glue, which keeps a schema and a pointer of theirs, as Glue does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any


def iceberg_tables() -> Iterator[tuple[Any, str, Any]]:
    """Describe an Iceberg table with the columns of its schema, as Glue does: moto keeps and updates no schema.

    Glue writes a metadata file for a table that it creates or changes itself, and points the table at it. Either comes
    without a `TableInput`, which moto cannot do without.
    """
    yield from _tables()
    yield from _requests()


def _tables() -> Iterator[tuple[Any, str, Any]]:
    from moto.glue.models import FakeTable

    init, as_dict = FakeTable.__init__, FakeTable.as_dict

    def start(table: Any, *args: Any, **values: Any) -> None:
        init(table, *args, **values)
        open_format: dict[str, Any] = values.get("open_table_format_input") or {}
        iceberg: dict[str, Any] = open_format.get("IcebergInput") or {}
        table.iceberg = iceberg.get("CreateIcebergTableInput")
        if table.iceberg:
            _point_anew(table)

    def described(table: Any, version: str | None = None) -> dict[str, Any]:
        description: dict[str, Any] = as_dict(table, version)
        if table.iceberg:
            fields = table.iceberg["Schema"]["Fields"]
            columns = [{"Name": field["Name"], "Type": _plain_type(field["Type"])} for field in fields]
            storage = {"Columns": columns, "Location": table.iceberg["Location"]}
            description.setdefault("StorageDescriptor", storage)
        return description

    yield FakeTable, "__init__", start
    yield FakeTable, "as_dict", described


def _requests() -> Iterator[tuple[Any, str, Any]]:
    from moto.glue.responses import GlueResponse

    create, update = GlueResponse.create_table, GlueResponse.update_table

    def create_table(response: Any) -> Any:
        said: dict[str, Any] = response.parameters
        if "TableInput" not in said:
            response.body = json.dumps({**said, "TableInput": {"Name": said.get("Name")}})
        return create(response)

    def update_table(response: Any) -> Any:
        said: dict[str, Any] = response.parameters
        name = said.get("Name") or said["TableInput"]["Name"]
        table = response.glue_backend.get_table(said["DatabaseName"], name)
        if "TableInput" not in said:
            response.body = json.dumps({**said, "TableInput": {**_current(table), "Name": name}})
        answer = update(response)
        for change in _iceberg_changes(said):
            schema: dict[str, Any] = table.iceberg or {}
            table.iceberg = {**schema, **change}
            _point_anew(table)
        return answer

    yield GlueResponse, "create_table", create_table
    yield GlueResponse, "update_table", update_table


def _iceberg_changes(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The changes of an Iceberg table that an UpdateTable asks Glue to commit."""
    outer: Mapping[str, Any] = said.get("UpdateOpenTableFormatInput") or {}
    inner: Mapping[str, Any] = outer.get("UpdateIcebergInput") or {}
    table_input: Mapping[str, Any] = inner.get("UpdateIcebergTableInput") or {}
    return list(table_input.get("Updates") or ())


def _current(table: Any) -> dict[str, Any]:
    return table.get_version(str(table._current_version))


def _point_anew(table: Any) -> None:
    """Point a table at the metadata file that Glue has just written; its name is the same in every run."""
    version = _current(table)
    number = int(table._current_version) - 1
    unique = hashlib.sha256(f"{table.database_name}|{table.name}|{number}".encode()).hexdigest()[:8]
    location = f"{table.iceberg['Location'].rstrip('/')}/metadata/{number:05}-{unique}.metadata.json"
    version["Parameters"] = {
        **(version.get("Parameters") or {}),
        "table_type": "ICEBERG",
        "metadata_location": location,
    }


def _plain_type(iceberg_type: Any) -> str:
    """The type of an Iceberg field as text; a primitive one arrives as JSON text in quotes."""
    return iceberg_type.strip('"') if isinstance(iceberg_type, str) else json.dumps(iceberg_type)
