"""Columns of a deployed Iceberg table that a plan would read under other names: ids that the lock does not explain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from mesh.model import LockedField, LockedTable


def deployed_ids(fields: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Ids by path, of the fields of a schema as Glue's Iceberg input has them."""
    ids: dict[str, int] = {}
    for one in fields:
        ids[one["name"]] = int(one["id"])
        ids.update(_nested(json.loads(one["type"]), one["name"]))
    return ids


def _nested(kind: Any, path: str) -> Iterator[tuple[str, int]]:
    if not isinstance(kind, Mapping):
        return
    inner = cast("Mapping[str, Any]", kind)
    for one in inner.get("fields", ()):
        yield f"{path}.{one['name']}", one["id"]
        yield from _nested(one["type"], f"{path}.{one['name']}")
    for part in ("element", "key", "value"):
        if part in inner:
            yield f"{path}.{part}", inner[f"{part}-id"]
            yield from _nested(inner[part], f"{path}.{part}")


def renumbered(deployed: Mapping[str, int], locked: LockedTable) -> list[str]:
    """Sentences on deployed columns whose id the lock has forgotten, or gives to a column of another name."""
    owners = {field.id: path for path, field in locked.fields.items()}
    removed = {gone.id for gone in locked.removed}
    sentences: list[str] = []
    for path, number in deployed.items():
        owner = owners.get(number)
        if owner is None and number not in removed:
            sentences.append(f"the lock has forgotten the id {number}, by which data files know '{path}'")
        elif owner is not None and not _was(owner, path, locked.fields):
            sentences.append(f"'{owner}' has the id {number}, by which data files know '{path}'")
    return sentences


def _was(path: str, before: str, fields: Mapping[str, LockedField]) -> bool:
    """Whether a column or nested field has had this path, by its names and those of what it is nested in."""
    names, earlier = path.split("."), before.split(".")
    return len(names) == len(earlier) and all(
        now == then or then in fields[".".join(names[: depth + 1])].was
        for depth, (now, then) in enumerate(zip(names, earlier, strict=True))
    )
