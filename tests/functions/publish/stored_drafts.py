"""A draft that pyiceberg wrote, in a dictionary: thousands of changed copies are checked and read in seconds."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
from botocore.exceptions import ClientError
from metadata_checks import Counted, iceberg_findings
from publish_settings import PublishDocuments
from pyiceberg.io import InputFile
from pyiceberg.manifest import clear_manifest_cache
from pyiceberg.schema import Schema
from pyiceberg.table import StaticTable
from pyiceberg.types import NestedField
from table_files import TableFiles, UnreadableFileError
from table_metadata import read_metadata

from tests.functions.publish.organization import BUCKET, SHIPS, column, contract, harbour, table
from tests.functions.publish.writers import MotoFileIO, Writer, ship

PLACE = f"s3://{BUCKET}/tables/ships/"
POINTER = f"{PLACE}metadata/changed.metadata.json"
HERE: dict[str, bytes] = {}
"""The files that pyiceberg reads, by their paths."""

MAIL = {"type": "struct", "fields": [{"id": 6, "name": "email", "required": False, "type": "string"}]}
COLUMNS = [*SHIPS, column(5, "mail", "struct<email:string>", MAIL, labels=["pii"])]


class _Stored(InputFile):
    def __len__(self) -> int:
        return len(HERE[self.location])

    def exists(self) -> bool:
        return self.location in HERE

    def open(self, seekable: bool = True) -> Any:
        return BytesIO(HERE[self.location])


class StoredFileIO(MotoFileIO):
    """pyiceberg's way to the dictionary."""

    def new_input(self, location: str) -> InputFile:
        return _Stored(location)


class _S3:
    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        content = HERE.get(f"s3://{Bucket}/{Key}")
        if content is None:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": BytesIO(content), "ContentLength": len(content), "ETag": "1"}


class StoredDraft:
    """The draft of `ships`, with two snapshots, a tag, statistics and a partition; each test changes a copy."""

    def __init__(self, folder: Path) -> None:
        spec = [{"name": "country", "transform": "identity", "source_id": 3, "field_id": 1000}]
        with harbour(folder, contract(table(columns=COLUMNS, partitions=spec))) as organization:
            writer = Writer(organization)
            for number in (1, 2):
                writer.append(ship(number, mail={"email": "m"}))
            self.document = writer.metadata()
            listed = organization.s3.list_objects_v2(Bucket=BUCKET)["Contents"]
            self.files = {
                f"s3://{BUCKET}/{each['Key']}": organization.s3.get_object(Bucket=BUCKET, Key=each["Key"])[
                    "Body"
                ].read()
                for each in listed
            }
        (self.product,) = PublishDocuments(folder).products.values()
        self._everything()
        self.reset()

    def _everything(self) -> None:
        """Members that pyiceberg leaves out of this draft, and other writers have."""
        document, number = self.document, self.document["current-snapshot-id"]
        document["refs"]["first"] = {"snapshot-id": number, "type": "tag", "max-ref-age-ms": 5}
        document["refs"]["next"] = {"snapshot-id": number, "type": "branch", "min-snapshots-to-keep": 5}
        stats = {"snapshot-id": number, "statistics-path": f"{PLACE}metadata/1.stats", "file-size-in-bytes": 5}
        blob = {"type": "apache-datasketches-theta-v1", "snapshot-id": number, "sequence-number": 1, "fields": [1]}
        footer = {"file-footer-size-in-bytes": 5, "blob-metadata": [{**blob, "properties": {"ndv": "1"}}]}
        document |= {"statistics": [{**stats, **footer}], "partition-statistics": [stats]}
        document["schemas"][0] |= {"identifier-field-ids": [1]}
        document["schemas"][0]["fields"][0]["doc"] = "A ship."
        order = {"transform": "identity", "source-id": 1, "direction": "asc", "null-order": "nulls-first"}
        document["sort-orders"].append({"order-id": 1, "fields": [order]})
        names = [{"field-id": each["id"], "names": [each["name"]]} for each in COLUMNS]
        names[-1]["fields"] = [{"field-id": 6, "names": ["email"]}]
        document["properties"]["schema.name-mapping.default"] = json.dumps(names)

    def reset(self) -> None:
        """Everything as pyiceberg wrote it."""
        HERE.clear()
        HERE.update(self.files)
        self.put(self.document)

    def put(self, document: Any) -> None:
        """Another metadata document, as a value or as text."""
        HERE[POINTER] = (document if isinstance(document, str) else json.dumps(document)).encode()

    def changed(self, change: Callable[[dict[str, Any]], Any]) -> list[str]:
        """The findings about a changed document."""
        document = copy.deepcopy(self.document)
        change(document)
        self.put(document)
        return self.findings()

    def findings(self) -> list[str]:
        """The sentences about the draft as it is."""
        promised = self.product.tables[0]
        files = TableFiles(_S3(), promised.location)
        try:
            metadata = read_metadata(files, POINTER)
            return list(iceberg_findings(self.product, promised, files, metadata, None, Counted()))
        except UnreadableFileError as error:
            return [str(error)]

    @property
    def manifest_list(self) -> str:
        """The list of the current snapshot."""
        return str(self.document["snapshots"][-1]["manifest-list"])

    @property
    def manifest(self) -> str:
        """The first manifest in that list."""
        return str(next(iter(fastavro.reader(BytesIO(self.files[self.manifest_list]))))["manifest_path"])

    def rewrite(
        self, path: str, fields: Callable[[Any], Any] = lambda _: None, record: Callable[[Any], Any] = lambda _: None
    ) -> list[str]:
        """The findings about a draft whose Avro file at a path has other fields, or records."""
        opened = fastavro.reader(BytesIO(self.files[path]))
        records: list[Any] = list(opened)
        schema: dict[str, Any] = json.loads(opened.metadata["avro.schema"])
        fields(schema)
        for each in records:
            record(each)
        target = BytesIO()
        said = {key: value for key, value in opened.metadata.items() if not key.startswith("avro.")}
        fastavro.writer(target, fastavro.parse_schema(schema), records, metadata=said)
        self.put(self.document)
        HERE[path] = target.getvalue()
        return self.findings()


def named(schema: Schema) -> Iterator[tuple[str, NestedField]]:
    """The columns and the fields in them, by their names."""
    return ((str(schema.find_column_name(number)), schema.find_field(number)) for number in sorted(schema.field_ids))


def seen() -> dict[str, Any]:
    """What a reader of the draft sees: what a contract says, and the rows."""
    clear_manifest_cache()
    read = StaticTable.from_metadata(POINTER, {"py-io-impl": f"{__name__}.StoredFileIO"})
    return {
        "columns": [(name, each.field_id, str(each.field_type), each.required) for name, each in named(read.schema())],
        "spec": [(str(each.transform), each.source_id, each.field_id) for each in read.spec().fields],
        "place": read.location().rstrip("/"),
        "rows": read.scan().to_arrow().to_pylist(),
    }


def field(schema: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A field of an Avro schema, by the names that lead to it."""
    found: Any = {"type": schema}
    for name in names:
        kind = found["type"][-1] if isinstance(found["type"], list) else found["type"]
        fields = kind["items"]["fields"] if kind.get("type") == "array" else kind["fields"]
        found = next(each for each in fields if each["name"] == name)
    return found
