"""Wildcards of the policy language, compiled to tests of one string.

`*` stands for any run of characters, `?` for one (IAM User Guide, "IAM JSON policy elements: Resource", "Condition
operators"). In an ARN each of the six parts between colons is matched on its own; only the last may hold colons. Of a
`*` at the end of a part in a `Resource` AWS's pages say two things, see `resource_like`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from mesh.evaluator.errors import DoubtError

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


@lru_cache(maxsize=16_384)
def resource_like(pattern: str) -> Test:
    """A test of a resource against a pattern of the `Resource` element: `*`, or an ARN.

    "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
    boundaries" (IAM User Guide, "IAM JSON policy elements: Resource"); elsewhere each part is matched on its own
    (Amazon S3 User Guide, "Policy resources for Amazon S3"). The test raises DoubtError where the two readings differ.
    """
    if pattern == "*":
        return always
    parts = pattern.split(":", ARN_PARTS - 1)
    whole = len(parts) == ARN_PARTS
    apart = arn_like(pattern) if whole else never
    if whole and not any(part.endswith("*") for part in parts[:-1]):
        return apart
    over_colons = re.compile(":".join(_segment(part, i == ARN_PARTS - 1) for i, part in enumerate(parts)), re.DOTALL)

    def test(text: str) -> bool:
        if apart(text):
            return True
        if over_colons.fullmatch(text):
            raise DoubtError(f"whether {pattern} names {text}: AWS does not say whether its * spans colons")
        return False

    return test


def _segment(part: str, last: bool) -> str:
    if last:
        return _regex(part)
    # A `*` inside of a part, and every `?`, stays between two colons.
    ends, inner = part.endswith("*"), part.removesuffix("*")
    within = "".join({"*": "[^:]*", "?": "[^:]"}.get(each) or re.escape(each) for each in re.split(r"([*?])", inner))
    return within + (".*" if ends else "")


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
            answer = _any(every, text)
            if len(known) >= _REMEMBERED:
                known.clear()
            known[text] = answer
        return answer

    return test


def any_like(patterns: Iterable[str]) -> Test:
    """The test that a text passes if it is like one of the patterns: one set of whole texts, one of beginnings."""
    exact: set[str] = set()
    heads: list[str] = []
    others: list[Test] = []
    for pattern in patterns:
        head = pattern[:-1] if pattern.endswith("*") else ""
        if "*" not in pattern and "?" not in pattern:
            exact.add(pattern)
        elif head and "*" not in head and "?" not in head:
            heads.append(head)
        else:
            others.append(like(pattern))
    if always in others:
        return always
    if not heads and not others:
        return frozenset(exact).__contains__
    texts, beginnings, rest = frozenset(exact), tuple(heads), tuple(others)
    if not rest:
        return lambda text: text in texts or text.startswith(beginnings)
    return lambda text: text in texts or text.startswith(beginnings) or any(matches(text) for matches in rest)


def _any(tests: Iterable[Test], text: str) -> bool:
    doubt: DoubtError | None = None
    for matches in tests:
        try:
            if matches(text):
                return True
        except DoubtError as error:
            doubt = error
    if doubt:
        raise doubt
    return False
