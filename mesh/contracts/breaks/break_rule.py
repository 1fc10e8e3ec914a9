"""Rule of breaks: the meaning of one change of a contract for those who read the product, in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple, cast

from mesh.contracts.breaks.paired_documents import ContractDifference
from mesh.validation_messages import shorten

BreakVerdict = Literal["breaking", "risky", "safe"]
"""Verdict on a change: *breaking*, something that was promised is promised no more; *risky*, a consumer may have to do
something, which no rule can tell; *safe*, whatever was right before is right after.
"""

VersionStep = Literal["patch", "minor", "major"]

STEPS: Final[tuple[VersionStep, ...]] = ("patch", "minor", "major")
"""Steps of a version (Semantic Versioning 2.0.0), the smallest first."""


class BreakRule(NamedTuple):
    """A rule: its id, what is judged so and demands which step, in words for the table, and the function that judges.

    The function gives the sentence on a difference, or an empty text where the rule does not judge it.
    """

    id: str
    theme: str
    verdict: BreakVerdict
    step: VersionStep
    summary: str
    judge: Callable[[ContractDifference], str]


class ContractChange(NamedTuple):
    """A judged change: its place, the values, the verdict with its rule and a sentence, and the step it demands.

    `columns` are those that it bears on: `profiles.avatar`, `profiles.*` for a table, nothing for the whole product.
    """

    path: str
    before: Any
    after: Any
    verdict: BreakVerdict
    rule: str
    sentence: str
    step: VersionStep
    columns: tuple[str, ...] = ()


def values(difference: ContractDifference) -> str:
    """The values of a difference in words: `was 2, and is 48`."""
    if difference.is_new:
        return f"is {in_words(difference.after)} now"
    if difference.is_gone:
        return f"was {in_words(difference.before)}"
    return f"was {in_words(difference.before)}, and is {in_words(difference.after)}"


def in_words(value: Any) -> str:
    """A value of a document, as people write it, on one line."""
    if isinstance(value, str):
        return f"'{shorten(value)}'"
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in cast("list[Any]", value)):
        return shorten(", ".join(map(str, cast("list[Any]", value)))) or "an empty list"
    return shorten(json.dumps(value, default=str, ensure_ascii=False))
