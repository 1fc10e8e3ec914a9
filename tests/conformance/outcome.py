"""Outcomes of runs in one form for both engines, and the differences of two outcomes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.emulator.archives import ARCHIVE, ASSET
from sandbox.engine.wire import OUTPUT_VALUE, SECRET, SIGNATURE, UNKNOWN, is_list, is_map

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INTERNAL: Final = "__internal"
"""An empty object that Pulumi keeps in the inputs of a provider whose version is set."""
SECRET_SHOWN: Final = "[secret]"


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """A step: its operation and resource, the properties that changed, and those that forced a replacement."""

    operation: str
    urn: str
    provider: str
    parent: str
    keys: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a run, with everything on which both engines have to agree."""

    steps: tuple[StepOutcome, ...]
    """The steps in the order they were begun, without those that failed (`docs/conformance.md`)."""
    failures: tuple[str, ...]
    """`urn: message`, sorted; empty when the run succeeded."""
    previewed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """Inputs, outputs and protection of every resource of the program, by URN; of a preview only."""
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """The state after an update, a record for each resource, by URN and mark."""
    requests: Mapping[str, tuple[Any, ...]] = field(default_factory=dict[str, tuple[Any, ...]])
    """The requests that the provider got, by resource, in order."""
    things: tuple[Any, ...] = ()
    """The ids of the things that exist afterwards."""


def in_order(verb: str, steps: Iterable[StepOutcome]) -> tuple[StepOutcome, ...]:
    """The steps as they are compared: a refresh reads in any order, on both engines."""
    return tuple(sorted(steps, key=lambda step: step.urn) if verb == "refresh" else steps)


def plain(value: Any) -> Any:
    """The value without the parts that differ from run to run: ids of providers, and an engine's form of a secret."""
    if isinstance(value, str):
        return _UUID.sub(lambda match: match[0] if match[0] == UNKNOWN else "<uuid>", value)
    if is_map(value):
        if value.get(SIGNATURE) == SECRET:
            return SECRET_SHOWN
        if value.get(SIGNATURE) == OUTPUT_VALUE:
            return plain(value.get("value", UNKNOWN))
        if value.get(SIGNATURE) == ASSET and "text" in value:
            return {"sha256 of a text": _digest(value)}
        left_out = (_INTERNAL, "hash") if value.get(SIGNATURE) == ARCHIVE else (_INTERNAL,)
        return {key: plain(item) for key, item in value.items() if key not in left_out}
    if is_list(value):
        return [plain(item) for item in value]
    return value


def _digest(asset: Mapping[str, Any]) -> str:
    """The digest of a text asset: Pulumi's engine tells it instead of the text, the embedded one has the text alone.

    An archive's own digest follows from those of what is in it, and only Pulumi's engine has it.
    """
    return asset.get("hash") or hashlib.sha256(asset["text"].encode()).hexdigest()


def differences(real: Outcome, ours: Outcome, related: Collection[tuple[str, str]] = ()) -> list[str]:
    """The differences of two outcomes, a line each; empty when they are the same.

    `related` are pairs of URNs in which, after an earlier run, the second depends on the first.
    """
    return [
        *_of_steps(real, ours),
        *_of_order(real, ours, {*related, *related_by(real), *related_by(ours)}),
        *_unequal("failure", real.failures, ours.failures),
        *_of_maps("preview", real.previewed, ours.previewed),
        *_of_maps("state", real.records, ours.records),
        *_of_maps("requests", real.requests, ours.requests),
        *_unequal("what exists", real.things, ours.things),
    ]


def _of_steps(real: Outcome, ours: Outcome) -> Iterator[str]:
    for urn in sorted({step.urn for step in (*real.steps, *ours.steps)}):
        theirs = [step for step in real.steps if step.urn == urn]
        yield from _unequal(f"steps of {urn}", theirs, [step for step in ours.steps if step.urn == urn])


def related_by(outcome: Outcome) -> set[tuple[str, str]]:
    """Pairs of URNs in which the second depends on the first or is its child; without the stack, the parent of all."""
    return {
        (needed, record["urn"])
        for record in outcome.records.values()
        for needed in [*record.get("dependencies", ()), record.get("deletedWith"), record.get("parent")]
        if needed and "pulumi:pulumi:Stack" not in needed
    }


def _of_order(real: Outcome, ours: Outcome, related: Collection[tuple[str, str]]) -> Iterator[str]:
    """Differences of the order of related resources: others may come in any order."""
    for pair in sorted(related):
        theirs, own = (
            [(step.operation, step.urn) for step in outcome.steps if step.urn in pair] for outcome in (real, ours)
        )
        yield from _unequal(f"order of {pair}", theirs, own)


def _of_maps(subject: str, real: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted({*real, *ours}):
        theirs, own = real.get(key), ours.get(key)
        if is_map(theirs) and is_map(own):
            yield from _of_maps(f"{subject} {key}", theirs, own)
        else:
            yield from _unequal(f"{subject} {key}", theirs, own)


def _unequal(subject: str, real: Any, ours: Any) -> Iterator[str]:
    if real != ours:
        yield f"{subject}:\n    pulumi   {real}\n    embedded {ours}"
