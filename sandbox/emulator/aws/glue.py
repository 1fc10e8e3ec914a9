"""The Glue data catalog: databases, tables, its policy and encryption."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import (
    Fields,
    PropertyValues,
    document,
    flag,
    many,
    mapping,
    number,
    numbers,
    one,
    text,
    texts,
    to_aws,
)
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging

_TAGS: Final = Tagging("tag_resource", "untag_resource", "get_tags", tags="TagsToAdd", keys="TagsToRemove", pair=None)


def _catalog(call: Call) -> str:
    return str(call.inputs.get("catalogId") or call.account)


# --- databases ---------------------------------------------------------------------------------------------

_TARGET: Final[Fields] = {"catalogId": text(required=True), "databaseName": text(required=True), "region": text()}
_DEFAULT_PERMISSIONS: Final[Fields] = {
    "permissions": texts(),
    "principal": one({"dataLakePrincipalIdentifier": text()}),
}


def _create_database(call: Call) -> IdAndOutputs:
    name, catalog = call.inputs["name"], _catalog(call)
    body = call.request(without=("catalogId",))
    call.aws("create_database", CatalogId=catalog, DatabaseInput=body, Tags=call.tags or None)
    location, permissions = body.get("LocationUri", ""), call.inputs.get("createTableDefaultPermissions", [])
    computed = {"catalogId": catalog, "locationUri": location, "createTableDefaultPermissions": permissions}
    return f"{catalog}:{name}", {"arn": call.arn("glue", f"database/{name}"), **computed}


def _read_database(call: Call) -> PropertyValues:
    catalog, _, name = call.id.partition(":")
    database = call.aws("get_database", CatalogId=catalog, Name=name)["Database"]
    call.state["arn"] = call.arn("glue", f"database/{name}")
    return {**call.properties(database), "catalogId": catalog, "arn": call.state["arn"]}


def _update_database(call: Call) -> None:
    catalog, _, name = call.id.partition(":")
    call.aws("update_database", CatalogId=catalog, Name=name, DatabaseInput=call.request(without=("catalogId",)))


def _delete_database(call: Call) -> None:
    catalog, _, name = call.id.partition(":")
    call.aws("delete_database", CatalogId=catalog, Name=name)


DATABASE: Final = ResourceType(
    "aws:glue/catalogDatabase:CatalogDatabase",
    "Glue Catalog Database",
    "glue",
    {
        "name": text(required=True, replaces=True),
        "catalogId": text(replaces=True, computed=True),
        "description": text(),
        "locationUri": text(computed=True),
        "parameters": mapping(),
        "createTableDefaultPermissions": many(_DEFAULT_PERMISSIONS, unordered=True, computed=True),
        "targetDatabase": one(_TARGET, replaces=True),
    },
    _create_database,
    _read_database,
    _update_database,
    _delete_database,
    outputs=("arn",),
    name="name",
    tagging=_TAGS,
)

# --- tables ------------------------------------------------------------------------------------------------

_COLUMN: Final[Fields] = {"name": text(required=True), "type": text(), "comment": text(), "parameters": mapping()}
_STORAGE: Final[Fields] = {
    "columns": many(_COLUMN),
    "location": text(),
    "additionalLocations": texts(),
    "inputFormat": text(),
    "outputFormat": text(),
    "compressed": flag(),
    "numberOfBuckets": number(),
    "bucketColumns": texts(),
    "sortColumns": many({"column": text(required=True), "sortOrder": number(required=True)}),
    "parameters": mapping(),
    "serDeInfo": one({"name": text(), "parameters": mapping(), "serializationLibrary": text()}, "SerdeInfo"),
    "storedAsSubDirectories": flag(),
}
_ICEBERG_FIELD: Final[Fields] = {
    "id": number(required=True),
    "name": text(required=True),
    "required": flag(required=True),
    "type": text(required=True),
    "doc": text(),
}
_ICEBERG_PARTITION: Final[Fields] = {
    "name": text(required=True),
    "sourceId": number(required=True),
    "transform": text(required=True),
    "fieldId": number(),
}
_ICEBERG_ORDER: Final[Fields] = {
    "sourceId": number(required=True),
    "transform": text(required=True),
    "direction": text(required=True),
    "nullOrder": text(required=True),
}
_ICEBERG_TABLE: Final[Fields] = {
    "location": text(required=True),
    "schema": one(
        {
            "fields": many(_ICEBERG_FIELD, required=True),
            "identifierFieldIds": numbers(),
            "schemaId": number(),
            "type": text(),
        },
        required=True,
    ),
    "partitionSpec": one({"fields": many(_ICEBERG_PARTITION, required=True), "specId": number()}),
    "sortOrder": one({"fields": many(_ICEBERG_ORDER, required=True), "orderId": number(required=True)}, "WriteOrder"),
    "properties": mapping(),
}
_OPEN_FORMAT: Final[Fields] = {
    "icebergInput": one(
        {
            "metadataOperation": text(required=True, replaces=True),
            "version": text(replaces=True),
            "icebergTableInput": one(_ICEBERG_TABLE, "CreateIcebergTableInput"),
        },
        required=True,
    )
}
_OUTSIDE: Final = ("catalogId", "databaseName")


def _create_table(call: Call) -> IdAndOutputs:
    """Create the table from one of its two inputs: with Iceberg's, the other one is not sent."""
    catalog, database, name = _catalog(call), call.inputs["databaseName"], call.inputs["name"]
    iceberg = call.inputs.get("openTableFormatInput")
    of_iceberg = {"Name": name, "OpenTableFormatInput": to_aws(_OPEN_FORMAT, iceberg)} if iceberg else {}
    sent = of_iceberg if _iceberg_input(call.inputs) else {**of_iceberg, "TableInput": call.request(without=_OUTSIDE)}
    call.aws("create_table", CatalogId=catalog, DatabaseName=database, **sent)
    call.id = f"{catalog}:{database}:{name}"
    return call.id, _as_read(call)


def _as_read(call: Call) -> PropertyValues:
    """State of the AWS plugin after an operation, which ends with a read."""
    read = _read_table(call)
    return {name: read.get(name) for name in (*call.resource.compared_as_read, "arn", "catalogId")}


def _read_table(call: Call) -> PropertyValues:
    catalog, database, name = call.id.split(":")
    table = call.aws("get_table", CatalogId=catalog, DatabaseName=database, Name=name)["Table"]
    properties = call.properties(table)
    parameters: dict[str, str] = properties.get("parameters") or {}
    if _is_iceberg(parameters):
        properties["parameters"] = {key: value for key, value in parameters.items() if key not in _MANAGED}
    return {**properties, "catalogId": catalog, "arn": call.arn("glue", f"table/{database}/{name}")}


_MANAGED: Final = ("table_type", "metadata_location")
"""Parameters of an Iceberg table that the AWS plugin leaves out of its state, and sends again with an update."""


def _is_iceberg(parameters: PropertyValues) -> bool:
    return parameters.get("table_type") == "ICEBERG"


def _update_table(call: Call) -> PropertyValues:
    """Update as the AWS plugin does (`resourceCatalogTableUpdate` of catalog_table.go).

    A change of the Iceberg input is sent alone, and Glue commits it. Any other is a whole `TableInput` made of the
    state, with the `metadata_location` of the read before it: a commit in between is undone.
    """
    catalog, database, name = call.id.split(":")
    target = {"CatalogId": catalog, "DatabaseName": database}
    table = call.aws("get_table", **target, Name=name)["Table"]
    now, before = _iceberg_input(call.inputs), _iceberg_input(call.old)
    if now and now != before:
        call.aws("update_table", **target, Name=name, UpdateOpenTableFormatInput=_iceberg_update(now))
    else:
        call.aws("update_table", **target, TableInput=_table_input(call, table.get("Parameters") or {}))
    return _as_read(call)


def _table_input(call: Call, parameters: PropertyValues) -> PropertyValues:
    """The table of the inputs and, where they say nothing, of the state; managed parameters as they are in Glue."""
    chosen = {name: call.state[name] for name, field in _TABLE_FIELDS.items() if field.computed and name in call.state}
    settled = {name: value for name, value in {**chosen, **call.inputs}.items() if name not in _OUTSIDE}
    table = to_aws({name: _TABLE_FIELDS[name] for name in settled if name in _TABLE_FIELDS}, settled)
    if _is_iceberg(parameters):
        managed = {name: parameters[name] for name in _MANAGED if name in parameters}
        table["Parameters"] = {**table.get("Parameters", {}), **managed}
    return table


def _iceberg_input(inputs: PropertyValues) -> PropertyValues:
    """Schema, partitions and location of an Iceberg table; empty where it says none."""
    formatted: PropertyValues = inputs.get("openTableFormatInput") or {}
    iceberg: PropertyValues = formatted.get("icebergInput") or {}
    return iceberg.get("icebergTableInput") or {}


def _iceberg_update(iceberg: PropertyValues) -> PropertyValues:
    """An Iceberg table as the AWS plugin updates it (`expandUpdateOpenTableFormatInput` of catalog_table.go)."""
    table = to_aws(_ICEBERG_TABLE, iceberg)
    renamed = {"SortOrder" if name == "WriteOrder" else name: value for name, value in table.items()}
    return {"UpdateIcebergInput": {"UpdateIcebergTableInput": {"Updates": [renamed]}}}


def _delete_table(call: Call) -> None:
    catalog, database, name = call.id.split(":")
    call.aws("delete_table", CatalogId=catalog, DatabaseName=database, Name=name)


_TABLE_FIELDS: Final[Fields] = {
    "name": text(required=True, replaces=True),
    "databaseName": text(required=True, replaces=True),
    "catalogId": text(replaces=True, computed=True),
    "description": text(as_read=True),
    "owner": text(as_read=True),
    "parameters": mapping(computed=True, as_read=True),
    "partitionKeys": many(_COLUMN, as_read=True),
    "retention": number(as_read=True),
    "storageDescriptor": one(_STORAGE, computed=True, as_read=True),
    "tableType": text(computed=True, as_read=True),
    "targetTable": one({**_TARGET, "name": text(required=True)}, replaces=True),
    "viewExpandedText": text(),
    "viewOriginalText": text(),
    "openTableFormatInput": one(_OPEN_FORMAT, local=True),
}
TABLE: Final = ResourceType(
    "aws:glue/catalogTable:CatalogTable",
    "Glue Catalog Table",
    "glue",
    _TABLE_FIELDS,
    _create_table,
    _read_table,
    _update_table,
    _delete_table,
    outputs=("arn",),
    name="name",
)

# --- the catalog -------------------------------------------------------------------------------------------


def _put_policy(call: Call) -> None:
    call.aws("put_resource_policy", PolicyInJson=call.inputs["policy"], EnableHybrid=call.inputs.get("enableHybrid"))


def _create_policy(call: Call) -> IdAndOutputs:
    _put_policy(call)
    return call.account, {}


def _read_policy(call: Call) -> PropertyValues | None:
    policy: Any = call.aws("get_resource_policy").get("PolicyInJson")
    return {"policy": policy} if policy else None


def _delete_policy(call: Call) -> None:
    call.aws("delete_resource_policy")


RESOURCE_POLICY: Final = ResourceType(
    "aws:glue/resourcePolicy:ResourcePolicy",
    "Glue Resource Policy",
    "glue",
    {"policy": document(required=True), "enableHybrid": text(local=True)},
    _create_policy,
    _read_policy,
    _put_policy,
    _delete_policy,
)

_ENCRYPTION: Final[Fields] = {
    "encryptionAtRest": one(
        {
            "catalogEncryptionMode": text(required=True),
            "catalogEncryptionServiceRole": text(),
            "sseAwsKmsKeyId": text(),
        },
        required=True,
    ),
    "connectionPasswordEncryption": one(
        {"returnConnectionPasswordEncrypted": flag(required=True), "awsKmsKeyId": text()}, required=True
    ),
}


def _put_encryption(call: Call) -> None:
    call.aws(
        "put_data_catalog_encryption_settings",
        CatalogId=_catalog(call),
        **call.request("dataCatalogEncryptionSettings"),
    )


def _create_encryption(call: Call) -> IdAndOutputs:
    _put_encryption(call)
    return _catalog(call), {"catalogId": _catalog(call)}


def _read_encryption(call: Call) -> PropertyValues | None:
    properties = call.properties(call.aws("get_data_catalog_encryption_settings", CatalogId=call.id))
    at_rest = properties["dataCatalogEncryptionSettings"]["encryptionAtRest"]
    # Every catalog has settings; those of one that is not encrypted are those of no resource.
    return None if at_rest["catalogEncryptionMode"] == "DISABLED" else {**properties, "catalogId": call.id}


def _delete_encryption(call: Call) -> None:
    off = {
        "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
        "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
    }
    call.aws("put_data_catalog_encryption_settings", CatalogId=call.id, DataCatalogEncryptionSettings=off)


ENCRYPTION_SETTINGS: Final = ResourceType(
    "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
    "Glue Data Catalog Encryption Settings",
    "glue",
    {"catalogId": text(replaces=True, computed=True), "dataCatalogEncryptionSettings": one(_ENCRYPTION, required=True)},
    _create_encryption,
    _read_encryption,
    _put_encryption,
    _delete_encryption,
)

RESOURCES: Final = (DATABASE, TABLE, RESOURCE_POLICY, ENCRYPTION_SETTINGS)
