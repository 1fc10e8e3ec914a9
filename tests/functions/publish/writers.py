"""Drafts as the mesh makes them, with the lock's ids, and pyiceberg that writes them, unmodified."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import pyarrow as pa
from moto.glue.models import glue_backends
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io import FileIO, InputFile, OutputFile
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.table import Table

from tests.functions.publish.organization import BUCKET, DOMAIN, DRAFT, REGION, Harbour

CLIENTS: dict[str, Any] = {}
"""The client of S3 that files are read and written with."""


class _Input(InputFile):
    def __len__(self) -> int:
        return len(self._content())

    def exists(self) -> bool:
        try:
            self._content()
        except FileNotFoundError:
            return False
        return True

    def open(self, seekable: bool = True) -> Any:
        return BytesIO(self._content())

    def _content(self) -> bytes:
        bucket, _, key = self.location.removeprefix("s3://").partition("/")
        s3 = CLIENTS["s3"]
        try:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey as error:
            raise FileNotFoundError(self.location) from error


class _Stream(BytesIO):
    def __init__(self, location: str) -> None:
        super().__init__()
        self.location = location

    def close(self) -> None:
        if not self.closed:
            bucket, _, key = self.location.removeprefix("s3://").partition("/")
            CLIENTS["s3"].put_object(Bucket=bucket, Key=key, Body=self.getvalue())
        super().close()


class _Output(OutputFile):
    def __len__(self) -> int:
        return len(_Input(self.location))

    def exists(self) -> bool:
        return _Input(self.location).exists()

    def to_input_file(self) -> InputFile:
        return _Input(self.location)

    def create(self, overwrite: bool = False) -> Any:
        return _Stream(self.location)


class MotoFileIO(FileIO):
    """Files in moto's S3: pyarrow's own client of S3 is not Python's, and moto in this process not its server."""

    def new_input(self, location: str) -> InputFile:
        return _Input(location)

    def new_output(self, location: str) -> OutputFile:
        return _Output(location)

    def delete(self, location: Any) -> None:
        raise PermissionError("a pipeline has no DeleteObject below tables/")


def struct(columns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The schema of a metadata file."""
    fields = [
        {"id": each["id"], "name": each["name"], "required": each["required"], "type": each["iceberg_type"]}
        for each in columns
    ]
    return {"type": "struct", "fields": fields}


def first_metadata(table: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The metadata file of a draft without rows, as the mesh makes it."""
    columns = table["columns"]
    spec = [
        {"name": each["name"], "transform": each["transform"], "source-id": each["source_id"], "field-id": number}
        for each in table["partitions"]
        for number in [each["field_id"]]
    ]
    return {
        "format-version": 2,
        "table-uuid": str(uuid.uuid4()),
        "location": table["location"].rstrip("/"),
        "last-sequence-number": 0,
        "last-updated-ms": int(time.time() * 1000),
        "last-column-id": 100,
        "current-schema-id": 0,
        "schemas": [{**struct(columns), "schema-id": 0}],
        "default-spec-id": 0,
        "partition-specs": [{"spec-id": 0, "fields": spec}],
        "last-partition-id": 999 + len(spec),
        "default-sort-order-id": 0,
        "sort-orders": [{"order-id": 0, "fields": []}],
        "properties": {"write.parquet.compression-codec": "snappy"},
        "snapshots": [],
        "refs": {},
        **more,
    }


class Writer:
    """A pipeline of the product: pyiceberg on its drafts, in its own account's catalog."""

    def __init__(self, organization: Harbour) -> None:
        self.organization = organization
        CLIENTS["s3"] = organization.s3
        properties = {"py-io-impl": f"{MotoFileIO.__module__}.MotoFileIO"}
        self.catalog = GlueCatalog("glue", client=organization.glue, **properties)
        for table in organization.contract["tables"]:
            if table["format"] == "iceberg":
                self.make(table)

    def make(self, table: Mapping[str, Any], **more: Any) -> None:
        """Make the draft of a table."""
        self.commit(table["name"], first_metadata(table, **more))

    def commit(self, name: str, metadata: Mapping[str, Any], path: str = "") -> str:
        """Commit a metadata file written by hand, as the client of whom nobody knows what it does."""
        path = path or f"s3://{BUCKET}/tables/{name}/metadata/{uuid.uuid4()}.metadata.json"
        bucket, _, key = path.removeprefix("s3://").partition("/")
        self.organization.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(metadata).encode())
        self.point(name, path)
        return path

    def point(self, name: str, pointer: str, **more: Any) -> None:
        """Point a draft at a metadata file."""
        glue = self.organization.glue
        made = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"table_type": "ICEBERG", "metadata_location": pointer},
            "StorageDescriptor": {"Location": f"s3://{BUCKET}/tables/{name}/", "Columns": []},
            **more,
        }
        try:
            glue.update_table(DatabaseName=DRAFT, TableInput=made)
        except glue.exceptions.EntityNotFoundException:
            glue.create_table(DatabaseName=DRAFT, TableInput=made)

    def table(self, name: str = "ships") -> Table:
        return self.catalog.load_table((DRAFT, name))

    def pointer(self, name: str = "ships") -> str:
        """The metadata file that a draft points at, out of moto itself: pyiceberg would read the file as well."""
        stored = glue_backends[DOMAIN][REGION].databases[DRAFT].tables[name]
        return stored.as_dict()["Parameters"]["metadata_location"]

    def metadata(self, name: str = "ships") -> dict[str, Any]:
        """The document that a draft points at."""
        bucket, _, key = self.pointer(name).removeprefix("s3://").partition("/")
        return json.loads(self.organization.s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def append(self, *rows: Mapping[str, Any], name: str = "ships") -> str:
        """Commit rows; the draft's new pointer."""
        table = self.table(name)
        table.append(pa.Table.from_pylist([dict(row) for row in rows], schema=schema_to_pyarrow(table.schema())))
        return self.pointer(name)


def ship(number: int, **more: Any) -> dict[str, Any]:
    return {"ship": number, "captain": f"captain {number}", "country": "nl", "tons": 1.5, **more}


def rows(pointer: str) -> list[dict[str, Any]]:
    """The rows that a reader of a metadata file gets."""
    from pyiceberg.table import StaticTable

    table = StaticTable.from_metadata(pointer, {"py-io-impl": f"{MotoFileIO.__module__}.MotoFileIO"})
    return table.scan().to_arrow().to_pylist()
