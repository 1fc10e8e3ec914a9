"""Moments: how AWS writes a date, and the time that is in every request.

IAM User Guide, "AWS global condition context keys": `aws:CurrentTime` in ISO 8601 and `aws:EpochTime` in seconds since
1970 are in every request, and no caller chooses them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from mesh.evaluator.errors import UnknownError

CURRENT_TIME: Final = "aws:currenttime"
EPOCH_TIME: Final = "aws:epochtime"
TIME_KEYS: Final = frozenset({CURRENT_TIME, EPOCH_TIME})
"""Keys that say when a request is made, in lower case."""

_SECONDS: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND: Final = datetime.timedelta(microseconds=1)
_MIDDAY: Final = datetime.time(12, tzinfo=datetime.UTC)


def midday(day: datetime.date) -> datetime.datetime:
    """The moment that stands for a day: its midday, UTC."""
    return datetime.datetime.combine(day, _MIDDAY)


def written(moment: datetime.datetime) -> str:
    """A moment as AWS writes it: `2028-12-31T12:00:00Z`."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text: str) -> Decimal:
    """Seconds since 1970 of a date in ISO 8601, or of such seconds (IAM User Guide, "Date condition operators").

    Raises UnknownError for what is no date.
    """
    if _SECONDS.fullmatch(text):
        return Decimal(text)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise UnknownError(f"{text!r} is no date") from error
    since = (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)) - _EPOCH
    return Decimal(since // _MICROSECOND) / 1_000_000


def time_keys(moment: datetime.datetime | None) -> Mapping[str, tuple[str, ...]]:
    """Keys of a request that is made at a moment; none where it is not known."""
    if moment is None:
        return MappingProxyType({})
    since = (moment.astimezone(datetime.UTC) - _EPOCH) // datetime.timedelta(seconds=1)
    return MappingProxyType({CURRENT_TIME: (written(moment),), EPOCH_TIME: (str(since),)})


def at_one_moment(keys: dict[str, tuple[str, ...]], said: Mapping[str, tuple[str, ...]]) -> None:
    """Gives both keys the time of a request that says it with one; UnknownError where it says two times."""
    for name, other in ((CURRENT_TIME, EPOCH_TIME), (EPOCH_TIME, CURRENT_TIME)):
        if len(said.get(name, ())) == 1:
            since = seconds(said[name][0])
            if len(said.get(other, ())) == 1 and int(seconds(said[other][0])) != int(since):
                raise UnknownError(f"the request is made at two times: {said[name][0]} and {said[other][0]}")
            if other not in said:
                keys[other] = (str(int(since)) if other == EPOCH_TIME else str(since),)
