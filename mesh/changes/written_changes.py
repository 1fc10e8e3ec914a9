"""Changes of what people wrote: every key of every file that says something else, whatever it is about.

Comments, the order of keys and defaults that are spelled out say nothing else, and are no difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from mesh.model import Mesh, contract_file, lock_file
from mesh.model.exceptions_file import EXCEPTIONS_FILE
from mesh.model.names_lock import NAMES_LOCK_FILE
from mesh.pipeline_scripts import FOLDER

ORDER: Final = "order"
"""Last step of the path of a list whose items are the same in another order."""

_NAMES: Final = (
    ("group", "domain"),
    ("product",),
    ("rule", "resource"),
    ("name",),
    ("property",),
    ("email",),
    ("username",),
    ("channel",),
    ("server",),
    ("id",),
    ("url",),
)
"""Keys by which an item of a list is known, those first that tell most."""

_ORDERED: Final = frozenset({"schema", "properties", "zones"})
"""Keys of lists whose order says something: tables and columns of contracts, and the zones of the network."""

WHOLE_FILE: Final = "the file"
"""The value of a file as a whole, which only one side has."""


class Missing:
    """The value of a key that is not written."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


class WrittenChange(NamedTuple):
    """A place in a file (relative to the mesh folder) whose value differs; `MISSING` of a side that has none.

    An item of a list is a step of the path by its name, where it has one: `members`, `sales-planning@ads`. The path is
    empty where the whole file is new or gone.
    """

    file: str
    path: tuple[str, ...]
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """The change as `mesh diff --json` prints it; a side without the key has no such member."""
        sides = {"before": self.before, "after": self.after}
        written = {name: value for name, value in sides.items() if not isinstance(value, Missing)}
        return {"file": self.file, "path": list(self.path), **written}


def written_changes(before: Mesh, after: Mesh) -> tuple[WrittenChange, ...]:
    """Every difference of two meshes as they are written, by file and then in the order of the keys."""
    named = {reference: _contract_file(reference, after, before) for reference in (*before.contracts, *after.contracts)}
    one, other = _files(before, named), _files(after, named)
    changes: list[WrittenChange] = []
    for file in sorted(one.keys() | other.keys()):
        if file in one and file in other:
            changes += _differences(file, (), one[file], other[file])
        else:
            sides = (WHOLE_FILE if file in side else MISSING for side in (one, other))
            changes.append(WrittenChange(file, (), *sides))
    return tuple(changes)


def _files(mesh: Mesh, contracts: Mapping[str, str]) -> dict[str, Any]:
    """Contents of each file of a mesh; a contract that moved bears on both sides the name that it has now."""
    models = {
        "mesh.yaml": mesh.file,
        "accounts.yaml": mesh.accounts,
        NAMES_LOCK_FILE: mesh.names_lock,
        EXCEPTIONS_FILE: mesh.exceptions,
        **{f"domains/{name}.yaml": domain for name, domain in mesh.domains.items()},
        **{f"partners/{name}.yaml": partner for name, partner in mesh.partners.items()},
        **{f"clearances/{name}.yaml": clearance for name, clearance in mesh.clearances.items()},
    }
    files: dict[str, Any] = {name: model for name, model in models.items() if model is not None}
    for reference, contract in mesh.contracts.items():
        files[contracts[reference]] = contract.data
    for reference, lock in mesh.locks.items():
        files[lock_file(*reference.split("."))] = lock
    for name, script in mesh.scripts.files.items():
        files[f"{FOLDER}/{name}"] = {"text": _fingerprint(script.text), "fault": script.fault}
    return files


def _contract_file(reference: str, now: Mesh, then: Mesh) -> str:
    domain, _, name = reference.partition(".")
    product = now.product(reference) or then.product(reference)
    return contract_file(domain, name, product) if product else reference


def _fingerprint(text: str) -> str:
    """A text that differs when a script does, and is short enough for a comment."""
    lines = len(text.splitlines())
    return f"{lines:,} lines, sha256 {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _differences(file: str, path: tuple[str, ...], before: Any, after: Any) -> Iterator[WrittenChange]:
    if before is after or before == after:
        return
    one, other = _plain(before), _plain(after)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        had, has = cast("Mapping[Any, Any]", one), cast("Mapping[Any, Any]", other)
        for key in {**had, **has}:
            yield from _differences(file, (*path, str(key)), had.get(key, MISSING), has.get(key, MISSING))
    elif isinstance(one, list) and isinstance(other, list):
        yield from _of_lists(file, path, cast("list[Any]", one), cast("list[Any]", other))
    elif one != other:
        yield WrittenChange(file, path, one, other)


def _of_lists(file: str, path: tuple[str, ...], one: list[Any], other: list[Any]) -> Iterator[WrittenChange]:
    """Items that were added, removed and changed; an item without a name is another one when it changes."""
    before, after = _by_name(one, other), _by_name(other, one)
    yield from _differences(file, path, before, after)
    kept = [name for name in before if name in after]
    ordered = [name for name in after if name in before]
    # Where nothing was named, the names are the items themselves, and their order is all that is left to differ.
    if kept != ordered and path and path[-1] in _ORDERED:
        yield WrittenChange(file, (*path, ORDER), kept, ordered)


def _by_name(items: Sequence[Any], beside: Sequence[Any]) -> dict[str, Any]:
    """Items by the key that names all of them on both sides; else by what they are.

    Where as many have no counterpart on one side as on the other, those are the same ones, changed: `#1`, `#2`.
    """
    for keys in _NAMES:
        names = [_name(item, keys) for item in items]
        others = [_name(item, keys) for item in beside]
        if all((*names, *others)) and len(set(names)) == len(names) and len(set(others)) == len(others):
            return dict(zip(names, items, strict=True))
    here, there = _texts(items), _texts(beside)
    changed = [text for text in here if text not in there]
    paired = len(changed) == sum(text not in here for text in there) and any(isinstance(item, dict) for item in items)
    return {
        f"#{list(here).index(text) + 1}" if paired and text in changed else text: item for text, item in here.items()
    }


def _texts(items: Sequence[Any]) -> dict[str, Any]:
    """Items by their text; of those alike the second and later ones with a number."""
    named: dict[str, Any] = {}
    for item in items:
        text = item if isinstance(item, str) else json.dumps(item, sort_keys=True, default=str, ensure_ascii=False)
        number = 1
        while (name := text if number == 1 else f"{text} ({number})") in named:
            number += 1
        named[name] = item
    return named


def _name(item: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(item, Mapping):
        return ""
    known = cast("Mapping[str, Any]", item)
    values = [known.get(key) for key in keys]
    return "@".join(values) if all(isinstance(value, str) and value for value in values) else ""  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    """The value as mappings, lists, texts, numbers and days."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, tuple | frozenset | set):
        return list(cast("tuple[Any, ...]", value))
    return value
