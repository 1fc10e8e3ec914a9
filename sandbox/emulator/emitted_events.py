"""Events that the emulated services emit: kept until somebody delivers them, for the emulator knows no policies.

moto delivers some of them itself, at once, to targets of the same account and without asking anybody: it is kept from
that.
"""

from __future__ import annotations

import json
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

_S3_REASONS: Final = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
    "Delete": "DeleteObject",
    "DeleteMarkerCreated": "DeleteObject",
}
"""Reasons of S3's events, by the last part of moto's names (S3 User Guide, "EventBridge event message structure")."""


class EmittedEvent(NamedTuple):
    """An event on the bus of an account, as EventBridge has it."""

    account: str
    region: str
    bus: str
    body: Mapping[str, Any]


waiting: Final[deque[EmittedEvent]] = deque()
"""Events that nobody has delivered yet, in the order in which they were emitted."""

_numbers: Final[list[int]] = [0]


def forget() -> None:
    """No event waits any more, and their ids begin anew."""
    waiting.clear()
    _numbers[0] = 0


def emit(
    owner: str, region: str, bus: str, *, source: str, kind: str, detail: Mapping[str, Any], **members: Any
) -> None:
    """Put an event on a bus of an account; `members` may say another sender, or resources. It has no time yet."""
    _numbers[0] += 1
    body: dict[str, Any] = {
        "version": "0",
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, str(_numbers[0]))),
        "detail-type": kind,
        "source": source,
        "account": owner,
        "region": region,
        "resources": [],
        "detail": dict(detail),
        **members,
    }
    waiting.append(EmittedEvent(owner, region, bus, body))


def emitting() -> Iterator[tuple[Any, str, Any]]:
    """Replacements in moto: S3's events are kept for who delivers them, and nothing is delivered by moto itself."""
    from moto.events.models import Rule
    from moto.s3 import notifications

    yield notifications, "_send_event_bridge_message", _of_s3
    yield Rule, "send_to_targets", _delivered_by_nobody


def _delivered_by_nobody(_rule: Any, _event: Any, transform_input: bool = True) -> None:
    """An event that moto would deliver."""


def _of_s3(account: str, bucket: Any, event_name: str, key: Any) -> None:
    """An event of S3 about an object of a bucket that sends its events to EventBridge."""
    from moto.s3.notifications import _detail_type  # pyright: ignore[reportPrivateUsage]

    name = str(getattr(event_name, "value", event_name))
    if name.startswith(("s3:ObjectAcl:", "s3:ObjectTagging:")):  # moto sends both behind every object that is put
        return
    reason = name.rpartition(":")[2]
    version = {} if key.version_id in (None, "null") else {"version-id": key.version_id}
    described = {"key": key.name, "size": key.size, "etag": key.etag.replace('"', ""), **version}
    emit(
        account,
        bucket.region_name,
        "default",
        source="aws.s3",
        kind=_detail_type(event_name),
        resources=[bucket.arn],
        detail={
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {**described, "sequencer": f"{_numbers[0] + 1:016X}"},
            "request-id": f"{_numbers[0] + 1:016X}",
            "requester": account,
            "reason": _S3_REASONS.get(reason, reason),
        },
    )


_CHANGES_OF_TABLES: Final = frozenset(
    "UpdateTable CreatePartition BatchCreatePartition UpdatePartition BatchUpdatePartition DeletePartition "
    "BatchDeletePartition".split()
)
_CHANGES_OF_DATABASES: Final = frozenset(
    "CreateDatabase DeleteDatabase CreateTable DeleteTable BatchDeleteTable".split()
)


def of_glue(account: str, region: str, operation: str, database: str, table: str) -> None:
    """An event of Glue about its catalog; none of an operation that changes nothing.

    Glue Developer Guide, "Automating AWS Glue with EventBridge"; of a table that is made or deleted Glue says that its
    database has changed.
    """
    arn = f"arn:aws:glue:{region}:{account}"
    if operation in _CHANGES_OF_TABLES:
        emit(
            account,
            region,
            "default",
            source="aws.glue",
            kind="Glue Data Catalog Table State Change",
            resources=[f"{arn}:table/{database}/{table}"],
            detail={
                "databaseName": database,
                "changedPartitions": [],
                "typeOfChange": operation,
                "tableName": table,
            },
        )
    elif operation in _CHANGES_OF_DATABASES:
        changed = [table] if table else []
        emit(
            account,
            region,
            "default",
            source="aws.glue",
            kind="Glue Data Catalog Database State Change",
            resources=[f"{arn}:table/{database}/{each}" for each in changed] or [f"{arn}:database/{database}"],
            detail={"databaseName": database, "typeOfChange": operation, "changedTables": changed},
        )


def put(
    account: str, region: str, sender: str, entries: list[Mapping[str, Any]], answered: list[Mapping[str, Any]]
) -> None:
    """Events of a PutEvents that were taken: on a bus of an account, of the account that sent them."""
    for entry, answer in zip(entries, answered, strict=True):
        if "EventId" not in answer:
            continue
        emit(
            account,
            region,
            str(entry.get("EventBusName") or "default").rpartition("/")[2],
            source=entry["Source"],
            kind=entry["DetailType"],
            detail=json.loads(entry["Detail"]),
            id=answer["EventId"],
            account=sender,
            resources=list(entry.get("Resources") or ()),
        )
