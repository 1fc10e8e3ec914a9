"""Rules on the catalog and Lake Formation: databases, tables, connections and policy of the Glue catalog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, cast

from mesh_guardrails.bucket_settings import BUCKETS
from mesh_guardrails.companions import written
from mesh_guardrails.nested import first, items
from mesh_guardrails.rule import RegisteredResource, Rule, Stack, StackRule, has
from mesh_guardrails.themes.catalog import DRAFTS

CONNECTION: Final = "aws:glue/connection:Connection"
CATALOG_ENCRYPTION: Final = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"
TABLE: Final = "aws:glue/catalogTable:CatalogTable"
CRAWLER: Final = "aws:glue/crawler:Crawler"
DATA_CATALOG: Final = "aws:athena/dataCatalog:DataCatalog"

SECRETS: Final = ("PASSWORD", "ENCRYPTED_PASSWORD", "KAFKA_SASL_SCRAM_PASSWORD", "KAFKA_SASL_PLAIN_PASSWORD")
"""Properties of a connection that are passwords.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-connections.html
"""

_PLACES: Final = ("connectionProperties", "athenaProperties", "authenticationConfiguration")
_PASSWORD_IN_ADDRESS: Final = re.compile(r"(?i)\bpassword=[^&;]|(?://|:thin:)[^/\s:@]+[:/][^/\s:@]+@")
_SECRET_WORDS: Final = ("PASSWORD", "SECRET_KEY", "ACCESS_KEY", "TOKEN", "KEYTAB")
_NAMES_OF_SECRETS: Final = ("SECRET_ID", "SECRET_ARN")
_ICEBERG: Final = "openTableFormatInput"


def written_password(connection: RegisteredResource) -> Iterator[str]:
    """Messages on a connection with a password in it, which whoever may read the catalog reads."""
    found = sorted(name for place in _PLACES for name in _secrets(connection.props.get(place)))
    if found:
        yield (
            f"'{connection.name}' has {', '.join(found)} in its properties; name a secret of Secrets Manager by "
            "SECRET_ID"
        )


def plain_catalog(settings: RegisteredResource) -> Iterator[str]:
    """Messages on a catalog whose descriptions, or whose passwords of connections, are not encrypted with a key."""
    for each in items(settings.props.get("dataCatalogEncryptionSettings")):
        at_rest = first(each.get("encryptionAtRest"))
        if not str(at_rest.get("catalogEncryptionMode") or "").startswith("SSE-KMS"):
            yield f"'{settings.name}' leaves the catalog plain; set catalogEncryptionMode to SSE-KMS"
        passwords = first(each.get("connectionPasswordEncryption"))
        if not passwords.get("returnConnectionPasswordEncrypted"):
            yield (
                f"'{settings.name}' hands out passwords of connections in plain text; set "
                "returnConnectionPasswordEncrypted, with awsKmsKeyId"
            )


def table_without_place(table: RegisteredResource) -> Iterator[str]:
    """Messages on a table whose data lies nowhere in S3; a link and a view have no data of their own."""
    if any(has(table.props, name) for name in ("targetTable", "viewDefinition")):
        return
    if table.props.get("tableType") == "VIRTUAL_VIEW":
        return
    place = _location(table)
    if not place.startswith("s3://"):
        stands = f"lies at {place}" if place else "has no location"
        yield f"'{table.name}' {stands}; set the location to a folder of a bucket of the mesh (s3://…)"


def unprotected_table(table: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on an Iceberg table that Pulumi would delete: the catalog alone says which of its files are newest.

    One in a bucket that goes with its data (forceDestroy) goes as well: without its files it would be empty.
    """
    if table.protect or not has(table.props, _ICEBERG):
        return
    gone = [bucket for bucket in stack if bucket.type in BUCKETS and written(bucket, "forceDestroy")]
    if not any(_lies_in(bucket, table) for bucket in gone):
        yield f"'{table.name}' is an Iceberg table that Pulumi would delete; set protect in its options"


def undescribed_tables(crawler: RegisteredResource) -> Iterator[str]:
    """Messages on a crawler that writes tables which no contract describes into a database that others read."""
    database = str(crawler.props.get("databaseName"))
    if not fnmatchcase(database, DRAFTS):
        yield (
            f"'{crawler.name}' writes tables that no contract describes into '{database}'; describe them in a "
            "contract, or "
            f"crawl into a database of drafts ({DRAFTS})"
        )


def foreign_catalog(catalog: RegisteredResource) -> Iterator[str]:
    """Messages on a catalog of Athena that is not Glue's: Lake Formation decides nothing there."""
    kind = catalog.props.get("type")
    if kind != "GLUE":
        yield (
            f"'{catalog.name}' is a catalog of the type {kind}, in which Lake Formation decides nothing; use Glue's "
            "catalog"
        )


def _secrets(properties: Any) -> Iterator[str]:
    """Names of passwords within properties, and of addresses with a password in them; a name is enough."""
    if not isinstance(properties, Mapping):
        return
    written = cast("Mapping[str, Any]", properties)
    for name in written:
        if _is_secret(name):
            yield name
        elif name.upper() not in _NAMES_OF_SECRETS:
            value = written.get(name)
            if isinstance(value, str) and _PASSWORD_IN_ADDRESS.search(value):
                yield name
            yield from _secrets(value)


def _is_secret(name: str) -> bool:
    upper = name.upper()
    return upper in SECRETS or (upper not in _NAMES_OF_SECRETS and any(word in upper for word in _SECRET_WORDS))


def _lies_in(bucket: RegisteredResource, table: RegisteredResource) -> bool:
    """Whether the files of a table are in a bucket."""
    if bucket.urn in table.from_resources.get(_ICEBERG, ()):
        return True
    name = written(bucket, "bucket")
    return name is not None and f"{_location(table)}/".startswith(f"s3://{name}/")


def _location(table: RegisteredResource) -> str:
    for iceberg in items(table.props.get(_ICEBERG)):
        for given in items(iceberg.get("icebergInput")):
            for described in items(given.get("icebergTableInput")):
                if place := described.get("location"):
                    return str(place)
    for storage in items(table.props.get("storageDescriptor")):
        if place := storage.get("location"):
            return str(place)
    return ""


def _rule(name: str, severity: Any, description: str, check: Any, type_: str, *equivalents: str) -> Rule:
    return Rule(
        name=name,
        theme="catalog and Lake Formation",
        severity=severity,
        description=description,
        check=check,
        types=frozenset({type_}),
        equivalents=equivalents,
    )


RULES: Final = (
    _rule(
        "connection-has-no-password",
        "critical",
        "No connection holds a password.",
        written_password,
        CONNECTION,
        "prowler:glue_catalog_connection_no_secrets",
    ),
    _rule(
        "catalog-is-encrypted",
        "medium",
        "Who sets the encryption of a catalog encrypts all of it.",
        plain_catalog,
        CATALOG_ENCRYPTION,
        "checkov:CKV_AWS_94",
        "prowler:glue_data_catalogs_metadata_encryption_enabled",
        "prowler:glue_data_catalogs_connection_passwords_encryption_enabled",
    ),
    _rule("table-lies-in-s3", "high", "Every table has its data in a bucket.", table_without_place, TABLE),
    _rule("crawler-writes-drafts", "medium", "No crawler publishes tables.", undescribed_tables, CRAWLER),
    _rule("no-catalog-of-others", "high", "Every catalog is Glue's.", foreign_catalog, DATA_CATALOG),
)
STACK_RULES: Final = (
    StackRule(
        name="iceberg-table-is-protected",
        theme="catalog and Lake Formation",
        severity="high",
        description="No Iceberg table is deleted by mistake.",
        check=unprotected_table,
        types=frozenset({TABLE}),
    ),
)
