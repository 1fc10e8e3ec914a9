"""`mesh/guardrail_rules.json`: the rules of the policy pack, by name."""

from __future__ import annotations

import json
import sys
from typing import Final

from mesh.guardrail_rules import RULES_FILE

PACK: Final = RULES_FILE.parents[1] / "policies"


def text() -> str:
    """The text of the file: a line for each rule."""
    if str(PACK) not in sys.path:  # a pack is no package of this project
        sys.path.append(str(PACK))
    from mesh_guardrails.rules import RULES, STACK_RULES

    rules = sorted((*RULES, *STACK_RULES), key=lambda rule: rule.name)
    rows = ({"name": one.name, "theme": one.theme, "accepts-exceptions": one.accepts_exceptions} for one in rules)
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    return f"[\n{lines}\n]\n"
