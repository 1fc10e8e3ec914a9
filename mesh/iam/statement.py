"""Policy statements and documents as values: written as sentences, joined with `+`, rendered as stable JSON.

A statement's effect is Deny unless it says otherwise. Every statement has a `Sid` that says what it is for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Effect = Literal["Allow", "Deny"]

KEY_ARN: Final = "<key-arn>"
"""Placeholder for the ARN of the key that encrypts a resource; AWS invents it, a component fills it in."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one context key; the values are alternatives (ORed; NORed for a negated operator)."""

    operator: str
    key: str
    values: tuple[str, ...]


def when(operator: str, key: str, *values: str) -> Condition:
    """`when("StringEquals", "aws:PrincipalOrgID", "o-1")`; conditions of one statement are ANDed."""
    return Condition(operator, key, values)


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """Principal element: `kind` is `AWS`, `Service` or `Federated`; `ids` are ARNs, service names or `*`."""

    kind: Literal["AWS", "Service", "Federated"]
    ids: tuple[str, ...]


def account(account_id: str) -> PrincipalElement:
    """Every principal of an account that its own policies admit; narrow it with `aws:PrincipalArn`."""
    return PrincipalElement("AWS", (f"arn:aws:iam::{account_id}:root",))


def service(*names: str) -> PrincipalElement:
    """AWS services, as `glue.amazonaws.com`."""
    return PrincipalElement("Service", names)


def federated(provider: str) -> PrincipalElement:
    """Whoever an identity provider vouches for, by the provider's ARN; narrow it with the claims of its tokens."""
    return PrincipalElement("Federated", (provider,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; exactly one of actions / not_actions, at most one of resources / not_resources.

    `what` it allows or refuses and `why`, a sentence each, are for reviewers (`docs/statements.md`) and no part of the
    policy; so is `but`, why a refusal excepts some callers (`docs/exceptions.md`). ValueError for other counts, for AWS
    takes an empty list of some elements and gives it another meaning; and for an exception without its reason.
    """

    sid: str
    what: str = field(default="", compare=False)
    why: str = field(default="", compare=False)
    but: str = field(default="", compare=False)
    effect: Effect = "Deny"
    principal: PrincipalElement | Literal["*"] | None = None
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.actions) == bool(self.not_actions):
            raise ValueError(f"{self.sid}: a statement has either actions or not_actions")
        if self.resources and self.not_resources:
            raise ValueError(f"{self.sid}: a statement has either resources or not_resources")
        if not all(condition.values for condition in self.conditions):
            raise ValueError(f"{self.sid}: a condition without a value holds for nobody, or for everybody")
        if bool(self.but) != bool(self.excepted):
            raise ValueError(f"{self.sid}: callers are excepted from a refusal with a reason, `but`; nobody has none")

    @property
    def excepted(self) -> tuple[str, ...]:
        """ARNs (patterns) of the callers whom a refusal does not hold against."""
        if self.effect != "Deny":
            return ()
        conditions = (c for c in self.conditions if c.key == "aws:PrincipalArn" and "Not" in c.operator)
        return tuple(arn for condition in conditions for arn in condition.values)

    def as_json(self) -> dict[str, Any]:
        """The statement in the IAM policy grammar."""
        out: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        if self.principal is not None:
            out["Principal"] = (
                "*" if isinstance(self.principal, str) else {self.principal.kind: _one(self.principal.ids)}
            )
        for name, values in (
            ("Action", self.actions),
            ("NotAction", self.not_actions),
            ("Resource", self.resources),
            ("NotResource", self.not_resources),
        ):
            if values:
                out[name] = _one(values)
        if self.conditions:
            out["Condition"] = _grouped(self.conditions)
        return out


def _one(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _grouped(conditions: Iterable[Condition]) -> dict[str, dict[str, str | list[str]]]:
    block: dict[str, dict[str, str | list[str]]] = {}
    for condition in conditions:
        keys = block.setdefault(condition.operator, {})
        if condition.key in keys:
            raise ValueError(f"{condition.operator} names {condition.key} twice: one of the two would be lost")
        keys[condition.key] = _one(condition.values)
    return block


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document; `document + document` joins the statements, a Sid that repeats is refused."""

    statements: tuple[Statement, ...] = field(default=())

    def __post_init__(self) -> None:
        sids = [statement.sid for statement in self.statements]
        if len(sids) != len(set(sids)):
            twice = sorted({sid for sid in sids if sids.count(sid) > 1})
            raise ValueError(f"a Sid stands twice in one document: {', '.join(twice)}")

    def __add__(self, other: Document) -> Document:
        return Document(self.statements + other.statements)

    def without(self, sid: str) -> Document:
        """The document less one statement; raises KeyError when it has none of that Sid."""
        if all(statement.sid != sid for statement in self.statements):
            raise KeyError(sid)
        return Document(tuple(statement for statement in self.statements if statement.sid != sid))

    def as_json(self) -> dict[str, Any]:
        """The document in the IAM policy grammar, version 2012-10-17."""
        return {"Version": "2012-10-17", "Statement": [statement.as_json() for statement in self.statements]}

    def text(self, known: Mapping[str, str] | None = None) -> str:
        """Minified JSON, the same text for the same value; `known` fills placeholders such as `KEY_ARN`."""
        text = json.dumps(self.as_json(), separators=(",", ":"))
        for placeholder, value in (known or {}).items():
            text = text.replace(placeholder, value)
        return text

    @property
    def size(self) -> int:
        """Characters of the minified text; a placeholder counts as the ARN it stands for (at most 75 for a key)."""
        text = self.text()
        return len(text) + text.count(KEY_ARN) * (75 - len(KEY_ARN))


def document(*statements: Statement | None) -> Document:
    """A document of the statements given; None stands for a statement that this case does not need."""
    return Document(tuple(statement for statement in statements if statement is not None))
