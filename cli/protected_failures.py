"""Failures of what is protected: resources by stack, and the road on which a product goes, in place of Pulumi's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cli.console import counted

if TYPE_CHECKING:
    from sandbox.engine.work import Failure
    from sandbox.runs.stack_run import StackRun

DELETED: Final = "cannot be deleted\nbecause it is protected"
"""Pulumi's words, on both engines, of a resource that the program has no more."""

REPLACED: Final = "as it is currently marked for protection"
"""The same, of one that would be made anew."""

MOST: Final = 10

REMOVAL: Final = (
    "What the files have no more is still there, and holds data. To remove a product (domain, partner): put it back "
    "with 'deletion-protection: false', `mesh up`, take it out of the file again, `mesh up`. A name is never changed: "
    "under another one it is a new product, without the data; let it stand beside the old one until consumers have "
    "moved, and end the old one by 'status: deprecated' and an 'endOfSupport' in its contract. A column is renamed "
    "there, by 'renamedFrom'."
)
RENEWAL: Final = (
    "This change would make anew what holds data, and lose it. Put back what was changed; or, where the data may go, "
    "write 'deletion-protection: false' at the product, `mesh up`, make the change, `mesh up`."
)


def is_of_protection(message: str) -> bool:
    """Whether a failure is that something is protected."""
    return DELETED in message or REPLACED in message


def told_failures(runs: Sequence[StackRun]) -> Iterator[str]:
    """Lines on what is protected, stack by stack, and what to do at the end."""
    roads: set[str] = set()
    for run in runs:
        for words, verb, road in ((DELETED, "deleted", REMOVAL), (REPLACED, "made anew", RENEWAL)):
            found = [failure for failure in run.result.failures if words in failure.message]
            if found:
                roads.add(road)
                yield f"\n{run.stack}: {counted(len(found), 'protected resource')} would be {verb}; none was:"
                yield from (f"  {_name(failure)}" for failure in found[:MOST])
                if len(found) > MOST:
                    yield f"  and {len(found) - MOST} more"
    yield from (f"\n{road}" for road in (REMOVAL, RENEWAL) if road in roads)


def _name(failure: Failure) -> str:
    kind = failure.urn.split("::")[2].rpartition("$")[2]
    return f"{failure.urn.rpartition('::')[2]} ({kind.rpartition(':')[2]})"
