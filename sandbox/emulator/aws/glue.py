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
        "targetDatabase": one(_TARGET),
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
            "metadataOperation": text(required=True),
            "version": text(),
            "icebergTableInput": one(_ICEBERG_TABLE, "CreateIcebergTableInput"),
        },
        required=True,
    )
}
_OUTSIDE: Final = ("catalogId", "databaseName")


def _create_table(call: Call) -> IdAndOutputs:
    catalog, database, name = _catalog(call), call.inputs["databaseName"], call.inputs["name"]
    iceberg = call.inputs.get("openTableFormatInput")
    call.aws(
        "create_table",
        CatalogId=catalog,
        DatabaseName=database,
        TableInput=call.request(without=_OUTSIDE),
        OpenTableFormatInput=to_aws(_OPEN_FORMAT, iceberg) if iceberg else None,
    )
    return f"{catalog}:{database}:{name}", {"arn": call.arn("glue", f"table/{database}/{name}"), "catalogId": catalog}


def _read_table(call: Call) -> PropertyValues:
    catalog, database, name = call.id.split(":")
    table = call.aws("get_table", CatalogId=catalog, DatabaseName=database, Name=name)["Table"]
    properties = call.properties(table)
    if call.inputs.get("openTableFormatInput"):
        parameters, declared = properties.get("parameters", {}), call.inputs.get("parameters", {})
        properties["parameters"] = _without_table_type(parameters, declared)
    return {**properties, "catalogId": catalog, "arn": call.arn("glue", f"table/{database}/{name}")}


def _without_table_type(parameters: PropertyValues, declared: PropertyValues) -> PropertyValues:
    """The parameters without `table_type`, with which Glue marks an Iceberg table, unless it was declared."""
    return {name: value for name, value in parameters.items() if name in declared or name != "table_type"}


def _update_table(call: Call) -> None:
    catalog, database, _ = call.id.split(":")
    now, before = _iceberg_input(call.inputs), _iceberg_input(call.old)
    call.aws(
        "update_table",
        CatalogId=catalog,
        DatabaseName=database,
        TableInput=call.request(without=_OUTSIDE),
        UpdateOpenTableFormatInput=_iceberg_update(now) if now and now != before else None,
    )


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


TABLE: Final = ResourceType(
    "aws:glue/catalogTable:CatalogTable",
    "Glue Catalog Table",
    "glue",
    {
        "name": text(required=True, replaces=True),
        "databaseName": text(required=True, replaces=True),
        "catalogId": text(replaces=True, computed=True),
        "description": text(),
        "owner": text(),
        "parameters": mapping(),
        "partitionKeys": many(_COLUMN),
        "retention": number(),
        "storageDescriptor": one(_STORAGE),
        "tableType": text(),
        "targetTable": one({**_TARGET, "name": text(required=True)}),
        "viewExpandedText": text(),
        "viewOriginalText": text(),
        "openTableFormatInput": one(_OPEN_FORMAT, recorded="moto marks the table as Iceberg and keeps no schema"),
    },
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
