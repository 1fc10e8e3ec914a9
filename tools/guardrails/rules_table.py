"""The tables of rules in `docs/policies.md`, a table for each theme, written from the rules of the policy pack."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.guardrails.rules_file import PACK

if TYPE_CHECKING:
    from mesh_guardrails.rule import AnyRule

PAGE: Final = PACK.parent / "docs" / "policies.md"
BEGIN: Final = "<!-- rules: written by `make guardrails` -->"
END: Final = "<!-- end of rules -->"
_HEAD: Final = "| rule | what it asks | severity | asked of | parameters, unless configured | the same elsewhere |"
_NONE: Final = "–"


def page(file: Path = PAGE) -> str:
    """The text of the page with its tables anew; what stands around them stays."""
    before, begin, rest = file.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no '{BEGIN}', or no '{END}' behind it")
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def tables() -> str:
    """A heading and a table for each theme."""
    if str(PACK) not in sys.path:  # a pack is no package of this project
        sys.path.append(str(PACK))
    from mesh_guardrails.rules import RULES, STACK_RULES

    rules: list[AnyRule] = [*RULES, *STACK_RULES]
    themes = dict.fromkeys(rule.theme for rule in rules)
    return "\n".join(_table(theme, [rule for rule in rules if rule.theme == theme]) for theme in themes)


def _table(theme: str, rules: Sequence[AnyRule]) -> str:
    takes = "exceptions are accepted" if rules[0].accepts_exceptions else "no exception is accepted"
    rows = [_row(rule) for rule in sorted(rules, key=lambda rule: rule.name)]
    title = f"### {theme[0].upper()}{theme[1:]}: {len(rules)} rules, {takes}"
    return "\n".join([title, "", _HEAD, "|---|---|---|---|---|---|", *rows, ""])


def _row(rule: AnyRule) -> str:
    from mesh_guardrails.rule import StackRule

    parameters = ", ".join(f"`{one.name}` {_default(one.default)}" for one in rule.parameters)
    elsewhere = ", ".join(f"`{one}`" for one in rule.equivalents)
    asked = "the stack" if isinstance(rule, StackRule) else "each resource"
    cells = (f"`{rule.name}`", rule.description, rule.severity, asked, parameters or _NONE, elsewhere or _NONE)
    return f"| {' | '.join(cells)} |"


def _default(value: object) -> str:
    if isinstance(value, list) and not value:
        return "none"
    return f"`{json.dumps(value)}`" if isinstance(value, list | dict) else f"`{value}`"
