"""What a configuration of the pack may name, by the plain function."""

from __future__ import annotations

from mesh_guardrails.configuration_mistakes import mistakes
from mesh_guardrails.rules import RULES


def test_levels_parameters_and_policies_beside_the_rules_are_fine() -> None:
    written = {
        "all": "advisory",
        "key-rotates": "disabled",
        "key-deletion-waits": {"enforcementLevel": "mandatory", "shortestDays": 7, "severity": "low"},
        "reading": "advisory",
    }
    assert mistakes(written, RULES, ["reading"]) == []


def test_all_mistakes_are_said_at_once() -> None:
    written = {"nothing": "advisory", "key-rotates": {"enforcement": "advisory", "period": 1}}
    assert mistakes(written, RULES) == [
        "there is no rule 'nothing'; docs/policies.md has the rules",
        "'key-rotates' has no parameter 'enforcement' (did you mean 'enforcementLevel'?); "
        "it has severity, enforcementLevel",
        "'key-rotates' has no parameter 'period'; it has severity, enforcementLevel",
    ]
