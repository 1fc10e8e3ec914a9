"""Writes `mesh/guardrail_rules.json` from the rules of the policy pack; `--check` writes nothing, and ends with 1 when
it is stale.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]
FILE: Final = _ROOT / "mesh" / "guardrail_rules.json"


def text() -> str:
    """The text of the file: a line for each rule, by name."""
    sys.path.insert(0, str(_ROOT / "policies"))
    from mesh_guardrails.rules import RULES, STACK_RULES

    rules = sorted((*RULES, *STACK_RULES), key=lambda rule: rule.name)
    rows = ({"name": one.name, "theme": one.theme, "accepts-exceptions": one.accepts_exceptions} for one in rules)
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    return f"[\n{lines}\n]\n"


def main() -> int:
    """Writes the file, or compares it."""
    parser = argparse.ArgumentParser(prog="python -m tools.guardrails", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when the file is stale")
    if not parser.parse_args().check:
        FILE.write_text(text(), "utf-8")
        return 0
    if FILE.is_file() and FILE.read_text("utf-8") == text():
        return 0
    sys.stderr.write(f"{FILE.relative_to(_ROOT)} is not that of the policy pack; run: python -m tools.guardrails\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
