"""Mutants that let nothing harmful through, found by computing: from AWS's reference and from `mesh/aws/actions`.

An Allow of a role's own policy or boundary with one action or resource too many is no mistake that somebody has to
notice, if what it adds is harmless, is nothing, or stands in the same document already.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, cast

from mesh.evaluator import facts
from mesh.evaluator.patterns import ARN_PARTS, like
from mesh.proof.duties import harmful_actions
from mesh.proof.mutants import Changed, Json

ONLY_HARMLESS: Final = "adds only actions that can do nothing with data, or are refused to everybody (mesh/aws/actions)"
NOT_ON_THESE: Final = "of the actions that it adds, those that can do harm take none of the statement's resources"
SAID_ALREADY: Final = "what it adds and could do harm, the document grants already, or refuses, by another statement"
TAKES_NO_MORE: Final = "no action of the statement that can do harm takes a resource of a type that it adds"

_ANY_BUCKET: Final = ":s3:::*"
"""End of the pattern of a bucket's ARN: its name holds no `/`, which in an object's ARN ends it."""


def computed_reason(change: Changed, statements: list[Json]) -> str | None:
    """The reason why a mutant lets nothing harmful through; None when it does, or when it is of another kind."""
    before, after = statements[change.number], change.statement
    if after is None or before["Effect"] != "Allow" or "Principal" in before or "NotAction" in before:
        return None
    element = change.mutant.change.partition(" ")[0]
    if element == "Action" and change.mutant.mistake != "dropped":
        return _of_actions(before, after, statements)
    if element == "Resource" and change.mutant.mistake != "dropped":
        return _of_resources(before, after)
    return None


def _of_actions(before: Json, after: Json, statements: list[Json]) -> str | None:
    named = set(_harmful(before))
    harmful = [action for action in _harmful(after) if action not in named]
    if not harmful:
        return ONLY_HARMLESS
    resources = _listed(before["Resource"])
    harmful = [action for action in harmful if any(_meets(action, resource) for resource in resources)]
    if not harmful:
        return NOT_ON_THESE
    others = [each for each in statements if each is not before]
    return SAID_ALREADY if all(any(_says(each, a, resources) for each in others) for a in harmful) else None


def _of_resources(before: Json, after: Json) -> str | None:
    named = _listed(before["Resource"])
    more = [each for each in _listed(after["Resource"]) if each not in named]
    taken = (pattern for action in _harmful(before) for pattern in facts.arn_patterns(action) or ("*",))
    adds = (_adds(pattern, each, named) for pattern in dict.fromkeys(taken) for each in more)
    return None if any(adds) else TAKES_NO_MORE


def _harmful(statement: Json) -> Iterator[str]:
    tests = [like(pattern.lower()) for pattern in _listed(statement["Action"])]
    return (action for action in harmful_actions() if any(test(action.lower()) for test in tests))


def _meets(action: str, resource: str) -> bool:
    """Whether an action takes a resource that the pattern matches; one that takes none needs `*`."""
    return resource == "*" or any(
        _both_match(pattern, resource)
        for pattern in facts.arn_patterns(action)
        if not (pattern.endswith(_ANY_BUCKET) and "/" in resource)
    )


def _says(statement: Json, action: str, resources: list[str]) -> bool:
    """Whether a statement allows or refuses an action on all of the resources, without a condition."""
    if "Condition" in statement or "Principal" in statement or "NotAction" in statement or "NotResource" in statement:
        return False
    named = any(like(pattern.lower())(action.lower()) for pattern in _listed(statement["Action"]))
    theirs = _listed(statement["Resource"])
    touched = [each for each in resources if _meets(action, each)]
    return named and ("*" in theirs or all(each in theirs for each in touched))


def _adds(pattern: str, wider: str, named: list[str]) -> bool:
    """Whether a resource of the type `pattern` matches `wider` and may match none of `named`."""
    if wider == "*" or pattern == "*":
        return True
    if not _both_match(pattern, wider):
        return False
    *head, _ = wider.split(":", ARN_PARTS - 1)
    last = pattern.split(":", ARN_PARTS - 1)[-1]
    return not any(
        each == "*" or (each.split(":", ARN_PARTS - 1)[:-1] == head and like(each.split(":", ARN_PARTS - 1)[-1])(last))
        for each in named
    )


def _both_match(one: str, other: str) -> bool:
    """Whether some ARN matches both patterns, part by part."""
    ones, others = one.split(":", ARN_PARTS - 1), other.split(":", ARN_PARTS - 1)
    return len(ones) == len(others) and all(_meet(a, b) for a, b in zip(ones, others, strict=True))


@lru_cache(maxsize=4096)
def _meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    if not one or not other:
        return not (one or other).strip("*")
    if one[0] == "*":
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == "*":
        return _meet(one, other[1:]) or _meet(one[1:], other)
    return (one[0] == other[0] or "?" in (one[0], other[0])) and _meet(one[1:], other[1:])


def _listed(value: Any) -> list[str]:
    return [str(each) for each in cast("list[Any]", value)] if isinstance(value, list) else [str(value)]
