"""What one run of a program came to, in the same words for both engines, and what differs between two of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.engine.wire import OUTPUT_VALUE, SECRET, SIGNATURE, UNKNOWN, is_list, is_map

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INTERNAL: Final = "__internal"
"""An empty object that Pulumi keeps in the inputs of a provider whose version is set."""
SECRET_SHOWN: Final = "[secret]"


@dataclass(frozen=True, slots=True)
class Seen:
    """One step: what was done to which resource, which of its properties changed, and which forced a replacement."""

    operation: str
    urn: str
    provider: str
    parent: str
    keys: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run, with everything in it that both engines have to agree on."""

    steps: tuple[Seen, ...]
    """In the order they were begun, those that failed left out (`docs/conformance.md`)."""
    failures: tuple[str, ...]
    """`urn: message`, sorted; empty when the run succeeded."""
    previewed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """In a preview: inputs, outputs, protection of every resource that the program has, by URN."""
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """After an update: the state that is left, a record for each resource, by URN and mark."""
    requests: Mapping[str, tuple[Any, ...]] = field(default_factory=dict[str, tuple[Any, ...]])
    """What the provider was asked, by resource, in the order it was asked."""
    things: tuple[Any, ...] = ()
    """What exists afterwards."""


def in_order(verb: str, steps: Iterable[Seen]) -> tuple[Seen, ...]:
    """The steps as they are compared: a refresh reads in any order, on both engines."""
    return tuple(sorted(steps, key=lambda step: step.urn) if verb == "refresh" else steps)


def plain(value: Any) -> Any:
    """The value without what differs from run to run: provider ids, and the way an engine writes a secret."""
    if isinstance(value, str):
        return _UUID.sub(lambda found: found[0] if found[0] == UNKNOWN else "<uuid>", value)
    if is_map(value):
        if value.get(SIGNATURE) == SECRET:
            return SECRET_SHOWN
        if value.get(SIGNATURE) == OUTPUT_VALUE:
            return plain(value.get("value", UNKNOWN))
        return {key: plain(item) for key, item in value.items() if key != _INTERNAL}
    if is_list(value):
        return [plain(item) for item in value]
    return value


def differences(real: Outcome, ours: Outcome, related: Collection[tuple[str, str]] = ()) -> list[str]:
    """Where the two runs differ, a line each; empty when they are the same run.

    `related` are the pairs of URNs of which an earlier run said that the one needs the other.
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
    """The pairs of URNs of which the one depends on the other, or is in it; the stack, in which all are, left out."""
    return {
        (needed, record["urn"])
        for record in outcome.records.values()
        for needed in [*record.get("dependencies", ()), record.get("deletedWith"), record.get("parent")]
        if needed and "pulumi:pulumi:Stack" not in needed
    }


def _of_order(real: Outcome, ours: Outcome, related: Collection[tuple[str, str]]) -> Iterator[str]:
    """Two resources may be worked on in any order, unless they are related."""
    for pair in sorted(related):
        theirs, own = ([(step.operation, step.urn) for step in one.steps if step.urn in pair] for one in (real, ours))
        yield from _unequal(f"order of {pair}", theirs, own)


def _of_maps(what: str, real: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted({*real, *ours}):
        theirs, own = real.get(key), ours.get(key)
        if is_map(theirs) and is_map(own):
            yield from _of_maps(f"{what} {key}", theirs, own)
        else:
            yield from _unequal(f"{what} {key}", theirs, own)


def _unequal(what: str, real: Any, ours: Any) -> Iterator[str]:
    if real != ours:
        yield f"{what}:\n    pulumi   {real}\n    embedded {ours}"
