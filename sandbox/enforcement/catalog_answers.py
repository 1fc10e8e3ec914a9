"""Answers of Athena about its catalog, which it asks of Glue in the name of who asks.

Athena API Reference, "ListDatabases", "GetTableMetadata" and the like; Athena User Guide, "Data catalog example
policies": who asks Athena needs the rights to ask Glue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.query_catalog import CallersCatalog
from sandbox.enforcement.refusals import malformed

if TYPE_CHECKING:
    from sandbox.emulator.moto_transport import HttpResponse

CATALOG: Final = "AwsDataCatalog"
_MOST: Final = 50
_ENGINE: Final = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}


class _MetadataError(Exception):
    """Something that is not in the catalog, or that the caller does not see."""


def answer(call: AwsCall, catalog: Callable[[], CallersCatalog]) -> HttpResponse | None:
    """The answer to a call about the catalog; None for any other call."""
    if call.service == "glue" and call.operation == "GetCatalogImportStatus":
        return _json({"ImportStatus": {"ImportCompleted": True}})
    asked = _ANSWERS.get(call.operation) if call.service == "athena" else None
    if asked is None:
        return None
    try:
        return _json(asked(call, catalog()))
    except _MetadataError as error:
        return malformed("athena", f"MetadataException: {error}", call)


def _json(told: Mapping[str, Any]) -> HttpResponse:
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(told)


def _require_catalog(call: AwsCall, parameter: str = "CatalogName") -> None:
    name = call.text(parameter)
    if name.lower() != CATALOG.lower():
        raise _MetadataError(f"DataCatalog {name} was not found")


def _page(call: AwsCall, member: str, found: Iterable[Any]) -> dict[str, Any]:
    """A page; its token is the number of entries before the next."""
    every, token = list(found), call.text("NextToken")
    start = int(token) if token.isascii() and token.isdigit() else 0
    end = start + int(call.parameters.get("MaxResults") or _MOST)
    return {member: every[start:end], **({"NextToken": str(end)} if end < len(every) else {})}


def _databases(call: AwsCall, catalog: CallersCatalog) -> dict[str, Any]:
    _require_catalog(call)
    return _page(call, "DatabaseList", map(_database, catalog.databases()))


def _one_database(call: AwsCall, catalog: CallersCatalog) -> dict[str, Any]:
    _require_catalog(call)
    name = call.text("DatabaseName")
    found = next((each for each in catalog.databases() if each["Name"] == name.lower()), None)
    if found is None:
        raise _MetadataError(f"EntityNotFoundException: Database {name} not found.")
    return {"Database": _database(found)}


def _database(told: Mapping[str, Any]) -> dict[str, Any]:
    optional = {name: told[name] for name in ("Description", "Parameters") if told.get(name)}
    return {"Name": told["Name"], **optional}


def _tables(call: AwsCall, catalog: CallersCatalog) -> dict[str, Any]:
    _require_catalog(call)
    like = call.text("Expression").lower()
    found = (_table(each) for each in catalog.tables(call.text("DatabaseName").lower()))
    return _page(call, "TableMetadataList", (each for each in found if like in each["Name"]))


def _one_table(call: AwsCall, catalog: CallersCatalog) -> dict[str, Any]:
    _require_catalog(call)
    database, name = call.text("DatabaseName").lower(), call.text("TableName").lower()
    found = catalog.described(database, name)
    if found is None:
        raise _MetadataError(f"EntityNotFoundException: Table {name} not found.")
    return {"TableMetadata": _table(found)}


def _table(told: Mapping[str, Any]) -> dict[str, Any]:
    storage: Mapping[str, Any] = told.get("StorageDescriptor") or {}
    parameters: dict[str, str] = dict(told.get("Parameters") or {})
    if storage.get("Location"):
        parameters["location"] = storage["Location"]
    return {
        "Name": told["Name"],
        "TableType": told.get("TableType") or "",
        "Columns": _columns(storage.get("Columns")),
        "PartitionKeys": _columns(told.get("PartitionKeys")),
        "Parameters": parameters,
    }


def _columns(described: Iterable[Mapping[str, Any]] | None) -> list[dict[str, str]]:
    names = ("Name", "Type", "Comment")
    return [{name: each[name] for name in names if each.get(name)} for each in described or ()]


def _catalogs(_call: AwsCall, _catalog: CallersCatalog) -> dict[str, Any]:
    return {"DataCatalogsSummary": [{"CatalogName": CATALOG, "Type": "GLUE"}]}


def _one_catalog(call: AwsCall, catalog: CallersCatalog) -> dict[str, Any]:
    name = call.text("Name")
    if name.lower() != CATALOG.lower():
        raise _MetadataError(f"DataCatalog {name} was not found")
    own = {"catalog-id": catalog.session.account_id}
    return {"DataCatalog": {"Name": CATALOG, "Type": "GLUE", "Parameters": own}}


def _engines(_call: AwsCall, _catalog: CallersCatalog) -> dict[str, Any]:
    return {"EngineVersions": [_ENGINE, {**_ENGINE, "SelectedEngineVersion": _ENGINE["EffectiveEngineVersion"]}]}


def _prepared(_call: AwsCall, _catalog: CallersCatalog) -> dict[str, Any]:
    return {"PreparedStatements": []}


_ANSWERS: Final[Mapping[str, Callable[[AwsCall, CallersCatalog], dict[str, Any]]]] = {
    "GetDataCatalog": _one_catalog,
    "GetDatabase": _one_database,
    "GetTableMetadata": _one_table,
    "ListDataCatalogs": _catalogs,
    "ListDatabases": _databases,
    "ListEngineVersions": _engines,
    "ListPreparedStatements": _prepared,
    "ListTableMetadata": _tables,
}
