"""Policy documents that say something else, with the statements that were added, removed and changed in each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from mesh.access import from_plan
from mesh.evaluator.policies import Policy
from mesh.plan import Plan
from mesh.proof.forms import marker

PolicyJson = Mapping[str, Any]
Breadth = Literal["equivalent", "narrower", "wider", "wider and narrower", "changed"]
"""What a document lets through beside what it let through; `changed` where nobody has compared it."""


class PlannedDocument(NamedTuple):
    """A document of a plan, under a name that people know; `key` tells it from all others."""

    key: str
    name: str
    policy: Policy


class DocumentChange(NamedTuple):
    """A document that differs, standing for `alike` others that differ in names and ids alone.

    `statements` are the Sids of those that were added, removed or changed. A document is compared where both sides have
    it; one that is new or gone belongs to what is new or gone.
    """

    name: str
    alike: int
    before: PolicyJson
    after: PolicyJson
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def document_changes(before: Plan, after: Plan) -> tuple[DocumentChange, ...]:
    """Documents that both plans have, and that differ; those of one form together."""
    one = {each.key: each for each in _every(before)}
    mark_before, mark_after = marker(before), marker(after)
    forms: dict[tuple[str, str], list[tuple[PlannedDocument, PolicyJson, PolicyJson]]] = {}
    for other in _every(after):
        if other.key not in one:
            continue
        had, has = one[other.key].policy.document, other.policy.document
        if had != has:
            key = (mark_before(json.dumps(had)), mark_after(json.dumps(has)))
            forms.setdefault(key, []).append((other, had, has))
    return tuple(_change(alike) for alike in forms.values())


def _every(plan: Plan) -> Iterator[PlannedDocument]:
    for policy in plan.organization.args.policies:
        made = Policy(policy.name, policy.document.as_json)
        yield PlannedDocument(f"control policy {policy.name}", policy.name, made)
    for role in from_plan.roles(plan):
        owner = role.arn.split(":")[4]
        parts = {"trust": role.trust, "boundary": role.boundary, **dict(_numbered(role.identity))}
        for part, policy in parts.items():
            if policy and policy.name not in from_plan.OF_AWS:
                yield PlannedDocument(f"{role.arn} {part}", _name(policy.name, plan, owner), policy)
    for resource in from_plan.resources(plan):
        if resource.policy:
            yield PlannedDocument(resource.arn, resource.policy.name, resource.policy)
    for endpoint in from_plan.endpoints(plan):
        yield PlannedDocument(f"endpoint {endpoint.id}", endpoint.policy.name, endpoint.policy)


def _numbered(policies: Sequence[Policy]) -> Iterator[tuple[str, Policy]]:
    return ((f"permissions {number}", policy) for number, policy in enumerate(policies))


def _name(name: str, plan: Plan, account_id: str) -> str:
    """The name of a role's document, with the owner of the account: many accounts have a role of one name."""
    owners = {domain.access.account_id: name for name, domain in plan.domains.items()}
    owners |= {partner.access.account_id: f"partner-{name}" for name, partner in plan.partners.items()}
    return f"{name} of {owners[account_id]}" if account_id in owners else name


def _change(alike: Sequence[tuple[PlannedDocument, PolicyJson, PolicyJson]]) -> DocumentChange:
    emitted, before, after = alike[0]
    one, other = _by_sid(before), _by_sid(after)
    return DocumentChange(
        emitted.name,
        len(alike),
        before,
        after,
        added=tuple(sid for sid in other if sid not in one),
        removed=tuple(sid for sid in one if sid not in other),
        changed=tuple(sid for sid in one if sid in other and one[sid] != other[sid]),
    )


def _by_sid(document: PolicyJson) -> dict[str, PolicyJson]:
    """Statements by their Sid; one without has its number."""
    return {each.get("Sid") or f"statement {number}": each for number, each in enumerate(document["Statement"], 1)}
