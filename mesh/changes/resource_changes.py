"""Changes of a stack's resources, out of what `mesh plan --json` prints of it before and after.

What replaces a resource says the table of the plugin (`mesh/aws/plugin/`), which the emulator's provider is held to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from mesh.aws.plugin_table import plugin_types
from mesh.changes.lost_data import lost_by_a_change, lost_by_removal
from mesh.changes.value_changes import ABSENT, ValueChange, value_changes
from mesh.findings import listed

ResourceVerb = Literal["add", "change", "replace", "remove"]
MOST_CHANGES: Final = 4
"""Properties of a resource that a person is shown; a document has all."""
PROVIDER: Final = "pulumi:providers:aws"
_STATEMENT: Final = re.compile(r"(?P<document>.*)\.Statement\[(?P<sid>[^\]]*)\](?P<rest>.*)")
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
        if shown := _shown(self.changes):
            more = len(shown) - MOST_CHANGES
            told.append(f": {'; '.join(shown[:MOST_CHANGES])}{f'; and {more} more' if more > 0 else ''}")
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


ShownResource = Mapping[str, Any]


def _shown(changes: Iterable[ValueChange]) -> list[str]:
    """Changes as a person reads them: of a policy document the statements, and not what is in each."""
    shown: list[str] = []
    statements: dict[str, dict[str, str]] = {}
    for change in changes:
        inside = _STATEMENT.fullmatch(change.path)
        if inside is None:
            shown.append(str(change))
            continue
        is_whole = not inside["rest"]
        what = "added" if is_whole and change.before is ABSENT else "removed" if is_whole else "changed"
        statements.setdefault(inside["document"], {})[inside["sid"]] = what
    for document, verbs in statements.items():
        told = (
            f"{listed(sid for sid, verb in verbs.items() if verb == what)} {what}"
            for what in ("added", "changed", "removed")
            if what in verbs.values()
        )
        shown.append(f"{document}: {', '.join(told)}")
    return shown


def resource_changes(before: Iterable[ShownResource], after: Iterable[ShownResource]) -> tuple[ResourceChange, ...]:
    """Changes of a stack's resources, in the order of their names; of components nothing is told.

    Of a provider it is told when it reaches another account or region, of its tags with the resources that have them.
    """
    old, new = _by_urn(before), _by_urn(after)
    tags = _default_tags(old), _default_tags(new)
    every = (_change(old.get(urn), new.get(urn), tags) for urn in sorted({*old, *new}))
    return tuple(change for change in every if change is not None)


def _by_urn(resources: Iterable[ShownResource]) -> Mapping[str, ShownResource]:
    return {resource["urn"]: resource for resource in resources}


DefaultTags = Mapping[str, str]


def _default_tags(resources: Mapping[str, ShownResource]) -> DefaultTags:
    """Tags that the provider of a stack puts on every resource that takes tags."""
    written = (each["inputs"].get("defaultTags") for each in resources.values() if each["type"] == PROVIDER)
    return json.loads(next((text for text in written if text), "{}")).get("tags", {})


def _change(
    old: ShownResource | None, new: ShownResource | None, tags: tuple[DefaultTags, DefaultTags]
) -> ResourceChange | None:
    present = new or old
    if present is None or not str(present["type"]).startswith("aws:"):
        return _moved(old, new)
    if new is None:
        return _removed(present)
    if old is None:
        return _named("add", new)
    changes = tuple(_differences(old, new, tags))
    if replacing := tuple(dict.fromkeys(_replacing(new["type"], changes))):
        return _replaced(old, new, changes, replacing)
    return _named("change", new, changes=changes, lost=lost_by_a_change(new["type"], changes)) if changes else None


def _moved(old: ShownResource | None, new: ShownResource | None) -> ResourceChange | None:
    """The change of a provider that reaches another account or region than it did."""
    if old is None or new is None or new["type"] != PROVIDER:
        return None
    kept = {key: (old["inputs"].get(key), new["inputs"].get(key)) for key in ("allowedAccountIds", "region")}
    changes = tuple(ValueChange(key, *values) for key, values in kept.items() if values[0] != values[1])
    return _named("change", new, changes=changes, lost=LEFT_BEHIND) if changes else None


def _named(verb: ResourceVerb, resource: ShownResource, **rest: Any) -> ResourceChange:
    return ResourceChange(verb=verb, urn=resource["urn"], type=resource["type"], name=resource["name"], **rest)


def _removed(old: ShownResource) -> ResourceChange:
    if old["protect"]:
        return _named("remove", old, refused=PROTECTED_REMOVAL)
    if old["retainOnDelete"]:
        return _named("remove", old, kept=True)
    return _named("remove", old, lost=lost_by_removal(old["type"]))


def _replaced(
    old: ShownResource, new: ShownResource, changes: tuple[ValueChange, ...], replacing: tuple[str, ...]
) -> ResourceChange:
    refused = PROTECTED_REPLACEMENT if old["protect"] and new["protect"] else ""
    kept = bool(new["retainOnDelete"]) and not refused
    lost = "" if refused or kept else lost_by_removal(new["type"])
    return _named("replace", new, changes=changes, replacing=replacing, refused=refused, kept=kept, lost=lost)


LEFT_BEHIND: Final = "what stands in the old place stays there, and no stack knows it any more"
PROTECTED_REMOVAL: Final = (
    "refused, for it is protected: deploy 'deletion-protection: false' first, then remove it; its data go then"
)
PROTECTED_REPLACEMENT: Final = (
    "refused, for it is protected, and a replacement deletes it: deploy 'deletion-protection: false' first"
)


def _differences(
    old: ShownResource, new: ShownResource, tags: tuple[DefaultTags, DefaultTags]
) -> Iterator[ValueChange]:
    yield from value_changes(old["inputs"], new["inputs"])
    known = plugin_types().get(new["type"])
    if known is not None and known.tag and tags[0] != tags[1]:
        had, has = (_all_tags(default, each) for default, each in zip(tags, (old, new), strict=True))
        yield from value_changes(had, has, "tagsAll")
    for option in ("protect", "retainOnDelete"):
        yield from value_changes(old[option], new[option], option)


def _all_tags(default: DefaultTags, resource: ShownResource) -> DefaultTags:
    return {**default, **(resource["inputs"].get("tags") or {})}


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
