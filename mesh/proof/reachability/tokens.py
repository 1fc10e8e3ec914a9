"""Tokens of identity providers that are nearly right: those that an outsider can come by, for each trust."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple, cast

from mesh.evaluator.policies import texts
from mesh.plan.nodes import CiRoleArgs
from mesh.proof.reachability.classes import OUTSIDER, PrincipalNode, node_of


class NearTokens(NamedTuple):
    """Tokens by their keys, the role that each is nearly for by the same, and the subjects that trusts name."""

    nodes: Mapping[str, PrincipalNode]
    nearly_for: Mapping[str, str]
    admitted: frozenset[str]


class TokenTerms(NamedTuple):
    """Terms of a statement of a trust: provider, audience and subject of the tokens that it takes."""

    provider: str
    audience: str
    subject: str


def near_tokens(
    trusts: Iterable[tuple[str, Mapping[str, Any]]], planned: Iterable[CiRoleArgs], owners: dict[str, str]
) -> NearTokens:
    """Tokens that no CI role is for: `trusts` are documents by the ARN of their role, `planned` the CI roles.

    For each subject that a trust names: the same of a stranger's repository, and of another one of the same owner; of a
    pull request, a branch or an environment of no stack; and the subject itself, if it is of no stack. Those that
    differ from role to role are of the owner of the role that they are nearly for, the others of nobody.
    """
    own = {role.subject for role in planned}
    nodes: dict[str, PrincipalNode] = {}
    nearly_for: dict[str, str] = {}
    admitted: set[str] = set()
    for role, trust in trusts:
        owner = node_of(role, owners).owner
        for named in token_terms(trust):
            admitted.add(named.subject)
            for claimed, of_role in _nearly(named.subject):
                if claimed not in own:
                    key = f"{named.provider}#{claimed}"
                    of = owner if of_role else ""
                    node = PrincipalNode(key, f"a token of {claimed}", OUTSIDER, of, "", named.audience)
                    nearly_for.setdefault(nodes.setdefault(key, node).key, role)
    return NearTokens(nodes, nearly_for, frozenset(admitted))


def _nearly(subject: str) -> Iterator[tuple[str, bool]]:
    """Subjects near one of a trust, and whether they are about its role alone."""
    repository, _, environment = subject.partition(":environment:")
    yield re.sub(r"[*?]", "x", subject), True
    yield f"repo:somebody/else:environment:{environment}", True
    yield f"{repository.partition('/')[0]}/somebody:environment:{environment}", True
    for of_repository in ("pull_request", "ref:refs/heads/main", "environment:somebody"):
        yield f"{repository}:{of_repository}", False


def token_terms(trust: Mapping[str, Any]) -> Iterator[TokenTerms]:
    """Terms of a trust policy: each provider, audience and subject that one of its statements takes together."""
    statements = cast("list[dict[str, Any]] | dict[str, Any]", trust["Statement"])
    for statement in [statements] if isinstance(statements, dict) else statements:
        providers = _providers(statement.get("Principal"))
        if providers and statement["Effect"] == "Allow":
            terms = product(providers, _values(statement, "aud") or ("",), _values(statement, "sub"))
            yield from (TokenTerms(*each) for each in terms)


def _providers(principal: Any) -> tuple[str, ...]:
    named = cast("dict[str, Any]", principal) if isinstance(principal, dict) else {}
    return texts(named["Federated"]) if "Federated" in named else ()


def _values(statement: dict[str, Any], claim: str) -> tuple[str, ...]:
    """Values that the conditions of a statement compare a claim with, whatever the operator."""
    blocks = cast("dict[str, dict[str, Any]]", statement.get("Condition") or {}).values()
    found = (texts(values) for block in blocks for key, values in block.items() if key.endswith(f":{claim}"))
    return tuple(value for values in found for value in values)
