"""Iceberg tables of the emulated Glue: metadata files, as Glue writes them, and updates held to a version.

Glue writes a metadata file for a table that it creates or changes itself, and points the table at it. Either comes
without a `TableInput`, which moto cannot do without. Whoever commits replaces the whole `TableInput`, as on AWS.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sandbox.emulator import backends
from sandbox.emulator.iceberg_metadata import changed_metadata, described_columns, first_metadata

_ICEBERG_PARAMETERS: Final = ("table_type", "metadata_location", "previous_metadata_location")


class IcebergChange(NamedTuple):
    """Metadata that a request asks Glue to write: of a new table, or the changes of one, at its location."""

    location: str
    created: Mapping[str, Any]
    updates: tuple[Mapping[str, Any], ...]


def iceberg_change(said: Mapping[str, Any]) -> IcebergChange | None:
    """The metadata that a CreateTable or UpdateTable asks Glue to write; None where it asks for none."""
    opened: Mapping[str, Any] = said.get("OpenTableFormatInput") or {}
    iceberg: Mapping[str, Any] = opened.get("IcebergInput") or {}
    if created := iceberg.get("CreateIcebergTableInput"):
        return IcebergChange(created["Location"], created, ())
    outer: Mapping[str, Any] = said.get("UpdateOpenTableFormatInput") or {}
    inner: Mapping[str, Any] = outer.get("UpdateIcebergInput") or {}
    listed: Mapping[str, Any] = inner.get("UpdateIcebergTableInput") or {}
    updates: tuple[Mapping[str, Any], ...] = tuple(listed.get("Updates") or ())
    return IcebergChange(updates[-1]["Location"], {}, updates) if updates else None


def iceberg_tables() -> Iterator[tuple[Any, str, Any]]:
    """Replacements in moto's Glue, for CreateTable and UpdateTable."""
    from moto.glue.models import FakeTable
    from moto.glue.responses import GlueResponse

    create = GlueResponse.create_table

    def create_table(response: Any) -> Any:
        said: dict[str, Any] = response.parameters
        if "TableInput" not in said:
            response.body = json.dumps({**said, "TableInput": {"Name": said.get("Name")}})
        change = iceberg_change(said)
        if change:
            _require_bucket(change.location)
        answer = create(response)
        if change:
            name = said.get("Name") or said["TableInput"]["Name"]
            _start(response.glue_backend.get_table(said["DatabaseName"], name), change.created)
        return answer

    yield GlueResponse, "create_table", create_table
    yield GlueResponse, "update_table", _updates(GlueResponse.update_table)
    yield FakeTable, "update", _versioned(FakeTable.update)


def _updates(update: Any) -> Any:
    def update_table(response: Any) -> Any:
        said: dict[str, Any] = response.parameters
        name = said.get("Name") or said["TableInput"]["Name"]
        table = response.glue_backend.get_table(said["DatabaseName"], name)
        _require_version(table, said.get("VersionId"))
        change = iceberg_change(said)
        table_input = said.get("TableInput") or {**_current(table), "Name": name}
        if change:
            table_input = _changed(table, table_input, change)
        response.body = json.dumps({**said, "TableInput": table_input})
        before = str(table._current_version)
        answer = update(response)
        if said.get("SkipArchive"):
            table.delete_version(before)
        return answer

    return update_table


def _versioned(update: Any) -> Any:
    """A new version keeps nothing of the version before it: neither may change with the other."""

    def versioned(table: Any, table_input: dict[str, Any]) -> None:
        update(table, dict(table_input))

    return versioned


def _require_version(table: Any, version: str | None) -> None:
    """Glue API Reference, UpdateTable, `VersionId`: "the version ID at which to update the table contents"."""
    from moto.core.exceptions import JsonRESTError

    if version and str(version) != str(table._current_version):
        raise JsonRESTError(
            "ConcurrentModificationException",
            f"Update table failed due to concurrent modifications: version {version} of {table.name} is not the "
            f"current one, {table._current_version}",
        )


def _current(table: Any) -> dict[str, Any]:
    return table.get_version(str(table._current_version))


# ---- metadata files


def _start(table: Any, created: Mapping[str, Any]) -> None:
    """Write the first metadata file of a table, and point the table at it."""
    place, unique = _place(created["Location"]), f"{table.catalog_id}|{table.database_name}|{table.name}"
    times = sum(1 for key in place.stored.keys if key.startswith(f"{place.prefix}metadata/")) if place.stored else 0
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{unique}|{times}"))
    metadata = first_metadata(created, identity, _milliseconds(table.created_time))
    version = _current(table)
    pointer = _write(created["Location"], metadata, 0)
    version.update(_described(version, metadata, created["Location"], {"metadata_location": pointer}))


def _changed(table: Any, table_input: dict[str, Any], change: IcebergChange) -> dict[str, Any]:
    """The table input with the metadata behind some changes, which is written; raises where the table is none."""
    from moto.core.exceptions import JsonRESTError
    from moto.core.utils import utcnow

    parameters: Mapping[str, str] = _current(table).get("Parameters") or {}
    pointer = parameters.get("metadata_location", "")
    metadata = _read(pointer)
    if metadata is None:
        raise JsonRESTError("InvalidInputException", f"Iceberg metadata of {table.name} cannot be read: '{pointer}'")
    for update in change.updates:
        metadata = changed_metadata(metadata, update, pointer, _milliseconds(utcnow()))
    number = _number(pointer) + 1
    written = _write(change.location, metadata, number)
    moved = {"metadata_location": written, "previous_metadata_location": pointer}
    return {**table_input, **_described(table_input, metadata, change.location, moved)}


def _described(
    table_input: Mapping[str, Any], metadata: Mapping[str, Any], location: str, moved: Mapping[str, str]
) -> dict[str, Any]:
    """Members of a table that Glue makes of its metadata."""
    kept: Mapping[str, str] = table_input.get("Parameters") or {}
    others = {name: value for name, value in kept.items() if name not in _ICEBERG_PARAMETERS}
    return {
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {**others, "table_type": "ICEBERG", **moved},
        "StorageDescriptor": {"Columns": described_columns(metadata), "Location": location},
    }


class _Place(NamedTuple):
    """A place in S3, its bucket None where there is none of that name."""

    bucket: str
    prefix: str
    stored: Any


def _place(address: str) -> _Place:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    prefix = f"{key.rstrip('/')}/" if key else ""
    return _Place(bucket, prefix, backends.bucket(bucket))


def _require_bucket(location: str) -> _Place:
    from moto.core.exceptions import JsonRESTError

    place = _place(location)
    if place.stored is None:
        raise JsonRESTError("InvalidInputException", f"the bucket of {location} does not exist (NoSuchBucket)")
    return place


def _write(location: str, metadata: Mapping[str, Any], number: int) -> str:
    """Write a metadata file below a location, under a name that is the same in every run; its address."""
    place = _require_bucket(location)
    text = json.dumps(metadata)
    unique = uuid.uuid5(uuid.NAMESPACE_URL, f"{metadata['table-uuid']}|{number}")
    key = f"{place.prefix}metadata/{number:05}-{unique}.metadata.json"
    backends.s3(place.stored.account_id).put_object(place.bucket, key, text.encode())
    return f"s3://{place.bucket}/{key}"


def _read(pointer: str) -> dict[str, Any] | None:
    bucket, _, key = pointer.removeprefix("s3://").partition("/")
    stored = backends.bucket(bucket)
    found: Any = stored.keys.get(key) if stored else None
    if found is None:
        return None
    metadata: dict[str, Any] = json.loads(found.value)
    return metadata


def _number(pointer: str) -> int:
    """The number with which the name of a metadata file begins."""
    number = pointer.rpartition("/")[2].partition("-")[0]
    return int(number) if number.isdecimal() else 0


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
