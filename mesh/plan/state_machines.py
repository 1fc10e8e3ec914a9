"""Definitions of state machines as far as their form tells: states that are there, reached and left, and an end.

Sources: Amazon States Language, "States" and "Transitions" (states.language.net); Step Functions Developer Guide,
"State machine structure"; `ValidateStateMachineDefinition`, whose findings `CreateStateMachine` refuses as well
(a target that is missing, a state that is not reached, none that ends). AWS takes a definition that does not say how
long an execution runs, and lets it run for a year; here it has to say so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from mesh import yamlfile
from mesh.findings import listed, nearest

TYPES: Final = ("Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait")
ENDING: Final = ("Fail", "Succeed")
"""Types of states that end an execution by themselves."""
WAITS: Final = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
LONGEST_NAME: Final = 80
LONGEST_SECONDS: Final = 365 * 24 * 3600
"""Seconds of an execution at the most (Step Functions Developer Guide, "Service quotas": one year)."""

States = Mapping[str, Mapping[str, Any]]


class _TwiceError(ValueError):
    """A key of JSON that stands twice in one object, of which a reader would keep the last."""


def fault(name: str, text: str) -> str:
    """The sentence on a text that Step Functions would not take as a definition; empty without a fault."""
    try:
        written: Any = _json(text) if name.endswith(".json") else yamlfile.parse(yamlfile.Source(name, text))
    except json.JSONDecodeError as error:
        return f"it is no JSON (line {error.lineno}, column {error.colno})"
    except _TwiceError as error:
        return f"the key '{error}' stands twice in one object; keep one"
    except (yamlfile.UnreadableError, ValueError):
        return "it is no YAML that has one meaning"
    except RecursionError:
        return "its brackets are too deep"
    try:
        return next(_faults(written, "a definition", "at its top", set()), "") or _endless(written)
    except RecursionError:
        return "its states are too deep in one another"


def _json(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict[str, Any]()
        for key, value in pairs:
            if key in found:
                raise _TwiceError(key)
            found[key] = value
        return found

    def no_number(constant: str) -> Any:
        raise json.JSONDecodeError(f"{constant} is no JSON", text, text.find(constant))

    return json.loads(text, object_pairs_hook=once, parse_constant=no_number)


def _mapping(value: Any) -> Mapping[Any, Any] | None:
    return cast("Mapping[Any, Any]", value) if isinstance(value, Mapping) else None


def _entries(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _faults(written: Any, who: str, where: str, used: set[str]) -> Iterator[str]:
    """Faults of a definition, or of one inside a state; `used` are the names of states outside of it."""
    machine = _mapping(written) or {}
    for key in ("StartAt", "States"):
        if key not in machine:
            yield f"{who} has '{key}' {where}"
            return
    written_states, start = _mapping(machine["States"]), machine["StartAt"]
    texts = all(isinstance(name, str) for name in written_states or ())
    if not written_states or not texts or any(_mapping(state) is None for state in written_states.values()):
        yield f"'States' of {who} has states by their names, and for each what it does"
        return
    states: States = written_states
    if not _is_of(start, states):
        yield f"'StartAt' names {_unknown(start, states)}"
        return
    for name, state in states.items():
        if len(name) > LONGEST_NAME or name in used:
            why = "stands twice" if name in used else f"has a name of more than {LONGEST_NAME} characters"
            yield f"state '{name[:LONGEST_NAME]}' {why}; give it another name"
        used.add(name)
        yield from _faults_of_a_state(name, state, states)
    yield from _ways(start, states)
    for name, state in states.items():
        yield from _inner(name, state, used)


def _endless(definition: Mapping[str, Any]) -> str:
    """The sentence on a definition that does not say when an execution is over; empty where it does."""
    seconds = definition.get("TimeoutSeconds")
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds <= LONGEST_SECONDS:
        return ""
    found = "not set" if seconds is None else "no such number"
    return (
        f"a definition says at its top how many seconds a run may take, and 'TimeoutSeconds' is {found}; write a whole "
        f"number from 1 to {LONGEST_SECONDS:,}"
    )


def _inner(name: str, state: Mapping[str, Any], used: set[str]) -> Iterator[str]:
    """Faults of the definitions inside a state."""
    if state["Type"] == "Parallel":
        branches = _entries(state.get("Branches"))
        if not branches:
            yield f"state '{name}' has no 'Branches', which are definitions of their own"
        for number, branch in enumerate(branches, 1):
            yield from _faults(branch, f"branch {number} of state '{name}'", "at its top", used)
    if state["Type"] == "Map":
        processor = state.get("ItemProcessor", state.get("Iterator"))
        yield from _faults(processor, f"state '{name}'", "in its 'ItemProcessor'", used)


def _faults_of_a_state(name: str, state: Mapping[str, Any], states: States) -> Iterator[str]:
    kind, ends = state.get("Type"), state.get("End", False)
    after = [key for key, is_there in (("Next", "Next" in state), ("End", ends)) if is_there]
    if kind not in TYPES:
        what = f"the type '{kind}'" if isinstance(kind, str) else "no type"
        yield f"state '{name}' has {what}; the types are {listed(TYPES)}"
    elif kind == "Choice" and not _entries(state.get("Choices")):
        yield f"state '{name}' has no 'Choices', and a Choice goes on by one of them"
    elif kind in (*ENDING, "Choice"):
        if after:
            why = "goes on by its 'Choices' and 'Default'" if kind == "Choice" else "is an end by itself"
            yield f"state '{name}' {why}; remove '{after[0]}'"
    elif len(after) != 1 or not isinstance(ends, bool):
        yield f"state '{name}' goes on by 'Next', or ends by 'End: true'; write one of the two"
    if kind == "Task" and not (isinstance(state.get("Resource"), str) and state["Resource"]):
        yield f"state '{name}' has no 'Resource', which says what a Task calls"
    if kind == "Wait" and sum(key in state for key in WAITS) != 1:
        yield f"state '{name}' waits for one of {listed(WAITS)}; write one"
    for key, target in _targets(state):
        if not _is_of(target, states):
            yield f"'{key}' of state '{name}' names {_unknown(target, states)}"


def _targets(state: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """States that a state goes on to, each with the key that says so."""
    if "Next" in state:
        yield "Next", state["Next"]
    if "Default" in state:
        yield "Default", state["Default"]
    for key in ("Choices", "Catch"):
        for entry in _entries(state.get(key)):
            yield f"Next' in '{key}", (_mapping(entry) or {}).get("Next")


def _is_of(target: Any, states: States) -> bool:
    return isinstance(target, str) and target in states


def _unknown(target: Any, states: States) -> str:
    if not isinstance(target, str):
        return "no state; write the name of one"
    return f"'{target}', which is no state{nearest(target, states) or f'; known: {listed(states)}'}"


def _ways(start: str, states: States) -> Iterator[str]:
    """Faults of the ways through the states: one that is not reached, none that ends."""
    reached, open_ = {start}, [start]
    while open_:
        fresh = {target for _, target in _targets(states[open_.pop()])} - reached
        reached |= fresh
        open_ += fresh
    lost = [name for name in states if name not in reached]
    if lost:
        yield f"no way leads from 'StartAt' to {listed(lost)}; lead one there, or remove it"
    elif not any(state["Type"] in ENDING or state.get("End") is True for state in states.values()):
        yield "no state ends the run: write 'End: true', or a state of the type Succeed or Fail"
