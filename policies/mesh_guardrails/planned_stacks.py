"""The rules asked of planned stacks, without Pulumi: `mesh plan --json | python -m mesh_guardrails.planned_stacks`.

Exit code 1 when a rule is broken. A value that only AWS will know is `<unknown>` there, and breaks no rule; the pack is
asked again when the stack is deployed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mesh_guardrails.rule import RegisteredResource
from mesh_guardrails.rules import RULES, STACK_RULES
from mesh_guardrails.themes.storage import BUCKET


def violations(document: Mapping[str, Any]) -> Iterator[str]:
    """Sentences on what breaks a rule in the stacks of a document of `mesh plan --json`."""
    for stack in document["stacks"]:
        resources = [_registered(each) for each in stack["resources"]]
        for resource in resources:
            yield from (f"{stack['stack']}: {sentence}" for sentence in _of(resource, resources))


def _of(resource: RegisteredResource, stack: Sequence[RegisteredResource]) -> Iterator[str]:
    where = f"{resource.type} {resource.name}"
    for rule in RULES:
        if not rule.types or resource.type in rule.types:
            messages = rule.check(resource, **rule.values())
            yield from (f"{where}: {message} ({rule.name})" for message in messages)
    for rule in STACK_RULES:
        if not rule.types or resource.type in rule.types:
            messages = rule.check(resource, stack, **rule.values())
            yield from (f"{where}: {message} ({rule.name})" for message in messages)


def _registered(resource: Mapping[str, Any]) -> RegisteredResource:
    # A provider is written as its URN, two colons, and its id.
    provider = str(resource["provider"] or "").rpartition("::")[0].rpartition("::")[2]
    buckets = frozenset(urn for urn in resource["dependencies"] if f"${BUCKET}::" in urn or f"::{BUCKET}::" in urn)
    sources = {"bucket": buckets} if buckets else {}
    return RegisteredResource(
        resource["type"],
        resource["name"],
        resource["urn"],
        resource["inputs"],
        provider,
        sources,
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
