"""Retention as the mesh's: it expires snapshots of the draft, and deletes what neither draft nor publications name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import fastavro

from tests.functions.publish.organization import BUCKET, Harbour

PREFIX = "tables/ships/"


def _read(organization: Harbour, path: str) -> bytes:
    bucket, _, key = path.removeprefix("s3://").partition("/")
    content: bytes = organization.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def _records(organization: Harbour, path: str) -> Iterator[Any]:
    return iter(fastavro.reader(BytesIO(_read(organization, path))))


def tree(organization: Harbour, pointer: str) -> set[str]:
    """All files that a metadata file names, itself among them; all but data files are read, so they are there."""
    document = json.loads(_read(organization, pointer))
    found = {pointer}
    for snapshot in document["snapshots"]:
        found.add(snapshot["manifest-list"])
        for line in _records(organization, snapshot["manifest-list"]):
            if line["manifest_path"] not in found:
                found.add(line["manifest_path"])
                entries = _records(organization, line["manifest_path"])
                found |= {entry["data_file"]["file_path"] for entry in entries if entry["status"] != 2}
    return found


def files(organization: Harbour) -> set[str]:
    """All files below the table's prefix."""
    listed = organization.s3.list_objects_v2(Bucket=BUCKET, Prefix=PREFIX).get("Contents", [])
    return {f"s3://{BUCKET}/{each['Key']}" for each in listed}


def named(organization: Harbour) -> set[str]:
    """The metadata files that the hub, a rollback or a publication under way names."""
    record = organization.record
    publications = [record.get("published"), record.get("intent"), *record.get("history", [])]
    pointers = {each["tables"]["ships"]["pointer"] for each in publications if each}
    return pointers | ({organization.pointer()} - {None})  # type: ignore[operator]


def delete_unnamed(organization: Harbour, draft: str) -> None:
    """Delete every file that nothing names."""
    kept: set[str] = set()
    for pointer in {draft, *named(organization)}:
        kept |= tree(organization, pointer)
    for path in files(organization) - kept:
        organization.s3.delete_object(Bucket=BUCKET, Key=path.removeprefix(f"s3://{BUCKET}/"))
