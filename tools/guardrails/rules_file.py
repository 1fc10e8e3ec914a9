"""`mesh/guardrail_rules.json`: the rules of the policy pack, by name."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from mesh.guardrail_rules import RULES_FILE

PACK: Final = RULES_FILE.parents[1] / "policies"


def text() -> str:
    """The text of the file: a line for each rule."""
    if str(PACK) not in sys.path:  # a pack is no package of this project
        sys.path.append(str(PACK))
    from mesh_guardrails.rules import RULES, STACK_RULES

    rules = sorted((*RULES, *STACK_RULES), key=lambda rule: rule.name)
    lines = ",\n".join(f"  {json.dumps(_row(rule))}" for rule in rules)
    return f"[\n{lines}\n]\n"


def _row(rule: Any) -> dict[str, Any]:
    return {
        "name": rule.name,
        "theme": rule.theme,
        "severity": rule.severity,
        "accepts-exceptions": rule.accepts_exceptions,
    }
