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

from mesh.evaluator.errors import MalformedError, UnknownError

CURRENT_TIME: Final = "aws:currenttime"
EPOCH_TIME: Final = "aws:epochtime"
TIME_KEYS: Final = frozenset({CURRENT_TIME, EPOCH_TIME})
"""Keys that say when a request is made, in lower case."""

_YEAR_OR_DAY: Final = re.compile(r"[0-9]{4}([0-9]{4})?")
_DATE: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?"
)
"""W3C, "Date and Time Formats"; a year alone is refused."""

_SECONDS: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SECOND: Final = datetime.timedelta(seconds=1)
_MINUTES: Final = 60
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MIDDAY: Final = datetime.time(12, tzinfo=datetime.UTC)


def midday(day: datetime.date) -> datetime.datetime:
    """The moment that stands for a day: its midday, UTC."""
    return datetime.datetime.combine(day, _MIDDAY)


def written(moment: datetime.datetime) -> str:
    """A moment as AWS writes it: `2028-12-31T12:00:00Z`."""
    return moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def seconds(text: str) -> Decimal:
    """Seconds since 1970 of a date in a form that the W3C has of ISO 8601, or of such seconds.

    IAM User Guide, "Date condition operators". Raises UnknownError for what may be either, MalformedError for neither.
    """
    if _YEAR_OR_DAY.fullmatch(text):
        raise UnknownError(f"{text!r} is a year or a day to ISO 8601, and that many seconds since 1970")
    if _SECONDS.fullmatch(text):
        return Decimal(text)
    form = _DATE.fullmatch(text)
    if not form:
        raise MalformedError(f"{text!r} is no date: YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.s]]Z, or seconds")
    year, month, day, hour, minute, second, fraction, zone = form.groups()
    try:
        time = (int(hour or 0), int(minute or 0), int(second or 0))
        moment = datetime.datetime(int(year), int(month), int(day or 1), *time, tzinfo=_zone(zone or "Z"))
    except ValueError as error:
        raise MalformedError(f"{text!r} is no date: {error}") from error
    return Decimal((moment - _EPOCH) // _SECOND) + Decimal(f"0{fraction or ''}")


def _zone(text: str) -> datetime.timezone:
    if text == "Z":
        return datetime.UTC
    hours, minutes = int(text[1:3]), int(text[4:])
    if minutes >= _MINUTES:
        raise ValueError("a zone has less than 60 minutes")
    offset = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-offset if text[0] == "-" else offset)


def time_keys(moment: datetime.datetime | None) -> Mapping[str, tuple[str, ...]]:
    """Keys of a request that is made at a moment; none where it is not known."""
    if moment is None:
        return MappingProxyType({})
    since = (moment.astimezone(datetime.UTC) - _EPOCH) // _SECOND
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
