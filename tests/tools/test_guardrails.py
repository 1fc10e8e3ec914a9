"""`mesh/guardrail_rules.json` and `docs/policies.md` are what the pack's own rules say, and a stale one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from mesh_guardrails.rules import RULES, STACK_RULES

from mesh.guardrail_rules import RULES_FILE, guardrails
from tools.guardrails import __main__ as tool
from tools.guardrails.rules_file import text
from tools.guardrails.rules_table import BEGIN, END, PAGE, page


def test_the_file_is_what_the_pack_says() -> None:
    assert RULES_FILE.read_text("utf-8") == text()
    assert {name: rule.severity for name, rule in guardrails().items()} == {
        rule.name: rule.severity for rule in (*RULES, *STACK_RULES)
    }
    assert {name: rule.accepts_exceptions for name, rule in guardrails().items()} == {
        rule.name: rule.theme not in ("perimeter", "partners") for rule in (*RULES, *STACK_RULES)
    }


def test_a_stale_file_is_told_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.json"
    file.write_text("[]\n", "utf-8")
    monkeypatch.setattr(tool, "RULES_FILE", file)
    assert tool.main(["--check"]) == 1
    assert "run `make guardrails`" in capsys.readouterr().err
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    assert file.read_text("utf-8") == text()


def test_the_page_has_every_rule_with_its_severity_and_parameters() -> None:
    written = PAGE.read_text("utf-8")
    assert written == page(PAGE)
    lines = written.partition(BEGIN)[2].partition(END)[0].splitlines()
    rows = {line.split("`")[1]: line.split(" | ") for line in lines if line.startswith("| `")}
    assert rows.keys() == {rule.name for rule in (*RULES, *STACK_RULES)}
    for rule in (*RULES, *STACK_RULES):
        _, described, severity, _, parameters, elsewhere = rows[rule.name]
        assert (described, severity) == (rule.description, rule.severity)
        assert all(f"`{one.name}`" in parameters for one in rule.parameters)
        assert all(f"`{one}`" in elsewhere for one in rule.equivalents)


def test_what_stands_around_the_tables_stays_and_a_stale_table_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policies.md"
    file.write_text(f"# Before\n\n{BEGIN}\n| stale |\n{END}\n\nAfter.\n", "utf-8")
    monkeypatch.setattr(tool, "PAGE", file)
    assert tool.main(["--check"]) == 1
    assert f"{file} is not what the policy pack has" in capsys.readouterr().err
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    assert file.read_text("utf-8").startswith(f"# Before\n\n{BEGIN}\n\n### Accounts and providers")
    assert file.read_text("utf-8").endswith(f"{END}\n\nAfter.\n")


def test_a_page_without_a_place_for_the_tables_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "policies.md"
    file.write_text("# The policy pack\n", "utf-8")
    with pytest.raises(ValueError, match="has no '<!-- rules"):
        page(file)
