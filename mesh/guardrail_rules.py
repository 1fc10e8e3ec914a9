"""Rules of the policy pack by name: what validation has to know of them, as data that the pack's own rules give.

`python -m tools.guardrails` writes the file, and `make check` compares it: nothing here imports the pack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

RULES_FILE: Final = Path(__file__).with_name("guardrail_rules.json")


class GuardrailRule(NamedTuple):
    """A rule of the pack; `accepts_exceptions` is not so where its theme takes none."""

    theme: str
    severity: str
    accepts_exceptions: bool


@cache
def guardrails() -> Mapping[str, GuardrailRule]:
    """The rules of the policy pack, by name."""
    rules = json.loads(RULES_FILE.read_text("utf-8"))
    return {rule["name"]: GuardrailRule(rule["theme"], rule["severity"], rule["accepts-exceptions"]) for rule in rules}
