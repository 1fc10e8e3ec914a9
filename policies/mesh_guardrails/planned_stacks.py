"""The rules asked of planned stacks, without Pulumi: `mesh plan --json | python -m mesh_guardrails.planned_stacks`.

Exit code 1 when a rule is broken. A value that only AWS will know is `<unknown>` there; a rule that needs it is not
asked of the resource, and the pack is asked again when the stack is deployed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast, overload

from mesh_guardrails.bucket_settings import BUCKETS
from mesh_guardrails.rule import RegisteredResource, StackRule
from mesh_guardrails.rules import RULES, STACK_RULES
from mesh_guardrails.themes.encryption import KEYS

UNKNOWN: Final = "<unknown>"
_MADE_FROM: Final = {"bucket": BUCKETS, "keyId": KEYS, "targetKeyId": KEYS, "rules": KEYS}
"""Types of the resources that a property is made from: a plan names dependencies, not the property that has them."""


class NotPlannedError(Exception):
    """A value that a rule read and that is not known before AWS is asked."""


class _PlannedObject(Mapping[str, Any]):
    """An object whose unknown values cannot be read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return _known(self._values[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._values


class _PlannedList(Sequence[Any]):
    """A list whose unknown values cannot be read."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = values

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return _PlannedList(self._values[index]) if isinstance(index, slice) else _known(self._values[index])

    def __len__(self) -> int:
        return len(self._values)


def violations(document: Mapping[str, Any]) -> Iterator[str]:
    """Sentences on what breaks a rule in the stacks of a document of `mesh plan --json`."""
    for stack in document["stacks"]:
        resources = [_registered(each) for each in stack["resources"]]
        for resource in resources:
            yield from (f"{stack['stack']}: {sentence}" for sentence in _of(resource, resources))


def _of(resource: RegisteredResource, stack: Sequence[RegisteredResource]) -> Iterator[str]:
    where = f"{resource.type} {resource.name}"
    for rule in (*RULES, *STACK_RULES):
        if rule.types and resource.type not in rule.types:
            continue
        asked = (resource, stack) if isinstance(rule, StackRule) else (resource,)
        try:
            messages = list(rule.check(*asked, **rule.values()))
        except NotPlannedError:
            continue
        yield from (f"{where}: {message} ({rule.name})" for message in messages)


def _known(value: Any) -> Any:
    if value == UNKNOWN:
        raise NotPlannedError
    if isinstance(value, Mapping):
        return _PlannedObject(cast("Mapping[str, Any]", value))
    return _PlannedList(cast("Sequence[Any]", value)) if isinstance(value, list) else value


def _registered(resource: Mapping[str, Any]) -> RegisteredResource:
    # A provider is written as its URN, two colons, and its id.
    provider = str(resource["provider"] or "").rpartition("::")[0].rpartition("::")[2]
    urns = {urn: urn.rpartition("::")[0].rpartition("::")[2].rpartition("$")[2] for urn in resource["dependencies"]}
    sources = {by: frozenset(urn for urn, type_ in urns.items() if type_ in types) for by, types in _MADE_FROM.items()}
    return RegisteredResource(
        resource["type"],
        resource["name"],
        resource["urn"],
        _PlannedObject(resource["inputs"]),
        provider,
        {by: some for by, some in sources.items() if some},
        protect=resource["protect"],
        parent=resource["parent"] or "",
    )


def main() -> int:
    """Prints the violations of the document on stdin."""
    document = json.load(sys.stdin)
    found = list(violations(document))
    for each in found:
        sys.stdout.write(f"{each}\n")
    asked = sum(len(stack["resources"]) for stack in document["stacks"])
    sys.stdout.write(f"{asked} resources of {len(document['stacks'])} stacks asked about, {len(found)} violations\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
