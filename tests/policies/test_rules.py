"""The rules as a list: names, sentences, parameters."""

from __future__ import annotations

from mesh_guardrails.rules import RULES, STACK_RULES

EVERYTHING = [*RULES, *STACK_RULES]


def test_every_rule_has_a_name_of_its_own_and_a_sentence() -> None:
    assert len({rule.name for rule in EVERYTHING}) == len(EVERYTHING)
    assert all(rule.description.endswith(".") for rule in EVERYTHING)
