"""Changes that are refused whatever their plan is: promises that end without notice, labels that go without a yes.

And locks that forget a column.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from mesh.changes.broken_promises import broken_promises
from mesh.changes.forgotten_columns import forgotten_columns
from mesh.changes.widenings import widenings
from mesh.findings import Problem
from mesh.model import Mesh


def refused_changes(before: Mesh, after: Mesh, as_of: datetime.date) -> Iterator[Problem]:
    """A problem for each, at its place in the files after."""
    for product in broken_promises(before, after, as_of):
        yield from product.problems()
    for widening in widenings(before, after, as_of):
        yield from widening.problems()
    yield from forgotten_columns(before, after)
