"""Tokens of identity providers that are nearly right: those that an outsider can come by, for each trust."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from mesh.proof.reachability.classes import OUTSIDER, PrincipalNode, node_of

_TOKEN: Final = re.compile(r'"Federated": "([^"]+)".*?:aud": \[?"([^"]+)".*?:sub": \[?"([^"]+)"')
"""Identity provider, audience and subject of the tokens that a trust admits."""


class NearTokens(NamedTuple):
    """Tokens by their keys, the role that each is nearly for by the same, and the subjects that trusts name."""

    nodes: Mapping[str, PrincipalNode]
    nearly_for: Mapping[str, str]
    admitted: frozenset[str]


def near_tokens(trusts: Iterable[tuple[str, str]], owners: dict[str, str]) -> NearTokens:
    """Tokens of a stranger's repository and of a pull request, for trusts by the ARN of their role.

    A stranger's is of the owner whose role it is nearly for; that of a pull request is of nobody.
    """
    nodes: dict[str, PrincipalNode] = {}
    nearly_for: dict[str, str] = {}
    admitted: set[str] = set()
    for role, trust in trusts:
        for provider, audience, subject in _TOKEN.findall(trust) if '"Federated"' in trust else ():
            admitted.add(subject)
            repository, owner = subject.partition(":environment:")[0], node_of(role, owners).owner
            nearly = f"repo:somebody/else{subject.removeprefix(repository)}"
            for claimed, of in ((f"{repository}:pull_request", ""), (nearly, owner)):
                node = PrincipalNode(f"{provider}#{claimed}", f"a token of {claimed}", OUTSIDER, of, "", audience)
                nearly_for.setdefault(nodes.setdefault(node.key, node).key, role)
    return NearTokens(nodes, nearly_for, frozenset(admitted))
