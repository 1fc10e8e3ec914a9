"""Overlap of a statement's resource with the ARNs that an action takes: whether one ARN could be both.

Both have parts that vary: a statement's wildcards and policy variables, and the variables of the service reference.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from mesh.evaluator import facts

_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_ANY, _SEGMENT, _ONE = "\x00", "\x01", "\x02"
"""Any run of characters, a run without a slash, one character: as characters that no ARN has."""


@lru_cache(maxsize=65_536)
def takes_some(action: str, resource: str) -> bool:
    """Whether an action (as the reference writes it) could be asked on a resource that a pattern names."""
    if resource == "*":
        return True
    forms = facts.arn_forms(action)
    if action.startswith("kms:") and action.lower() not in facts.ALIAS_ACTIONS:
        # IAM User Guide: an alias in the Resource of a statement does not stand for its key.
        forms = tuple(form for form in forms if ":alias/" not in form)
    return any(overlap(resource, form) for form in forms)


def overlap(resource: str, form: str) -> bool:
    """Whether some ARN is named by a pattern of a statement and has a form of the reference."""
    parts, wanted = resource.split(":", 5), form.split(":", 5)
    for number, (part, other) in enumerate(zip(parts, wanted, strict=False)):
        last = number == min(len(parts), len(wanted)) - 1
        # A pattern of fewer parts ends in a wildcard that stands for all the others (the grammar sees to it).
        other_text = ":".join(wanted[number:]) if last else other
        if not _meet(_pattern(part), _form(other_text)):
            return False
    return True


@lru_cache(maxsize=65_536)
def _pattern(text: str) -> str:
    return _VARIABLE.sub(_ANY, text).replace("*", _ANY).replace("?", _ONE)


@lru_cache(maxsize=65_536)
def _form(text: str) -> str:
    text = text.replace("${BucketName}", _SEGMENT)
    return _VARIABLE.sub(_ANY, text).replace("*", _ANY)


@lru_cache(maxsize=65_536)
def _meet(one: str, other: str) -> bool:
    """Whether a text matches both patterns."""
    if _ANY in (one, other):
        return True

    @lru_cache(maxsize=65_536)
    def met(i: int, j: int) -> bool:
        if i == len(one) and j == len(other):
            return True
        for here, there, at, to, swap in ((one, other, i, j, False), (other, one, j, i, True)):
            if at < len(here) and here[at] in (_ANY, _SEGMENT):
                ended = met(*((to, at + 1) if swap else (at + 1, to)))
                taken = to < len(there) and not (here[at] == _SEGMENT and there[to] == "/")
                return ended or (taken and met(*((to + 1, at) if swap else (at, to + 1))))
        both = i < len(one) and j < len(other) and (one[i] == other[j] or _ONE in (one[i], other[j]))
        return both and met(i + 1, j + 1)

    return met(0, 0)
