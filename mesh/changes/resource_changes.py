"""Resource changes of a stack, out of what `mesh plan --json` prints of it before and after.

What replaces a resource says the table of the plugin (`mesh/aws/plugin/`), which the emulator's provider is held to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from mesh.aws.plugin_table import plugin_types
from mesh.changes.lost_data import lost_by_a_change, lost_by_removal
from mesh.changes.value_changes import ABSENT, ValueChange, value_changes

ResourceVerb = Literal["add", "change", "replace", "remove"]
PROVIDER: Final = "pulumi:providers:aws"
_POSITION: Final = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """A change of one resource; `replacing` are the paths that replace it.

    `refused` says why a deployment stops at it, `kept` that AWS keeps what leaves the stack, `lost` which data go.
    """

    verb: ResourceVerb
    urn: str
    type: str
    name: str
    changes: tuple[ValueChange, ...] = ()
    replacing: tuple[str, ...] = ()
    refused: str = ""
    kept: bool = False
    lost: str = ""

    @property
    def kind(self) -> str:
        """The last word of the type, as people say it: `Bucket`."""
        return self.type.rpartition(":")[2]

    def __str__(self) -> str:
        told = [f"{self.kind} {self.name}"]
        if self.changes:
            told.append(f": {'; '.join(map(str, self.changes))}")
        if self.replacing:
            told.append(f"; replaced, for {' and '.join(self.replacing)} cannot be changed")
        lost = f"data is lost: {self.lost}" if self.lost else ""
        notes = (self.refused, lost, "AWS keeps it" if self.kept else "")
        told += [f"; {note}" for note in notes if note]
        return "".join(told)

    def as_json(self) -> dict[str, Any]:
        """The change as one entry of a JSON document."""
        return {
            "verb": self.verb,
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "changes": [change.as_json() for change in self.changes],
            "replacing": list(self.replacing),
            "refused": self.refused or None,
            "kept": self.kept,
            "lost": self.lost or None,
        }


Resource = Mapping[str, Any]


def resource_changes(before: Iterable[Resource], after: Iterable[Resource]) -> tuple[ResourceChange, ...]:
    """Changes of a stack's resources, in the order of their names; of components and providers nothing is told.

    A provider whose region or account is another one moves the stack: nothing of it can be changed, all is made anew.
    """
    old, new = _by_urn(before), _by_urn(after)
    moved = _moved(old, new)
    every = (_change(old.get(urn), new.get(urn), moved) for urn in sorted({*old, *new}))
    return tuple(change for change in every if change is not None)


def _by_urn(resources: Iterable[Resource]) -> Mapping[str, Resource]:
    return {resource["urn"]: resource for resource in resources}


def _moved(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> tuple[str, ...]:
    """The settings of the provider that move a stack, where they are others than before."""
    had, has = (
        next((each["inputs"] for each in resources.values() if each["type"] == PROVIDER), None)
        for resources in (old, new)
    )
    if had is None or has is None:
        return ()
    words = {"allowedAccountIds": "the account", "region": "the region"}
    return tuple(word for key, word in words.items() if had.get(key) != has.get(key))


def _change(old: Resource | None, new: Resource | None, moved: Sequence[str]) -> ResourceChange | None:
    present = new or old
    if present is None or not str(present["type"]).startswith("aws:"):
        return None
    if new is None:
        return _removed(present)
    if old is None:
        return _named("add", new)
    changes = tuple(_differences(old, new))
    replacing = (*moved, *_replacing(new["type"], changes))
    if not changes and not replacing:
        return None
    if replacing:
        return _replaced(old, new, changes, replacing)
    return _named("change", new, changes=changes, lost=lost_by_a_change(new["type"], changes))


def _named(verb: ResourceVerb, resource: Resource, **rest: Any) -> ResourceChange:
    return ResourceChange(verb=verb, urn=resource["urn"], type=resource["type"], name=resource["name"], **rest)


def _removed(old: Resource) -> ResourceChange:
    if old["protect"]:
        return _named("remove", old, refused=PROTECTED_REMOVAL)
    if old["retainOnDelete"]:
        return _named("remove", old, kept=True)
    return _named("remove", old, lost=lost_by_removal(old["type"]))


def _replaced(
    old: Resource, new: Resource, changes: tuple[ValueChange, ...], replacing: tuple[str, ...]
) -> ResourceChange:
    refused = PROTECTED_REPLACEMENT if old["protect"] and new["protect"] else ""
    kept = bool(new["retainOnDelete"]) and not refused
    lost = "" if refused or kept else lost_by_removal(new["type"])
    return _named("replace", new, changes=changes, replacing=replacing, refused=refused, kept=kept, lost=lost)


PROTECTED_REMOVAL: Final = (
    "refused, for it is protected: deploy 'deletion-protection: false' first, then remove it; its data go then"
)
PROTECTED_REPLACEMENT: Final = (
    "refused, for it is protected, and a replacement deletes it: deploy 'deletion-protection: false' first"
)


def _differences(old: Resource, new: Resource) -> Iterator[ValueChange]:
    yield from value_changes(old["inputs"], new["inputs"])
    for option in ("protect", "retainOnDelete"):
        yield from value_changes(old[option], new[option], option)


def _replacing(token: str, changes: Iterable[ValueChange]) -> Iterator[str]:
    """Paths, as the table has them, whose changes replace a resource of a type."""
    known = plugin_types().get(token)
    if known is None:
        return
    for change in changes:
        for path in known.replaces:
            if _touches(change, path) and known.keeps.get(path) != f"{change.before} to {change.after}":
                yield path


def _touches(change: ValueChange, path: str) -> bool:
    """Whether a change is one of a property: of it, of a part of it, or of all that it is in."""
    plain = _POSITION.sub("", change.path)
    if plain == path or plain.startswith(f"{path}."):
        return True
    if not path.startswith(f"{plain}."):
        return False
    steps = path.removeprefix(f"{plain}.").split(".")
    return any(_holds(value, steps) for value in (change.before, change.after))


def _holds(value: Any, steps: Sequence[str]) -> bool:
    """Whether a value has something at a path, in any entry of lists on the way."""
    if isinstance(value, list):
        return any(_holds(entry, steps) for entry in cast("list[Any]", value))
    if not steps:
        return value is not ABSENT
    return isinstance(value, Mapping) and _holds(cast("Mapping[str, Any]", value).get(steps[0]), steps[1:])
