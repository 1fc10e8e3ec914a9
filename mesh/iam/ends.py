"""End of a delivery as policies carry it: an Allow that holds until its last day is over, with no deployment.

The date is a condition of the Allow and not a refusal of its own: where AWS would send no time, or another form of it,
an Allow allows nothing, and a refusal would refuse nobody. `aws:CurrentTime` is in every request (IAM User Guide, "AWS
global condition context keys"); S3 asks at each copy, as the delivery role.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from mesh.iam.statement import Condition, when

Ends = Mapping[str, datetime.date]
"""Last days by name: of a writer by its ARN, of an inbox by its bucket."""

_DAY: Final = datetime.timedelta(days=1)
_MARK: Final = re.compile(r"Until\d{8}\b")


def undated(text: str) -> str:
    """A Sid, or a text with Sids, without the days: `DeclaredWritersDeliverUntil<day>`."""
    return _MARK.sub("Until<day>", text)


class EndingTogether(NamedTuple):
    """Names that end on one day; `mark` tells their statement from those of other days in its Sid."""

    end: datetime.date
    names: tuple[str, ...]

    @property
    def mark(self) -> str:
        """`Until20281231`; a Sid takes letters and digits alone."""
        return f"Until{self.end:%Y%m%d}"


def day_after(end: datetime.date) -> datetime.date:
    """The first day on which nothing is delivered any more; a rule refuses the one end that has none."""
    return min(end, datetime.date.max - _DAY) + _DAY


def until(end: datetime.date) -> Condition:
    """The request is made before the day after an end begins, UTC."""
    return when("DateLessThan", "aws:CurrentTime", f"{day_after(end)}T00:00:00Z")


def latest(ends: Iterable[tuple[str, datetime.date]]) -> Ends:
    """Last days by name, in the order of the names; of several agreements with one writer the last counts."""
    found: dict[str, datetime.date] = {}
    for name, end in ends:
        found[name] = max(end, found.get(name, end))
    return found


def by_end(ends: Ends) -> Iterator[EndingTogether]:
    """Names by their end, the first that ends first: one statement a day, however many end on it."""
    for end in sorted(set(ends.values())):
        yield EndingTogether(end, tuple(name for name, day in ends.items() if day == end))
