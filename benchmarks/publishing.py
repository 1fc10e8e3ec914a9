"""Milliseconds of CPU that the publication function takes itself for a commit to a wide table, AWS's answers at once.

    python -m benchmarks.publishing [COLUMNS] [FILES]

The function is read out of an archive as AWS gets it, with fastavro as Python: Lambda has no compiled one. The floor is
to parse the metadata and to read the Avro files, and nothing else.
"""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SOURCES = Path(__file__).resolve().parents[1] / "functions" / "publish"
TARGET_MILLISECONDS = 100.0
LOCATION = "s3://bucket/tables/wide/"
ROUNDS = 15


def documents(columns: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The documents of a mesh with one product of one wide table."""
    mesh = {
        "mesh": "aurora",
        "region": "eu-west-1",
        "hub": "111111111111",
        "bus": "arn:aws:events:eu-west-1:111111111111:event-bus/mesh",
        "publications_bucket": "publications",
        "classifications": ["financial", "pii"],
        "domains": {"222222222222": "ads"},
        "rollbacks": 5,
        "workgroup": "mesh-check",
        "lag_days": 7,
        "snapshot_days": 30,
    }
    table = {
        "name": "wide",
        "format": "iceberg",
        "location": LOCATION,
        "description": "Wide.",
        "schema_id": 0,
        "columns": [
            {
                "id": number,
                "name": f"column_{number}",
                "type": "string",
                "iceberg_type": "string",
                "required": number % 2 == 0,
                "comment": "A column.",
                "labels": ["pii"] if number % 7 == 0 else [],
            }
            for number in range(1, columns + 1)
        ],
        "partitions": [],
        "key": [],
        "rows": {"at_least": 1},
    }
    product = {"domain": "ads", "product": "wide", "account_id": "222222222222", "bucket": "bucket"}
    names = {"database": "ads__wide", "draft": "ads__wide__draft", "owner": {"team": "t", "email": "e"}}
    return mesh, {**product, **names, "version": "1.0.0", "tables": [table]}


def archive(path: Path, mesh: dict[str, Any], contract: dict[str, Any]) -> None:
    """Write the function's archive."""
    import fastavro

    with zipfile.ZipFile(path, "w") as written:
        for source in SOURCES.glob("*.py"):
            written.write(source, source.name)
        package = Path(fastavro.__file__).parent
        for source in package.rglob("*.py"):
            written.write(source, f"fastavro/{source.relative_to(package)}")
        written.writestr("mesh.json", json.dumps(mesh))
        written.writestr("contracts/ads/wide.json", json.dumps(contract))


def avro(fields: list[dict[str, Any]], records: list[dict[str, Any]]) -> bytes:
    """An Avro file as Iceberg's writers make it."""
    import fastavro

    target = io.BytesIO()
    fastavro.writer(target, {"type": "record", "name": "r", "fields": fields}, records, codec="deflate")
    return target.getvalue()


def named(fields: dict[int, tuple[str, Any]]) -> list[dict[str, Any]]:
    """Fields of an Avro record, by the ids by which readers of Iceberg find them."""
    return [{"name": name, "type": type_, "field-id": number} for number, (name, type_) in fields.items()]


def counts(name: str, first: int, value: str) -> tuple[str, Any]:
    """A map from column ids in the schema of a manifest; `first` is the id of its keys."""
    pair = {"type": "record", "name": name, "fields": named({first: ("key", "int"), first + 1: ("value", value)})}
    return name, ["null", {"type": "array", "items": pair, "logicalType": "map"}]


LIST = {
    500: ("manifest_path", "string"),
    501: ("manifest_length", "long"),
    502: ("partition_spec_id", "int"),
    503: ("added_snapshot_id", "long"),
    504: ("added_files_count", "int"),
    505: ("existing_files_count", "int"),
    506: ("deleted_files_count", "int"),
    512: ("added_rows_count", "long"),
    513: ("existing_rows_count", "long"),
    514: ("deleted_rows_count", "long"),
    517: ("content", "int"),
}
FILE = {
    134: ("content", "int"),
    100: ("file_path", "string"),
    101: ("file_format", "string"),
    102: ("partition", {"type": "record", "name": "r102", "fields": []}),
    103: ("record_count", "long"),
    104: ("file_size_in_bytes", "long"),
    108: counts("column_sizes", 117, "long"),
    109: counts("value_counts", 119, "long"),
    110: counts("null_value_counts", 121, "long"),
    125: counts("lower_bounds", 126, "bytes"),
    128: counts("upper_bounds", 129, "bytes"),
}
ENTRY = {0: ("status", "int"), 2: ("data_file", {"type": "record", "name": "f", "fields": named(FILE)})}


def committed(columns: int, files: int) -> dict[str, bytes]:
    """The files of a commit: metadata, manifest list, one manifest with counts and bounds of every column."""
    paths = {name: f"tables/wide/metadata/{name}" for name in ("1.metadata.json", "list.avro", "manifest.avro")}
    numbers = range(1, columns + 1)
    fields = [
        {"id": number, "name": f"column_{number}", "required": number % 2 == 0, "type": "string"} for number in numbers
    ]
    snapshot = {"snapshot-id": 1, "sequence-number": 1, "timestamp-ms": 1, "schema-id": 0}
    metadata = {
        "format-version": 2,
        "table-uuid": "00000000-0000-4000-8000-000000000000",
        "location": LOCATION.rstrip("/"),
        "last-sequence-number": 1,
        "last-updated-ms": 1,
        "last-column-id": columns,
        "current-schema-id": 0,
        "schemas": [{"type": "struct", "schema-id": 0, "fields": fields}],
        "default-spec-id": 0,
        "partition-specs": [{"spec-id": 0, "fields": []}],
        "last-partition-id": 999,
        "default-sort-order-id": 0,
        "sort-orders": [{"order-id": 0, "fields": []}],
        "properties": {},
        "current-snapshot-id": 1,
        "snapshots": [{**snapshot, "manifest-list": f"s3://bucket/{paths['list.avro']}"}],
    }
    line: dict[str, Any] = {name: 0 for name, _ in LIST.values()}
    line |= {"manifest_path": f"s3://bucket/{paths['manifest.avro']}", "added_rows_count": 9 * files}
    longs, texts = ("value_counts", "null_value_counts", "column_sizes"), ("lower_bounds", "upper_bounds")
    pairs = {name: [{"key": each, "value": 0} for each in numbers] for name in longs}
    bounds = {name: [{"key": each, "value": b"0123456789abcdef"} for each in numbers] for name in texts}
    file = {"content": 0, "file_format": "PARQUET", "partition": {}, "record_count": 9, "file_size_in_bytes": 9}
    entries = [
        {"status": 1, "data_file": {**file, "file_path": f"{LOCATION}data/{n}", **pairs, **bounds}}
        for n in range(files)
    ]
    return {
        paths["1.metadata.json"]: json.dumps(metadata).encode(),
        paths["list.avro"]: avro(named(LIST), [line]),
        paths["manifest.avro"]: avro(named(ENTRY), entries),
    }


class ReadyAnswers:
    """AWS that answers at once: one object store, one table of the draft, one of the hub."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = dict(objects)
        self.hub: dict[str, Any] = {}

    def own(self, _service: str) -> Any:
        return self

    def check(self, _account: str, _service: str) -> Any:
        return self

    def publisher(self, _domain: str, _service: str) -> Any:
        return self

    def begin(self) -> None:
        """Nothing ends."""

    def get_object(self, Key: str, **_: Any) -> Any:  # noqa: N803
        from botocore.exceptions import ClientError

        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        content = self.objects[Key]
        return {"ContentLength": len(content), "Body": io.BytesIO(content), "ETag": str(hash(content))}

    def put_object(self, Key: str, Body: bytes, **_: Any) -> Any:  # noqa: N803
        self.objects[Key] = Body
        return {"ETag": str(hash(Body))}

    def get_paginator(self, _operation: str) -> Any:
        return self

    def paginate(self, Prefix: str, **_: Any) -> Any:  # noqa: N803
        found = [(key, content) for key, content in self.objects.items() if key.startswith(Prefix)]
        return [{"Contents": [{"Key": key, "ETag": str(hash(content))} for key, content in found]}]

    def get_table(self, DatabaseName: str, **_: Any) -> Any:  # noqa: N803
        from botocore.exceptions import ClientError

        if DatabaseName.endswith("__draft"):
            pointer = f"{LOCATION}metadata/1.metadata.json"
            return {
                "Table": {
                    "Parameters": {"table_type": "ICEBERG", "metadata_location": pointer},
                    "StorageDescriptor": {"Location": LOCATION},
                }
            }
        if not self.hub:
            raise ClientError({"Error": {"Code": "EntityNotFoundException"}}, "GetTable")
        return {"Table": {**self.hub, "VersionId": "1"}}

    def create_table(self, TableInput: dict[str, Any], **_: Any) -> None:  # noqa: N803
        self.hub = TableInput

    def get_resource_lf_tags(self, **_: Any) -> Any:
        return {}

    def add_lf_tags_to_resource(self, **_: Any) -> Any:
        return {}

    def put_events(self, **_: Any) -> Any:
        return {"FailedEntryCount": 0}


def milliseconds(work: Callable[[], object]) -> float:
    """CPU of the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best * 1000


def main() -> None:
    """Print the table."""
    columns, files = int((sys.argv[1:2] or ["200"])[0]), int((sys.argv[2:3] or ["1"])[0])
    objects = committed(columns, files)
    for name in [name for name in sys.modules if name.partition(".")[0] == "fastavro"]:
        del sys.modules[name]
    with TemporaryDirectory() as folder:
        path = Path(folder, "publish.zip")
        archive(path, *documents(columns))
        for name in [name for name in sys.modules if name.partition(".")[0] == "fastavro"]:
            del sys.modules[name]
        sys.path.insert(0, str(path))
        import fastavro
        import handler

        handler.print = lambda *_: None
        sweep = {"Records": [{"messageId": "1", "body": json.dumps({"source": "aws.events"})}]}

        def publish() -> None:
            answers = ReadyAnswers(objects)
            handler._kept["sessions"] = answers
            handler.handler(sweep, None)
            if not answers.hub:
                raise SystemExit("nothing was published")

        def floor() -> None:
            for key, content in objects.items():
                json.loads(content) if key.endswith(".json") else list(fastavro.reader(io.BytesIO(content)))

        own, least = milliseconds(publish), milliseconds(floor)
        if str(path) not in str(fastavro.__file__):
            raise SystemExit("fastavro is not that of the archive")
    print(
        f"{columns} columns, {files} new files: {own:.1f} ms of the function's own (target {TARGET_MILLISECONDS:.0f})"
    )
    print(f"floor, parsing alone: {least:.1f} ms; ratio {own / least:.2f}")


if __name__ == "__main__":
    main()
