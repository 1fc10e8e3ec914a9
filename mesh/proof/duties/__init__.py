"""Duties: what each role of the mesh has to do, from the design and from AWS's guides, and not from its policy.

A role can do its duties, and nothing beside them: not another action on what it works on, nor a duty on what is
another's. Which other actions there are, AWS's reference says; harmless ones (`mesh/aws/actions`) may be granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from mesh import names
from mesh.aws.allowed_actions import allowed_actions
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import Claim

Context = Mapping[str, Any]

VIA: Final = "kms:ViaService"
ANOTHER_KEY: Final[Context] = {"kms:ResourceAliases": [f"alias/{names.key_alias('another')}"]}
"""What a request to the key of another product carries."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A request that a role has to be able to make: an action on a resource, with other keys that it carries."""

    action: str
    on: str
    context: Context = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleWork:
    """A role, its duties, and resources of the same types that are another's (`beside`).

    `granted` is what the role's own policy has to let through so that the policy of a resource can decide. `keys` are
    what a request carries to a resource beside, by the service of the action. What is no duty because of such a key,
    and would be one with another value, stands in `otherwise`.
    """

    who: str
    role: str
    duties: tuple[Duty, ...]
    granted: tuple[Duty, ...] = ()
    beside: tuple[str, ...] = ()
    keys: Mapping[str, Context] = field(default_factory=dict[str, Context])
    otherwise: tuple[Duty, ...] = ()


def each(actions: str, on: str, context: Context | None = None) -> Iterator[Duty]:
    """A duty for each of the actions of one service: `s3: GetObject PutObject`."""
    service, _, names = actions.partition(":")
    return (Duty(f"{service}:{name}", on, context or {}) for name in names.split())


def claims(work: RoleWork, region: str) -> Iterator[Claim]:
    """Claims that a role can do its duties, and nothing beside them."""
    for duty in work.duties:
        yield Claim(work.who, Request(work.role, duty.action, duty.on, duty.context), allowed=True, granted=True)
    for duty in work.granted:
        yield Claim(work.who, Request(work.role, duty.action, duty.on, duty.context), granted=True)
    for action, resource, context in _beside(work, region):
        yield Claim(work.who, Request(work.role, action, resource, context), granted=False)
    for duty in (duty for duty in (*work.duties, *work.granted) if VIA in duty.context):
        elsewhere = {**duty.context, VIA: f"ec2.{region}.amazonaws.com"}
        yield Claim(work.who, Request(work.role, duty.action, duty.on, elsewhere), granted=False)
    for duty in work.otherwise:
        yield Claim(work.who, Request(work.role, duty.action, duty.on, duty.context), granted=False)


def _beside(work: RoleWork, region: str) -> Iterator[tuple[str, str, Context]]:
    """Every harmful action, less the duties: on what the role works on, what is another's, and what has no name."""
    account = work.role.split(":")[4]
    allowed = (*work.duties, *work.granted)
    own = dict.fromkeys(duty.on for duty in allowed if duty.on != "*")
    duties = {(duty.action, duty.on) for duty in allowed}
    services = {duty.action.partition(":")[0] for duty in allowed}
    contexts = {key: duty.context for duty in allowed if duty.context for key in (duty.on, duty.action)}
    for action in harmful_actions():
        service = action.partition(":")[0]
        named = [arn for arn in (*own, *work.beside) if facts.takes(action, arn)]
        unrelated = _unrelated(service, region, account).get(action, ("*",))
        # Of a service in which the role has nothing to do one resource is asked, of the others one of each type.
        for resource in dict.fromkeys((*named, *(unrelated if service in services else unrelated[:1]))):
            if (action, resource) not in duties:
                yield action, resource, contexts.get(resource) or contexts.get(action) or work.keys.get(service, {})


@lru_cache(maxsize=1024)
def _unrelated(service: str, region: str, account: str) -> Mapping[str, tuple[str, ...]]:
    """Resources of no name in an account, one of each type that an action takes, by action."""
    found: dict[str, list[str]] = {}
    for action, arn in facts.requests(service, region, account):
        found.setdefault(action, []).append(arn)
    return {action: tuple(arns) for action, arns in found.items()}


@cache
def harmful_actions() -> tuple[str, ...]:
    """Allowed actions that can do something with data; every other is refused to everybody (U1)."""
    return tuple(name for name, action in allowed_actions() if not action.harmless)


def first_of_each(works: Iterable[tuple[str, RoleWork]]) -> Iterator[RoleWork]:
    """The first work of each form, of works with the form of their role's policy."""
    forms: set[str] = set()
    for form, work in works:
        if form not in forms:
            forms.add(form)
            yield work
