"""Data that a change of a resource loses: by the type that holds them, and by days that become fewer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from mesh.changes.value_changes import ValueChange

HELD: Final[Mapping[str, str]] = {
    "aws:athena/workgroup:Workgroup": "the history of its queries",
    "aws:cloudwatch/logGroup:LogGroup": "its log events",
    "aws:glue/catalogTable:CatalogTable": "which of its files are current, and its snapshots; the files stay in S3",
    "aws:kms/key:Key": "whatever it encrypted, once its 30 days of waiting are over: nothing else decrypts that",
    "aws:organizations/account:Account": "all that is in the account, once somebody closes it",
    "aws:s3/bucket:Bucket": "its objects and their old versions",
    "aws:sns/topic:Topic": "the confirmed subscriptions of addresses, which have to be confirmed again",
    "aws:sqs/queue:Queue": "messages that nobody has received",
}
"""What goes with a resource of a type. Every type that is not here is made again from the same YAML."""

EXPIRING: Final[Mapping[str, tuple[str, str]]] = {
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        r"rules\[.*\]\.(expiration\.days|noncurrentVersionExpiration\.noncurrentDays)",
        "what is older than {days}, within a day or two",
    ),
    "aws:glue/catalogTableOptimizer:CatalogTableOptimizer": (
        r".*\.(snapshotRetentionPeriodInDays|orphanFileRetentionPeriodInDays)",
        "snapshots, and files that no snapshot names, that are older than {days}",
    ),
    "aws:cloudwatch/logGroup:LogGroup": (r"retentionInDays", "log events that are older than {days}"),
    "aws:sqs/queue:Queue": (r"messageRetentionSeconds", "messages that are older than {seconds}"),
}
"""By type: the properties (a pattern of paths) of which a smaller number deletes what is there already, and what."""


def lost_by_removal(token: str) -> str:
    """Data that are lost with a resource of a type that is deleted, or replaced; empty for one that holds nothing."""
    return HELD.get(token, "")


def lost_by_a_change(token: str, changes: Iterable[ValueChange]) -> str:
    """Data that are lost with changes of a resource that stays; empty where nothing is."""
    return "; ".join(dict.fromkeys(_lost(token, changes)))


def _lost(token: str, changes: Iterable[ValueChange]) -> Iterator[str]:
    pattern, told = EXPIRING.get(token, ("(?!)", ""))
    for change in changes:
        for path, before, after in _numbers(change):
            if re.fullmatch(pattern, path) and after is not None and (before is None or after < before):
                yield told.format(days=_age(after, "day"), seconds=_age(after, "second"))


def _age(number: float, unit: str) -> str:
    return f"{number:g} {unit if number == 1 else unit + 's'}"


def _numbers(change: ValueChange) -> Iterator[tuple[str, float | None, float | None]]:
    """The numbers of a change by their paths; of a whole rule that is new, each of those in it."""
    if _is_number(change.before) or _is_number(change.after):
        before, after = (each if _is_number(each) else None for each in (change.before, change.after))
        yield change.path, before, after
    elif change.before is None and isinstance(change.after, Mapping):
        for key, value in cast("Mapping[str, Any]", change.after).items():
            yield from _numbers(ValueChange(f"{change.path}.{key}", None, value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
