"""The page on breaks: its tables are those of the rules, and each reason to judge otherwise is of a rule."""

from __future__ import annotations

import os
import re
from pathlib import Path

from mesh.contracts.breaks import RULES
from mesh.contracts.breaks.promise_breaks import DOCUMENTATION

PAGE = Path(__file__).parents[2] / "docs" / "breaks.md"


def rules_table() -> str:
    lines = ["| theme | rule | verdict | step | what is judged so |", "|---|---|---|---|---|"]
    theme = ""
    for rule in RULES:
        first = "" if rule.theme == theme else rule.theme
        lines.append(f"| {first} | `{rule.id}` | {rule.verdict} | {rule.step} | {rule.summary} |")
        theme = rule.theme
    return "\n".join(lines)


def keys_table() -> str:
    lines = ["| mapping | keys |", "|---|---|"]
    for place, keys in DOCUMENTATION.items():
        lines.append(f"| `{place}` | {' '.join(f'`{key}`' for key in sorted(keys) if key)} |")
    return "\n".join(lines)


def with_tables(text: str) -> str:
    """The page with its tables written anew."""
    for name, table in (("rules", rules_table()), ("keys", keys_table())):
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        text = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{rest.partition(f'<!-- /{name} -->')[2]}"
    return text


def test_the_tables_are_those_of_the_rules() -> None:
    text = PAGE.read_text("utf-8")
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(with_tables(text), "utf-8")
        text = PAGE.read_text("utf-8")
    assert text.count("<!-- rules -->") == text.count("<!-- /keys -->") == 1
    assert with_tables(text) == text


def test_a_reason_to_judge_otherwise_is_of_a_rule_with_that_verdict() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (\w+) \| [^|]+ \|$", PAGE.read_text("utf-8").partition("## Beside")[2], re.MULTILINE
    )
    assert len(rows) == 5
    verdicts = {rule.id: rule.verdict for rule in RULES}
    assert [(rule, verdicts[rule]) for rule, _ in rows] == rows
