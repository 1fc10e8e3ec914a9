"""Keys of a request that whoever sends it fills in, as the statements want them that would allow it.

A condition on such a key keeps nobody out: whoever knows the policy says what it wants to hear. AWS itself fills in
who the caller is, where the request comes from, whose the resource is, and when it is (IAM User Guide, "AWS global
condition context keys"); a token's claims are its issuer's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from mesh.evaluator.policies import Policy, texts

_CHOSEN_OF_ALL: Final = re.compile("aws:(useragent|referer|tagkeys|requesttag/.+)")
_GIVEN_OF_SERVICES: Final = re.compile(
    r"[^:]*\.[^:]*:.*"  # claims of a token, under the name of its issuer
    "|saml:.*|cognito-identity.*"
    "|kms:(calleraccount|viaservice|grantisforawsresource)"
    "|glue:credentialissuingservice|lambda:sourcefunctionarn|ec2:sourceinstancearn"
    "|.*:(resourcetag|existingobjecttag)/.*|.*:resourceaccount"
)
_POSITIVE: Final = frozenset({"ArnEquals", "ArnLike", "Bool", "StringEquals", "StringEqualsIgnoreCase", "StringLike"})


def is_chosen(key: str) -> bool:
    """Whether the caller of a request decides on the value of a key."""
    name = key.lower()
    if name.startswith("aws:"):
        return _CHOSEN_OF_ALL.fullmatch(name) is not None
    return _GIVEN_OF_SERVICES.fullmatch(name) is None


class ChosenKeys:
    """Chosen keys of the Allow statements of policies, with what they want to hear, read once a policy."""

    def __init__(self) -> None:
        # The policy is kept beside what was read, so that no other takes its id.
        self._by_policy: dict[int, tuple[Policy, dict[int, dict[str, Any]]]] = {}

    def wanted(self, policy: Policy, action: str) -> Iterator[Mapping[str, Any]]:
        """Contexts that please the Allow statements of a policy which name an action (lower case), one for each."""
        if id(policy) not in self._by_policy:
            self._by_policy[id(policy)] = policy, dict(_contexts(policy))
        _, contexts = self._by_policy[id(policy)]
        if contexts:
            yield from (contexts[allow.number] for allow in policy.allows(action) if allow.number in contexts)


def _contexts(policy: Policy) -> Iterator[tuple[int, dict[str, Any]]]:
    """Contexts of the statements of a policy by their number, of those that want to hear something."""
    statements = cast("list[dict[str, Any]] | dict[str, Any]", policy.document["Statement"])
    for number, statement in enumerate([statements] if isinstance(statements, dict) else statements):
        context = dict(_said(statement.get("Condition") or {}))
        if context and statement["Effect"] == "Allow":
            yield number, context


def _said(conditions: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for operator, block in conditions.items():
        set_of, _, name = operator.rpartition(":")
        for key, values in block.items():
            if not is_chosen(key):
                continue
            if name == "Null" and texts(values) == ("false",):
                yield key, ("x",) if set_of else "x"
            elif name.removesuffix("IfExists") in _POSITIVE:
                value = texts(values)[0]
                said = re.sub(r"[*?]", "x", value) if name.startswith(("StringLike", "Arn")) else value
                yield key, (said,) if set_of else said
