"""Changed stacks: those whose plan is another one, in order, each with its reason and what changes in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from mesh.changes.affected_stacks import AffectedStack, StackChange
from mesh.changes.resource_changes import ResourceChange, ShownResource, resource_changes

VERBS: Final = {"add": "added", "change": "changed", "replace": "replaced", "remove": "removed"}
BEGINNINGS: Final[Mapping[StackChange, tuple[str, ...]]] = {
    "create": ("new",),
    "update": (),
    "destroy": ("destroyed",),
    "program": (),
}
SHARED: Final = ("accounts.yaml", "mesh.yaml", "names.lock.yaml")
"""Files that every stack is made of."""
MOST_LINES: Final = 8
"""Resources of a stack that a person is shown; a document has all."""


class ChangedStack(NamedTuple):
    """A stack whose plan is another one; `files` are those that were changed and that it is made of."""

    stack: AffectedStack
    resources: tuple[ResourceChange, ...]
    files: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """Numbers of its changes: `2 added, 1 changed, 1 refused, data lost in 1`."""
        verbs = Counter(change.verb for change in self.resources)
        parts = [f"{verbs[verb]} {word}" for verb, word in VERBS.items() if verbs[verb]]
        refused = sum(1 for change in self.resources if change.refused)
        lost = sum(1 for change in self.resources if change.lost)
        parts += [f"{refused} refused"] if refused else []
        parts += [f"data lost in {lost}"] if lost else []
        unsaid = "no file of the mesh changes it" if self.stack.change == "program" else "the order in which it is made"
        return ", ".join([*BEGINNINGS[self.stack.change], *parts]) or unsaid

    def lines(self) -> Iterator[str]:
        """The line of the stack, then one for each resource that changes, those first that stop or lose something."""
        yield f"{self.stack.stack}: {self.summary}"
        told = sorted((each for each in self.resources if each.verb != "add" or each.lost), key=_urgency)
        yield from (f"  {VERBS[change.verb]} {change}" for change in told[:MOST_LINES])
        if len(told) > MOST_LINES:
            yield f"  and {len(told) - MOST_LINES} more; all of them with --json"

    def as_json(self) -> dict[str, Any]:
        """The stack as one entry of a JSON document."""
        return {
            "stack": self.stack.stack,
            "change": self.stack.change,
            "places": list(self.stack.places),
            "files": list(self.files),
            "summary": self.summary,
            "resources": [change.as_json() for change in self.resources],
        }


def _urgency(change: ResourceChange) -> tuple[bool, bool, bool, str]:
    return not change.refused, not change.lost, change.verb == "change", change.urn


def changed_stacks(
    candidates: Sequence[AffectedStack],
    before: Mapping[str, Sequence[ShownResource]],
    after: Mapping[str, Sequence[ShownResource]],
    files: Sequence[str],
) -> tuple[ChangedStack, ...]:
    """The stacks, of those that can be others, that are, by what was rendered of each side."""
    found: list[ChangedStack] = []
    for candidate in candidates:
        old, new = (list(side.get(candidate.stack, ())) for side in (before, after))
        if old != new or candidate.change != "update":
            found.append(ChangedStack(candidate, resource_changes(old, new), _about(candidate, files)))
    return tuple(found)


def _about(candidate: AffectedStack, files: Sequence[str]) -> tuple[str, ...]:
    """The files that name the stack's owner, or something in the places; all of them where none does."""
    owner = candidate.stack.partition("-")[2]
    words = {word for place in candidate.places for word in place.split(".")} | {owner}
    named = [file for file in files if words & {part.partition(".")[0] for part in file.split("/")} - {""}]
    return (
        tuple(file for file in files if file in named or file.rpartition("/")[2] in SHARED) if named else tuple(files)
    )
