"""Policy documents as AWS checks them, and what AWS takes though it does nothing: actions, resources, keys, sizes.

Grammar, operators, condition keys and the forms of principals are the evaluator's, which refuses what AWS would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from mesh.acceptance.organization_policies import wrong_policy
from mesh.acceptance.policy_places import EmittedDocument, kind_of, statements_of, values_of_element
from mesh.acceptance.policy_subjects import of_another
from mesh.acceptance.resource_overlap import takes_some
from mesh.aws.rcp_services import RCP_SERVICES
from mesh.evaluator import facts, sent_keys
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.patterns import like
from mesh.evaluator.policies import Policy
from mesh.evaluator.policy_types import PolicyType


def wrong_in(document: EmittedDocument) -> Iterator[str]:
    """Mistakes of a document that AWS would refuse, or take and never apply."""
    try:
        body: Any = json.loads(document.text)
    except ValueError as error:
        yield f"it is no JSON: {error}"
        return
    if document.size > document.limit:
        yield f"{document.size:,} characters: AWS takes {document.limit:,}"
    if document.type is None:
        yield from wrong_policy(kind_of(document.resource), body)
        return
    policy = Policy("the document", lambda: body)
    try:
        policy.stands_as(document.type)
        policy.compile()
    except UnknownError as error:
        yield str(error)
        return
    for number, statement in enumerate(statements_of(body)):
        for why in (*_wrong_statement(document.type, statement), *of_another(document.resource, statement)):
            yield f"statement {statement.get('Sid') or number}: {why}"


def _wrong_statement(type_: PolicyType, statement: Mapping[str, Any]) -> Iterator[str]:
    patterns = [*values_of_element(statement, "Action"), *values_of_element(statement, "NotAction")]
    unknown = [pattern for pattern in patterns if pattern != "*" and not _actions(pattern)]
    for pattern in unknown:
        yield f"AWS has no action {pattern}"
    if type_ is PolicyType.RESOURCE_CONTROL:
        for service in sorted({pattern.partition(":")[0].lower() for pattern in patterns} - RCP_SERVICES):
            yield f"{service} is no service whose resources an RCP protects"
    if unknown:
        return
    for key in sent_keys.unsent(statement):
        yield f"AWS sends {key} with none of the statement's actions"
    if "Resource" in statement and "Action" in statement:
        denies = statement["Effect"] == "Deny"
        yield from _unfit(values_of_element(statement, "Action"), values_of_element(statement, "Resource"), denies)


def _unfit(patterns: Sequence[str], resources: Sequence[str], denies: bool) -> Iterator[str]:
    """Actions that take none of a statement's resources, and resources that none of its actions takes.

    A Deny may name what the reference has no resource for (events:PutPermission): should AWS ask it on one after all,
    it is refused.
    """
    if "*" in patterns:
        return
    for pattern in patterns:
        spare = denies and not any(facts.takes_a_resource(action.lower()) for action in _actions(pattern))
        if not spare and not any(_fits(pattern, resource) for resource in resources):
            yield f"{pattern} is asked on none of {', '.join(resources)}"
    for resource in resources:
        if not any(_fits(pattern, resource) for pattern in patterns):
            yield f"none of {', '.join(patterns)} is asked on {resource}"


@lru_cache(maxsize=65_536)
def _fits(pattern: str, resource: str) -> bool:
    actions = _actions(pattern)
    return _unlisted(actions) or any(takes_some(action, resource) for action in actions)


def _unlisted(actions: Sequence[str]) -> bool:
    return len(actions) == 1 and actions[0].partition(":")[2] not in facts.actions_of(actions[0].partition(":")[0])


@lru_cache(maxsize=8192)
def _actions(pattern: str) -> tuple[str, ...]:
    """Actions that a pattern names, as the reference writes them."""
    service, _, name = pattern.lower().partition(":")
    if service not in facts.services():
        return ()
    matches = like(name)
    found = tuple(f"{service}:{each}" for each in facts.actions_of(service) if matches(each.lower()))
    return found or ((pattern,) if _documented(pattern) else ())


def _documented(pattern: str) -> bool:
    """Whether AWS's pages have an action that its reference lacks."""
    try:
        return bool(facts.known_action(pattern))
    except UnknownError:
        return False
