"""Wildcards of the policy language, compiled to tests of one string.

`*` stands for any run of characters, `?` for one (IAM User Guide, "IAM JSON policy elements: Resource", "Condition
operators"). In an ARN each of the six parts between colons is matched on its own; only the last may hold colons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

Test = Callable[[str], bool]

ARN_PARTS: Final = 6
_REMEMBERED: Final = 4096


def always(_: str) -> bool:
    """The test that every text passes."""
    return True


def never(_: str) -> bool:
    """The test that no text passes."""
    return False


@lru_cache(maxsize=16_384)
def like(pattern: str, fold: bool = False) -> Test:
    """A test of a whole string against a pattern; `fold` ignores case."""
    if fold:
        inner = like(pattern.lower())
        return lambda text: inner(text.lower())
    if pattern == "*":
        return always
    # Most patterns are a prefix, or no pattern at all: methods of str are several times faster than a match.
    head = pattern[:-1]
    if "*" not in head and "?" not in pattern:
        return (lambda text: text.startswith(head)) if pattern.endswith("*") else pattern.__eq__
    match = re.compile(_regex(pattern), re.DOTALL).fullmatch
    return lambda text: match(text) is not None


def _regex(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(part) or re.escape(part) for part in re.split(r"([*?])", pattern))


@lru_cache(maxsize=16_384)
def arn_like(pattern: str) -> Test:
    """A test of an ARN against a pattern, part by part; false of what is no ARN.

    ValueError for a pattern that is no ARN: AWS compares nothing with it.
    """
    parts = pattern.split(":", ARN_PARTS - 1)
    if len(parts) != ARN_PARTS or parts[0] != "arn":
        raise ValueError(f"{pattern!r} is no ARN")
    tests = [(position, like(part)) for position, part in enumerate(parts) if part != "*"]

    def test(text: str) -> bool:
        values = text.split(":", ARN_PARTS - 1)
        return len(values) == ARN_PARTS and all(matches(values[position]) for position, matches in tests)

    return test


def resource_like(pattern: str) -> Test:
    """A test of a resource against a pattern of the `Resource` element: `*`, or an ARN."""
    return always if pattern == "*" else arn_like(pattern)


def any_of(tests: Iterable[Test]) -> Test:
    """The test that a text passes if it passes one of the tests; answers are kept, for the same texts come again."""
    every = tuple(tests)
    if always in every:
        return always
    if not every:
        return never
    known: dict[str, bool] = {}

    def test(text: str) -> bool:
        answer = known.get(text)
        if answer is None:
            answer = any(matches(text) for matches in every)
            if len(known) >= _REMEMBERED:
                known.clear()
            known[text] = answer
        return answer

    return test


def any_like(patterns: Iterable[str]) -> Test:
    """The test that a text passes if it is like one of the patterns; those without a wildcard are one set."""
    exact: set[str] = set()
    tests: list[Test] = []
    for pattern in patterns:
        if "*" in pattern or "?" in pattern:
            tests.append(like(pattern))
        else:
            exact.add(pattern)
    return any_of([frozenset(exact).__contains__, *tests]) if exact else any_of(tests)
