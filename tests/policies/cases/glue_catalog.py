"""Cases of the rules on the Glue catalog."""

from __future__ import annotations

from typing import Any, Final

from mesh_guardrails.themes.glue_catalog import (
    CATALOG_ENCRYPTION,
    CONNECTION,
    CRAWLER,
    DATA_CATALOG,
    TABLE,
)

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, made, passes, reports, waits
from tests.policies.cases.storage import bucket, unnamed


def settings(mode: str = "SSE-KMS", passwords: Any = True) -> dict[str, Any]:
    """Settings of the catalog's encryption."""
    return {
        "encryptionAtRest": {"catalogEncryptionMode": mode},
        "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": passwords},
    }


def iceberg(place: str) -> dict[str, Any]:
    """An Iceberg table that the catalog makes."""
    return {"icebergInput": {"metadataOperation": "CREATE", "icebergTableInput": {"location": place}}}


PASSWORD: Final = {"USERNAME": "u", "PASSWORD": "p"}
PLACE: Final = "s3://example-bucket/tables/clicks"

CASES: Final[list[Case]] = [
    passes("connection-has-no-password", made(CONNECTION, connectionProperties={"SECRET_ID": UNKNOWN})),
    passes("connection-has-no-password", made(CONNECTION, connectionType="NETWORK")),
    reports("connection-has-no-password", "has PASSWORD", made(CONNECTION, connectionProperties=PASSWORD)),
    reports("connection-has-no-password", "has PASSWORD", made(CONNECTION, connectionProperties={"PASSWORD": UNKNOWN})),
    reports("connection-has-no-password", "API_TOKEN", made(CONNECTION, connectionProperties={"API_TOKEN": "t"})),
    passes("catalog-is-encrypted", made(CATALOG_ENCRYPTION, dataCatalogEncryptionSettings=settings())),
    passes(
        "catalog-is-encrypted", made(CATALOG_ENCRYPTION, catalogId=UNKNOWN, dataCatalogEncryptionSettings=settings())
    ),
    reports(
        "catalog-is-encrypted",
        "leaves the catalog plain",
        made(CATALOG_ENCRYPTION, dataCatalogEncryptionSettings=settings("DISABLED")),
    ),
    reports(
        "catalog-is-encrypted",
        "in plain text",
        made(CATALOG_ENCRYPTION, dataCatalogEncryptionSettings=settings(passwords=False)),
    ),
    passes("table-lies-in-s3", made(TABLE, storageDescriptor={"location": PLACE})),
    passes("table-lies-in-s3", made(TABLE, databaseName=UNKNOWN, openTableFormatInput=iceberg(PLACE))),
    passes("table-lies-in-s3", made(TABLE, targetTable={"name": "clicks"})),
    passes("table-lies-in-s3", made(TABLE, tableType="VIRTUAL_VIEW")),
    reports("table-lies-in-s3", "has no location", made(TABLE)),
    reports("table-lies-in-s3", "lies at hdfs://n/a", made(TABLE, storageDescriptor={"location": "hdfs://n/a"})),
    waits("table-lies-in-s3", made(TABLE, storageDescriptor={"location": UNKNOWN})),
    passes("iceberg-table-is-protected", made(TABLE, protect=True, openTableFormatInput=iceberg(PLACE))),
    passes("iceberg-table-is-protected", made(TABLE, storageDescriptor={"location": PLACE})),
    reports("iceberg-table-is-protected", "set protect", made(TABLE, openTableFormatInput=iceberg(PLACE))),
    reports("iceberg-table-is-protected", "set protect", made(TABLE, openTableFormatInput=UNKNOWN)),
    passes("iceberg-table-is-protected", made(TABLE, openTableFormatInput=iceberg(PLACE)), bucket(forceDestroy=True)),
    passes(
        "iceberg-table-is-protected",
        made(TABLE, made_from={"openTableFormatInput": "bucket"}, openTableFormatInput=iceberg(UNKNOWN)),
        unnamed(bucket(forceDestroy=True)),
    ),
    reports(
        "iceberg-table-is-protected",
        "set protect",
        made(TABLE, openTableFormatInput=iceberg(PLACE)),
        bucket("other", forceDestroy=True),
        bucket("buck", forceDestroy=True),
        bucket(protect=True),
    ),
    waits("iceberg-table-is-protected", made(TABLE, openTableFormatInput=iceberg(UNKNOWN)), bucket(forceDestroy=True)),
    passes("crawler-writes-drafts", made(CRAWLER, databaseName="ads__clicks__draft")),
    reports("crawler-writes-drafts", "into 'ads__clicks'", made(CRAWLER, databaseName="ads__clicks")),
    waits("crawler-writes-drafts", made(CRAWLER, databaseName=UNKNOWN)),
    passes("no-catalog-of-others", made(DATA_CATALOG, type="GLUE", parameters={"catalog-id": UNKNOWN})),
    passes("no-catalog-of-others", made(DATA_CATALOG, type="GLUE")),
    reports("no-catalog-of-others", "of the type LAMBDA", made(DATA_CATALOG, type="LAMBDA")),
]
