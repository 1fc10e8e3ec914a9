"""Pipelines as domains' files have them: what each reads, with which clearance, and which labels its product leaves.

Read by a parser that the plan has no part in, so that a read, a clearance or a label that the model loses is a witness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mesh.proof.written_members import load


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """One label that a contract says it leaves behind: whether with a reason, and the addresses of who approved."""

    label: str
    reasoned: bool
    approved_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class WrittenPipeline:
    """A pipeline: what it reads, as `<domain>.<product>`, the clearance that it names, empty for none, and secrets."""

    reads: tuple[str, ...]
    clearance: str
    secrets: tuple[str, ...] = ()


def pipelines(directory: Path) -> Mapping[str, WrittenPipeline]:
    """The pipelines in the files of all domains, by `<domain>.<product>`."""
    return {
        f"{file.stem}.{name}": WrittenPipeline(
            tuple(pipeline.get("reads") or ()), pipeline.get("clearance") or "", tuple(pipeline.get("secrets") or ())
        )
        for file in sorted((directory / "domains").glob("*.yaml"))
        for name, product in cast("Mapping[str, Any]", load(file).get("products") or {}).items()
        if (pipeline := product.get("pipeline")) is not None
    }


def approvers(directory: Path) -> Mapping[str, frozenset[str]]:
    """Addresses of the approvers of each clearance, in lower case."""
    found: dict[str, frozenset[str]] = {}
    for file in sorted((directory / "clearances").glob("*.yaml")):
        written: list[Any] = load(file).get("approvers") or []
        found[file.stem] = frozenset(one.lower() if isinstance(one, str) else one["email"].lower() for one in written)
    return found


def left_behind(contract: Mapping[str, Any]) -> tuple[LeftBehind, ...]:
    """Every label that the text of a contract names in `derivesWithout`."""
    return tuple(_left_behind(contract))


def _left_behind(contract: Mapping[str, Any]) -> Iterator[LeftBehind]:
    for custom in contract.get("customProperties") or ():
        if re.sub("[^a-z]", "", str(custom.get("property")).lower()) == "deriveswithout":
            entries: list[Any] = custom["value"] if isinstance(custom.get("value"), list) else []
            for entry in entries:
                said = entry.get("approved-by") or ()
                addresses = [said] if isinstance(said, str) else said
                for label in entry.get("labels") or ():
                    yield LeftBehind(label, bool(entry.get("reason")), frozenset(each.lower() for each in addresses))
