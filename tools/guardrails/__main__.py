"""`python -m tools.guardrails`: writes `mesh/guardrail_rules.json`; with `--check` it says whether that is current."""

from __future__ import annotations

import sys

from mesh.guardrail_rules import RULES_FILE
from tools.guardrails.rules_file import text


def main(arguments: list[str]) -> int:
    """Writes or checks; 1 when the file is not current."""
    written = text()
    if "--check" not in arguments:
        RULES_FILE.write_text(written, "utf-8")
        return 0
    if RULES_FILE.read_text("utf-8") == written:
        return 0
    print(f"{RULES_FILE} is not what the policy pack has: run `make guardrails`", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
