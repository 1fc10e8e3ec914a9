"""Duties: what each role of the mesh has to do, from the design and from AWS's guides, and not from its policy.

A role can do its duties, and nothing beside them: not another action on what it works on, nor a duty on what is
another's. Which other actions there are, AWS's reference says; harmless ones (`mesh/aws/actions`) may be granted or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mesh.aws.allowed_actions import allowed_actions
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import Claim


@dataclass(frozen=True, slots=True)
class Duty:
    """A request that a role has to be able to make: an action on a resource, with other keys that it carries."""

    action: str
    on: str
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A role, its duties, and resources of the same types that are another's (`beside`).

    A duty of which a key is another than `context` says is none: `otherwise` has those keys with another value.
    """

    who: str
    role: str
    duties: tuple[Duty, ...]
    beside: tuple[str, ...]
    otherwise: tuple[Duty, ...] = ()


def each(actions: str, on: str, context: Mapping[str, Any] | None = None) -> Iterator[Duty]:
    """A duty for each of the actions of one service: `s3: GetObject PutObject`."""
    service, _, names = actions.partition(":")
    return (Duty(f"{service}:{name}", on, context or {}) for name in names.split())


def claims(work: Work, region: str) -> Iterator[Claim]:
    """Claims that a role can do its duties, and nothing beside them."""
    for duty in work.duties:
        yield Claim(work.who, Request(work.role, duty.action, duty.on, duty.context), allowed=True)
    for action, resource, context in _beside(work, region):
        yield Claim(work.who, Request(work.role, action, resource, context), granted=False)
    for duty in work.otherwise:
        yield Claim(work.who, Request(work.role, duty.action, duty.on, duty.context), granted=False)


def _beside(work: Work, region: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every harmful action on what the role works on and on what is another's, less its duties."""
    account = work.role.split(":")[4]
    own = dict.fromkeys(duty.on for duty in work.duties if duty.on != "*")
    duties = {(duty.action, duty.on) for duty in work.duties}
    contexts = _contexts(work.duties)
    for action in harmful_actions():
        resources = [arn for arn in (*own, *work.beside) if facts.takes(action, arn)]
        unrelated = [arn for name, arn in facts.requests(action.partition(":")[0], region, account) if name == action]
        for resource in (*resources, *(unrelated or ["*"])):
            if (action, resource) not in duties:
                yield action, resource, contexts.get(action, contexts.get(resource, {}))


def _contexts(duties: Iterable[Duty]) -> dict[str, Mapping[str, Any]]:
    """The keys with which an action is asked, and those with which something is done to a resource."""
    return {key: duty.context for duty in duties if duty.context for key in (duty.on, duty.action)}


@cache
def harmful_actions() -> tuple[str, ...]:
    """Allowed actions that can do something with data; every other is refused to everybody (U1)."""
    return tuple(name for name, action in allowed_actions() if not action.harmless)
