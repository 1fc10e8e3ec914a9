"""Affected stacks: those that can be others in one plan than in another, by the nodes that the program reads.

Nodes are compared, and nothing is rendered: what differs here need not differ in a resource. What does not differ here
differs nowhere, for `program/` reads nothing else of a plan; a test holds that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, cast

from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs

OF_ACCESS: Final = (
    "name",
    "deciding",
    "account",
    "pipelines",
    "deliveries",
    "staff",
    "check",
    "forward",
    "retention",
    "start",
    "clearances",
    "default",
    "links",
    "draft_databases",
)
"""What the stack `access-<d>` is made of, of the node of its domain."""
OF_DOMAIN: Final = (
    "name",
    "access",
    "account",
    "products",
    "deliveries",
    "drafts",
    "wakeups",
    "heard",
    "optimizers",
    "job_baseline",
    "jobs",
)
"""What the stack `domain-<d>` is made of, of the same node."""

UNREAD: Final[Mapping[type, frozenset[str]]] = {DataProductArgs: frozenset(("description", "kind", "labels"))}
"""What no stack is made of, of nodes that are in one: a product's words stand in the catalog, which has its entry."""

StackChange = Literal["create", "update", "destroy", "program"]
"""Whether a stack is new, differs, is there no more, or is made by a program that differs."""
DEEPEST: Final = 3
"""Steps of a place that is told: `products.profiles.retention`."""


class AffectedStack(NamedTuple):
    """A stack whose plan can differ; `places` are the parts of its nodes that do (`products.profiles.retention`)."""

    stack: str
    change: StackChange
    places: tuple[str, ...] = ()


def affected(before: Plan, after: Plan) -> tuple[AffectedStack, ...]:
    """Stacks that can differ, in the order in which they are deployed; those that go come last, the last made first."""
    had = frozenset(before.stacks)
    found: list[AffectedStack] = []
    for stack in after.stacks:
        if stack not in had:
            found.append(AffectedStack(stack, "create"))
        elif places := tuple(_differing(read_by(before, stack), read_by(after, stack))):
            found.append(AffectedStack(stack, "update", places))
    gone = [stack for stack in reversed(before.stacks) if stack not in after.access]
    return (*found, *(AffectedStack(stack, "destroy") for stack in gone))


def read_by(plan: Plan, stack: str) -> Mapping[str, Any]:
    """Parts of the plan that the program reads for a stack, by name; raises KeyError for no stack of the plan."""
    kind, _, name = stack.partition("-")
    if stack in ("organization", "governance"):
        return _fields(getattr(plan, stack))
    if kind == "partner":
        return _fields(plan.partners[name])
    return {part: getattr(plan.domains[name], part) for part in (OF_ACCESS if kind == "access" else OF_DOMAIN)}


def _fields(node: Any) -> Mapping[str, Any]:
    unread = UNREAD.get(cast("type[Any]", type(node)), frozenset())
    return {field.name: getattr(node, field.name) for field in dataclasses.fields(node) if field.name not in unread}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], place: tuple[str, ...] = ()) -> Iterator[str]:
    """Places at which two mappings differ, none deeper than is told."""
    for name in dict.fromkeys((*before, *after)):
        here, old, new = (*place, name), before.get(name), after.get(name)
        if (name in before) == (name in after) and old == new:
            continue
        parts = _parts(old), _parts(new)
        if len(here) < DEEPEST and parts[0] is not None and parts[1] is not None:
            yield from list(_differing(parts[0], parts[1], here)) or [".".join(here)] * (type(old) is not type(new))
        else:
            yield ".".join(here)


def _parts(node: Any) -> Mapping[str, Any] | None:
    """The parts of a node by name; None of what has none."""
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        return _fields(node)
    return cast("Mapping[str, Any]", node) if isinstance(node, Mapping) else None
