"""Optimizers as Glue's: they look at the draft alone, at the age of its snapshots and files, and at nothing of ours.

AWS Glue Developer Guide, "Snapshot retention optimization" and "Deleting orphan files": snapshots that are older than
the period go, but for the newest of a number; files below the table's place go that its metadata does not name, when
they are older than their period; it names earlier heads (Iceberg, `remove_orphan_files`: metadata files of the log are
reachable). What the publication function writes down they never read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import fastavro

from tests.functions.publish.organization import BUCKET, DOMAIN, DRAFT, Harbour
from tests.functions.publish.writers import Writer

PREFIX = "tables/ships/"
DAYS = 30
KEPT = 3
"""Snapshots that stay whatever their age: few, so that schedules come to it; a look comes before more are committed."""

A_DAY = 24 * 60 * 60 * 1000


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
        found |= of_snapshot(organization, snapshot, found)
    return found


def of_snapshot(organization: Harbour, snapshot: Any, known: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
    """All files that a reader of a snapshot reads, less those of manifests that are known already."""
    found = {snapshot["manifest-list"]}
    for line in _records(organization, snapshot["manifest-list"]):
        if line["manifest_path"] not in known | found:
            found.add(line["manifest_path"])
            entries = _records(organization, line["manifest_path"])
            found |= {entry["data_file"]["file_path"] for entry in entries if entry["status"] != 2}
    return found


def read_now(organization: Harbour, pointer: str) -> set[str]:
    """All files that a reader needs who asks for the newest rows of a metadata file."""
    document = json.loads(_read(organization, pointer))
    current = [each for each in document["snapshots"] if each["snapshot-id"] == document.get("current-snapshot-id")]
    return {pointer}.union(*(of_snapshot(organization, each) for each in current))


def committed(document: Any) -> float:
    """The time in seconds from which an optimizer counts how old the newest rows of a metadata file are."""
    now = [each for each in document["snapshots"] if each["snapshot-id"] == document.get("current-snapshot-id")]
    moment: int = now[0]["timestamp-ms"] if now else document["last-updated-ms"]
    return moment / 1000


def files(organization: Harbour) -> set[str]:
    """All files below the table's prefix."""
    listed = organization.s3.list_objects_v2(Bucket=BUCKET, Prefix=PREFIX).get("Contents", [])
    return {f"s3://{BUCKET}/{each['Key']}" for each in listed}


@dataclass
class Optimizers:
    """The optimizers of the draft; `seen` has the time in milliseconds at which each file was first there."""

    organization: Harbour
    writer: Writer
    seen: dict[str, int] = field(default_factory=dict[str, int])
    gone: set[str] = field(default_factory=set[str])

    def deploy(self) -> None:
        """Make those that are not there, as the next deployment of the domain does."""
        of_it = {"enabled": True, "roleArn": f"arn:aws:iam::{DOMAIN}:role/mesh/retention"}
        for kind in ("retention", "orphan_file_deletion"):
            if not self.has(kind):
                self.organization.glue.create_table_optimizer(**_place(kind), TableOptimizerConfiguration=of_it)

    def has(self, kind: str) -> bool:
        """Whether the draft has an optimizer of that kind."""
        try:
            self.organization.glue.get_table_optimizer(**_place(kind))
        except self.organization.glue.exceptions.EntityNotFoundException:
            return False
        return True

    def look(self, now: int) -> None:
        """Note when the files came that are new."""
        for path in files(self.organization):
            self.seen.setdefault(path, now)

    def run(self, now: int) -> bool:
        """One daily run of each that is there; whether the draft has a new metadata file because of it."""
        changed = self.has("retention") and self._expire(now)
        if self.has("orphan_file_deletion"):
            self._delete_orphans(now)
        return changed

    def _expire(self, now: int) -> bool:
        if all(each["timestamp-ms"] >= now - DAYS * A_DAY for each in self.writer.metadata()["snapshots"]):
            return False
        table = self.writer.table()
        current = table.current_snapshot()
        newest = sorted(table.snapshots(), key=lambda each: each.timestamp_ms, reverse=True)
        old = [
            each.snapshot_id
            for each in newest[KEPT:]
            if each.timestamp_ms < now - DAYS * A_DAY and current and each.snapshot_id != current.snapshot_id
        ]
        if not old:
            return False
        table.maintenance.expire_snapshots().by_ids(old).commit()
        return True

    def _delete_orphans(self, now: int) -> None:
        """Files of expired snapshots go by this as well: they are old, and nothing in the draft names them."""
        old = {path for path, first in self.seen.items() if first < now - DAYS * A_DAY} - self.gone
        if not old:
            return
        log = {each["metadata-file"] for each in self.writer.metadata().get("metadata-log", [])}
        kept = tree(self.organization, self.writer.pointer()) | log
        for path in old - kept:
            self.organization.s3.delete_object(Bucket=BUCKET, Key=path.removeprefix(f"s3://{BUCKET}/"))
            self.gone.add(path)


def _place(kind: str) -> dict[str, str]:
    return {"CatalogId": DOMAIN, "DatabaseName": DRAFT, "TableName": "ships", "Type": kind}
