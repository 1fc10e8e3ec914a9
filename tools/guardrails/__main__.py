"""`python -m tools.guardrails`: writes the pack's rules into `mesh/guardrail_rules.json` and `docs/policies.md`.

With `--check` it says which of the two is not current.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mesh.guardrail_rules import RULES_FILE
from tools.guardrails.rules_file import text
from tools.guardrails.rules_table import PAGE, page


def main(arguments: list[str]) -> int:
    """Writes or checks; 1 when a file is not current."""
    stale = [(file, written) for file, written in ((RULES_FILE, text()), (PAGE, page(PAGE))) if _has_not(file, written)]
    for file, written in stale:
        if "--check" in arguments:
            print(f"{file} is not what the policy pack has: run `make guardrails`", file=sys.stderr)  # noqa: T201
        else:
            file.write_text(written, "utf-8")
    return 1 if stale and "--check" in arguments else 0


def _has_not(file: Path, written: str) -> bool:
    return not file.exists() or file.read_text("utf-8") != written


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
